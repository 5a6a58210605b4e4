package stix

import (
	"net/netip"
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/pattern"
)

// comparison is one comparison of a pattern.
type comparison struct {
	path   string
	not    bool
	op     string
	values []string
}

// role is what a value at an object path is.
type role struct {
	kind roleKind
	side string // of a connection
}

type roleKind int

const (
	anAddress roleKind = iota + 1 // or a block of them
	aHost                         // an address, a block or a name
	aDomain
	aURL
	aMail
	aFileName
	aPort
	aType // of an address, which the address says too
)

// roles are the object paths of STIX 2.0 and 2.1 whose values are indicators,
// but for hashes, and OpenCTI's own type of a host's name. A name that resolves to an address is not the address, the
// recipient of a mail not its sender, and the name of a process is what it
// likes.
var roles = map[string]role{
	"ipv4-addr:value":                {kind: anAddress},
	"ipv6-addr:value":                {kind: anAddress},
	"domain-name:value":              {kind: aDomain},
	"hostname:value":                 {kind: aDomain},
	"url:value":                      {kind: aURL},
	"email-addr:value":               {kind: aMail},
	"email-message:from_ref.value":   {kind: aMail},
	"email-message:sender_ref.value": {kind: aMail},
	"file:name":                      {kind: aFileName},
	"process:image_ref.name":         {kind: aFileName},
	"process:binary_ref.name":        {kind: aFileName},
	"email-message:body_multipart.body_raw_ref.name": {kind: aFileName},
	"network-traffic:dst_ref.value":                  {aHost, "dst"},
	"network-traffic:src_ref.value":                  {aHost, "src"},
	"network-traffic:dst_port":                       {aPort, "dst"},
	"network-traffic:src_port":                       {aPort, "src"},
	"network-traffic:dst_ref.type":                   {kind: aType},
	"network-traffic:src_ref.type":                   {kind: aType},
}

// hashed are the paths of objects whose hashes are those of a file. The hashes
// of a certificate or of a section of a program are not.
var hashed = map[string]bool{
	"file:hashes": true, "file:content_ref.hashes": true, "artifact:hashes": true,
	"process:image_ref.hashes": true, "process:binary_ref.hashes": true,
	"email-message:body_multipart.body_raw_ref.hashes": true,
}

// hashTypes are the names of hash algorithms without their hyphens, in lower
// case: 2.0 and 2.1 and their users spell them differently.
var hashTypes = map[string]feed.Type{
	"md5": feed.MD5, "sha1": feed.SHA1, "sha256": feed.SHA256, "sha512": feed.SHA512, "sha3384": feed.SHA3384,
}

// hashType is the type of a hash with an algorithm, or "".
func hashType(algorithm string) feed.Type {
	return hashTypes[strings.ReplaceAll(strings.ToLower(algorithm), "-", "")]
}

// compared is what a comparison says.
func (p *parser) compared(c comparison) pattern.Node {
	object := p.object(c.path)
	exact := c.op == "=" || c.op == "==" || c.op == "IN"
	term := func(t pattern.Term) pattern.Node {
		t.Object, t.Line = object, p.line
		return pattern.Node{Term: &t}
	}
	r, known := p.role(c.path)
	switch {
	case known && r.kind == aType:
		return term(pattern.Term{Kind: pattern.Neutral})
	case c.not || c.op == "!=" || c.op == "<>":
		p.skipped = append(p.skipped, skipped{c.path, "not"})
		return term(pattern.Term{Kind: pattern.Other})
	case !known:
		p.skipped = append(p.skipped, skipped{c.path, ""})
		return term(pattern.Term{Kind: pattern.Other})
	case !exact && !(c.op == "ISSUBSET" && (r.kind == anAddress || r.kind == aHost)):
		p.skipped = append(p.skipped, skipped{c.path, c.op})
		return term(pattern.Term{Kind: pattern.Other})
	}
	oneOf := pattern.Node{}
	for _, v := range c.values {
		oneOf.Nodes = append(oneOf.Nodes, term(r.term(v)))
	}
	if len(oneOf.Nodes) == 1 {
		return oneOf.Nodes[0]
	}
	return oneOf
}

// typed is a role, or a type of hash.
type typed struct {
	role
	hash feed.Type
}

func (p *parser) role(path string) (typed, bool) {
	if r, ok := roles[path]; ok {
		return typed{role: r}, true
	}
	at := strings.LastIndexByte(path, '.')
	if at < 0 || !hashed[path[:at]] {
		return typed{}, false
	}
	t := hashType(path[at+1:])
	return typed{hash: t}, t != ""
}

// term is what a value in a role says.
func (r typed) term(v string) pattern.Term {
	t := pattern.Term{Kind: pattern.Value, Type: r.hash, Value: v, Side: r.side}
	switch r.kind {
	case anAddress:
		t.Type, t.Value = address(v)
	case aHost:
		if t.Type, t.Value = address(v); t.Type == feed.IP {
			if _, err := netip.ParseAddr(t.Value); err != nil {
				t.Type = feed.Domain
			}
		}
	case aDomain:
		t.Type = feed.Domain
	case aURL:
		t.Type = feed.URL
	case aMail:
		t.Type = feed.Email
	case aFileName:
		t.Type = feed.FileName
	case aPort:
		t.Kind = pattern.Port
	}
	return t
}

// address tells blocks of addresses, which STIX writes where an address stands,
// from single ones, which it may write as a block too.
func address(v string) (feed.Type, string) {
	p, err := netip.ParsePrefix(strings.TrimSpace(v))
	switch {
	case err == nil && p.IsSingleIP():
		return feed.IP, p.Addr().String()
	case strings.Contains(v, "/"):
		return feed.CIDR, v
	}
	return feed.IP, v
}

// object is what a path is about: the object of its observation, and of that the
// one that it leads to.
func (p *parser) object(path string) string {
	name, rest, _ := strings.Cut(path, ":")
	parts := []string{strconv.Itoa(p.observed) + " " + name}
	for part := range strings.SplitSeq(rest, ".") {
		if strings.HasSuffix(part, "_ref") && name != "network-traffic" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ".")
}
