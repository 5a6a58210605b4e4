package records

import (
	"net/netip"
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// canonical is [feed.Canonical] for what a record says, whose type it may correct.
// Sources call names, addresses and URLs each other, and paths of files names: what
// plainly is of another type is read as that, and told. What can be told only of a
// value that is one, remark tells; nil says nothing.
func canonical(r *Record) (value string, remark func(Finder), err error) {
	said, raw, line := r.Type, r.Value, r.Line
	if r.Exact {
		value, err = feed.Canonical(said, raw)
		return value, nil, err
	}
	if said == feed.FileName {
		return fileName(r)
	}
	if value, err = feed.Canonical(said, raw); err == nil {
		if said == feed.CIDR {
			return value, InsideBlock(raw, value, line), nil
		}
		return value, nil, nil
	}
	if v, ok := other(said, raw); ok {
		r.Type, r.Tags = v.Type, append(r.Tags[:len(r.Tags):len(r.Tags)], v.Tags...)
		if value, err := feed.Canonical(v.Type, v.Value); err == nil {
			return value, differs(said, v, raw, line), nil
		}
	}
	return "", nil, err
}

func differs(said feed.Type, is Record, raw string, line int) func(Finder) {
	return func(find Finder) {
		port := ""
		if len(is.Tags) > 0 {
			port = ", and the port is a tag"
		}
		find("type-differs", feed.Warning, line, "the source says that %s is of the type %s; it is read as %s, which it is by its looks%s", feed.Quote(raw), said, is.Type, port)
	}
}

// IsURL reports whether an IOC is made of a value that a source calls a URL: a URL,
// with a scheme or of a host and a path, or what is read as the host that it is. It
// is false of the path or another part of one.
func IsURL(value string) bool {
	if _, err := feed.Canonical(feed.URL, value); err == nil {
		return true
	}
	_, ok := other(feed.URL, value)
	return ok
}

// other is a value of the network that is of another type than its source says.
// What ends like a file is none.
func other(said feed.Type, raw string) (v Record, ok bool) {
	switch said {
	case feed.IP, feed.IPPort, feed.CIDR, feed.Domain, feed.URL:
		v, ok = ValueOf(strings.TrimSpace(raw))
	}
	if !ok || v.Type.IsHash() || v.Type == feed.Email || v.Type == feed.Domain && (IsFileName(v.Value) || scan.FileLike(feed.Refang(v.Value))) {
		return v, false
	}
	return v, true
}

// fileName is the name of a file, or that to which a path leads. A command and a
// pattern name no file, and what would be a URL by its looks is one.
func fileName(r *Record) (value string, remark func(Finder), err error) {
	raw, line := r.Value, r.Line
	if strings.Contains(raw, "/") && !strings.Contains(raw, `\`) {
		if t, ok := Guess(raw); ok && (t == feed.URL || t == feed.CIDR) {
			r.Type = t
			value, err = feed.Canonical(t, raw)
			return value, differs(feed.FileName, Record{Type: t}, raw, line), err
		}
	}
	name, path := feed.NameOfPath(strings.TrimSpace(raw))
	reason := ""
	switch {
	case IsCommand(raw):
		reason = "it is a command; name the file alone"
	case strings.ContainsAny(name, "*?"):
		reason = "it is a pattern for names; name a file"
	case path && name == "":
		reason = "it is a folder; name a file"
	}
	if reason != "" {
		return "", nil, &feed.ValueError{Type: feed.FileName, Value: raw, Reason: reason}
	}
	if !path {
		value, err = feed.Canonical(feed.FileName, raw)
		return value, nil, err
	}
	value, err = feed.Canonical(feed.FileName, name)
	return value, func(find Finder) {
		find("path-as-name", feed.Info, line, "the path %s is read as the name of the file, %s, which is what a hunt compares", feed.Quote(raw), feed.Quote(value))
	}, err
}

// IsCommand reports whether a text is a command, whose end is no name of a file: a
// switch stands in it behind a name that ends like a file, which is more than another
// end, such as in "a.pdf .exe" and "a.pdf -signed.exe", or a path does.
func IsCommand(s string) bool {
	s = strings.TrimSpace(s)
	last := strings.LastIndexAny(s, `\/`)
	word := 0 // where the part of a path begins
	for at := 0; at < len(s); at++ {
		if s[at] == '/' || s[at] == '\\' {
			word = at + 1
		}
		if s[at] != ' ' && s[at] != '\t' {
			continue
		}
		part := strings.TrimRight(s[max(word, at-longestEnd):at], "\"'")
		for s[at+1] == ' ' || s[at+1] == '\t' { // something follows, for nothing is behind the last
			at++
		}
		behind := s[at+1:]
		if behind[0] == '/' {
			return true
		}
		if dot := strings.LastIndexByte(part, '.'); dot <= 0 || !fileEnds().files[endOf(part)] {
			continue
		}
		if last > at || isSwitch(behind) && (last >= 0 || strings.ContainsAny(behind, " \t") || !fileEnds().files[endOf(behind)]) {
			return true
		}
	}
	return false
}

// isSwitch reports whether a text begins with a dash and a word.
func isSwitch(s string) bool { return len(s) > 1 && s[0] == '-' && s[1] != ' ' }

// longestEnd is longer than the ends of files with their dots and quotes, in bytes.
const longestEnd = 16

// InsideBlock tells of a block, spelled raw, whose address is not its first, so that
// one address may be meant. It is nil where there is nothing to tell.
func InsideBlock(raw, value string, line int) func(Finder) {
	address, _, _ := strings.Cut(feed.Refang(strings.TrimSpace(raw)), "/")
	first, _, _ := strings.Cut(value, "/")
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().String() == first {
		return nil
	}
	return func(find Finder) {
		find("inside-block", feed.Warning, line, "%s is an address with the length of a prefix; it is read as the whole block %s, so check that not the one address is meant", feed.Quote(raw), value)
	}
}
