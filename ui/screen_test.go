package ui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"quarry/feed"
	"quarry/ui/termtest"
)

// TestScreens compares what a person sees with testdata/TestScreens, which
// `go test ./ui -run TestScreens -update` writes.
func TestScreens(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}, {200, 50}, {250, 80}} {
		for _, state := range []struct {
			name string
			keys []string
		}{
			{"start", nil},
			{"decided", []string{"space", "down", "b", "3", "space", "1", "down"}},
			{"scenarios", []string{"3", "down"}},
			{"help", []string{"?"}},
			{"edit", []string{"3", "e"}},
		} {
			t.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], state.name), func(t *testing.T) {
				b := newWorkbench(t, size[0], size[1])
				b.keys(state.keys...)
				golden.RequireEqual(t, []byte(b.View()))
			})
		}
	}
	t.Run("ascii", func(t *testing.T) {
		opt := options(t)
		opt.ASCII = true
		b := termtest.Simulate(t, New(newReview(t, sampleDocument(t)), opt), 120, 40)
		for i, r := range b.View() {
			if r > 0x7e {
				t.Fatalf("byte %d is %q on a terminal that takes ASCII only", i, r)
			}
		}
		golden.RequireEqual(t, []byte(b.View()))
	})
}

// TestNoColor shows that without colours nothing is lost: the same text, no
// colour sequence, and the cursor still marked.
func TestNoColor(t *testing.T) {
	e := termtest.Emulate(t, New(newReview(t, sampleDocument(t)), options(t)), 120, 40,
		tea.WithEnvironment([]string{"TERM=xterm-256color", "NO_COLOR=1"}), tea.WithColorProfile(colorprofile.Ascii))
	e.WaitFor("Lantern RAT")
	e.Press("down", "space")
	e.WaitFor("switched off")
	golden.RequireEqual(t, []byte(e.Screen()))
	e.Press("u")
	e.WaitFor("undone")
	e.Quit()
	for _, seq := range strings.Split(e.Output(), "\x1b[")[1:] {
		params, _, ok := strings.Cut(seq, "m")
		if !ok || strings.Trim(params, "0123456789;:") != "" {
			continue
		}
		for _, p := range strings.Split(params, ";") {
			if len(p) == 2 && (p[0] == '3' || p[0] == '4') || len(p) == 2 && p[0] == '9' || len(p) == 3 {
				t.Errorf("colour %q was written under NO_COLOR", params)
			}
		}
	}
}

// checkFrame checks that a view has exactly the rows and cells of its
// terminal and that nothing in it but styles is an escape sequence.
func checkFrame(t testing.TB, m *Model) {
	t.Helper()
	content := m.View().Content
	if m.w == 0 || m.h == 0 {
		if content != "" {
			t.Fatalf("%dx%d: there is something to see: %q", m.w, m.h, content)
		}
		return
	}
	lines := strings.Split(content, "\n")
	if m.w >= minWidth && m.h >= minHeight && len(lines) != m.h {
		t.Fatalf("%dx%d: the view has %d rows", m.w, m.h, len(lines))
	}
	for y, l := range lines {
		if w := ansi.StringWidth(l); w != m.w {
			t.Fatalf("%dx%d: row %d has %d cells: %q", m.w, m.h, y, w, ansi.Strip(l))
		}
		rest := l
		for {
			_, after, ok := strings.Cut(rest, "\x1b")
			if !ok {
				break
			}
			end := strings.IndexByte(after, 'm')
			if end < 0 || !strings.HasPrefix(after, "[") || strings.Trim(after[1:end], "0123456789;") != "" {
				t.Fatalf("row %d holds a sequence that is no style: %q", y, l)
			}
			rest = after[end+1:]
		}
		for _, r := range ansi.Strip(l) {
			if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r == 0x2028 {
				t.Fatalf("row %d holds %U: %q", y, r, l)
			}
		}
	}
}

func TestEverySizeFits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	b := newWorkbench(t, 80, 24)
	for range 400 {
		b.Resize(1+rng.IntN(280), 1+rng.IntN(90))
		if b.m.w >= minWidth && b.m.h >= minHeight {
			b.Press([]string{"tab", "down", "]", "end", "s", "space", "u", "3", "home", "e", "esc", "esc"}[rng.IntN(12)])
		}
		checkFrame(t, b.m)
	}
}

// TestPaneWithTheKeysIsInSight: whatever was pressed, the pane that takes the next
// key is drawn, with the pointer that marks it: nobody decides what they do not
// see.
func TestPaneWithTheKeysIsInSight(t *testing.T) {
	sizes := [][2]int{{60, 20}, {80, 24}, {120, 40}}
	keys := []string{"1", "2", "3", "4", "]", "[", "left", "right", "tab", "shift+tab", "space", "down", "up", "z", "esc", "enter", "F", "l", "/", "?", "u", "t", "V", "H"}
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 3))
		b := newWorkbench(t, 80, 24)
		var pressed []string
		for range 120 {
			if rng.IntN(10) == 0 {
				size := sizes[rng.IntN(len(sizes))]
				b.Resize(size[0], size[1])
				pressed = append(pressed, fmt.Sprint(size))
			}
			key := keys[rng.IntN(len(keys))]
			pressed = append(pressed, key)
			b.Press(key)
			if b.m.overlay != nil {
				continue
			}
			if b.m.layout.panes[b.m.focus].h == 0 || !strings.Contains(b.View(), b.m.paneLead(b.m.focus)) {
				t.Fatalf("after %s the keys are those of %s, which is not in sight:\n%s", pressed, paneNames[b.m.focus], b.View())
			}
		}
	}
}

// TestPreviewTakesTheKeysWhereItTakesThePlace: what shows the preview in the place of
// the pane that has the keys moves them to it.
func TestPreviewTakesTheKeysWhereItTakesThePlace(t *testing.T) {
	for _, tt := range []struct {
		w, h int
		pane string
		want pane
	}{
		{80, 24, "1", iocPane}, {80, 24, "2", previewPane}, {80, 24, "3", previewPane}, {60, 20, "2", previewPane},
		{120, 40, "2", tablePane}, {120, 40, "3", scenarioPane},
	} {
		b := newWorkbench(t, tt.w, tt.h)
		b.keys(tt.pane, "]")
		if b.m.focus != tt.want {
			t.Errorf("%dx%d: %s ] gives the keys to %s, want %s", tt.w, tt.h, tt.pane, paneNames[b.m.focus], paneNames[tt.want])
		}
		before := len(b.m.review.History())
		b.keys("space")
		if n := len(b.m.review.History()) - before; (tt.want == previewPane) != (n == 0) {
			t.Errorf("%dx%d: after %s ] Space took %d decisions", tt.w, tt.h, tt.pane, n)
		}
	}
}

// hostileDocument holds what a stranger might write into a bulletin to reach
// the terminal of whoever reads it.
func hostileDocument(t testing.TB) *feed.Bulletin {
	d := sampleDocument(t)
	evil := "a\x1b]52;c;ZXZpbA==\x07b\x1b[2Jc\u202egnp.exe\u2028d\x9b31me\rf\tg\x00h\U000e0041"
	d.Title, d.Family, d.Text = evil, evil, evil
	for i := range d.Scenarios {
		d.Scenarios[i].Title, d.Scenarios[i].Description = evil, evil
		d.Scenarios[i].Filter += " " + evil
	}
	d.Queries[0].Text = evil
	d.Mentions[0].Context = evil
	d.IOCs[0].Family = evil
	d.IOCs[0].Sources[0].Name = evil
	d.Tables[0].Note = evil
	d.Findings = []feed.Finding{{Code: "x", Severity: feed.Warning, Text: evil, Source: feed.Source{Name: evil, Line: 1}}}
	d.Source.Name = evil
	return d
}

func TestHostileTextStaysText(t *testing.T) {
	b := newWorkbench(t, 120, 40, hostileDocument(t))
	for _, key := range []string{"", "enter", "esc", "2", "enter", "esc", "3", "enter", "esc", "e", "esc", "c", "e", "up", "esc", "F", "esc", "4", "]", "]", "]", "]", "z", "esc", "]", "z", "esc", "space", "H", "esc"} {
		if key != "" {
			b.keys(key)
		}
		checkFrame(t, b.m)
		if title := b.m.View().WindowTitle; strings.ContainsAny(title, "\x1b\x07\x00") {
			t.Fatalf("the window title is %q", title)
		}
	}
}

// FuzzKeys presses any keys at any size: the view stays whole and nothing
// panics.
func FuzzKeys(f *testing.F) {
	f.Add(uint8(80), uint8(24), []byte("jj 3 !u]zq"))
	f.Add(uint8(200), uint8(60), []byte("/type:ip\rVjj \x1bE"))
	keys := []string{"esc", "enter", "tab", "down", "up", "pgdown", "home", "end", "left", "right", "backspace", "ctrl+r", "ctrl+u", "space", "shift+tab"}
	f.Fuzz(func(t *testing.T, w, h uint8, script []byte) {
		if len(script) > 60 {
			return
		}
		b := newWorkbench(t, int(w), int(h))
		for _, c := range script {
			if b.Ended() {
				return
			}
			switch {
			case c < 0x20:
				b.Press(keys[int(c)%len(keys)])
			case c < 0x7f && c != 'E' && c != 'y' && c != 'Y': // those write files
				b.Press(keyOf(c))
			}
			checkFrame(t, b.m)
		}
	})
}

func keyOf(c byte) string {
	if c == ' ' {
		return "space"
	}
	return string(rune(c))
}
