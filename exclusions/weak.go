package exclusions

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"quarry/kql"
)

// weak says why rows meet a condition that have nothing to do with the
// scenario. An "and" is weak only when all of it is; what must not hold makes
// nothing stronger, and alone it leaves out nearly every row.
func (h *hunted) weak(c kql.Condition) []Danger {
	switch c := c.(type) {
	case kql.Test:
		return h.comparison(c).weak
	case kql.Not:
		return []Danger{dangerOf("weak", kql.FormatCondition(c), fmt.Sprintf("it leaves out every row except those with %s", kql.FormatCondition(c.Condition)))}
	case kql.Or:
		var all []Danger
		for _, k := range c {
			all = append(all, h.weak(k)...)
		}
		return all
	case kql.And:
		return h.weakAll(c)
	}
	return nil
}

// weakAll is one danger, told by its first part that says what must hold.
func (h *hunted) weakAll(c kql.And) []Danger {
	var first, last string
	for _, k := range c {
		why := h.weak(k)
		if len(why) == 0 {
			return nil
		}
		if last = why[0].Text; first == "" {
			if _, not := k.(kql.Not); !not {
				first = last
			}
		}
	}
	if first == "" {
		first = last
	}
	return []Danger{dangerOf("weak", kql.FormatCondition(c), first)}
}

// weakOf is weak for a test.
func weakOf(t kql.Test) []Danger {
	for _, v := range t.Values {
		if why := weakTest(t, v); why != "" {
			return []Danger{dangerOf("weak", kql.FormatCondition(t), why)}
		}
	}
	return nil
}

// weakTest says why a test is weak by itself.
func weakTest(t kql.Test, v string) string {
	if t.Op == kql.Matches && matchesAll(v) {
		return fmt.Sprintf("%s matches nearly everything", v)
	}
	if t.Op != kql.Is && t.Op != kql.InRange && t.Op != kql.Matches && len([]rune(strings.TrimSpace(v))) < 3 {
		return fmt.Sprintf("%q is so short that nearly everything holds it", v)
	}
	kind, _ := t.Field.Kind()
	switch {
	case t.Field == "process.command_line":
		return weakCommand(t.Op, v)
	case t.Field == "account.name", t.Field == "account.sid":
		return weakAccount(t.Op, v)
	case t.Field == "device.name":
		return weakDevice(t.Op, v)
	case t.Field == "signer":
		return weakSigner(t.Op, v)
	case t.Field == "task.name":
		return weakTask(t.Op, v)
	case t.Field == "action":
		return "what the product did says nothing about who acted: malware is allowed, blocked and logged like anything else"
	case kind == kql.ProgramField:
		return weakProgram(t, v)
	case kind == kql.PathField:
		if why := weakPath(t.Op, v); why != "" || t.Field != "process.path" {
			return why
		}
		if path, why := programAt(t.Op, v); why != "" {
			return fmt.Sprintf("%s %s is also met by %s: it %s", t.Op, v, path, why)
		}
	case kind == kql.IPField:
		return weakRange(t, v)
	case kind == kql.HostField, kind == kql.URLField:
		return weakRemote(t, v)
	case kind == kql.HashField && t.Op != kql.Is:
		return "only a whole hash names a file: any file may have a piece of it"
	case t.Field == "event.id":
		return fmt.Sprintf("it is every event with the id %s, whoever caused it", v)
	case kind == kql.TimeField:
		return "malware runs at any time of day, and whoever schedules it chooses the time"
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
			if t.Op != kql.Matches && holds(t.Op, stem(v), n) || t.Op != kql.Is && (holds(t.Op, v, n) || holds(t.Op, v, n+".exe")) {
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
	switch op {
	case kql.Is:
		if why := programIn(v); why != "" && !strings.ContainsAny(strings.TrimSpace(v), " \t") {
			return fmt.Sprintf("%s in a command line says nothing: it %s", v, why)
		}
		return ""
	case kql.Matches:
		for _, c := range slices.Concat(known().Commands, known().Common) {
			if holds(op, v, c) {
				return fmt.Sprintf("whoever runs a command chooses its words, and %s also matches %q", v, c)
			}
		}
		return ""
	}
	if why := programIn(v); why != "" {
		return fmt.Sprintf("%s in a command line says nothing: it %s", v, why)
	}
	if len(v) < 4 && op == kql.Contains || slices.Contains(known().Common, strings.ToLower(strings.Trim(v, "-/ "))) || slices.Contains(known().Common, strings.ToLower(v)) {
		return fmt.Sprintf("whoever runs a command chooses its words, and %q is a common one", v)
	}
	if isExtension(strings.TrimSpace(v)) {
		return fmt.Sprintf("%s alone is every file of that kind, malware too", v)
	}
	for _, c := range known().Commands {
		if holds(op, v, c) {
			return fmt.Sprintf("whoever runs a command chooses its words, and %q is also in %q", v, c)
		}
	}
	return ""
}

// programIn says why the program that a command line begins with says nothing,
// "" when it is none of those that run anything.
func programIn(command string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(strings.ToLower(command)), " ")
	first = strings.Trim(first, `"'`)
	first = stem(first[strings.LastIndexAny(first, `\/`)+1:])
	for _, g := range known().Programs {
		if slices.Contains(g.Names, first) {
			return g.Why
		}
	}
	return ""
}

// weakAccount knows the accounts of Windows itself also with their authority, and
// by their security identifiers, of which a beginning is that of many.
func weakAccount(op kql.Operator, v string) string {
	class := slices.ContainsFunc(known().Accounts, func(a string) bool { return holds(op, v, a) || holds(op, v, `nt authority\`+a) })
	if kql.IsSID(v) {
		class = op != kql.Is || slices.ContainsFunc(known().SIDs, func(id string) bool {
			return strings.EqualFold(v, id) || strings.HasPrefix(id, "-") && strings.HasSuffix(v, id)
		})
	}
	if class {
		return fmt.Sprintf("%s is a whole class of users: malware runs as them too", v)
	}
	return ""
}

func weakSigner(op kql.Operator, v string) string {
	for _, s := range known().Signers {
		if holds(op, v, s) {
			return fmt.Sprintf("%s signs the interpreters and tools of the system, which malware uses", s)
		}
	}
	return ""
}

// weakTask wants more than a word: whoever makes a task or service names it.
func weakTask(op kql.Operator, v string) string {
	if op == kql.Is {
		return ""
	}
	for _, w := range known().Common {
		if holds(op, v, w) {
			return fmt.Sprintf("whoever makes a task or service names it, and %s %s is met by %q", op, v, w)
		}
	}
	return ""
}

// weakDevice wants a whole name: nobody who writes the beginning of one knows
// which devices have it, and on all of them the hunt would see nothing.
func weakDevice(op kql.Operator, v string) string {
	if op == kql.Is {
		return ""
	}
	return fmt.Sprintf("it leaves out every device whose name %s %s, whatever happens there", op, v)
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
		for _, folder := range g.Paths {
			switch {
			case op != kql.Is && inAnyFile(op, v, folder):
				if op == kql.Matches {
					return fmt.Sprintf("%s matches every file in %s, which %s", v, folder, g.Why)
				}
				if folder != p {
					return fmt.Sprintf("%s %s meets every file in %s, which %s", op, v, folder, g.Why)
				}
				return fmt.Sprintf("%s by itself says nothing: it %s", v, g.Why)
			case op != kql.Matches && op != kql.Is && folder == p:
				return fmt.Sprintf("%s by itself says nothing: it %s", v, g.Why)
			}
		}
	}
	return ""
}

// inAnyFile reports whether a test is met by a file in a folder whatever the file
// is called.
func inAnyFile(op kql.Operator, v, folder string) bool {
	return holdsPath(op, v, "/"+folder+"/zq") || holdsPath(op, v, `c:\`+strings.ReplaceAll(folder, "/", `\`)+`\zq`)
}

// programAt says which program that runs anything meets a test of a path, where
// the system keeps it, and why it says nothing.
func programAt(op kql.Operator, v string) (path, why string) {
	for _, g := range known().Programs {
		for _, n := range g.Names {
			below := ""
			if strings.HasPrefix(n, "powershell") {
				below = `WindowsPowerShell\v1.0\`
			}
			for _, path := range []string{`C:\Windows\System32\` + below + n + ".exe", `C:\Windows\SysWOW64\` + below + n + ".exe", "/usr/bin/" + n} {
				if holdsPath(op, v, path) {
					return path, g.Why
				}
			}
		}
	}
	return "", ""
}
