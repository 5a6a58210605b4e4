package feed

// Type names what an indicator is, in ThreatFox's vocabulary where ThreatFox
// has a word for it.
type Type string

// The first nine are ThreatFox's ioc_type values; the others are what further
// sources bring.
const (
	IPPort       Type = "ip:port"
	Domain       Type = "domain"
	URL          Type = "url"
	MD5          Type = "md5_hash"
	SHA1         Type = "sha1_hash"
	SHA256       Type = "sha256_hash"
	SHA3384      Type = "sha3_384_hash"
	EnvelopeFrom Type = "envelope_from"
	BodyFrom     Type = "body_from"

	IP       Type = "ip"
	CIDR     Type = "cidr"
	Email    Type = "email"
	SHA512   Type = "sha512_hash"
	FileName Type = "file_name"
)

// Types lists every type in the order in which screens and exports group
// them: network first, then files, then mail.
var Types = []Type{
	IPPort, IP, CIDR, Domain, URL,
	SHA256, SHA1, MD5, SHA512, SHA3384, FileName,
	Email, EnvelopeFrom, BodyFrom,
}

// Known reports whether t is one of [Types].
func (t Type) Known() bool {
	for _, k := range Types {
		if t == k {
			return true
		}
	}
	return false
}

// IsHash reports whether values of t are file hashes.
func (t Type) IsHash() bool { return t.hexDigits() > 0 }

// hexDigits is the length of a hash type's values, 0 of other types.
func (t Type) hexDigits() int {
	switch t {
	case MD5:
		return 32
	case SHA1:
		return 40
	case SHA256:
		return 64
	case SHA3384:
		return 96
	case SHA512:
		return 128
	}
	return 0
}

// IsHex reports whether c is a hexadecimal digit, in upper or lower case.
func IsHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// Threat is ThreatFox's threat_type: what the indicator is used for.
type Threat string

// The four threat types measured in ThreatFox's own export.
const (
	BotnetCC        Threat = "botnet_cc"
	PayloadDelivery Threat = "payload_delivery"
	Payload         Threat = "payload"
	CCSkimming      Threat = "cc_skimming"
)

// Threats lists the threat types.
var Threats = []Threat{BotnetCC, PayloadDelivery, Payload, CCSkimming}

// Known reports whether t is one of ThreatFox's threat types.
func (t Threat) Known() bool {
	switch t {
	case BotnetCC, PayloadDelivery, Payload, CCSkimming:
		return true
	}
	return false
}
