package exclusions

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"

	"quarry/kql"
)

// tests compares a field with values: the node of all that could be said, with
// a gap for each value that the field cannot hold.
func (r *reader) tests(f kql.Field, op kql.Operator, values []value, span Span) node {
	if op == kql.Contains && f == "process.command_line" && !slices.ContainsFunc(values, func(v value) bool { return !r.program(v) }) {
		op = kql.ContainsWord // "sed" is in "used", but not as a word
	}
	var tests []kql.Test
	var all []node
	for _, v := range values {
		resolved := r.resolve(f, op, v)
		if len(resolved) == 0 {
			all = append(all, gap(v.span))
		}
		for _, t := range resolved {
			tests = group(tests, t)
		}
	}
	for i := len(tests) - 1; i >= 0; i-- {
		all = append([]node{{kind: testNode, test: tests[i], span: span}}, all...)
	}
	if len(tests) == 0 {
		return gap(span)
	}
	return join(anyNode, all...)
}

// group adds a test, or its values to one of the same field and operator.
func group(tests []kql.Test, t kql.Test) []kql.Test {
	for i, have := range tests {
		if have.Field == t.Field && have.Op == t.Op {
			for _, v := range t.Values {
				if !slices.Contains(tests[i].Values, v) {
					tests[i].Values = append(tests[i].Values, v)
				}
			}
			return tests
		}
	}
	return append(tests, t)
}

// program reports whether a value names a program that is known.
func (r *reader) program(v value) bool {
	return v.software != nil || r.lex.runs(v.text) && !strings.Contains(v.text, " ")
}

// resolve turns one comparison into tests that hold together by "or", none
// when the field cannot hold the value.
func (r *reader) resolve(f kql.Field, op kql.Operator, v value) []kql.Test {
	if op == kql.Matches {
		v = v.pattern()
	} else {
		v = v.unescaped()
	}
	switch f {
	case remoteField:
		f = remoteFor(v)
	case related:
		if f = remoteFor(v); f == "remote.ip" {
			return nil
		}
	case ownField, fromField:
		f = r.sourceFor(f, v)
	case eitherIP:
		if v.kind != ipValue && v.kind != rangeValue {
			return nil
		}
		return slices.Concat(r.sides(op, v)...)
	}
	kind, ok := f.Kind()
	switch {
	case !ok:
		return nil
	case f == "device.name" && (v.kind == ipValue || v.kind == rangeValue):
		return r.resolve(eitherIP, kql.Is, v)
	}
	var t kql.Test
	switch kind {
	case kql.ProgramField:
		t = r.programTest(f, op, v)
	case kql.PathField:
		t = pathTest(f, op, v)
	case kql.HostField, kql.URLField:
		t = remoteTest(f, op, v)
	case kql.IPField:
		t = addressTest(f, op, v)
	default:
		t = textTest(f, kind, op, v)
	}
	if !speakable(t) {
		return nil
	}
	if name, ok := suffixName(t); ok {
		return []kql.Test{
			{Field: "remote.host", Op: kql.Is, Values: []string{name}},
			{Field: "remote.host", Op: kql.EndsWith, Values: []string{"." + name}},
		}
	}
	return []kql.Test{t}
}

// suffixName is the name that a host or URL ends with, without a dot in front.
// Whoever writes "ending with example.com" means that name and those below it,
// and not badexample.com. A URL may end with the name of a file, so there only
// a name below a public suffix that exists is one.
func suffixName(t kql.Test) (string, bool) {
	v := t.Values[0]
	if t.Op != kql.EndsWith || !isHost(v) || strings.HasPrefix(v, ".") {
		return "", false
	}
	return v, t.Field == "remote.host" || t.Field == "remote.url" && inRoot(v)
}

// inRoot reports whether a name ends with a top-level domain that exists, by
// the public suffix list.
func inRoot(name string) bool {
	suffix, exists := publicsuffix.PublicSuffix(strings.ToLower(strings.Trim(name, "*.")))
	return exists || strings.Contains(suffix, ".") // a shared one, such as github.io
}

// sides tests an address whose side is not said: a private one is on the
// protected side, any other may be on either.
func (r *reader) sides(op kql.Operator, v value) [][]kql.Test {
	fields := []kql.Field{"device.ip", "remote.ip"}
	if ownAddress(v.text) {
		fields = fields[:1]
	}
	var all [][]kql.Test
	for _, f := range fields {
		all = append(all, r.resolve(f, op, v))
	}
	return all
}

// ownAddress reports whether an address or range is a private one.
func ownAddress(s string) bool {
	p, ok := prefixOf(s)
	return ok && (p.Addr().IsPrivate() || p.Addr().IsLoopback() || p.Addr().IsLinkLocalUnicast())
}

func prefixOf(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		return p.Masked(), true
	}
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	return octets(s)
}

// speakable reports whether the test can be written and read back.
func speakable(t kql.Test) bool {
	if t.Field == "" || len(t.Values) == 0 {
		return false
	}
	text := kql.FormatCondition(t)
	c, err := kql.ParseCondition(text)
	return err == nil && kql.FormatCondition(c) == text
}

// sourceFor is the field of what something comes from, "" where that does not
// say whose it is.
func (r *reader) sourceFor(from kql.Field, v value) kql.Field {
	switch {
	case v.software != nil || v.kind == fileValue:
		return "process.name"
	case v.kind == pathValue && r.about == "file":
		return "file.path"
	case v.kind == pathValue:
		return "process.path"
	case v.kind == ipValue, v.kind == rangeValue:
		if from == ownField || ownAddress(v.text) {
			return "device.ip"
		}
	case v.kind == hostValue && from == ownField:
		return "device.name"
	case v.kind == urlValue && from == fromField:
		return "remote.url"
	}
	return ""
}

// wild reads the asterisks at the ends of a value as an operator. Inside a
// value they cannot be said.
func wild(op kql.Operator, s string) (kql.Operator, string, bool) {
	if op == kql.Matches { // there an asterisk is no wildcard
		return op, s, true
	}
	bare := strings.Trim(s, "*")
	before, behind := strings.HasPrefix(s, "*"), strings.HasSuffix(s, "*")
	switch {
	case bare == "" || strings.Contains(bare, "*"):
		return op, s, false
	case op != kql.Is || bare == s:
		return op, bare, true
	case before && behind:
		return kql.Contains, bare, true
	case before:
		return kql.EndsWith, bare, true
	}
	return kql.StartsWith, bare, true
}

func (r *reader) programTest(f kql.Field, op kql.Operator, v value) kql.Test {
	if op == kql.Matches {
		return kql.Test{Field: f, Op: op, Values: []string{v.text}}
	}
	if v.kind == extensionValue {
		return kql.Test{Field: f, Op: kql.EndsWith, Values: []string{strings.TrimPrefix(v.text, "*")}}
	}
	if op == kql.EndsWith && f == "file.name" && r.lex.extensions[strings.ToLower(v.text)] {
		return kql.Test{Field: f, Op: op, Values: []string{"." + v.text}}
	}
	if v.software != nil && op == kql.Is && f != "file.name" && !r.spelled(v) {
		return kql.Test{Field: f, Op: op, Values: slices.Clone(v.software.Processes)}
	}
	op, text, ok := wild(op, v.text)
	if !ok {
		return kql.Test{}
	}
	if v.kind == pathValue {
		return inFolder(f, op, text)
	}
	if strings.ContainsAny(text, `:?"<>|/`) || strings.Contains(text, " ") && !v.quoted || !v.quoted && v.kind == numberValue || v.kind == ipValue || v.kind == urlValue {
		return kql.Test{}
	}
	return kql.Test{Field: f, Op: op, Values: []string{text}}
}

// spelled reports whether software is written as one of its programs, such as
// "cron", and not by a product's name, such as "Puppet".
func (r *reader) spelled(v value) bool {
	return r.lex.runs(v.text) && !strings.ContainsFunc(v.text, unicode.IsUpper)
}

// inFolder tests a program or file that is given with its path.
func inFolder(f kql.Field, op kql.Operator, path string) kql.Test {
	base := path[strings.LastIndexAny(path, `\/`)+1:]
	switch {
	case op == kql.EndsWith && (base == "" || strings.Contains(path, ":")):
		return kql.Test{} // no file ends with a folder
	case op == kql.EndsWith && len(base) == len(path)-1:
		return kql.Test{Field: f, Op: kql.Is, Values: []string{base}}
	case f == "process.name":
		return pathTest("process.path", op, value{text: path, kind: pathValue})
	case f == "file.name":
		return pathTest("file.path", op, value{text: path, kind: pathValue})
	}
	return kql.Test{} // the parent's path is in no column
}

// pathTest compares a path: a file with the whole of it, a folder with its
// beginning up to the separator, a piece with any part.
func pathTest(f kql.Field, op kql.Operator, v value) kql.Test {
	op, text, ok := wild(op, v.text)
	if !ok || v.kind == urlValue || v.kind == ipValue || strings.ContainsAny(text, "%~") { // columns hold no variables
		return kql.Test{}
	}
	base := text[strings.LastIndexAny(text, `\/`)+1:]
	if op == kql.EndsWith && (base == "" || strings.Contains(text, ":")) {
		return kql.Test{} // no file ends with a folder
	}
	if op == kql.Is || op == kql.StartsWith {
		switch {
		case v.kind == fileValue:
			return kql.Test{Field: nameBeside(f), Op: kql.Is, Values: []string{text}}
		case v.kind != pathValue:
			return kql.Test{}
		case !absolute(text):
			op = kql.Contains
		case base == "" || !strings.Contains(base, "."):
			op, text = kql.StartsWith, folder(text)
		}
	}
	return kql.Test{Field: f, Op: op, Values: []string{text}}
}

func nameBeside(path kql.Field) kql.Field {
	if path == "file.path" {
		return "file.name"
	}
	return "process.name"
}

func absolute(path string) bool {
	return strings.HasPrefix(path, "/") || strings.HasPrefix(path, `\\`) || len(path) > 2 && path[1] == ':'
}

// folder ends a path with its separator, so that C:\Tools is not C:\Toolsmith.
func folder(path string) string {
	separator := "/"
	if strings.Contains(path, `\`) {
		separator = `\`
	}
	return strings.TrimSuffix(path, separator) + separator
}

func textTest(f kql.Field, kind kql.FieldKind, op kql.Operator, v value) kql.Test {
	text := v.text
	if op != kql.Matches {
		var ok bool
		if op, text, ok = wild(op, text); !ok {
			return kql.Test{}
		}
	}
	switch {
	case f == "account.name" && v.account != "":
		text = v.account
	case f == "account.name" && v.software != nil && !v.quoted && v.kind == wordValue:
		return kql.Test{} // "the Veeam service account" is not called Veeam
	case kind == kql.NameField && (v.kind == urlValue || v.kind == extensionValue):
		return kql.Test{}
	case kind == kql.HashField && v.kind != hashValue, kind == kql.NumberField && v.kind != numberValue:
		return kql.Test{}
	}
	return kql.Test{Field: f, Op: op, Values: []string{text}}
}
