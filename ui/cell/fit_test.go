package cell_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/ui/cell"
)

var (
	utf8Terminal     = cell.Terminal{}
	graphemeTerminal = cell.Terminal{Graphemes: true}
	asciiTerminal    = cell.Terminal{ASCII: true}
)

func TestWidth(t *testing.T) {
	tests := []struct {
		in                   string
		codePoints, clusters int
	}{
		{"", 0, 0}, {"abc", 3, 3}, {"中文", 4, 4}, {"e\u0301", 1, 1}, {"हिन्दी", 5, 2}, {"👍🏽", 4, 2}, {"🇫🇷", 2, 2},
	}
	for _, tt := range tests {
		if got := utf8Terminal.Width(tt.in); got != tt.codePoints {
			t.Errorf("Width(%q) = %d, want %d", tt.in, got, tt.codePoints)
		}
		if got := graphemeTerminal.Width(tt.in); got != tt.clusters {
			t.Errorf("Width(%q) by clusters = %d, want %d", tt.in, got, tt.clusters)
		}
	}
}

func TestAppend(t *testing.T) {
	const (
		left   = "left"
		right  = "right"
		middle = "middle"
	)
	tests := []struct {
		how   string
		term  cell.Terminal
		in    string
		width int
		want  string
	}{
		{left, utf8Terminal, "abc", 5, "abc  "},
		{left, utf8Terminal, "abc", 3, "abc"},
		{left, utf8Terminal, "abcd", 3, "ab…"},
		{left, utf8Terminal, "abcd", 1, "…"},
		{left, utf8Terminal, "abcd", 0, ""},
		{left, utf8Terminal, "", 0, ""},
		{left, utf8Terminal, "abcd", -3, ""},
		{left, utf8Terminal, "中文字", 6, "中文字"},
		{left, utf8Terminal, "中文字", 5, "中文…"},
		{left, utf8Terminal, "中文字", 4, "中… "},
		{left, utf8Terminal, "中", 1, "…"},
		{left, utf8Terminal, "\x1b[2J", 5, `\x1b…`},
		{left, utf8Terminal, "a\u0301bc", 2, "a\u0301…"},
		{left, asciiTerminal, "abcdefghijkl", 9, "abcdef..."},
		{left, asciiTerminal, "abcdefghijkl", 8, "abcdefg~"},
		{left, asciiTerminal, "中文", 5, `\u4e~`},
		{right, utf8Terminal, "42", 5, "   42"},
		{right, utf8Terminal, "123456", 5, "1234…"},
		{right, utf8Terminal, "中文", 3, "中…"},
		{right, utf8Terminal, "中文", 2, " …"},
		{middle, utf8Terminal, "https://example.com/path/file.exe", 17, "https://…file.exe"},
		{middle, utf8Terminal, "https://example.com/path/file.exe", 16, "https://…ile.exe"},
		{middle, utf8Terminal, "aaaa[.]bbbb[.]cccc", 11, "aaaa…cccc  "},
		{middle, utf8Terminal, "abcdef", 6, "abcdef"},
		{middle, utf8Terminal, "abcdef", 7, "abcdef "},
		{middle, utf8Terminal, "abcdef", 5, "ab…ef"},
		{middle, utf8Terminal, "abcdef", 4, "abc…"},
		{middle, utf8Terminal, "中文字中文", 6, "中…文 "},
		{middle, utf8Terminal, "ab\u202ecdefgh", 8, `ab\u…fgh`},
		{middle, asciiTerminal, "0123456789abcdef", 11, "0123...cdef"},
		{middle, asciiTerminal, "0123456789abcdef", 8, "0123~def"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %q %d", tt.how, tt.in, tt.width), func(t *testing.T) {
			do := map[string]func([]byte, string, int) []byte{
				left: tt.term.Append, right: tt.term.AppendRight, middle: tt.term.AppendMiddle,
			}[tt.how]
			if got := string(do([]byte(">"), tt.in, tt.width)); got != ">"+tt.want {
				t.Errorf("got %q, want %q", got, ">"+tt.want)
			}
		})
	}
}

// TestAppendDividesNoDefanging: what a cut leaves of a defanged value holds no half of
// a dot, colon or @ in brackets.
func TestAppendDividesNoDefanging(t *testing.T) {
	const value = "hxxps://one[.]two[@]three[:]443[.]four[.]example"
	for _, m := range []cell.Terminal{utf8Terminal, graphemeTerminal, asciiTerminal} {
		for name, do := range map[string]func([]byte, string, int) []byte{"Append": m.Append, "AppendRight": m.AppendRight, "AppendMiddle": m.AppendMiddle} {
			for width := range len(value) + 2 {
				got := string(do(nil, value, width))
				whole := strings.NewReplacer("[.]", "", "[@]", "", "[:]", "").Replace(got)
				if strings.ContainsAny(whole, "[]@") || m.Width(got) != width {
					t.Errorf("%s to %d cells: %q", name, width, got)
				}
			}
		}
	}
}

// A text of a megabyte is cut like a short one, at both ends.
func TestAppendLongText(t *testing.T) {
	long := "start" + strings.Repeat("中", 1<<18) + "end"
	if got, want := string(utf8Terminal.Append(nil, long, 8)), "start中…"; got != want {
		t.Errorf("Append: got %q, want %q", got, want)
	}
	if got, want := string(utf8Terminal.AppendMiddle(nil, long, 12)), "start…中end "; got != want {
		t.Errorf("AppendMiddle: got %q, want %q", got, want)
	}
}

// TestAppendShort holds it to Append: the same text, without the spaces behind it.
func TestAppendShort(t *testing.T) {
	for name, m := range map[string]cell.Terminal{"utf-8": utf8Terminal, "ascii": {ASCII: true}} {
		for _, text := range []string{"", "abc", "中文", "a中文b", "e\u0301", "x\x1b[31m", "lantern[.]example"} {
			for width := range 12 {
				short, n := m.AppendShort(nil, text, width)
				whole := string(m.Append(nil, text, width))
				if padded := string(short) + strings.Repeat(" ", width-n); padded != whole {
					t.Errorf("%s: %q in %d cells: %q and %d cells, Append has %q", name, text, width, short, n, whole)
				}
				if all := m.Width(m.Clean(text)); n != max(0, min(width, all)) {
					t.Errorf("%s: %q in %d cells took %d of %d", name, text, width, n, all)
				}
			}
		}
	}
}

func TestAppendDoesNotAllocate(t *testing.T) {
	b := make([]byte, 0, 256)
	const url = "http://198.51.100.7/a/rather/long/path/to/payload.bin"
	for name, do := range map[string]func([]byte, string, int) []byte{
		"Append": utf8Terminal.Append, "AppendRight": utf8Terminal.AppendRight, "AppendMiddle": utf8Terminal.AppendMiddle,
	} {
		for _, width := range []int{10, 60} {
			if n := testing.AllocsPerRun(100, func() { b = do(b[:0], url, width) }); n != 0 {
				t.Errorf("%s to %d cells: %v allocations", name, width, n)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		name  string
		in    string
		width int
		want  []string
	}{
		{"empty", "", 10, nil},
		{"fits", "one two", 10, []string{"one two"}},
		{"breaks", "one two three", 8, []string{"one two", "three"}},
		{"exact", "one two", 7, []string{"one two"}},
		{"newlines", "one\ntwo\r\nthree\r\rfour\n", 20, []string{"one", "two", "three", "", "four"}},
		{"white space", "  one \t two\u00a0three", 20, []string{"one two three"}},
		{"long word", "see http://example.com/path now", 10, []string{"see", "http://exa", "mple.com/p", "ath now"}},
		{"wide", "中文字 一二", 5, []string{"中文", "字", "一二"}},
		{"too narrow for wide", "中a", 1, []string{`\`, "u", "4", "e", "2", "d", "a"}},
		{"cleaned", "a\x1b[2Jb\u202ec", 40, []string{`a\x1b[2Jb\u202ec`}},
		{"no width", "ab", 0, []string{"a", "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, utf8Terminal.Wrap(tt.in, tt.width)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func FuzzAppend(f *testing.F) {
	f.Add("http://example.com/path", 10)
	f.Add("中文字", 4)
	f.Add("e\u0301\u0301", 1)
	f.Add("हिन्दी स्ते\nक्षत्रिय", 3)
	f.Add(strings.Repeat("क्", 40), 5)
	f.Add("👍🏽🇫🇷🇫", 3)
	f.Add("\x1b[2J\xff"+strings.Repeat("\u0300", 300), 7)
	f.Fuzz(func(t *testing.T, s string, width int) {
		s, width = s[:min(len(s), 4096)], width%200
		for _, m := range []cell.Terminal{utf8Terminal, graphemeTerminal, asciiTerminal} {
			for name, do := range map[string]func([]byte, string, int) []byte{
				"Append": m.Append, "AppendRight": m.AppendRight, "AppendMiddle": m.AppendMiddle,
			} {
				got := string(do(nil, s, width))
				checkSafe(t, m, got)
				checkRenderer(t, m, got)
				if w := m.Width(got); w != max(width, 0) {
					t.Fatalf("%+v %s(%q, %d) = %q takes %d cells", m, name, s, width, got, w)
				}
			}
			for _, line := range m.Wrap(s, width) {
				checkSafe(t, m, line)
				if w := m.Width(line); w > max(width, 1) {
					t.Fatalf("%+v Wrap(%q, %d): %q takes %d cells", m, s, width, line, w)
				}
			}
		}
	})
}

var benchmarks = []struct{ name, in string }{
	{"ASCII", "https://example.com/a/rather/long/path/to/payload.bin"},
	{"CJK", "https://example.com/相当に長いパス/ペイロード.bin"},
	{"hostile", "https://example.com/\x1b]52;c;AAAA\a\u202egnp.exe"},
}

func BenchmarkAppend(b *testing.B) {
	for _, bm := range benchmarks {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			buf := make([]byte, 0, 256)
			for b.Loop() {
				buf = utf8Terminal.Append(buf[:0], bm.in, 40)
			}
		})
	}
}

func BenchmarkAppendMiddle(b *testing.B) {
	for _, bm := range benchmarks {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			buf := make([]byte, 0, 256)
			for b.Loop() {
				buf = utf8Terminal.AppendMiddle(buf[:0], bm.in, 40)
			}
		})
	}
}

func BenchmarkClean(b *testing.B) {
	for _, bm := range benchmarks {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				cell.Clean(bm.in)
			}
		})
	}
}
