package ui

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"quarry/exclusions/library"
	"quarry/feed"
	"quarry/feed/prose"
	"quarry/kql"
	"quarry/review"
	"quarry/review/store"
	"quarry/ui/clip"
	"quarry/ui/termtest"
)

// onShelf is documents of a test, by their text; one without cannot be opened.
type onShelf map[string]string

func (s onShelf) List() ([]Document, error) {
	day := time.Date(2026, 5, 26, 0, 0, 0, 0, time.UTC)
	return []Document{{"lantern.txt", 30, day}, {"below/otter.txt", 12_345, day}, {"broken.txt", 0, day}}, nil
}

func (s onShelf) Inputs(name string) (iter.Seq2[*feed.Input, error], int64, error) {
	in, err := feed.NewInput(name, strings.NewReader(s[name]))
	return func(yield func(*feed.Input, error) bool) { yield(in, nil) }, int64(len(s[name])), err
}

func (s onShelf) Open(name string) (Opened, error) {
	inputs, size, err := s.Inputs(name)
	if err != nil {
		return Opened{}, err
	}
	catalogue, err := kql.Builtin()
	if err != nil {
		return Opened{}, err
	}
	l, err := review.Load(inputs, feed.NewRegistry(prose.Reader{}), catalogue)
	return Opened{Loading: l, Size: size}, err
}

// savedShelf is documents whose reviews are saved in a folder.
type savedShelf struct {
	onShelf
	folder string
	closed *[]string // the documents whose reviews were left

	reviewer string // "" is robin
}

func (s savedShelf) Open(name string) (Opened, error) {
	o, err := s.onShelf.Open(name)
	if err != nil {
		return o, err
	}
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(s.onShelf[name])))
	j := store.NewJournal(store.Options{
		Folder: s.folder, Beside: []string{filepath.Join(s.folder, "beside")}, Who: s.who(), OwnPasted: true, Read: ReaderOf(feed.NewRegistry(prose.Reader{})), Title: name, BegunWith: o.Loading.Review().BegunWith(),
		Sources: func() []store.Source { return []store.Source{{Name: name, SHA256: sum}} },
	})
	o.Journal, o.Close = j, func() string {
		*s.closed = append(*s.closed, name)
		return j.Close().String()
	}
	return o, nil
}

func (s savedShelf) who() string {
	if s.reviewer == "" {
		return "robin"
	}
	return s.reviewer
}

// twoDocuments is a shelf without a database.
var twoDocuments = onShelf{"lantern.txt": "Indicators:\n\nlantern.example\n", "below/otter.txt": "Indicators:\n\notter.example\n"}

func newShelf(t *testing.T, w, h int) *workbench {
	t.Helper()
	m := atShelf(t, twoDocuments, nil)
	return &workbench{termtest.Simulate(t, m, w, h), m, t}
}

// atShelf is a workbench before one of its documents is picked.
func atShelf(t *testing.T, shelf Shelf, change func(*Options)) *Model {
	t.Helper()
	opt := options(t)
	opt.Shelf, opt.Registry = shelf, feed.NewRegistry(prose.Reader{})
	if change != nil {
		change(&opt)
	}
	m, err := newAtShelf(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.readings.end() })
	return m
}

func TestPickADocument(t *testing.T) {
	b := newShelf(t, 80, 24)
	for _, want := range []string{"lantern.txt", "below/otter.txt", "12,345 B", "2026-05-26", "Esc leave"} {
		if !strings.Contains(b.View(), want) {
			t.Errorf("no %q in\n%s", want, b.View())
		}
	}
	for _, size := range [][2]int{{60, 16}, {200, 50}, {80, 24}} {
		b.Resize(size[0], size[1])
		checkFrame(t, b.m)
	}
	b.Type("txt brok")
	b.Press("enter")
	b.wantStatus("broken.txt: the file is empty")
	b.Type("xyz")
	if !strings.Contains(b.View(), "no document has these words in its name") {
		t.Errorf("nothing is said:\n%s", b.View())
	}
	if b.Press("esc"); b.Ended() || !strings.Contains(b.View(), "lantern.txt") || !strings.Contains(b.View(), "Esc leave") {
		t.Fatalf("Esc does not end the search first:\n%s", b.View())
	}
	b.Paste("otter")
	b.Press("up", "down", "pgdown", "enter")
	if !strings.Contains(b.View(), "otter[.]example") || b.m.overlay != nil {
		t.Fatalf("the document is not shown:\n%s", b.View())
	}
	b.keys("space")
	b.wantStatus("switched off otter[.]example")
	checkFrame(t, b.m)
}

// live is a workbench whose commands run beside it, as in a program: those of a
// journal wait for what never comes.
type live struct {
	t    *testing.T
	m    *Model
	came chan tea.Msg
	quit bool
}

func newLive(t *testing.T, m *Model) *live {
	l := &live{t: t, m: m, came: make(chan tea.Msg, 1000)}
	l.run(m.Init())
	l.take(tea.WindowSizeMsg{Width: 100, Height: 30})
	return l
}

func (l *live) run(cmd tea.Cmd) {
	if cmd != nil {
		go func() { l.came <- cmd() }()
	}
}

func (l *live) take(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.BatchMsg:
		for _, cmd := range msg {
			l.run(cmd)
		}
	case tea.QuitMsg:
		l.quit = true
	default:
		_, cmd := l.m.Update(msg)
		l.run(cmd)
	}
}

// until takes messages until something holds.
func (l *live) until(what string, holds func() bool) {
	l.t.Helper()
	late := time.After(termtest.Patience)
	for !holds() {
		select {
		case msg := <-l.came:
			l.take(msg)
		case <-late:
			l.t.Fatalf("never %s:\n%s", what, screen(l.m))
		}
	}
}

// shows takes messages until the screen has a text.
func (l *live) shows(text string) {
	l.t.Helper()
	l.until("shown "+text, func() bool { return strings.Contains(screen(l.m), text) })
}

// press presses keys, one after the other.
func (l *live) press(keys ...string) {
	for _, k := range keys {
		l.run(pressed(l.m, k))
	}
}

// TestBackToTheShelf: a review is left for the list and another one, each is saved
// and comes back, and what the one before still says is not about the next.
func TestBackToTheShelf(t *testing.T) {
	var closed []string
	m := atShelf(t, savedShelf{onShelf: twoDocuments, folder: t.TempDir(), closed: &closed}, nil)
	l := newLive(t, m)
	l.shows("below/otter.txt")
	l.press("enter")
	l.until("restored", func() bool { return m.keeping.begun })
	l.press("space")
	l.shows("switched off lantern[.]example")
	late := m.ofSitting(func() tea.Msg { return keptMsg{status: store.Status{Err: errors.New("late")}} })
	l.press("o")
	l.shows("below/otter.txt")
	if diff := cmp.Diff([]string{"lantern.txt"}, closed); diff != "" {
		t.Errorf("closed: %s", diff)
	}
	checkFrame(t, m)
	l.press("down", "enter")
	l.shows("otter[.]example")
	l.until("restored", func() bool { return m.keeping.begun })
	l.take(late())
	if v := screen(m); m.savedMark() != "" || strings.Contains(v, "lantern") {
		t.Errorf("what the review before said counts for this one: %q\n%s", m.savedMark(), v)
	}
	l.press("o")
	l.shows("lantern.txt")
	l.press("enter")
	l.shows("resumed: 1 decision until")
	if strings.Contains(m.status, "--new") || m.review.On(0) {
		t.Errorf("resumed with %q", m.status)
	}
	m.readings.end()
	if diff := cmp.Diff([]string{"lantern.txt", "below/otter.txt", "lantern.txt"}, closed); diff != "" {
		t.Errorf("closed: %s", diff)
	}
}

// TestReadingsLetGo: a document that was left is not kept in memory until the session
// ends; what of it could not be saved is said then all the same.
func TestReadingsLetGo(t *testing.T) {
	var r readings
	let := make(chan string, 2)
	begin := func(words string) {
		o, err := twoDocuments.Open("lantern.txt")
		if err != nil {
			t.Fatal(err)
		}
		o.Close = func() string { return words }
		runtime.AddCleanup(o.Loading, func(w string) { let <- w }, words)
		if got := r.add(o).end(); got != words {
			t.Errorf("ended with %q", got)
		}
	}
	begin("")
	begin("1 decision is in a file")
	late := time.After(termtest.Patience)
	for n := 0; n < 2; {
		runtime.GC()
		select {
		case <-let:
			n++
		case <-late:
			t.Fatalf("%d of 2 documents were let go", n)
		case <-time.After(time.Millisecond):
		}
	}
	if len(r.begun) != 1 {
		t.Errorf("%d sittings are kept", len(r.begun))
	}
	if diff := cmp.Diff([]string{"1 decision is in a file"}, r.end()); diff != "" {
		t.Error(diff)
	}
}

// TestNothingIsLostOnTheWayBack: what no database has is told before it is left.
func TestNothingIsLostOnTheWayBack(t *testing.T) {
	b := newShelf(t, 100, 30)
	b.Press("enter")
	b.Press("space", "o")
	b.wantStatus("1 decision not in the database: E exports, o again leaves, Esc stays")
	b.Press("esc", "o")
	b.wantStatus("o again leaves")
	b.Press("o")
	if _, ok := b.m.overlay.(*picker); !ok {
		t.Errorf("still in the review:\n%s", b.View())
	}
	w := newWorkbench(t, 100, 30)
	w.Press("o")
	w.wantStatus("there is no list of documents here; quarry FILE opens another one")
}

// TestCompareOnTheShelf: in a session the older document is one of the shelf.
func TestCompareOnTheShelf(t *testing.T) {
	m := atShelf(t, onShelf{"lantern.txt": "# Indicators\n\n- lantern[.]example\n", "below/otter.txt": "# Indicators\n\n- otter[.]example\n"}, nil)
	b := &workbench{termtest.Simulate(t, m, 100, 30), m, t}
	b.Press("enter")
	b.Press("D")
	if v := b.View(); !strings.Contains(v, "Compare with an older document") || !strings.Contains(v, "below/otter.txt") {
		t.Fatalf("no list to compare with:\n%s", v)
	}
	b.Press("esc", "D")
	b.Type("otter")
	b.Press("enter")
	b.wantStatus("below/otter.txt: 1 new, 0 changed, 1 gone, 0 the same")
	b.Press("D")
	checkFrame(t, b.m)
	b.Press("delete")
	b.wantStatus("compared with nothing any more")
	b.Press("D")
	b.Type("broken")
	b.Press("enter")
	b.wantStatus("broken.txt: the file is empty")
	if _, ok := b.m.overlay.(*picker); !ok {
		t.Error("it is not asked again")
	}
}

// TestServedSessionHasNoDeadEnd: what cannot be done there is said with what can.
func TestServedSessionHasNoDeadEnd(t *testing.T) {
	var closed []string
	m := atShelf(t, savedShelf{onShelf: twoDocuments, folder: t.TempDir(), closed: &closed}, func(o *Options) {
		o.CopyExports = true
		o.Library = func() ([]library.Entry, []error) {
			return []library.Entry{{Title: "Team scanners", File: "/srv/secret/team.yaml", Line: 3, Condition: `device.name is "scan"`}}, nil
		}
		o.SaveScenario = nil
	})
	l := newLive(t, m)
	l.shows("below/otter.txt")
	l.press("enter")
	l.until("restored", func() bool { return m.keeping.begun })
	l.press("space")
	l.shows("switched off lantern[.]example")
	m.sent(clip.SentMsg{Err: &clip.TooLongError{Bytes: 80_000, Limit: 74_994}})
	wantStatus(t, m, "z shows it to be selected; whoever runs the server can write it with quarry reviews export 1")
	l.press("3", "i")
	l.shows("in the library of this server")
	if v := screen(m); strings.Contains(v, "secret") {
		t.Errorf("the library is\n%s", v)
	}
	l.press("enter", "w")
	wantStatus(t, m, "a served session only takes from the library")
	l.shows("Team scanners")
	l.until("saved", func() bool { return !m.keeping.held })
	l.press("q")
	l.until("left", func() bool { return l.quit })
}

func TestLeaveTheShelf(t *testing.T) {
	for _, key := range []string{"esc", "ctrl+c"} {
		b := newShelf(t, 80, 24)
		if b.Press(key); !b.Ended() {
			t.Errorf("%s did not leave", key)
		}
	}
}

// TestFilesInAFolder: what is written there stays there, and nothing outside is
// seen.
func TestFilesInAFolder(t *testing.T) {
	folder := t.TempDir()
	outside := filepath.Join(folder, "outside.md")
	if err := errors.Join(os.WriteFile(outside, []byte("mine"), 0o600), os.Mkdir(filepath.Join(folder, "in"), 0o700)); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(folder, "in"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f := FilesIn(root)
	for _, path := range []string{"../outside.md", outside, "../new.md", "a/../../new.md"} {
		for _, over := range []bool{false, true} {
			err := f.Write(f.Path(path), []byte("theirs"), over)
			if !errors.As(err, new(*FileError)) || strings.Contains(err.Error(), "outside.md: "+folder) {
				t.Errorf("%s is written: %v", path, err)
			}
		}
		if f.There(path) || f.IsFolder(path) || f.Stamp(path) != (Stamp{}) || f.MakeFolder("../x") == nil {
			t.Errorf("%s is seen", path)
		}
	}
	if text, err := os.ReadFile(outside); err != nil || string(text) != "mine" {
		t.Errorf("outside is %q, %v", text, err)
	}
	if err := errors.Join(f.MakeFolder("a/b"), f.Write("a/b/c.md", []byte("one"), false)); err != nil {
		t.Fatal(err)
	}
	if err := f.Write("a/b/c.md", []byte("two"), false); err == nil || !strings.Contains(err.Error(), "name another file") {
		t.Errorf("written over: %v", err)
	}
	if err := f.Write("a/b/c.md", []byte("three"), true); err != nil {
		t.Error(err)
	}
	if err := f.Write("a/b", nil, true); err == nil {
		t.Error("a folder was written over")
	}
	text, err := os.ReadFile(filepath.Join(folder, "in", "a", "b", "c.md"))
	if err != nil || string(text) != "three" || f.Stamp("a/b/c.md").Size != 5 || !f.IsFolder("a/b") {
		t.Errorf("it holds %q, %v", text, err)
	}
	left, err := os.ReadDir(filepath.Join(folder, "in", "a", "b"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
