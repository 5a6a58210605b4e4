package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quarry/feed"
)

// Keys are an analyst's own keys: by the name of an action all its keys, or none
// where it is to be run by its name only. Actions that are not named keep theirs.
type Keys map[string][]string

// ActionKeys is one entry of the list of actions, for who describes it.
type ActionKeys struct {
	Name  string
	Keys  []string // as [ParseKey] reads them
	Where []string // the panes where the keys work; nil is everywhere
	Help  string
}

// Actions lists everything that can be done in the workbench, with the keys that
// it has by itself, in the order of the help.
func Actions() []ActionKeys {
	var all []ActionKeys
	for _, a := range actions() {
		k := ActionKeys{Name: a.name, Keys: slices.Clone(a.keys), Help: a.help}
		for _, p := range a.panes {
			k.Where = append(k.Where, paneNames[p])
		}
		all = append(all, k)
	}
	return all
}

// KeyError says what is wrong with the keys of an action, and what to do.
type KeyError struct {
	Action string
	Reason string
}

// Error names the action.
func (e *KeyError) Error() string { return e.Action + ": " + e.Reason }

// Check lists all that is wrong with keys, a [*KeyError] each, by the name of the
// action: actions and keys that there are not, keys that two actions would have,
// and that nothing is left to leave by or to find the others.
func (k Keys) Check() []error {
	var wrong []error
	say := func(action, format string, args ...any) {
		wrong = append(wrong, &KeyError{action, fmt.Sprintf(format, args...)})
	}
	all := actions()
	names := make([]string, len(all))
	for i, a := range all {
		names[i] = a.name
	}
	for _, name := range k.actions() {
		if !slices.Contains(names, name) {
			say(name, "there is no such action; %squarry config lists all", meant(name, names))
			continue
		}
		for _, key := range k[name] {
			if _, err := ParseKey(key); err != nil {
				say(name, "%v", err)
			}
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	mine := rebind(all, k)
	for _, name := range k.actions() {
		if reason := mine.clash(all, name); reason != "" {
			say(name, "%s", reason)
		}
	}
	for _, least := range [][2]string{{"quit", "interrupt"}, {"help", "palette"}} {
		if !mine.hasKey(least[0]) && !mine.hasKey(least[1]) {
			say(least[0], "it has no key, and neither has %s; one of them needs one", least[1])
		}
	}
	return wrong
}

// actions are the names of the actions, in order.
func (k Keys) actions() []string {
	var names []string
	for name := range k {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// meant is the name that a word may stand for, to be put before an advice.
func meant(word string, names []string) string {
	if near := feed.Nearest(word, names); near != "" {
		return "did you mean " + near + "? "
	}
	return ""
}

// bound is a list of actions with keys of the analyst's own.
type bound []action

// rebind gives actions the keys that are named for them. Keys that cannot be read
// are left out; [Keys.Check] names them.
func rebind(all []action, k Keys) bound {
	mine := slices.Clone(all)
	for i := range mine {
		own, there := k[mine[i].name]
		if !there {
			continue
		}
		mine[i].keys = nil
		for _, key := range own {
			if name, err := ParseKey(key); err == nil && !slices.Contains(mine[i].keys, name) {
				mine[i].keys = append(mine[i].keys, name)
			}
		}
	}
	return mine
}

func (b bound) hasKey(name string) bool {
	at := slices.IndexFunc(b, func(a action) bool { return a.name == name })
	return at >= 0 && len(b[at].keys) > 0
}

// clash says which action has a key of another in one pane, or "". Two that share
// one by themselves, such as the filters of everything and of the tables, may
// share any.
func (b bound) clash(all []action, name string) string {
	at := slices.IndexFunc(b, func(a action) bool { return a.name == name })
	for i, other := range b {
		if i == at || !b[at].together(&other) || all[at].shares(&all[i]) {
			continue
		}
		for _, key := range b[at].keys {
			if slices.Contains(other.keys, key) {
				return fmt.Sprintf("%s is the key of %s too; give that one another", keyName(key), other.name)
			}
		}
	}
	return ""
}

// together reports whether the keys of two actions work in one pane.
func (a *action) together(b *action) bool {
	for p := range panes {
		if a.in(p) && b.in(p) {
			return true
		}
	}
	return false
}

func (a *action) shares(b *action) bool {
	return a.together(b) && slices.ContainsFunc(a.keys, func(k string) bool { return slices.Contains(b.keys, k) })
}

// named are the keys that are no characters, as Bubble Tea writes them, with how
// else people do.
var named = map[string]string{
	"up": "up", "down": "down", "left": "left", "right": "right", "home": "home", "end": "end",
	"pgup": "pgup", "pageup": "pgup", "pgdown": "pgdown", "pgdn": "pgdown", "pagedown": "pgdown",
	"enter": "enter", "return": "enter", "tab": "tab", "space": "space", "esc": "esc", "escape": "esc",
	"backspace": "backspace", "insert": "insert", "delete": "delete", "del": "delete",
	"f1": "f1", "f2": "f2", "f3": "f3", "f4": "f4", "f5": "f5", "f6": "f6",
	"f7": "f7", "f8": "f8", "f9": "f9", "f10": "f10", "f11": "f11", "f12": "f12",
}

// arrivesAs are keys that terminals send as others.
var arrivesAs = map[string]string{"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+[": "Esc", "ctrl+h": "Backspace on many terminals"}

// modifiers are the keys that are held, in the order in which Bubble Tea writes
// them.
var modifiers = []string{"ctrl", "alt", "shift"}

// ParseKey reads a key as people write it, PgUp, Ctrl-R, Alt+x, a, A, or as Bubble
// Tea does, and returns it as Bubble Tea does. A key that no terminal sends is an
// error.
func ParseKey(s string) (string, error) {
	base, held := s, [3]bool{}
	for found := true; found; {
		found = false
		for i, mod := range modifiers {
			if n := len(mod) + 1; len(base) > n && !held[i] && strings.EqualFold(base[:n-1], mod) && strings.ContainsRune("+-", rune(base[n-1])) {
				base, held[i], found = base[n:], true, true
			}
		}
	}
	isName := false
	if name, ok := named[strings.ToLower(base)]; ok {
		base, isName = name, true
	} else if r, n := utf8.DecodeRuneInString(base); n != len(base) || r == utf8.RuneError || !unicode.IsGraphic(r) {
		return "", fmt.Errorf("%q is no key; write a character, or a name such as Space, PgUp, F2 or Ctrl-R", s)
	}
	if base == " " {
		base, isName = "space", true
	}
	if !isName && held[2] {
		return "", fmt.Errorf("%q does not arrive as such; write the character that it types", s)
	}
	if !isName && held[0] {
		base = strings.ToLower(base)
	}
	key := ""
	for i, mod := range modifiers {
		if held[i] {
			key += mod + "+"
		}
	}
	key += base
	if other := arrivesAs[key]; other != "" {
		return "", fmt.Errorf("%q arrives as %s; use another", s, other)
	}
	return key, nil
}

// key is the first key of an action as people write it, to be named in a message:
// of one that has none, how to run it by its name.
func (m *Model) key(name string) string { return m.keys[name] }

// keysToName are what [Model.key] gives.
func keysToName(all []action) map[string]string {
	words := map[string]string{}
	for _, a := range all {
		if len(a.keys) > 0 {
			words[a.name] = keyName(a.keys[0])
		}
	}
	for _, a := range all {
		if _, there := words[a.name]; !there {
			words[a.name] = cmp.Or(words["palette"], words["help"]) + " " + a.name
		}
	}
	return words
}

// keyNames are the keys whose names people write otherwise than Bubble Tea.
var keyNames = map[string]string{
	"pgup": "PgUp", "pgdown": "PgDn", "up": "Up", "down": "Down", "left": "Left", "right": "Right",
	"home": "Home", "end": "End", "enter": "Enter", "esc": "Esc", "tab": "Tab", "space": "Space",
	"backspace": "Backspace", "insert": "Insert", "delete": "Delete",
}

// keyName is a key as people write it.
func keyName(key string) string {
	held := ""
	for _, mod := range modifiers {
		if rest, ok := strings.CutPrefix(key, mod+"+"); ok && rest != "" {
			key, held = rest, held+strings.ToUpper(mod[:1])+mod[1:]+"-"
		}
	}
	if n, ok := keyNames[key]; ok {
		return held + n
	}
	if strings.HasPrefix(held, "Ctrl") || len(key) > 1 && key[0] == 'f' {
		key = strings.ToUpper(key)
	}
	return held + key
}
