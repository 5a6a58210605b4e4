package cell_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/hinshun/vt10x"

	"quarry/ui/cell"
)

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"plain", "http://example.com/a b", "http://example.com/a b"},
		{"white space", "a\tb\nc\rd", `a\tb\nc\rd`},
		{"clipboard", "x\x1b]52;c;AAAA\a", `x\x1b]52;c;AAAA\x07`},
		{"seven-bit and eight-bit CSI", "\x1b[31m\u009b31m\x9b31m", `\x1b[31m\u009b31m\x9b31m`},
		{"NUL, BS, DEL", "a\x00\b\x7f", `a\x00\x08\x7f`},
		{"bidi", "\u202egnp.exe\u202c \u061c\u200e\u200f\u2066\u2067\u2068\u2069",
			`\u202egnp.exe\u202c \u061c\u200e\u200f\u2066\u2067\u2068\u2069`},
		{"invisible", "a\u200b\u200c\u200d\u2060\u2064\ufeff\u00ad\u034f\u180e\u3164\uffa0\u115f\u2800",
			`a\u200b\u200c\u200d\u2060\u2064\ufeff\u00ad\u034f\u180e\u3164\uffa0\u115f\u2800`},
		{"tags and variation selectors", "a\U000e0041\U000e007f\ufe0f\U000e0100", `a\U000e0041\U000e007f\ufe0f\U000e0100`},
		{"separators", "a\u2028b\u2029", `a\u2028b\u2029`},
		{"spaces", "a\u00a0b\u2003c\u3000d", `a\u00a0b\u2003c` + "\u3000d"},
		{"not UTF-8", "\xff\xc3(\xed\xa0\x80\xe4\xb8", `\xff\xc3(\xed\xa0\x80\xe4\xb8`},
		{"the replacement character itself", "\ufffd", "\ufffd"},
		{"private use and unassigned", "\ue000\U000f0000\u0378\uffff", `\ue000\U000f0000\u0378\uffff`},
		{"swallowing letter", "\u0d4e", `\u0d4e`},
		{"other scripts", "пример.example 中文 한국 ไทย हिन्दी", "пример.example 中文 한국 ไทย हिन्दी"},
		{"emoji and flag", "🔥 🇫🇷", "🔥 🇫🇷"},
		{"marks", "e\u0301a\u0300\u0301\u0302\u0303", "e\u0301a\u0300\u0301\u0302\u0303"},
		{"too many marks", "a" + strings.Repeat("\u0300", 6) + "b\u0300", "a\u0300\u0300\u0300\u0300" + `\u0300\u0300` + "b\u0300"},
		{"leading mark", "\u0301a", `\u0301a`},
		{"mark on an escape", "\x1b\u0301", `\x1b\u0301`},
		{"leading skin tone and AM", "\U0001f3fd\u0e33", `\U0001f3fd\u0e33`},
		{"backslashes stay", `C:\new\x1b`, `C:\new\x1b`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := cell.Clean(tt.in); got != tt.want {
				t.Errorf("Clean(%q)\n got %q\nwant %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestCleanASCII(t *testing.T) {
	got := cell.Terminal{ASCII: true}.Clean("Ü 中 \U0001f525 ok")
	if want := `\u00dc \u4e2d \U0001f525 ok`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The tables of joining and swallowing characters are a copy of what the
// renderer's segmenter does; this compares every code point there is.
func TestCleanAgreesWithTheSegmenter(t *testing.T) {
	cluster := func(s string) int {
		c, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		return len(c)
	}
	for r := rune(0xa0); r <= unicode.MaxRune; r++ {
		s := string(r)
		if !utf8.ValidRune(r) || cell.Clean(s) != s {
			continue // drawn as ASCII
		}
		if cluster("a"+s) != 1 {
			t.Errorf("%U joins the text before it and is shown without one", r)
		}
		if cluster(s+"a") != len(s) {
			t.Errorf("%U joins the text after it", r)
		}
		for _, m := range []cell.Terminal{{}, {Graphemes: true}} {
			if w := m.Width(s); w < 1 || w > 2 {
				t.Errorf("%U takes %d cells in %+v", r, w, m)
			}
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"", "plain", "\x1b]52;c;AAAA\a", "\u009b2J", "\u202egnp.exe", "e\u0301", "\u0301", "中文", "🇫🇷🇫", "👩‍👩‍👧", "👍🏽",
		"हिन्दी स्ते", "ก้ำ", "\u1100\u1161\u11a8", "\xff\xfe", "\u0d4ea", `\x1b`, "a\U000e0041", "ｶﾞ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = s[:min(len(s), 4096)] // drawing more on emulators only takes time
		for _, m := range []cell.Terminal{{}, {Graphemes: true}, {ASCII: true}} {
			c := m.Clean(s)
			if again := m.Clean(c); again != c {
				t.Fatalf("%+v: not idempotent: %q, then %q", m, c, again)
			}
			checkSafe(t, m, c)
			checkEmulator(t, c)
			checkRenderer(t, m, c)
		}
	})
}

// checkSafe looks for what must never be in a clean text.
func checkSafe(t *testing.T, m cell.Terminal, c string) {
	t.Helper()
	if !utf8.ValidString(c) {
		t.Fatalf("not UTF-8: %q", c)
	}
	for _, r := range c {
		switch {
		case r < ' ', r >= 0x7f && r < 0xa0, m.ASCII && r > 0x7e,
			unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Bidi_Control),
			!unicode.IsGraphic(r):
			t.Fatalf("%U in %q", r, c)
		}
	}
}

// checkEmulator prints c on a terminal of one row: the cursor goes forward by
// one for each rune, for the emulator knows no widths, and nothing but those
// cells changes.
func checkEmulator(t *testing.T, c string) {
	t.Helper()
	n := utf8.RuneCountInString(c)
	vt := vt10x.New(vt10x.WithSize(n+8, 1))
	before := vt.Mode()
	if _, err := vt.Write([]byte(c)); err != nil {
		t.Fatal(err)
	}
	if cur := vt.Cursor(); cur.X != n || cur.Y != 0 {
		t.Fatalf("cursor at %d,%d, not %d,0, after %q", cur.X, cur.Y, n, c)
	}
	if vt.Mode() != before || vt.Title() != "" || !vt.CursorVisible() {
		t.Fatalf("a mode or the title changed after %q", c)
	}
	if got, want := vt.String(), c+strings.Repeat(" ", 8)+"\n"; got != want {
		t.Fatalf("screen %q, want %q", got, want)
	}
}

// checkRenderer draws c between two rules with the renderer's own code, and
// expects both where Width says.
func checkRenderer(t *testing.T, m cell.Terminal, c string) {
	t.Helper()
	w := m.Width(c)
	scr := uv.NewScreenBuffer(w+6, 1)
	scr.Method = ansi.WcWidth
	if m.Graphemes {
		scr.Method = ansi.GraphemeWidth
	}
	uv.NewStyledString("|"+c+"|").Draw(scr, scr.Bounds())
	for _, x := range []int{0, w + 1} {
		if got := scr.CellAt(x, 0); got == nil || got.Content != "|" {
			t.Fatalf("%+v: no rule in column %d around %q: %v", m, x, c, got)
		}
	}
}
