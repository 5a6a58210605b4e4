package termtest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
)

// letterKeys are sent as CSI or SS3 and a letter, tildeKeys as CSI, a number
// and a tilde, codeKeys as a code point. Escape is missing on purpose: alone
// it can be told from the start of a sequence only by waiting.
var (
	letterKeys = map[string]byte{
		"up": 'A', "down": 'B', "right": 'C', "left": 'D', "home": 'H', "end": 'F',
		"f1": 'P', "f2": 'Q', "f3": 'R', "f4": 'S',
	}
	tildeKeys = map[string]int{
		"insert": 2, "delete": 3, "pgup": 5, "pgdown": 6, "f5": 15, "f6": 17, "f7": 18, "f8": 19,
		"f9": 20, "f10": 21, "f11": 23, "f12": 24,
	}
	codeKeys = map[string]rune{"enter": '\r', "tab": '\t', "backspace": 0x7f, "space": ' ', "esc": 0x1b}
)

// modifiers are the bits that terminals add to a key's parameter.
var modifiers = []struct {
	prefix string
	bit    int
}{{"ctrl+", 4}, {"alt+", 2}, {"shift+", 1}}

// keyBytes returns what a terminal sends for a key by Bubble Tea's name for
// it: "down", "a", "A", "ctrl+r", "alt+x", "shift+tab". Keys that have no
// classic sequence, esc among them, are sent as the kitty protocol does, which
// Bubble Tea reads from every terminal.
func keyBytes(name string) (string, error) {
	base, mod := name, 0
	for _, m := range modifiers {
		if rest, ok := strings.CutPrefix(base, m.prefix); ok && rest != "" {
			base, mod = rest, mod|m.bit
		}
	}
	s := encodeKey(base, mod)
	if got := keyName(s); got != name || name == "" {
		return "", fmt.Errorf("no key is named %q: it would arrive as %q", name, got)
	}
	return s, nil
}

func encodeKey(base string, mod int) string {
	if c, ok := letterKeys[base]; ok {
		switch {
		case mod != 0 && base == "f3": // with its letter it would be a cursor's position
			return fmt.Sprintf("\x1b[13;%d~", mod+1)
		case mod != 0:
			return fmt.Sprintf("\x1b[1;%d%c", mod+1, c)
		case c >= 'P' && c <= 'S':
			return "\x1bO" + string(c)
		}
		return "\x1b[" + string(c)
	}
	if n, ok := tildeKeys[base]; ok {
		if mod != 0 {
			return fmt.Sprintf("\x1b[%d;%d~", n, mod+1)
		}
		return fmt.Sprintf("\x1b[%d~", n)
	}
	code, ok := codeKeys[base]
	if !ok {
		code, _ = utf8.DecodeRuneInString(base)
		if mod == 0 {
			return base // a character, perhaps of several code points
		}
	}
	switch {
	case mod == 0 && code != 0x1b:
		return string(code)
	case base == "tab" && mod == 1:
		return "\x1b[Z"
	case mod == 4 && code >= 'a' && code <= 'z' && code != 'i' && code != 'm':
		return string(code - 'a' + 1)
	case mod == 2 && !ok && code < utf8.RuneSelf && code != '[' && code != 'O':
		return "\x1b" + base
	case mod == 0:
		return fmt.Sprintf("\x1b[%du", code)
	}
	return fmt.Sprintf("\x1b[%d;%du", code, mod+1)
}

// keyName returns Bubble Tea's name for the key that s encodes, or "".
func keyName(s string) string {
	if k, ok := decodeKey(s); ok {
		return uv.Key(k).String()
	}
	return ""
}

// decodeKey reads s as one key press, as Bubble Tea's input reader does.
func decodeKey(s string) (uv.KeyPressEvent, bool) {
	var d uv.EventDecoder
	n, event := d.Decode([]byte(s))
	k, ok := event.(uv.KeyPressEvent)
	return k, ok && n == len(s)
}

// typedKeys returns the names of the keys that type text.
func typedKeys(text string) []string {
	var names []string
	for _, r := range text {
		switch r {
		case '\n':
			names = append(names, "enter")
		case '\t':
			names = append(names, "tab")
		case ' ':
			names = append(names, "space")
		default:
			names = append(names, string(r))
		}
	}
	return names
}

// pasted returns text as terminals paste it: with carriage returns for line
// ends.
func pasted(text string) string {
	return strings.NewReplacer("\r\n", "\r", "\n", "\r").Replace(text)
}

// keysBytes is keyBytes for several keys in a row.
func keysBytes(names []string) (string, error) {
	var b strings.Builder
	for _, name := range names {
		s, err := keyBytes(name)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
	}
	return b.String(), nil
}
