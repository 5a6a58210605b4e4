package warnings

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"quarry/feed"
)

// List is a MISP warning list: well-known values that are no indicators. Its
// form is that of https://github.com/MISP/misp-warninglists.
type List struct {
	Name string
	// Skipped are the entries that cannot be used, with the reason, or why none is.
	Skipped []string

	types   map[feed.Type]bool // nil is all
	exact   map[string]bool
	hosts   map[string]bool
	parts   []string
	blocks  blocks[string]
	regexes []*regexp.Regexp
}

// ListError says why a file is no warning list.
type ListError struct {
	File   string
	Reason string
}

func (e *ListError) Error() string {
	return e.File + ": " + e.Reason + "; it should be a list.json of MISP's warning lists"
}

// maxList is the largest warning list in bytes.
const maxList = 256 << 20

// ReadLists reads all warning lists in a folder: files that end in .json, also
// in folders below. A folder that is missing has none. Files that are no lists
// are errors of type [*ListError] beside the lists that could be read.
func ReadLists(folder string) (lists []*List, errs []error) {
	_ = filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			if path != folder || !os.IsNotExist(err) {
				errs = append(errs, err)
			}
			return nil
		}
		if d.IsDir() || !strings.HasSuffix(path, ".json") {
			return nil
		}
		if st, err := d.Info(); err == nil && st.Size() > maxList {
			errs = append(errs, &ListError{path, fmt.Sprintf("larger than %d MiB", maxList>>20)})
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			errs = append(errs, err)
			return nil
		}
		l, err := ParseList(path, text)
		if err != nil {
			errs = append(errs, err)
			return nil
		}
		lists = append(lists, l)
		return nil
	})
	return lists, errs
}

// ParseList reads a warning list. The error is a [*ListError].
func ParseList(file string, text []byte) (*List, error) {
	var doc struct {
		Name     string   `json:"name"`
		Type     string   `json:"type"`
		Matching []string `json:"matching_attributes"`
		List     []string `json:"list"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, &ListError{file, "it cannot be read: " + err.Error()}
	}
	if doc.Name == "" || doc.List == nil {
		return nil, &ListError{file, "it has no name or no list"}
	}
	l := &List{Name: doc.Name, types: matchedTypes(doc.Matching), exact: map[string]bool{}, hosts: map[string]bool{}}
	add, known := map[string]func(string) error{
		"string": l.addExact, "substring": l.addPart, "hostname": l.addHost, "cidr": l.addBlock, "regex": l.addRegex,
	}[doc.Type]
	if !known {
		return nil, &ListError{file, fmt.Sprintf("there is no type %q of warning list; types: string substring hostname cidr regex", doc.Type)}
	}
	for _, entry := range doc.List {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		if err := add(entry); err != nil {
			l.Skipped = append(l.Skipped, feed.Quote(entry)+": "+err.Error())
		}
	}
	l.blocks.settle()
	if l.types != nil && len(l.types) == 0 {
		l.Skipped = append(l.Skipped, "all entries: the list is about "+strings.Join(doc.Matching, ", ")+", which Quarry does not hunt")
	}
	return l, nil
}

// matchedTypes are our types for the attributes that a list is about; nil, all of
// them, where it names none. A list about others than ours is about none.
func matchedTypes(attributes []string) map[feed.Type]bool {
	if len(attributes) == 0 {
		return nil
	}
	types := map[feed.Type]bool{}
	for _, a := range attributes {
		for part := range strings.SplitSeq(a, "|") {
			for _, t := range attributeTypes[part] {
				types[t] = true
			}
		}
	}
	return types
}

// attributeTypes are our types for MISP's attribute types.
var attributeTypes = map[string][]feed.Type{
	"ip-src": {feed.IP, feed.IPPort, feed.CIDR, feed.URL}, "ip-dst": {feed.IP, feed.IPPort, feed.CIDR, feed.URL}, "ip": {feed.IP, feed.IPPort, feed.CIDR, feed.URL},
	"domain": {feed.Domain, feed.URL}, "hostname": {feed.Domain, feed.URL}, "url": {feed.URL}, "uri": {feed.URL}, "link": {feed.URL},
	"md5": {feed.MD5}, "sha1": {feed.SHA1}, "sha256": {feed.SHA256}, "sha512": {feed.SHA512}, "sha3-384": {feed.SHA3384},
	"email": emailTypes, "email-src": emailTypes, "email-dst": emailTypes, "email-reply-to": emailTypes, "filename": {feed.FileName},
}

var emailTypes = []feed.Type{feed.Email, feed.EnvelopeFrom, feed.BodyFrom}

func (l *List) addExact(s string) error { l.exact[strings.ToLower(s)] = true; return nil }

func (l *List) addPart(s string) error {
	l.parts = append(l.parts, strings.ToLower(s))
	return nil
}

func (l *List) addHost(s string) error {
	l.hosts[strings.Trim(strings.ToLower(s), ".")] = true
	return nil
}

func (l *List) addBlock(s string) error {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		a, err := netip.ParseAddr(s)
		if err != nil {
			return fmt.Errorf("no address and no block")
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	l.blocks.add(p, s)
	return nil
}

// addRegex takes a regular expression between slashes, with the flags of PHP or
// JavaScript behind. Those that say nothing of whether a value meets it are left
// out: g, u, y, D and U.
func (l *List) addRegex(s string) error {
	body, flags := s, ""
	if end := strings.LastIndexByte(s, '/'); strings.HasPrefix(s, "/") && end > 0 && strings.Trim(s[end+1:], "gimsuyDU") == "" {
		body = s[1:end]
		flags = strings.Map(func(r rune) rune {
			if strings.ContainsRune("ims", r) {
				return r
			}
			return -1
		}, s[end+1:])
	}
	if flags != "" {
		body = "(?" + flags + ")" + body
	}
	re, err := regexp.Compile(body)
	if err != nil {
		return fmt.Errorf("a regular expression that Go does not have")
	}
	l.regexes = append(l.regexes, re)
	return nil
}

// find is the entry that an IOC meets.
func (l *List) find(i feed.IOC) (entry string, ok bool) {
	if l.types != nil && !l.types[i.Type] {
		return "", false
	}
	value := strings.ToLower(i.Value)
	host := i.Host()
	if l.exact[value] {
		return feed.Quote(i.Value), true
	}
	if i.Type == feed.IPPort && l.exact[host] {
		return feed.Quote(host), true
	}
	if len(l.hosts) > 0 {
		for name := host; name != ""; {
			if l.hosts[name] {
				return feed.Quote(name), true
			}
			_, name, _ = strings.Cut(name, ".")
		}
	}
	if p, is := prefixOf(i); is {
		if entry, ok := l.blocks.find(p); ok {
			return entry, true
		}
		if i.Type == feed.CIDR {
			for _, entry := range l.blocks.within(p) {
				return entry.value, true
			}
		}
	}
	if at := slices.IndexFunc(l.parts, func(p string) bool { return strings.Contains(value, p) }); at >= 0 {
		return feed.Quote(l.parts[at]), true
	}
	if at := slices.IndexFunc(l.regexes, func(re *regexp.Regexp) bool { return re.MatchString(i.Value) }); at >= 0 {
		return feed.Quote(l.regexes[at].String()), true
	}
	return "", false
}

// prefixOf is the address or block that an IOC is.
func prefixOf(i feed.IOC) (netip.Prefix, bool) {
	if i.Type == feed.CIDR {
		p, err := netip.ParsePrefix(i.Value)
		return p, err == nil
	}
	a, ok := i.Addr()
	return netip.PrefixFrom(a, a.BitLen()), ok
}
