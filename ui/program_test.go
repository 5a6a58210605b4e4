package ui

import (
	"errors"
	"testing"

	tea "charm.land/bubbletea/v2"

	"quarry/ui/termtest"
)

// TestWholeProgram runs the program on an emulated terminal: renderer, input
// reader and all.
func TestWholeProgram(t *testing.T) {
	m := New(newReview(t, sampleDocument(t)), options(t))
	e := termtest.Emulate(t, m, 120, 40)
	e.WaitFor("lantern[.]example")
	e.Press("space")
	e.WaitFor("8 of 9 IOCs on")
	e.Press("3", "space")
	e.WaitFor("[x] 1 Scheduled job")
	e.Press("y")
	e.WaitFor("sent")
	e.Resize(80, 24)
	e.WaitFor("2 Tables")
	e.Resize(200, 50)
	e.WaitFor("Union Review")
	e.Press("q")
	e.WaitFor("2 decisions not exported")
	e.Press("q")
	if _, err := e.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := e.Clipboard(); len(got) != 1 || got[0] != m.preview.source {
		t.Errorf("the clipboard got %q, want %q", got, m.preview.source)
	}
	if left := e.LeftOn(); len(left) > 0 {
		t.Errorf("the terminal was left with %v", left)
	}
}

// panicking panics when a key is pressed.
type panicking struct{ *Model }

func (p panicking) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		panic("a fault")
	}
	_, cmd := p.Model.Update(msg)
	return p, cmd
}

func TestTerminalIsRestoredAfterAPanic(t *testing.T) {
	e := termtest.Emulate(t, panicking{New(newReview(t, sampleDocument(t)), options(t))}, 100, 30)
	e.WaitFor("lantern[.]example")
	e.Press("space")
	if _, err := e.Wait(); !errors.Is(err, tea.ErrProgramPanic) {
		t.Errorf("the program ended with %v", err)
	}
	if left := e.LeftOn(); len(left) > 0 {
		t.Errorf("the terminal was left with %v", left)
	}
}

// bytesOf counts what a key writes to the terminal, once want is shown.
func bytesOf(e *termtest.Emulation, key, want string) int {
	before := e.Bytes()
	e.Press(key)
	e.WaitFor(want)
	return e.Bytes() - before
}

// TestBytesPerKey keeps the promise of the README's limits: on a slow link it
// is bytes that cost.
func TestBytesPerKey(t *testing.T) {
	m := New(newReview(t, sampleDocument(t)), options(t))
	e := termtest.Emulate(t, m, 120, 40)
	e.WaitFor("lantern[.]example")
	pointer := m.glyphs.pointer
	for _, row := range []string{" [x] ip:port 192[.]0[.]2[.]10:443", " [x] ip:port 192[.]0[.]2[.]10:8443", " [x] ip:port [2001"} {
		if n := bytesOf(e, "down", pointer+row); n > 350 {
			t.Errorf("a cursor move wrote %d bytes, 350 are allowed", n)
		} else {
			t.Logf("cursor move: %d bytes", n)
		}
	}
	e.Press("home")
	e.WaitFor(pointer + " [x] domain  lantern")
	for i := range m.review.IOCs().Len() - 1 { // the last is a mention
		row := m.review.IOCs().At(i)
		e.WaitFor(pointer + " [x] " + shortType(row.Type))
		if n := bytesOf(e, "space", pointer+" [ ] "+shortType(row.Type)); n > 1200 {
			t.Errorf("switching %s off wrote %d bytes, 1,200 are allowed", row.Value, n)
		} else {
			t.Logf("%s off: %d bytes", row.Value, n)
		}
		if n := bytesOf(e, "u", pointer+" [x] "+shortType(row.Type)); n > 1200 {
			t.Errorf("undoing it wrote %d bytes, 1,200 are allowed", n)
		} else {
			t.Logf("%s on: %d bytes", row.Value, n)
		}
		e.Press("down")
	}
	e.Quit()
}

// BenchmarkUpdateAndView is one key: the cursor, and a decision with its undo.
func BenchmarkUpdateAndView(b *testing.B) {
	for name, keys := range map[string][]tea.KeyPressMsg{
		"move":   {{Code: tea.KeyDown}},
		"toggle": {{Code: tea.KeySpace, Text: " "}, {Code: 'u', Text: "u"}},
	} {
		b.Run(name, func(b *testing.B) {
			m := New(newReview(b, sampleDocument(b)), options(b))
			m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
			b.ReportAllocs()
			for b.Loop() {
				for _, k := range keys {
					m.Update(k)
					m.View()
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(keys)), "ns/key")
		})
	}
}
