package records

import (
	"bytes"
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
	"quarry/feed/scan"
)

// hashTypes are the types of hashes by the count of their digits.
var hashTypes = map[int]feed.Type{32: feed.MD5, 40: feed.SHA1, 64: feed.SHA256, 96: feed.SHA3384, 128: feed.SHA512}

// Guess tells the type of a value that stands alone, as in a list, defanged or
// not: a URL with its scheme or of a name or an address and a path, an address with or without port or prefix length,
// a hash, a mail address, or a name below a public suffix. What it takes,
// [feed.Canonical] takes as that type. A name whose end is as common as the
// extension of a file (.zip) is a domain too; [scan.FileLike] tells those. Words,
// file names, paths and hardware addresses are nothing.
func Guess(value string) (t feed.Type, ok bool) {
	v := strings.TrimSpace(value)
	if len(v) < len("::1") || len(v) > feed.MaxValue {
		return "", false
	}
	if t := hashTypes[len(v)]; t != "" && hexadecimal(v) {
		return t, true
	}
	v = feed.Refang(v)
	if strings.Contains(v, "://") {
		return is(feed.URL, v)
	}
	switch {
	case strings.ContainsFunc(v, unicode.IsSpace):
		return "", false
	case strings.Contains(v, "@"):
		mail, err := feed.Canonical(feed.Email, v)
		return feed.Email, err == nil && scan.UnderSuffix(mail[strings.LastIndexByte(mail, '@')+1:])
	case strings.Contains(v, "/"):
		if t, ok = is(feed.CIDR, v); ok {
			return t, true
		}
		if v[0] == '[' || strings.HasPrefix(v, "//") {
			return feed.URL, addressPath(v)
		}
		host, _, _ := strings.Cut(v[:strings.IndexByte(v, '/')], ":")
		t, ok = Guess(host)
		switch {
		case ok && t == feed.Domain && !scan.FileLike(host):
			return is(feed.URL, v)
		case ok && t == feed.IP && addressPath(v):
			return is(feed.URL, v)
		}
		return "", false
	case strings.Contains(v, ":"):
		if t, ok = is(feed.IP, v); !ok {
			return is(feed.IPPort, v)
		}
		return t, strings.ContainsAny(v, "0123456789") && !hardware(v)
	case !strings.Contains(v, "."):
		return "", false
	}
	if last := v[len(v)-1]; last >= '0' && last <= '9' { // as in no name
		return is(feed.IP, v)
	}
	name, err := feed.Canonical(feed.Domain, v)
	return feed.Domain, err == nil && scan.UnderSuffix(name)
}

// addressPath reports whether an address and what follows its slash are a URL to
// those who read text too: a mask, a protocol and another address are no path.
func addressPath(v string) bool {
	hits := scan.Find(v)
	return len(hits) == 1 && hits[0].Type == feed.URL && hits[0].Start == 0 && hits[0].End == len(v)
}

func is(t feed.Type, v string) (feed.Type, bool) {
	_, err := feed.Canonical(t, v)
	return t, err == nil
}

// hexadecimal reports whether v has hexadecimal digits only, letters as well as
// numbers: what has only one of the two is a word or a number.
func hexadecimal(v string) bool {
	digits := 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c|0x20 < 'a' || c|0x20 > 'f':
			return false
		}
	}
	return digits > 0 && digits < len(v)
}

// hardware reports whether an address of colons is one of hardware, of which
// the long form would pass for IPv6.
func hardware(v string) bool {
	for group := range strings.SplitSeq(v, ":") {
		if len(group) != 2 {
			return false
		}
	}
	return true
}

// NamePort takes a name and its port apart, such as cdn.example.net:8443.
func NamePort(value string) (name, port string, ok bool) {
	v := feed.Refang(strings.TrimSpace(value))
	name, port, ok = strings.Cut(v, ":")
	if !ok || port == "" || len(port) > 5 || strings.Trim(port, "0123456789") != "" {
		return "", "", false
	}
	t, ok := Guess(name)
	return name, port, ok && t == feed.Domain
}

//go:embed ends.yaml
var endsYAML []byte

// ends are the ends of names that ends.yaml lists, in lower case.
type ends struct{ files, pages map[string]bool }

// fileEnds is what ends.yaml says. It is part of the program, and a test holds
// that it can be read.
var fileEnds = sync.OnceValue(func() ends {
	e, _ := readEnds(endsYAML)
	return e
})

func readEnds(text []byte) (ends, error) {
	var lists struct{ Files, Pages []string }
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	err := dec.Decode(&lists)
	e := ends{map[string]bool{}, map[string]bool{}}
	for _, end := range lists.Files {
		e.files[end] = true
	}
	for _, end := range lists.Pages {
		e.files[end], e.pages[end] = true, true
	}
	return e, err
}

// IsFileName reports whether a word ends as files do and names on the network
// do not. A word with a sign that parts the cells of a row is several.
func IsFileName(v string) bool {
	at := strings.LastIndexByte(v, '.')
	return at > 0 && !strings.ContainsAny(v, " /:@,;|") && fileEnds().files[endOf(v)]
}

// isPage reports whether a name of a file ends as the pages of sites do.
func isPage(v string) bool { return fileEnds().pages[endOf(v)] }

func endOf(v string) string { return strings.ToLower(v[strings.LastIndexByte(v, '.')+1:]) }
