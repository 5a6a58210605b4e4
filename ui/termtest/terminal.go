package termtest

import (
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hinshun/vt10x"
)

// Patience is how long a test waits for a condition. It is long because a
// loaded machine under the race detector is slow; a test that passes never
// waits it out.
const Patience = 20 * time.Second

// Terminal is what a program under test is drawn on: an emulator that shows
// the screen, and a record of every byte. Wide characters take two cells;
// combining marks are not shown. It is safe for concurrent use, apart from
// the methods that can fail the test, which are for the test's goroutine.
type Terminal struct {
	t     testing.TB
	input io.Writer
	ended chan struct{} // closed when the program is over

	mu      sync.Mutex
	stream  stream
	output  []byte
	changed chan struct{} // closed at the next write
}

func newTerminal(t testing.TB, width, height int, mapLines bool) *Terminal {
	return &Terminal{
		t:     t,
		ended: make(chan struct{}),
		stream: stream{
			vt:       vt10x.New(vt10x.WithSize(width, height)),
			mapLines: mapLines,
			modes:    map[int]bool{},
		},
		changed: make(chan struct{}),
	}
}

// display is the program's side of a terminal.
type display struct{ *Terminal }

// Write draws what a program writes.
func (d display) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.output = append(d.output, p...)
	d.stream.write(p)
	d.notify()
	return len(p), nil
}

// notify wakes who waits for a change. The lock is held.
func (tm *Terminal) notify() {
	close(tm.changed)
	tm.changed = make(chan struct{})
}

func (tm *Terminal) resize(width, height int) {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	tm.stream.vt.Resize(width, height)
	tm.notify()
}

// Screen returns the text on the screen, a line a row, without the spaces at
// the end of lines.
func (tm *Terminal) Screen() string {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return tm.stream.screen()
}

// Output returns every byte the program has written.
func (tm *Terminal) Output() string {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return string(tm.output)
}

// Bytes returns how many bytes the program has written. A frame is written at
// once, so when [Terminal.WaitFor] returns, the frame it waited for is counted
// in full.
func (tm *Terminal) Bytes() int {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return len(tm.output)
}

// Clipboard returns the texts that reached the terminal by OSC 52, decoded,
// the latest last.
func (tm *Terminal) Clipboard() []string {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return append([]string(nil), tm.stream.clips...)
}

// Title returns the title of the window.
func (tm *Terminal) Title() string {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return tm.stream.vt.Title()
}

// Cursor returns the cursor's column and row, from 0, and whether it is shown.
func (tm *Terminal) Cursor() (x, y int, visible bool) {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	c := tm.stream.vt.Cursor()
	return c.X, c.Y, tm.stream.vt.CursorVisible()
}

// LeftOn lists the modes that are not as a terminal starts: "mode ?1049h" is
// the alternate screen, ?1000 to ?1006 the mouse, ?2004 bracketed paste, ?25l
// the hidden cursor. After a program's end it must be empty, also after a
// panic.
func (tm *Terminal) LeftOn() []string {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return tm.stream.leftOn()
}

// WaitFor waits until the screen shows text.
func (tm *Terminal) WaitFor(text string) {
	tm.t.Helper()
	tm.Until("the text "+text, func() bool { return strings.Contains(tm.Screen(), text) })
}

// Until waits until ok returns true; it is asked again after each write. What
// was waited for is named in the failure.
func (tm *Terminal) Until(what string, ok func() bool) {
	tm.t.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	for {
		tm.mu.Lock()
		changed := tm.changed
		tm.mu.Unlock()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-tm.ended:
			if !ok() {
				tm.t.Fatalf("the program ended before %s came; screen:\n%s", what, tm.Screen())
			}
			return
		case <-late.C:
			tm.t.Fatalf("%s did not come within %s; screen:\n%s", what, Patience, tm.Screen())
		}
	}
}

// Write sends bytes to the program as they are: an answer of the terminal, or
// a key that [Terminal.Press] does not know.
func (tm *Terminal) Write(s string) {
	tm.t.Helper()
	if _, err := io.WriteString(tm.input, s); err != nil {
		tm.t.Fatalf("write to the program: %v", err)
	}
}

// Press sends keys by Bubble Tea's names for them: "down", "space", "A",
// "ctrl+r", "shift+tab". An unknown name fails the test. Escape is sent as the
// kitty keyboard protocol spells it, so that no program has to wait for what
// may follow; a program that does not read that needs a bare one, by
// [Terminal.Write].
func (tm *Terminal) Press(keys ...string) {
	tm.t.Helper()
	b, err := keysBytes(keys)
	if err != nil {
		tm.t.Fatal(err)
	}
	tm.Write(b)
}

// Type presses a key for every character of text, enter for a line feed.
func (tm *Terminal) Type(text string) {
	tm.t.Helper()
	tm.Press(typedKeys(text)...)
}

// Paste sends text as a bracketed paste, with carriage returns for line ends.
func (tm *Terminal) Paste(text string) {
	tm.t.Helper()
	tm.Write("\x1b[200~" + pasted(text) + "\x1b[201~")
}
