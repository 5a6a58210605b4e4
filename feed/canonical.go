package feed

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// MaxValue is the longest value, in bytes, that [Canonical] and [Refang] take.
// Longer ones are refused: no product's indicator is so long, and the bound
// keeps hostile input from costing more than a moment.
const MaxValue = 8192

// ValueError says why a value is not an indicator of its type. Its message
// shows the value as [Quote] does.
type ValueError struct {
	Type   Type
	Value  string
	Reason string // lower case, says what to do where that is not obvious
}

func (e *ValueError) Error() string {
	if e.Type == "" {
		return Quote(e.Value) + ": " + e.Reason
	}
	return fmt.Sprintf("%s is no %s: %s", Quote(e.Value), e.Type, e.Reason)
}

// quoted is how many characters of a value a message shows.
const quoted = 80

// Quote shows a piece of a document in a message: in double quotes, with
// everything that a terminal would act on or hide written as a Go escape, and
// cut after 80 characters, which "..." behind the quotes says.
func Quote(s string) string {
	n := 0
	for at := range s {
		if n++; n > quoted {
			return strconv.Quote(s[:at]) + "..."
		}
	}
	return strconv.Quote(s)
}

// Canonical returns the one spelling of an indicator: refanged, trimmed of
// white space and invisible characters, and
//
//   - domains in lower case, without a trailing dot, hyphens that only look like
//     one as "-" ([HasOddHyphen]), other non-ASCII labels in punycode;
//   - IP addresses in their short form (RFC 5952), an IPv4-mapped IPv6 address
//     as IPv4; an ip:port split at the last colon, an IPv6 host in brackets;
//   - CIDR blocks masked to their prefix;
//   - hashes and mail addresses in lower case;
//   - URLs as written but for a lower-case scheme and the hyphens of the host,
//     file names as written.
//
// A URL may have no scheme if a path follows its host ("example.com/a", also
// "//example.com/a", which loses the slashes): hunts
// compare URLs without their schemes. A name alone is a domain.
//
// It is idempotent. The error is a [*ValueError].
func Canonical(t Type, raw string) (string, error) {
	if len(raw) <= MaxValue && isCanonical(t, raw) {
		return raw, nil
	}
	return longCanonical(t, raw)
}

func longCanonical(t Type, raw string) (string, error) {
	fail := func(reason string) (string, error) {
		return "", &ValueError{Type: t, Value: raw, Reason: reason}
	}
	if len(raw) > MaxValue {
		return fail(fmt.Sprintf("longer than %d bytes", MaxValue))
	}
	v := trimInvisible(raw)
	if t != FileName && !t.IsHash() {
		v = trimInvisible(Refang(v))
	}
	if v == "" {
		return fail("the value is empty")
	}
	if !utf8.ValidString(v) {
		return fail("the value is not valid UTF-8")
	}
	var err error
	switch t {
	case IP:
		v, err = canonicalIP(v)
	case IPPort:
		v, err = canonicalIPPort(v)
	case CIDR:
		v, err = canonicalCIDR(v)
	case Domain:
		v, err = canonicalDomain(v)
	case URL:
		v, err = canonicalURL(v)
	case Email, EnvelopeFrom, BodyFrom:
		v, err = canonicalMail(v)
	case FileName:
		err = noControls(v)
	default:
		n := t.hexDigits()
		if n == 0 {
			return fail("the type is not one that Quarry knows")
		}
		v, err = canonicalHash(v, n)
	}
	if err != nil {
		return fail(err.Error())
	}
	if len(v) > MaxValue { // some letters take more bytes in lower case
		return fail(fmt.Sprintf("longer than %d bytes", MaxValue))
	}
	return v, nil
}

// trimInvisible removes white space and characters without width from both
// ends; pages put them beside list items.
func trimInvisible(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || invisible(r)
	})
}

// invisible reports whether r has no shape of its own: soft hyphen, zero-width
// and bidi characters, byte order marks, and control characters.
func invisible(r rune) bool {
	return unicode.IsControl(r) || r == 0xAD || unicode.Is(unicode.Cf, r)
}

// HasInvisible reports whether a value holds characters that [Canonical] takes
// off its ends unseen: a reader should say so, for nobody sees them in the
// document either. White space does not count.
func HasInvisible(raw string) bool {
	return strings.ContainsFunc(raw, func(r rune) bool { return invisible(r) && !unicode.IsSpace(r) })
}

func noControls(v string) error {
	for _, r := range v {
		if invisible(r) || r == 0x2028 || r == 0x2029 {
			return fmt.Errorf("it holds the invisible character %U", r)
		}
	}
	return nil
}

func canonicalIP(v string) (string, error) {
	v = strings.TrimSuffix(strings.TrimPrefix(v, "["), "]")
	a, err := netip.ParseAddr(v)
	if err != nil {
		return "", fmt.Errorf("not an IPv4 or IPv6 address")
	}
	if a.Zone() != "" {
		return "", fmt.Errorf("an address with a zone means nothing on another host")
	}
	return a.Unmap().String(), nil
}

func canonicalIPPort(v string) (string, error) {
	host, port, err := splitPort(v)
	if err != nil {
		return "", err
	}
	if host, err = canonicalIP(host); err != nil {
		return "", err
	}
	return joinPort(host, port), nil
}

// splitPort splits at the last colon, as ThreatFox writes IPv6 without
// brackets ("2001:db8::5:443"), and takes brackets off the host.
func splitPort(v string) (host string, port int, err error) {
	at := strings.LastIndexByte(v, ':')
	if at < 0 {
		return "", 0, fmt.Errorf("there is no port; write it as address:port")
	}
	port, err = strconv.Atoi(v[at+1:])
	if err != nil || port < 1 || port > 65535 || v[at+1] == '+' {
		return "", 0, fmt.Errorf("the port is not a number from 1 to 65535")
	}
	return strings.TrimSuffix(strings.TrimPrefix(v[:at], "["), "]"), port, nil
}

func joinPort(host string, port int) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(port)
}

func canonicalCIDR(v string) (string, error) {
	p, err := netip.ParsePrefix(v)
	if err != nil {
		return "", fmt.Errorf("not an address block such as 192.0.2.0/24")
	}
	a, bits := p.Addr(), p.Bits()
	if a.Is4In6() && bits >= 96 {
		a, bits = a.Unmap(), bits-96
	}
	p, err = a.Prefix(bits)
	if err != nil {
		return "", fmt.Errorf("not an address block such as 192.0.2.0/24")
	}
	return p.String(), nil
}

// mapping turns Unicode names into punycode as a resolver would. Names that
// are ASCII already never pass it: malware uses names that IDNA forbids.
var mapping = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// oddHyphens writes "-" for the signs that word processors put in its place: the
// hyphen, the hyphen that does not break, and minus. No registry takes them.
var oddHyphens = strings.NewReplacer("\u2010", "-", "\u2011", "-", "\u2212", "-")

// straight is a text with hyphens for what only looks like one.
func straight(s string) string {
	if strings.IndexByte(s, 0xE2) < 0 {
		return s
	}
	return oddHyphens.Replace(s)
}

// HasOddHyphen reports whether a value holds a sign that looks like a hyphen and is
// none, which [Canonical] reads as one in names: a reader should say so.
func HasOddHyphen(raw string) bool {
	return straight(raw) != raw
}

// stranger is a character of a name that no name has, such as a dash: a letter,
// digit or pictogram of any script may stand in one.
func stranger(r rune) bool {
	return r >= utf8.RuneSelf && (unicode.Is(unicode.P, r) && !strings.ContainsRune("·・՚״׳\u3002\uFF0E\uFF61", r) || unicode.In(r, unicode.Sm, unicode.Sc))
}

func canonicalDomain(v string) (string, error) {
	for _, r := range v {
		if r >= utf8.RuneSelf {
			v = straight(v)
			if at := strings.IndexFunc(v, stranger); at >= 0 {
				r, _ := utf8.DecodeRuneInString(v[at:])
				return "", fmt.Errorf("no name has the character %U", r)
			}
			a, err := mapping.ToASCII(v)
			if err != nil {
				return "", fmt.Errorf("the name cannot be written in punycode")
			}
			v = a
			break
		}
	}
	v = strings.ToLower(strings.TrimSuffix(v, "."))
	if len(v) > 253 {
		return "", fmt.Errorf("longer than the 253 characters of a name")
	}
	labels := strings.Split(v, ".")
	if len(labels) < 2 {
		return "", fmt.Errorf("a name has at least two labels, such as example.com")
	}
	for _, l := range labels {
		if l == "" {
			return "", fmt.Errorf("there is an empty label")
		}
		if len(l) > 63 {
			return "", fmt.Errorf("a label is longer than 63 characters")
		}
		for i := 0; i < len(l); i++ {
			c := l[i]
			if !(c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z') {
				return "", fmt.Errorf("a name has only letters, digits, hyphens and underscores")
			}
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return "", fmt.Errorf("the last label is a number, as in an IP address")
	}
	return v, nil
}

func canonicalMail(v string) (string, error) {
	at := strings.LastIndexByte(v, '@')
	if at <= 0 {
		return "", fmt.Errorf("there is no name before an @")
	}
	if err := noControls(v); err != nil {
		return "", err
	}
	if strings.ContainsFunc(v[:at], unicode.IsSpace) {
		return "", fmt.Errorf("there is a space inside")
	}
	domain, err := canonicalDomain(v[at+1:])
	if err != nil {
		return "", err
	}
	return strings.ToLower(v[:at]) + "@" + domain, nil
}

func canonicalHash(v string, n int) (string, error) {
	if len(v) != n {
		return "", fmt.Errorf("it has %d characters, the hash has %d", len(v), n)
	}
	v = strings.ToLower(v)
	if strings.Trim(v, "0123456789abcdef") != "" {
		return "", fmt.Errorf("there is a character that is no hexadecimal digit")
	}
	return v, nil
}
