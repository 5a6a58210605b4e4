package ui

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"quarry/feed"
	"quarry/review"
	"quarry/review/store"
)

// savingWorkbench is a model that saves in a folder. No command of it is run, so
// that a test answers when it wants.
func savingWorkbench(t *testing.T, folder string) *Model {
	t.Helper()
	opt := options(t)
	opt.Journal = store.NewJournal(store.Options{
		Folder: folder, Beside: []string{filepath.Join(folder, "beside")}, Who: "jk", Title: "Lantern RAT",
		Sources: func() []store.Source { return []store.Source{{Name: "lantern.md", SHA256: "5e"}} },
	})
	t.Cleanup(func() { opt.Journal.Close() })
	m := New(newReview(t, sampleDocument(t)), opt)
	m.Update(tea.WindowSizeMsg{Width: 100, Height: 30})
	return m
}

// begin finds and restores, as the commands of a program do.
func begin(t *testing.T, m *Model) {
	t.Helper()
	m.Update(m.beginSaving()())
	r, err := m.opt.Journal.Restore(m.nowRefs())
	if err != nil {
		t.Fatal(err)
	}
	m.Update(restoredMsg{r, nil})
}

// kept is the answer of the journal to what it was told.
func (m *Model) answer() keptMsg {
	return keptMsg{m.keeping.ticket, m.opt.Journal.Wait(m.keeping.ticket)}
}

// TestSavedBeforeItIsShown: the screen stays as it was until the decision is in the
// database, or says after a while that it is not yet.
func TestSavedBeforeItIsShown(t *testing.T) {
	m := savingWorkbench(t, t.TempDir())
	begin(t, m)
	before := screen(m)
	pressed(m, "space")
	if got := screen(m); got != before {
		t.Errorf("the decision is shown before it is saved:\n%s", got)
	}
	m.Update(m.answer())
	if got := screen(m); !strings.Contains(got, "8 of 9 IOCs on") || strings.Contains(got, "not saved") {
		t.Errorf("the decision is not shown:\n%s", got)
	}
	pressed(m, "u")
	first := m.keeping.hold
	m.Update(lateMsg{first - 1})
	if got := screen(m); strings.Contains(got, "9 of 9 IOCs on") {
		t.Error("the end of an earlier hold ended this one")
	}
	m.Update(lateMsg{first})
	if got := screen(m); !strings.Contains(got, "9 of 9 IOCs on") || !strings.Contains(got, "not saved yet") {
		t.Errorf("after a while the screen does not say that it waits:\n%s", got)
	}
	m.Update(m.answer())
	if got := screen(m); strings.Contains(got, "not saved yet") {
		t.Errorf("it is saved, and the screen says it is not:\n%s", got)
	}
	pressed(m, "space")
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	if got := screen(m); !strings.Contains(got, "not saved yet") {
		t.Errorf("a frame of another size is held:\n%s", got)
	}
	m.Update(m.answer())
	pressed(m, "q")
	wantStatus(t, m, "1 decision not exported, but saved")
}

// TestNothingIsShownBeforeItIsRestored: no rows stand there that a saved review would
// change under the eyes, and what is typed meanwhile means the rows that it brings.
func TestNothingIsShownBeforeItIsRestored(t *testing.T) {
	folder := t.TempDir()
	m := savingWorkbench(t, folder)
	begin(t, m)
	pressed(m, "down")
	pressed(m, "space")
	m.Update(m.answer())
	m.opt.Journal.Close()

	m = savingWorkbench(t, folder)
	checkFrame(t, m)
	if got := screen(m); !strings.Contains(got, "looking for your review") || strings.Contains(got, "[x]") || strings.Contains(got, "IOCs on") {
		t.Errorf("before the database has answered the screen is\n%s", got)
	}
	for _, k := range []string{"space", "down", "b", "e"} {
		pressed(m, k)
	}
	m.Update(tea.PasteMsg{Content: "our CDN"})
	pressed(m, "enter")
	if n := len(m.review.History()); n != 0 {
		t.Errorf("%d decisions were taken on rows that nobody saw", n)
	}
	begin(t, m)
	if !m.review.On(0) || !m.review.On(1) || m.review.Verdict(2) != review.Benign || m.review.Note(2) != "our CDN" || len(m.review.History()) != 4 {
		t.Errorf("what was typed ahead did not meet the rows of the saved review: %s, %+v", m.status, m.review.History())
	}
	m.Update(m.answer())
	if got := screen(m); !strings.Contains(got, "9 of 9 IOCs on") || strings.Contains(got, "looking for") {
		t.Errorf("the screen is\n%s", got)
	}
	m.opt.Journal.Close()

	m = savingWorkbench(t, folder)
	if _, cmd := m.Update(tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl}); cmd == nil {
		t.Error("Ctrl-C does not leave while the review is looked for")
	}
	m = savingWorkbench(t, t.TempDir())
	begin(t, m)
	wantStatus(t, m, "? lists the keys")
}

// TestDecidedBeforeItIsRestored: of documents that are read for longer, what is
// decided first of all comes behind what was decided another day, and the cursor
// stays where it went.
func TestDecidedBeforeItIsRestored(t *testing.T) {
	folder := t.TempDir()
	m := savingWorkbench(t, folder)
	begin(t, m)
	pressed(m, "down")
	pressed(m, "down")
	pressed(m, "space")
	m.Update(m.answer())
	m.opt.Journal.Close()

	m = savingWorkbench(t, folder)
	m.keeping.inUse = true
	pressed(m, "down")
	pressed(m, "space")
	begin(t, m)
	m.Update(m.answer())
	if m.review.On(1) || m.review.On(2) || len(m.review.History()) != 2 {
		t.Errorf("IOCs 1 and 2 are %v and %v, with %d decisions", m.review.On(1), m.review.On(2), len(m.review.History()))
	}
	if at, _ := m.iocs.current(); at != 1 {
		t.Errorf("the cursor went to IOC %d", at)
	}
	m.opt.Journal.Close()

	m = savingWorkbench(t, folder)
	begin(t, m)
	wantStatus(t, m, "resumed: 2 decisions until 2026-06-01 12:00", "H lists them, --new begins anew")
	if at, _ := m.iocs.current(); at != 1 || len(m.review.History()) != 2 {
		t.Errorf("the cursor is on IOC %d, with %d decisions", at, len(m.review.History()))
	}
	pressed(m, "u")
	m.Update(m.answer())
	if !m.review.On(1) || m.review.On(2) {
		t.Error("undo did not take back the last decision of another day")
	}
}

// TestReadOnly: of a review that somebody else has open nothing can be changed
// here.
func TestReadOnly(t *testing.T) {
	folder := t.TempDir()
	first := savingWorkbench(t, folder)
	begin(t, first)
	pressed(first, "space")
	first.Update(first.answer())
	m := savingWorkbench(t, folder)
	begin(t, m)
	wantStatus(t, m, "jk on ", "read-only, T takes it over")
	for _, k := range []string{"space", "b", "u", "a", "t"} {
		pressed(m, k)
		wantStatus(t, m, "has this review; T takes it over")
	}
	m.Update(tea.PasteMsg{Content: "more.example"})
	wantStatus(t, m, "has this review; T takes it over")
	if n := len(m.review.History()); n != 1 || !strings.Contains(screen(m), "read-only") {
		t.Errorf("%d decisions:\n%s", n, screen(m))
	}
	m.Update(m.takeOver()())
	for m.keeping.holder != nil {
		c, ok := m.opt.Journal.Next()
		if !ok {
			t.Fatal("it was not taken over")
		}
		m.follow(c)
	}
	pressed(m, "u")
	m.Update(m.answer())
	if len(m.review.History()) != 0 || strings.Contains(screen(m), "read-only") {
		t.Errorf("the review was not taken over:\n%s", screen(m))
	}
}

// TestFollowerHearsOfUndo: who follows a review is told what was undone and done again,
// and the line of before does not stay as if it held.
func TestFollowerHearsOfUndo(t *testing.T) {
	folder := t.TempDir()
	first := savingWorkbench(t, folder)
	begin(t, first)
	pressed(first, "space")
	first.Update(first.answer())
	m := savingWorkbench(t, folder)
	begin(t, m)
	heard := func(key string, decisions int, parts ...string) {
		t.Helper()
		pressed(first, key)
		first.Update(first.answer())
		for len(m.review.History()) != decisions {
			c, ok := m.opt.Journal.Next()
			if !ok {
				t.Fatal("the journal has ended")
			}
			m.follow(c)
		}
		wantStatus(t, m, parts...)
	}
	heard("u", 0, "jk undid what jk switched off")
	heard("ctrl+r", 1, "jk did again what jk switched off")
	heard("b", 2, "benign")
	heard("u", 1, "jk undid what jk called")
}

// TestWordsSurviveATakeOver: what is being written when somebody takes the review over
// is kept, and goes on when it was taken back. What is said is true and whole.
func TestWordsSurviveATakeOver(t *testing.T) {
	folder := t.TempDir()
	m := savingWorkbench(t, folder)
	begin(t, m)
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	pressed(m, "down")
	pressed(m, "e")
	m.Update(tea.PasteMsg{Content: "an important long note"})
	other := savingWorkbench(t, folder)
	begin(t, other)
	follow := func(m *Model, until func() bool) {
		t.Helper()
		for !until() {
			c, ok := m.opt.Journal.Next()
			if !ok {
				t.Fatal("the journal has ended")
			}
			m.Update(followMsg{c})
		}
	}
	other.Update(other.takeOver()())
	follow(other, func() bool { return other.keeping.holder == nil })
	follow(m, func() bool { return m.keeping.holder != nil })
	whole := func(words string) {
		t.Helper()
		checkFrame(t, m)
		if got := strings.Join(strings.Fields(screen(m)), " "); !strings.Contains(got, words) {
			t.Errorf("%q is not to be seen:\n%s", words, screen(m))
		}
	}
	whole("took this review over: read-only, Esc keeps your words, then T takes it back")
	pressed(m, "enter")
	whole("has this review; Esc keeps your words, then T takes it over")
	pressed(m, "esc")
	whole("your words are kept: T takes the review over, then e goes on with them")
	pressed(m, "e")
	whole("has this review; T takes it over")
	m.Update(m.takeOver()())
	follow(m, func() bool { return m.keeping.holder == nil })
	pressed(m, "e")
	whole("note: an important long note")
	pressed(m, "enter")
	m.Update(m.answer())
	if m.review.Note(1) != "an important long note" || len(m.drafts) != 0 {
		t.Errorf("the note is %q, kept are %q", m.review.Note(1), m.drafts)
	}
}

// TestReadOnlyFooter: the footer offers what works while somebody else has the review,
// and first how to end that.
func TestReadOnlyFooter(t *testing.T) {
	folder := t.TempDir()
	first := savingWorkbench(t, folder)
	begin(t, first)
	m := savingWorkbench(t, folder)
	begin(t, m)
	for _, p := range []string{"1", "2", "3", "4"} {
		pressed(m, p)
		for i, k := range m.footerKeys() {
			if i == 0 && k.means != "take over" {
				t.Errorf("pane %s offers %+v first", p, k)
			}
			if k.means == "malicious" || k.means == "note" || k.means == "edit" || k.means == "undo" {
				t.Errorf("pane %s offers %+v, which is refused", p, k)
			}
		}
	}
	// What is not among the deciding actions decides nothing.
	for _, a := range m.actions {
		if a.name == "quit" || a.name == "interrupt" || a.name == "take-over" || deciding[a.name] {
			continue
		}
		m.say(plain, "")
		m.do(a)
		m.overlay, m.prompt = nil, nil
		if m.status == m.readOnly() {
			t.Errorf("%s is refused too: name it among the deciding actions", a.name)
		}
	}
}

// TestLockedWhenItBegan: what was decided another day comes when the database is let
// go, and what is decided meanwhile behind it.
func TestLockedWhenItBegan(t *testing.T) {
	folder := t.TempDir()
	m := savingWorkbench(t, folder)
	begin(t, m)
	pressed(m, "space")
	m.Update(m.answer())
	m.opt.Journal.Close()

	db, err := sql.Open("sqlite", filepath.Join(folder, store.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	lock, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := lock.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	m = savingWorkbench(t, folder)
	m.Update(m.beginSaving()())
	wantStatus(t, m, "another program locks it")
	pressed(m, "down")
	pressed(m, "space")
	m.Update(m.answer())
	if got := m.savedMark(); got != "saved to a file" {
		t.Errorf("the screen says %q", got)
	}
	if _, err := lock.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	m.Update(againMsg{})
	begin(t, m)
	m.Update(m.answer())
	if m.review.On(0) || m.review.On(1) || len(m.review.History()) != 2 || m.savedMark() != "" {
		t.Errorf("%d decisions, %q", len(m.review.History()), m.savedMark())
	}
	pressed(m, "u")
	m.Update(m.answer())
	if m.review.On(0) || !m.review.On(1) {
		t.Error("undo took back another decision")
	}
}

// TestDocumentThatChanged: a new review of a file that was another one says so, and
// how what was decided can be had.
func TestDocumentThatChanged(t *testing.T) {
	folder := t.TempDir()
	open := func(sum string) *Model {
		opt := options(t)
		opt.Journal = store.NewJournal(store.Options{Folder: folder, Who: "jk", Title: "Lantern RAT", Sources: func() []store.Source {
			return []store.Source{{Name: "lantern.md", Path: "/srv/intel/lantern.md", SHA256: sum}}
		}})
		t.Cleanup(func() { opt.Journal.Close() })
		m := New(newReview(t, sampleDocument(t)), opt)
		m.Update(tea.WindowSizeMsg{Width: 100, Height: 30})
		begin(t, m)
		return m
	}
	m := open("5e")
	pressed(m, "space")
	m.Update(m.answer())
	m.opt.Journal.Close()
	m = open("6f")
	wantStatus(t, m, "lantern.md changed since review 1 of it (1 decision), so this is a new review: r takes over what was judged, D compares, quarry reviews resume 1 opens the other")
}

// TestUnseenIsSaid: that decisions of one's own stand in a review that is not shown is
// said whether others are resumed or not.
func TestUnseenIsSaid(t *testing.T) {
	m := savingWorkbench(t, t.TempDir())
	m.Update(begunMsg{begun: store.Begun{Unseen: 1}})
	m.Update(restoredMsg{})
	wantStatus(t, m, "1 review of it with decisions of yours is not shown: others pasted there")
	m.Update(begunMsg{begun: store.Begun{Unseen: 2}})
	m.Update(restoredMsg{restored: store.Restored{Done: 1, Entries: []review.Entry{
		{Decision: review.SetVerdict{IOCs: review.Positions{0}, Verdict: review.Benign}, Who: "jk", Words: "judged"},
	}}})
	wantStatus(t, m, "2 reviews of it with decisions of yours are not shown: others pasted there; resumed: 1 decision")
}

// TestFollowerSeesWhoPasted: rows that somebody else pasted are not here, which is told
// where it is followed.
func TestFollowerSeesWhoPasted(t *testing.T) {
	folder := t.TempDir()
	m := savingWorkbench(t, folder)
	begin(t, m)
	other := savingWorkbench(t, folder)
	begin(t, other)
	m.opt.Registry = feed.NewRegistry(rowReader{})
	m.Update(m.readPasted("secret.example")())
	key(t, m, "enter")
	if status := m.answer().status; status.Err != nil {
		t.Fatal(status.Err)
	}
	c, ok := other.opt.Journal.Next()
	if !ok {
		t.Fatal("the journal has ended")
	}
	other.Update(followMsg{c})
	wantStatus(t, other, "jk pasted something: its rows are here once you leave and open this again")
}

// TestPastedBeforeIsTold: rows that were pasted another day are in the review, which is
// told with who did it, also where nothing was decided; leaving keeps them.
func TestPastedBeforeIsTold(t *testing.T) {
	folder := t.TempDir()
	open := func(who string) *Model {
		opt := options(t)
		opt.Reviewer, opt.Registry = who, feed.NewRegistry(rowReader{})
		opt.Journal = store.NewJournal(store.Options{
			Folder: folder, Who: who, Title: "Lantern RAT", Read: ReaderOf(opt.Registry),
			Sources: func() []store.Source { return []store.Source{{Name: "lantern.md", SHA256: "5e"}} },
		})
		t.Cleanup(func() { opt.Journal.Close() })
		m := New(newReview(t, sampleDocument(t)), opt)
		m.Update(tea.WindowSizeMsg{Width: 120, Height: 30})
		begin(t, m)
		return m
	}
	jk := open("jk")
	jk.Update(jk.readPasted("secret.example")())
	key(t, jk, "enter")
	key(t, jk, "q")
	wantStatus(t, jk, "1 pasted document not exported, but saved: E exports, q again leaves, Esc stays")
	jk.opt.Journal.Close()
	kim := open("kim")
	wantStatus(t, kim, "resumed with 1 pasted document of jk; nothing was decided yet")
	key(t, kim, "space")
	if status := kim.answer().status; status.Err != nil {
		t.Fatal(status.Err)
	}
	kim.opt.Journal.Close()
	jk = open("jk")
	wantStatus(t, jk, "resumed: 1 decision of kim until", "with 1 pasted document;")
}

// TestPrivateIsNotLeft: who follows a review into which somebody pastes is told that,
// and that what goes on is a copy.
func TestPrivateIsNotLeft(t *testing.T) {
	m := savingWorkbench(t, t.TempDir())
	by := store.Holder{Who: "robin", Host: "desk", PID: 7}
	m.Update(begunMsg{begun: store.Begun{Holder: &by}})
	m.Update(restoredMsg{})
	m.Update(followMsg{store.Change{Holder: &by, Private: true}})
	said := "robin on desk (process 7) pasted into this review, which is theirs alone now; T goes on in a copy of your own"
	wantStatus(t, m, said)
	m.say(plain, "")
	pressed(m, "space")
	wantStatus(t, m, said)
	m.Update(followMsg{store.Change{Private: true}})
	wantStatus(t, m, "a copy of this review is yours now, as you saw it last")
	if m.readOnly() != "" {
		t.Error("nothing can be decided in the copy")
	}
}
