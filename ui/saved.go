package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"quarry/review"
	"quarry/review/store"
)

// keeping is how it stands with saving the review as it happens. A decision is
// taken at once and told to the journal; the screen stays as it was until the
// journal has it.
type keeping struct {
	refs    store.Refs
	earlier *store.Earlier // of a document that changed since, or nil
	begun   bool           // what was decided before is restored
	inUse   bool           // rows were shown before that, of documents that take time to read
	ahead   []tea.Msg      // what was typed before that
	pasted  int            // bytes of it that were pasted

	pastedBy []string       // who pasted each document that the review has besides
	others   int            // other reviews of the same documents
	private  bool           // the holder pasted into it: taking it over makes a copy
	unseen   int            // of those, in which the reviewer decided and that are not shown
	holder   *store.Holder  // who decides instead, so that the review can only be looked at
	status   store.Status   // of what was told last
	unread   []error        // why documents of the review are left out
	place    store.Place    // as the journal knows it
	ticket   uint64         // of what was told last
	asked    uint64         // the journal is asked about tickets up to here
	asking   int            // of how many IOCs it was asked what is remembered
	hold     int            // counts the times the screen was held
	held     bool           // the screen is
	late     bool           // it was held long enough: it shows what is not saved yet
	missed   []store.Source // what others pasted since, whose rows are not here
	tooLate  []store.Late   // what was decided after somebody had taken the review over, until that is taken back
	frame    tea.View       // what was drawn last
}

// longestHold is for how long the screen waits for the database. A pause of that
// length is not felt as one.
const longestHold = 200 * time.Millisecond

// beginAgain is after how long a database that cannot be had is tried again.
const beginAgain = 2 * time.Second

type (
	// begunMsg says that the journal has found the review.
	begunMsg struct {
		begun store.Begun
		err   error
	}
	// restoredMsg brings what was decided before.
	restoredMsg struct {
		restored store.Restored
		err      error
	}
	// keptMsg says how it stands with what was told up to a ticket.
	keptMsg struct {
		ticket uint64
		status store.Status
	}
	// lateMsg ends a hold of the screen.
	lateMsg struct{ hold int }
	// followMsg brings what somebody else did with the review.
	followMsg struct{ change store.Change }
	// againMsg says that the review is to be looked for once more.
	againMsg struct{}
	// tookOverMsg is the answer of taking the review over.
	tookOverMsg struct{ err error }
)

// beginSaving is the command that finds the review in the database, or nil. It
// needs all documents.
func (m *Model) beginSaving() tea.Cmd {
	j := m.opt.Journal
	if j == nil || m.load != nil {
		return nil
	}
	return func() tea.Msg {
		b, err := j.Begin()
		return begunMsg{b, err}
	}
}

// updateSaving takes the messages of saving.
func (m *Model) updateSaving(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case begunMsg:
		return m.found(msg)
	case restoredMsg:
		return m.restored(msg)
	case keptMsg:
		m.kept(msg)
	case againMsg:
		return m.beginSaving()
	case lateMsg:
		m.keeping.late = m.keeping.late || m.keeping.held && msg.hold == m.keeping.hold
	case followMsg:
		m.follow(msg.change)
		return m.nextChange()
	case rememberedMsg:
		m.remember(msg.known)
		return m.nextMemory()
	case searchedMsg:
		m.searched(msg)
	case tookOverMsg:
		if msg.err != nil {
			m.say(bad, "it was not taken over: "+msg.err.Error())
		}
	}
	return nil
}

// found adds the documents that were pasted into the review before.
func (m *Model) found(msg begunMsg) tea.Cmd {
	if msg.err != nil {
		if m.keeping.status.Err == nil {
			m.say(bad, "not in the database: "+store.Reason(msg.err))
		}
		m.keeping.status.Err = msg.err
		m.keeping.begun = true
		var busy *store.BusyError
		var path *store.PathError
		if !errors.As(msg.err, &busy) && !errors.As(msg.err, &path) {
			return m.takeAhead()
		}
		// What was decided another day comes when the database can be had.
		again := tea.Tick(beginAgain, func(time.Time) tea.Msg { return againMsg{} })
		return tea.Batch(m.takeAhead(), again)
	}
	m.keeping.status = store.Status{}
	m.keeping.holder, m.keeping.unread, m.keeping.others = msg.begun.Holder, msg.begun.Unread, msg.begun.Others
	m.keeping.earlier, m.keeping.unseen = msg.begun.Earlier, msg.begun.Unseen
	m.keeping.pastedBy = msg.begun.PastedBy
	if docs := msg.begun.Pasted; len(docs) > 0 {
		m.review.Add(docs)
		m.iocs.stale = true
		m.refresh()
	}
	j, refs := m.opt.Journal, m.nowRefs()
	return func() tea.Msg {
		r, err := j.Restore(refs)
		return restoredMsg{r, err}
	}
}

// restored puts what was decided before in front of what was decided since the
// start, and goes where the analyst was, unless they went elsewhere meanwhile.
func (m *Model) restored(msg restoredMsg) tea.Cmd {
	m.keeping.begun = true
	if msg.err != nil {
		m.keeping.holder = nil // what is decided now goes into a review of its own
		m.say(bad, "what was decided before cannot be read: "+msg.err.Error())
		return tea.Batch(m.nextChange(), m.nextMemory(), m.takeAhead())
	}
	r := msg.restored
	stayed := m.whereabouts() == m.start
	keeps := m.beginAs(r.BegunWith)
	gone := r.Gone + m.review.Restore(r.Entries, r.Done)
	if len(r.Entries) > 0 || keeps != "" {
		m.generation++
		m.refresh()
		m.preview.unmark(m) // none of it is the last decision
	}
	if stayed {
		m.goTo(r.Place)
		m.keeping.place = m.whereabouts()
	}
	m.greet()
	switch by := m.keeping.holder; {
	case by != nil:
		m.say(warn, by.String()+" has this review: read-only, "+m.key("take-over")+" takes it over")
	case len(m.keeping.unread) > 0:
		m.say(bad, m.keeping.unread[0].Error())
	case gone > 0:
		m.say(warn, fmt.Sprintf("resumed with %s; %d of them are about nothing that is in the documents now: %s lists all", plural(r.Done, "decision"), gone, m.key("history")))
	case m.keeping.unseen > 0:
		m.say(warn, m.unseenWords(r.Done))
	case len(r.Entries) > 0:
		last := r.Entries[max(0, r.Done-1)]
		until := last.At.In(m.opt.Now().Location()).Format("2006-01-02 15:04")
		text := "resumed: " + plural(r.Done, "decision") + m.deciders(r.Entries[:r.Done]) + " until " + until + m.withPasted() + m.othersWords() + "; " + m.key("history") + " lists them"
		if !m.served() {
			text += ", --new begins anew"
		}
		m.say(good, text)
	case len(m.keeping.pastedBy) > 0:
		m.say(good, "resumed"+strings.Replace(m.withPasted(), ",", "", 1)+m.othersWords()+"; nothing was decided yet")
	case m.keeping.earlier != nil:
		m.say(warn, m.earlierWords())
	case r.Place != store.Place{} && r.Place != m.start:
		m.say(good, "resumed where you left; nothing was decided yet")
	}
	m.status += keeps
	return tea.Batch(m.nextChange(), m.nextMemory(), m.takeAhead())
}

// beginAs lets the review begin as it began when it was saved, and says in words to
// add to a message which settings of today it does not follow.
func (m *Model) beginAs(then *review.Defaults) string {
	if then == nil {
		return ""
	}
	today := m.review.BegunWith()
	m.review.Begin(*then)
	if others := m.review.BegunWith().Unlike(today); len(others) > 0 {
		return "; it keeps what it began with: " + strings.Join(others, ", ")
	}
	return ""
}

// earlierWords say that a document changed since it was reviewed, and how what was
// decided can be had here.
func (m *Model) earlierWords() string {
	e := m.keeping.earlier
	words := fmt.Sprintf("%s changed since review %d of it (%s), so this is a new review: %s takes over what was judged, %s compares",
		e.Document, e.ID, plural(e.Decisions, "decision"), m.key("recall"), m.key("diff"))
	if m.served() {
		return words
	}
	return words + fmt.Sprintf(", quarry reviews resume %d opens the other", e.ID)
}

// deciders says who decided where that was not the reviewer alone.
func (m *Model) deciders(entries []review.Entry) string {
	var names []string
	for _, e := range entries {
		if e.Who != "" && !slices.Contains(names, e.Who) {
			names = append(names, e.Who)
		}
	}
	return m.unlessOwn(" of ", names)
}

// withPasted says that documents were pasted into the review, and by whom where that
// was not the reviewer alone.
func (m *Model) withPasted() string {
	if len(m.keeping.pastedBy) == 0 {
		return ""
	}
	names := slices.Compact(slices.Sorted(slices.Values(m.keeping.pastedBy)))
	return ", with " + plural(len(m.keeping.pastedBy), "pasted document") + m.unlessOwn(" of ", slices.DeleteFunc(names, func(n string) bool { return n == "" }))
}

// unlessOwn are names behind a word, or "" where there is none but the reviewer's.
func (m *Model) unlessOwn(before string, names []string) string {
	if len(names) == 0 || len(names) == 1 && names[0] == m.opt.Reviewer {
		return ""
	}
	return before + strings.Join(names, ", ")
}

// othersWords says that there are other reviews of the same documents.
func (m *Model) othersWords() string {
	if m.keeping.others == 0 {
		return ""
	}
	words := "; " + plural(m.keeping.others, "other review") + " of it"
	if m.served() {
		return words
	}
	return words + ": quarry reviews"
}

// unseenWords say that decisions of the reviewer are in reviews that a served session
// does not show, beside so many that are here.
func (m *Model) unseenWords(here int) string {
	is := " is"
	if m.keeping.unseen > 1 {
		is = " are"
	}
	words := plural(m.keeping.unseen, "review") + " of it with decisions of yours" + is + " not shown: others pasted there"
	if here > 0 {
		words += "; resumed: " + plural(here, "decision")
	}
	return words
}

// nowRefs says what positions in decisions mean now.
func (m *Model) nowRefs() store.Refs {
	s := &m.keeping
	if s.refs.Keys == nil || s.refs.IOCs != m.review.IOCs().Len() || len(s.refs.Scenarios) != len(m.review.Scenarios()) {
		s.refs = store.RefsOf(m.review)
	}
	return s.refs
}

// keepDecision tells the journal of the last decision.
func (m *Model) keepDecision() {
	if j := m.opt.Journal; j != nil {
		all, done := m.review.Log()
		m.keeping.ticket = j.Decide(all[done-1], m.nowRefs())
	}
}

// keepMove tells the journal of an undo or a redo.
func (m *Model) keepMove(tell func(*store.Journal) uint64) {
	if j := m.opt.Journal; j != nil {
		m.keeping.ticket = tell(j)
	}
}

// awaitSaved is the command that waits until what was told is saved, or nil. The
// screen is held until then.
func (m *Model) awaitSaved() tea.Cmd {
	s, j := &m.keeping, m.opt.Journal
	if j == nil {
		return nil
	}
	if here := m.whereabouts(); s.begun && s.holder == nil && here != s.place {
		s.place = here
		j.At(here)
	}
	if s.status.Err == nil {
		m.askMemory()
	}
	if s.asked == s.ticket {
		return nil
	}
	s.asked = s.ticket
	ticket := s.ticket
	wait := func() tea.Msg { return keptMsg{ticket, j.Wait(ticket)} }
	if s.held {
		return wait
	}
	s.held, s.late = true, false
	s.hold++
	hold := s.hold
	return tea.Batch(wait, tea.Tick(longestHold, func(time.Time) tea.Msg { return lateMsg{hold} }))
}

// kept shows the screen that was held.
func (m *Model) kept(msg keptMsg) {
	s := &m.keeping
	if msg.ticket == s.ticket {
		s.held, s.late = false, false
	}
	was := s.status
	s.status = msg.status
	switch {
	case sameStatus(was, s.status) || s.holder != nil:
	case s.status.Err == nil:
		m.say(good, "all decisions are in the database again")
	case s.status.Beside != "":
		where := "; kept in a file that is named on the way out"
		if m.served() {
			where = "; kept in a file of the server"
		}
		m.say(bad, "not in the database: "+store.Reason(s.status.Err)+where)
	default:
		m.say(bad, "not in the database: "+store.Reason(s.status.Err)+"; only in memory, "+m.key("export")+" exports")
	}
}

func sameStatus(a, b store.Status) bool {
	return (a.Err == nil) == (b.Err == nil) && a.Beside == b.Beside
}

// savedMark says in a few words what keeps decisions from being saved, or "".
func (m *Model) savedMark() string {
	switch s := &m.keeping; {
	case s.holder != nil:
		return "read-only"
	case s.late:
		return "not saved yet"
	case s.status.Err != nil && s.status.Beside != "":
		return "saved to a file"
	case s.status.Err != nil:
		return "only in memory"
	}
	return ""
}

// nextChange is the command that waits for what somebody else does.
func (m *Model) nextChange() tea.Cmd {
	j := m.opt.Journal
	return func() tea.Msg {
		if c, ok := j.Next(); ok {
			return followMsg{c}
		}
		return nil
	}
}
