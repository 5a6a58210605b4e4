package termtest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hinshun/vt10x"
)

func newStream() *stream {
	return &stream{vt: vt10x.New(vt10x.WithSize(20, 3)), mapLines: true, modes: map[int]bool{}}
}

// seen is what a stream made of a program's output.
type seen struct {
	Screen, Title string
	Clips, LeftOn []string
}

func (s *stream) seen() seen {
	return seen{s.screen(), s.vt.Title(), s.clips, s.leftOn()}
}

func TestStream(t *testing.T) {
	tests := []struct {
		name, output string
		want         seen
	}{
		{"text", "one\ntwo\x1b[1;5Hthree", seen{Screen: "one three\ntwo\n"}},
		{"wide characters", "中文x\x1b[1;5Hy", seen{Screen: "中文y\n\n"}},
		{"marks are not shown", "e\u0301a", seen{Screen: "ea\n\n"}},
		{"title", "\x1b]2;title\a\x1b]0;other\x1b\\x", seen{Screen: "x\n\n", Title: "other"}},
		{"clipboard", "\x1b]52;c;YQ==\a\x1b]52;;Yg==\x1b\\\x1b]52;c;?\a\x1b]52;c;!\a", seen{Screen: "\n\n", Clips: []string{"a", "b", "not base64: !"}}},
		{"modes", "\x1b[?1049h\x1b[?25l\x1b[?1000;1006h\x1b[?1000l\x1b[>1u\x1b[>4;2m",
			seen{Screen: "\n\n", LeftOn: []string{"mode ?1006h", "mode ?1049h", "mode ?25l", "kitty keyboard", "modifyOtherKeys"}}},
		{"modes and back", "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[>1u\x1b[>4;2m\x1b[>4m\x1b[<u\x1b[?7h\x1b[?25h\x1b[?1049l", seen{Screen: "\n\n"}},
		{"kitty keyboard does not move the cursor", "ab\x1b[>1u\x1b[?u\x1b[<ucd", seen{Screen: "abcd\n\n"}},
		{"strings of other kinds", "a\x1bPtmux;x\x1b\\b\x1b_y\x1b\\c\x1b^z\x1b\\d\x1bkname\x1b\\e", seen{Screen: "abcde\n\n"}},
		{"a string cut short", "\x1b]2;tit\x1b[1mle", seen{Screen: "le\n\n"}},
		{"charset", "\x1b(Ba", seen{Screen: "a\n\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// However the output comes in pieces, it means the same.
			for cut := range len(tt.output) + 1 {
				s := newStream()
				s.write([]byte(tt.output[:cut]))
				s.write([]byte(tt.output[cut:]))
				if diff := cmp.Diff(tt.want, s.seen()); diff != "" {
					t.Fatalf("cut at %d: -want +got:\n%s", cut, diff)
				}
			}
		})
	}
}

// Every key that has a name arrives under it, whatever modifiers are held.
func TestKeys(t *testing.T) {
	var names []string
	for name := range letterKeys {
		names = append(names, name)
	}
	for name := range tildeKeys {
		names = append(names, name)
	}
	for name := range codeKeys {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, prefix := range []string{"", "shift+", "alt+", "ctrl+", "ctrl+alt+", "ctrl+alt+shift+"} {
			if prefix+name == "shift+space" {
				continue // types a space
			}
			if _, err := keyBytes(prefix + name); err != nil {
				t.Error(err)
			}
		}
	}
	for c := '!'; c <= '~'; c++ {
		if _, err := keyBytes(string(c)); err != nil {
			t.Error(err)
		}
	}
	for c := 'a'; c <= 'z'; c++ {
		for _, prefix := range []string{"ctrl+", "alt+", "ctrl+alt+"} {
			if _, err := keyBytes(prefix + string(c)); err != nil {
				t.Error(err)
			}
		}
	}
	for _, name := range []string{"", "ctrl+", "hyper+a", "Down", "escape", "ctrl+ctrl+a", "shift+a"} {
		if b, err := keyBytes(name); err == nil {
			t.Errorf("%q is a key: %q", name, b)
		}
	}
}
