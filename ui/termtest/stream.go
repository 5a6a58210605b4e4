package termtest

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/hinshun/vt10x"
)

// filler stands in the second cell of a wide character, for the emulator has
// no widths of its own.
const filler = '\uffff'

// stream takes a program's output apart into characters and sequences, feeds
// the emulator with what it understands, and keeps what it does not: clipboard
// writes and modes. Sequences may come in pieces.
type stream struct {
	vt       vt10x.Terminal
	mapLines bool // a line feed also returns, as a terminal line does in cooked mode
	pending  []byte
	clips    []string
	modes    map[int]bool
	keyboard int // kitty keyboard entries pushed and not popped
	otherKey bool
}

func (s *stream) write(p []byte) {
	s.pending = append(s.pending, p...)
	for len(s.pending) > 0 {
		n := s.next(s.pending)
		if n == 0 {
			return // the rest has yet to come
		}
		s.pending = s.pending[n:]
	}
}

// next handles what b begins with and returns its length, or 0 if b ends
// within it.
func (s *stream) next(b []byte) int {
	switch c := b[0]; {
	case c == 0x1b:
		return s.escape(b)
	case c == '\n' && s.mapLines:
		s.feed("\r\n")
		return 1
	case c < utf8.RuneSelf:
		s.feed(string(c))
		return 1
	case !utf8.FullRune(b):
		return 0
	}
	r, n := utf8.DecodeRune(b)
	switch ansi.StringWidthWc(string(r)) {
	case 0: // the emulator would give a mark a cell of its own
	case 2:
		s.feed(string([]rune{r, filler}))
	default:
		s.feed(string(r))
	}
	return n
}

func (s *stream) feed(text string) {
	_, _ = s.vt.Write([]byte(text)) // never fails
}

// escape handles a sequence that begins with ESC.
func (s *stream) escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '[':
		for i := 2; i < len(b); i++ {
			if b[i] >= 0x40 && b[i] <= 0x7e {
				s.control(string(b[2:i+1]), string(b[:i+1]))
				return i + 1
			}
		}
		return 0
	case ']', 'P', '_', '^', 'X', 'k':
		return s.str(b)
	}
	n := 1
	for n < len(b) && b[n] >= 0x20 && b[n] <= 0x2f {
		n++
	}
	if n == len(b) {
		return 0
	}
	s.feed(string(b[:n+1]))
	return n + 1
}

// control handles a control sequence. The emulator takes every final u for
// "restore the cursor" and reads sequences with a private prefix as if they
// had none, so those are kept away from it.
func (s *stream) control(body, seq string) {
	params, final := body[:len(body)-1], body[len(body)-1]
	switch {
	case params == "" || !strings.ContainsRune("<=>?", rune(params[0])):
		s.feed(seq)
	case params[0] == '?' && (final == 'h' || final == 'l'):
		for _, p := range strings.Split(params[1:], ";") {
			if n, err := strconv.Atoi(p); err == nil {
				s.modes[n] = final == 'h'
			}
		}
		s.feed(seq)
	case params[0] == '>' && final == 'u':
		s.keyboard++
	case params[0] == '<' && final == 'u':
		n, err := strconv.Atoi(params[1:])
		if err != nil {
			n = 1
		}
		s.keyboard = max(s.keyboard-n, 0)
	case strings.HasPrefix(params, ">4") && final == 'm':
		s.otherKey = strings.HasPrefix(params, ">4;") && params != ">4;0"
	}
}

// str handles a sequence that carries a string: OSC, DCS and their kin.
func (s *stream) str(b []byte) int {
	for i := 2; i < len(b); i++ {
		switch {
		case b[i] == '\a' && b[1] == ']':
			s.osc(string(b[2:i]), string(b[:i+1]))
			return i + 1
		case b[i] == 0x1b && i+1 == len(b):
			return 0
		case b[i] == 0x1b && b[i+1] == '\\':
			if b[1] == ']' {
				s.osc(string(b[2:i]), string(b[:i+2]))
			}
			return i + 2
		case b[i] == 0x1b:
			return i // cut short by another sequence
		}
	}
	return 0
}

func (s *stream) osc(body, seq string) {
	number, rest, _ := strings.Cut(body, ";")
	switch number {
	case "0", "2":
		s.feed(seq)
	case "52":
		if _, data, ok := strings.Cut(rest, ";"); ok && data != "?" {
			if text, err := base64.StdEncoding.DecodeString(data); err == nil {
				s.clips = append(s.clips, string(text))
			} else {
				s.clips = append(s.clips, "not base64: "+data)
			}
		}
	}
}

// leftOn lists the modes that differ from those a terminal starts with.
func (s *stream) leftOn() []string {
	var on []string
	for n, set := range s.modes {
		if cursorOrWrap := n == 25 || n == 7; set != cursorOrWrap {
			on = append(on, "mode ?"+strconv.Itoa(n)+map[bool]string{true: "h", false: "l"}[set])
		}
	}
	slices.Sort(on)
	if s.keyboard > 0 {
		on = append(on, "kitty keyboard")
	}
	if s.otherKey {
		on = append(on, "modifyOtherKeys")
	}
	return on
}

// screen returns the emulator's text, a line a row.
func (s *stream) screen() string {
	text := strings.ReplaceAll(strings.TrimSuffix(s.vt.String(), "\n"), string(filler), "")
	return joinTrimmed(strings.Split(text, "\n"))
}
