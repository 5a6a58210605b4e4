package records

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// input is a document, read in one piece or byte by byte.
func input(t testing.TB, text string, byByte bool) *feed.Input {
	t.Helper()
	var r io.Reader = strings.NewReader(text)
	if byByte {
		r = iotest.OneByteReader(r)
	}
	in, err := feed.NewInput("doc", r)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

type gotLine struct {
	Text string
	No   int
	Cut  bool
}

func allLines(l *Lines) (all []gotLine) {
	for l.Next() {
		all = append(all, gotLine{l.Text, l.No, l.Cut})
	}
	return all
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", MaxLine)
	for _, c := range []struct {
		name, text string
		want       []gotLine
	}{
		{"one", "a", []gotLine{{"a", 1, false}}},
		{"its end", "a\n", []gotLine{{"a", 1, false}}},
		{"empty ones", "\n\na\n\n", []gotLine{{"", 1, false}, {"", 2, false}, {"a", 3, false}, {"", 4, false}}},
		{"CRLF and CR", "a\r\nb\rc", []gotLine{{"a", 1, false}, {"b", 2, false}, {"c", 3, false}}},
		{"the longest", long + "\nb", []gotLine{{long, 1, false}, {"b", 2, false}}},
		{"the longest at the end", "a\n" + long, []gotLine{{"a", 1, false}, {long, 2, false}}},
		{"one byte longer", long + "y\nb\nc", []gotLine{{long, 1, true}, {"b", 2, false}, {"c", 3, false}}},
		{"longer at the end", "a\n" + long + "y", []gotLine{{"a", 1, false}, {long, 2, true}}},
		{"much longer", "a\n" + long + long + long + "\nb", []gotLine{{"a", 1, false}, {long, 2, true}, {"b", 3, false}}},
		{"two of them", long + long + "\n" + long + long + "\n", []gotLine{{long, 1, true}, {long, 2, true}}},
		{"cut between two characters", long[1:] + "üa\nb", []gotLine{{long[1:], 1, true}, {"b", 2, false}}},
		{"a buffer and a line", long[:firstBuffer-2] + "\nabc\nd", []gotLine{{long[:firstBuffer-2], 1, false}, {"abc", 2, false}, {"d", 3, false}}},
	} {
		for _, byByte := range []bool{false, true} {
			if byByte && len(c.text) > 2*MaxLine {
				continue // for time's sake
			}
			l := NewLines(input(t, c.text, byByte))
			if d := cmp.Diff(c.want, allLines(l)); d != "" {
				t.Errorf("%s (-want +got):\n%.2000s", c.name, d)
			}
			if l.Err() != nil || l.Next() {
				t.Errorf("%s: %v, and more", c.name, l.Err())
			}
		}
	}
}

// TestLinesThatBreakOff: what was read before an error is there.
func TestLinesThatBreakOff(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, text := range []string{"a\nb\nc", "a\nb\n", "\n", strings.Repeat("x", 3*MaxLine)} {
		// What is behind the head is asked for later.
		text = strings.Repeat("-\n", feed.HeadSize) + text
		in, err := feed.NewInput("doc", io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)))
		if err != nil {
			t.Fatal(err)
		}
		l := NewLines(in)
		if got, want := len(allLines(l)), len(strings.Split(strings.TrimSuffix(text, "\n"), "\n")); got != want {
			t.Errorf("%d lines, want %d", got, want)
		}
		var bad *feed.InputError
		if !errors.As(l.Err(), &bad) || !errors.Is(l.Err(), broken) {
			t.Errorf("the error is %v", l.Err())
		}
	}
}

// endless is a line that never ends.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.left -= n
	return n, nil
}

func TestLinesHoldNoLongLine(t *testing.T) {
	in, err := feed.NewInput("doc", &endless{100 << 20})
	if err != nil {
		t.Fatal(err)
	}
	l := NewLines(in)
	if got := allLines(l); len(got) != 1 || !got[0].Cut || len(got[0].Text) != MaxLine {
		t.Errorf("%d lines", len(got))
	}
	if len(l.buf) > MaxLine+1 {
		t.Errorf("it holds %d bytes", len(l.buf))
	}
}

func FuzzLines(f *testing.F) {
	f.Add("a\r\nb\n\nc", 3)
	f.Add("ü\n\u2028\n", MaxLine)
	f.Fuzz(func(t *testing.T, text string, longer int) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || strings.TrimSpace(text) == "" || strings.HasPrefix(text, "\ufeff") {
			t.Skip()
		}
		text += strings.Repeat("y", min(max(longer, 0), 2*MaxLine))
		in, err := feed.NewInput("doc", strings.NewReader(text))
		if err != nil {
			t.Skip()
		}
		l := NewLines(in)
		got := allLines(l)
		want := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
		if want[len(want)-1] == "" {
			want = want[:len(want)-1]
		}
		if len(got) != len(want) || l.Err() != nil {
			t.Fatalf("%d lines, want %d; %v", len(got), len(want), l.Err())
		}
		for i, g := range got {
			cut := len(want[i]) > MaxLine
			if g.No != i+1 || g.Cut != cut || !cut && g.Text != want[i] ||
				cut && (!strings.HasPrefix(want[i], g.Text) || len(g.Text) <= MaxLine-utf8.UTFMax || !utf8.ValidString(g.Text)) {
				t.Fatalf("line %d is %.100q, %v, want %.100q", g.No, g.Text, g.Cut, want[i])
			}
		}
	})
}
