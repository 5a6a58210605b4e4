package exclusions

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"quarry/feed"
	"quarry/kql"
)

// danger says why a condition would hide the malware or far more than a
// scenario means, "" when nothing is known against it.
func (h *hunted) danger(c kql.Condition) string {
	exposed := h.exposed(c)
	for _, t := range exposed {
		if s := h.namesMalware(t); s != "" {
			return s
		}
	}
	if h.coversAll(c) {
		return "it covers every included IOC, so the hunt would find nothing"
	}
	for _, t := range exposed {
		if s := h.namesIOC(t); s != "" {
			return s
		}
	}
	if why, weak := h.weak(c); weak {
		return why
	}
	return ""
}

// exposed lists the tests that must hold for the condition to hold, but for
// those that only count on certain devices: what a malware laboratory or a
// sandbox does may well be named after the malware.
func (h *hunted) exposed(c kql.Condition) (all []kql.Test) {
	switch c := c.(type) {
	case kql.Test:
		return []kql.Test{c}
	case kql.And:
		if slices.ContainsFunc(c, h.ownDevice) {
			return nil
		}
		for _, k := range c {
			all = append(all, h.exposed(k)...)
		}
	case kql.Or:
		for _, k := range c {
			all = append(all, h.exposed(k)...)
		}
	case kql.Not:
		if inner, ok := c.Condition.(kql.Not); ok {
			return h.exposed(inner.Condition)
		}
	}
	return all
}

// ownDevice reports whether a condition only holds on certain devices of the
// protected side.
func (h *hunted) ownDevice(c kql.Condition) bool {
	t, ok := c.(kql.Test)
	if !ok || t.Field != "device.name" && t.Field != "device.ip" {
		return false
	}
	_, weak := h.weak(t)
	return !weak
}

// namesMalware reports a value that holds the name of the malware. What the
// protected side calls its own devices and accounts says nothing about it.
func (h *hunted) namesMalware(t kql.Test) string {
	if t.Field == "device.name" || t.Field == "account.name" || t.Field == "action" {
		return ""
	}
	for _, v := range t.Values {
		for _, f := range h.families {
			if named(t.Op, v, f) {
				return fmt.Sprintf("it names the malware: excluding %s would hide %s itself", known().says(t.Field, v), f)
			}
		}
	}
	return ""
}

// named reports whether a value holds a malware's name: the whole of it
// anywhere, or one word of it as a word. Words that many names have do not
// count, and "CrowdStrike" does not name Cobalt Strike.
func named(op kql.Operator, value, family string) bool {
	var own []string
	for _, w := range wordsOf(family) {
		if !slices.Contains(known().Generic, w) && len(w) > 2 {
			own = append(own, w)
		}
	}
	if len(own) == 0 {
		return false
	}
	whole := strings.Join(own, "")
	if op == kql.Matches {
		return !matchesAll(value) && (holds(op, value, whole) || holds(op, value, strings.Join(own, " ")))
	}
	theirs := wordsOf(value)
	if len(whole) > 4 && strings.Contains(strings.Join(theirs, ""), whole) {
		return true
	}
	return slices.ContainsFunc(own, func(w string) bool { return len(w) > 3 && slices.Contains(theirs, w) })
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// namesIOC reports a value that an included IOC meets.
func (h *hunted) namesIOC(t kql.Test) string {
	for _, v := range t.Values {
		for _, i := range h.iocs {
			if !covers(t, v, i) {
				continue
			}
			what := i.Host()
			if what == "" || !strings.HasPrefix(string(t.Field), "remote.") {
				what = i.Value
			}
			if t.Op == kql.InRange {
				return fmt.Sprintf("the range %s contains the IOC %s", v, what)
			}
			return fmt.Sprintf("it leaves out %s, which the hunt looks for", what)
		}
	}
	return ""
}

// covers reports whether a row with the IOC surely meets a value of the test.
func covers(t kql.Test, v string, i feed.IOC) bool {
	host := i.Host()
	switch t.Field {
	case "remote.ip":
		a, ok := i.Addr()
		if t.Op == kql.Is || t.Op == kql.InRange {
			return ok && inPrefix(a, v)
		}
		return ok && holds(t.Op, v, host)
	case "remote.host":
		return host != "" && (holds(t.Op, v, host) || i.Type == feed.Domain && t.Op == kql.Is && strings.HasSuffix(strings.ToLower(v), "."+host))
	case "remote.url":
		if i.Type == feed.URL {
			_, bare, _ := strings.Cut(i.Value, "://")
			return holds(t.Op, v, i.Value) || holds(t.Op, v, bare)
		}
		return host != "" && (holds(t.Op, v, host) || strings.EqualFold(hostOf(v), host))
	case "file.hash":
		return i.Type.IsHash() && holds(t.Op, v, i.Value)
	case "file.name", "process.name":
		return i.Type == feed.FileName && holds(t.Op, v, i.Value)
	case "process.command_line", "process.path", "file.path":
		return host != "" && strings.Contains(strings.ToLower(v), host) || i.Type == feed.FileName && strings.Contains(strings.ToLower(v), strings.ToLower(i.Value))
	}
	return false
}

// coversAll reports whether every included IOC surely meets the condition.
func (h *hunted) coversAll(c kql.Condition) bool {
	return len(h.iocs) > 0 && !slices.ContainsFunc(h.iocs, func(i feed.IOC) bool { return !coversBy(c, i) })
}

func coversBy(c kql.Condition, i feed.IOC) bool {
	switch c := c.(type) {
	case kql.Test:
		return strings.HasPrefix(string(c.Field), "remote.") &&
			slices.ContainsFunc(c.Values, func(v string) bool { return covers(c, v, i) })
	case kql.And:
		return !slices.ContainsFunc(c, func(k kql.Condition) bool { return !coversBy(k, i) })
	case kql.Or:
		return slices.ContainsFunc(c, func(k kql.Condition) bool { return coversBy(k, i) })
	}
	return false
}

// weak says why rows meet a condition that have nothing to do with the
// scenario. An "and" is weak only when all of it is; what must not hold makes
// nothing stronger, and alone it leaves out nearly every row.
func (h *hunted) weak(c kql.Condition) (string, bool) {
	switch c := c.(type) {
	case kql.Test:
		for _, v := range c.Values {
			if why := h.weakTest(c, v); why != "" {
				return why, true
			}
		}
	case kql.Not:
		return fmt.Sprintf("it leaves out every row except those with %s", kql.FormatCondition(c.Condition)), true
	case kql.Or:
		for _, k := range c {
			if why, weak := h.weak(k); weak {
				return why, true
			}
		}
	case kql.And:
		return h.weakAll(c)
	}
	return "", false
}

func (h *hunted) weakAll(c kql.And) (string, bool) {
	var first, last string
	for _, k := range c {
		why, weak := h.weak(k)
		if !weak {
			return "", false
		}
		if _, not := k.(kql.Not); !not && first == "" {
			first = why
		}
		last = why
	}
	if first == "" {
		first = last
	}
	return first, first != ""
}

// weakTest says why a test is weak by itself.
func (h *hunted) weakTest(t kql.Test, v string) string {
	if t.Op == kql.Matches {
		if matchesAll(v) {
			return fmt.Sprintf("%s matches nearly everything", v)
		}
		return ""
	}
	if t.Op != kql.Is && t.Op != kql.InRange && len([]rune(v)) < 3 {
		return fmt.Sprintf("%q is so short that nearly everything holds it", v)
	}
	kind, _ := t.Field.Kind()
	switch {
	case t.Field == "process.command_line":
		return weakCommand(t.Op, v)
	case t.Field == "account.name":
		return weakAccount(t.Op, v)
	case kind == kql.ProgramField:
		return weakProgram(t, v)
	case kind == kql.PathField:
		return weakPath(t.Op, v)
	case kind == kql.IPField:
		return weakRange(v)
	case kind == kql.HostField, kind == kql.URLField:
		return weakRemote(t, v)
	case kind == kql.NumberField:
		return fmt.Sprintf("any program can use port %s, malware too", v)
	}
	return ""
}

// matchesAll reports whether a regular expression matches what it has no
// business to match.
func matchesAll(v string) bool {
	re, err := regexp.Compile("(?i)" + v)
	return err != nil || re.MatchString("") || re.MatchString("zq") || re.MatchString("7")
}

func weakProgram(t kql.Test, v string) string {
	if isExtension(v) && t.Op != kql.Is {
		return fmt.Sprintf("%s alone is every file of that kind, malware too", v)
	}
	for _, g := range known().Programs {
		for _, n := range g.Names {
			if holds(t.Op, stem(v), n) || t.Op != kql.Is && holds(t.Op, v, n+".exe") {
				return fmt.Sprintf("%s by itself says nothing: it %s", shown(v, n, t.Op), g.Why)
			}
		}
	}
	return ""
}

// shown is a program as the condition writes it, or the one that it also meets.
func shown(v, program string, op kql.Operator) string {
	if op == kql.Is {
		return v
	}
	return fmt.Sprintf("%s %s, which is also %s,", op, v, program)
}

func isExtension(v string) bool {
	return len(v) > 1 && len(v) <= 6 && v[0] == '.' && allLetters(v[1:])
}

func weakCommand(op kql.Operator, v string) string {
	if op == kql.Is {
		return ""
	}
	first, _, _ := strings.Cut(strings.ToLower(v), " ")
	for _, g := range known().Programs {
		if slices.Contains(g.Names, stem(first)) {
			return fmt.Sprintf("%s in a command line says nothing: it %s", v, g.Why)
		}
	}
	if len(v) < 4 && op == kql.Contains || slices.Contains(known().Common, strings.ToLower(strings.Trim(v, "-/ "))) || slices.Contains(known().Common, strings.ToLower(v)) {
		return fmt.Sprintf("whoever runs a command chooses its words, and %q is a common one", v)
	}
	if isExtension(v) {
		return fmt.Sprintf("%s alone is every file of that kind, malware too", v)
	}
	return ""
}

func weakAccount(op kql.Operator, v string) string {
	for _, a := range known().Accounts {
		if holds(op, v, a) {
			return fmt.Sprintf("%s is a whole class of users: malware runs as them too", v)
		}
	}
	return ""
}

// weakPath compares whole folders: what lies deeper says more.
func weakPath(op kql.Operator, v string) string {
	if isExtension(v) {
		return fmt.Sprintf("%s alone is every file of that kind, malware too", v)
	}
	p := strings.ToLower(strings.ReplaceAll(v, `\`, "/"))
	if len(p) > 1 && p[1] == ':' {
		p = p[2:]
	}
	p = strings.Trim(p, "/* ")
	if p == "" {
		return "it is a whole drive"
	}
	for _, g := range known().Folders {
		if op != kql.Is && slices.Contains(g.Paths, p) {
			return fmt.Sprintf("%s by itself says nothing: it %s", v, g.Why)
		}
	}
	return ""
}

func weakRange(v string) string {
	p, err := netip.ParsePrefix(v)
	if err != nil || p.Addr().Is4() && p.Bits() >= 16 || p.Addr().Is6() && p.Bits() >= 32 {
		return ""
	}
	return fmt.Sprintf("the range %s is so wide that most rows are in it", v)
}

func weakRemote(t kql.Test, v string) string {
	host := strings.Trim(hostOf(v), ".*")
	switch {
	case t.Op == kql.Is:
		return ""
	case !strings.Contains(host, ".") && t.Op == kql.EndsWith:
		return fmt.Sprintf("%s is a whole top-level domain, or the end of any URL", v)
	case !strings.Contains(host, "."):
		return fmt.Sprintf("whoever runs a server chooses its names and URLs, so %q may be in those of malware", v)
	}
	return ""
}
