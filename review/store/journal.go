package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"quarry/feed"
	"quarry/review"
)

// Options are what a [Journal] needs to know.
type Options struct {
	Folder string   // of the database
	Beside []string // folders for what the database does not take, the best first
	Who    string   // who decides
	ID     int64    // the review to go on with; 0 is the last one of the documents
	New    bool     // begin a new one whatever there is
	// OwnPasted shows nothing that others than Who pasted: a review with it is neither
	// gone on with nor followed. What Who pastes into a review in which others decided
	// makes a copy of it, which is Who's own; the others go on with theirs. So does,
	// with this or without, what Who pastes where others are known to have pasted.
	OwnPasted bool
	// Wait is for how long others may lock the database before what is decided goes
	// to a file instead; 0 is a second.
	Wait time.Duration

	// Title and Sources say what is reviewed, as far as it is known when they are
	// asked. They are called by another goroutine.
	Title   string
	Sources func() []Source
	// BegunWith is what the review begins with where it is new, where nothing was
	// decided in it, or where it was saved before that was kept; see
	// [review.Review.BegunWith].
	BegunWith review.Defaults
	// Read reads a document that was pasted into the review; nil leaves those out.
	Read func(name, text string) ([]*feed.Bulletin, error)
}

// Journal saves one review as it happens. What it is told it remembers at once and
// saves by a goroutine of its own, many decisions in one transaction where they
// come quickly. What the database does not take goes to a file beside it and is
// tried again.
//
// Its methods may be called by any goroutine; those that say so wait.
type Journal struct {
	opt Options

	mu      sync.Mutex
	queue   []op
	told    uint64 // the last ticket
	done    uint64 // tickets up to here were worked on
	status  Status
	changes []Change
	signal  chan struct{} // closed and replaced when one of those above changes
	wake    chan struct{} // tells the goroutine that something is queued
	stop    chan struct{}
	stopped chan struct{}
	once    sync.Once

	review    atomic.Int64 // the review in the database, 0 while it is not known
	recalling recalling
	looking   looking
}

// Status is how it stands with what the journal was told.
type Status struct {
	Err    error  // why the database does not take it, or nil
	Beside string // the file that has it instead, or "" when only memory has
}

// Change is what somebody else did with the review, to be taken in the order in
// which it comes.
type Change struct {
	Keep   int            // decisions that stay, see [review.Review.Follow]
	More   []review.Entry // that follow them
	Done   int
	Holder *Holder // who decides now; nil is this journal
	// Pasted are documents that somebody else pasted into the review since. Decisions
	// about what only they have are [review.Gone] until the review is opened again.
	Pasted []Source
	// Private says that somebody pasted into the review, which is theirs alone now. With
	// a Holder, who goes on with it, nothing more is told, and taking it over makes a
	// copy of what was told; without one this journal has that copy.
	Private bool
	Late    *Late // what was decided here and came too late, or nil
	Err     error // the decisions cannot be read; the rest is empty
}

// Begun is what the journal found when it looked for the review.
type Begun struct {
	ID     int64
	Pasted []*feed.Bulletin // documents that were added during the review
	// PastedBy are who added each of those, and of those that are left out; "" is not known.
	PastedBy []string
	Unread   []error // why others of those are left out
	Holder   *Holder // who has it open, so that it can only be looked at
	Others   int     // other reviews of the same documents
	Unseen   int     // of those, in which Who decided and that are not shown; see [Options]
	// Earlier is the last review of the same file when that had other content, where
	// this review is a new one; nil where there is none in which something is decided.
	Earlier *Earlier
}

// Earlier is a review of a document that changed since.
type Earlier struct {
	ID        int64
	Document  string // as the user named it now
	Decisions int    // in force
}

// Restored is what was decided in earlier sessions.
type Restored struct {
	Entries []review.Entry
	Done    int
	Gone    int // decisions about nothing that the documents have now
	Place   Place
	Changed time.Time
	// BegunWith is what the review began with then, which the decisions go on from;
	// nil where the journal found none.
	BegunWith *review.Defaults
}

// op is one thing that the journal was told.
type op struct {
	ticket uint64
	refs   Refs
	entry  *review.Entry
	move   int // how far an undo or redo goes
	place  *Place
	source *Source
	call   func(w *writer)
}

// NewJournal begins a journal. Nothing is opened before [Journal.Begin]. It must be
// closed.
func NewJournal(opt Options) *Journal {
	j := &Journal{
		opt: opt, signal: make(chan struct{}), wake: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	go (&writer{j: j, opt: &j.opt, self: newHolder(opt.Who), begunWith: opt.BegunWith}).run()
	return j
}

// tell queues an op and returns its ticket.
func (j *Journal) tell(o op) uint64 {
	j.mu.Lock()
	j.told++
	o.ticket = j.told
	j.queue = append(j.queue, o)
	j.mu.Unlock()
	select {
	case j.wake <- struct{}{}:
	default:
	}
	return o.ticket
}

// Decide saves a decision that the review took. It does not wait; the ticket is
// for [Journal.Wait].
func (j *Journal) Decide(e review.Entry, refs Refs) uint64 { return j.tell(op{entry: &e, refs: refs}) }

// Undo saves that the last decision was taken back, Redo that it was taken again.
func (j *Journal) Undo() uint64 { return j.tell(op{move: -1}) }

// Redo is told of in [Journal.Undo].
func (j *Journal) Redo() uint64 { return j.tell(op{move: 1}) }

// At saves where the analyst is: not at once, but at the latest when the journal is
// closed.
func (j *Journal) At(p Place) { j.tell(op{place: &p}) }

// Add saves a document that was pasted into the review.
func (j *Journal) Add(s Source) uint64 { return j.tell(op{source: &s}) }

// ID is the review in the database that this journal saves now, 0 while it has none.
// It becomes another one when that is deleted, or is parted from; see [Options].
func (j *Journal) ID() int64 { return j.review.Load() }

// Wait waits until what a ticket is for is saved, or cannot be.
func (j *Journal) Wait(ticket uint64) Status {
	for {
		j.mu.Lock()
		done, status, signal := j.done >= ticket, j.status, j.signal
		j.mu.Unlock()
		if done {
			return status
		}
		select {
		case <-signal:
		case <-j.stopped:
			j.mu.Lock()
			defer j.mu.Unlock()
			return j.status
		}
	}
}

// Next waits for what somebody else does with the review; ok is false when the
// journal is closed.
func (j *Journal) Next() (c Change, ok bool) {
	for {
		j.mu.Lock()
		if len(j.changes) > 0 {
			c, j.changes = j.changes[0], j.changes[1:]
			j.mu.Unlock()
			return c, true
		}
		signal := j.signal
		j.mu.Unlock()
		select {
		case <-signal:
		case <-j.stopped:
			return Change{}, false
		}
	}
}

// errClosed says that the journal does not work any more.
var errClosed = errors.New("the review is closed")

// ask lets the goroutine of the journal run a function between two of the things
// it was told, and waits for it.
func (j *Journal) ask(f func(w *writer) error) error {
	var err error
	done := make(chan struct{})
	j.tell(op{call: func(w *writer) { err = f(w); close(done) }})
	select {
	case <-done:
		return err
	case <-j.stopped:
		return errClosed
	}
}

// Begin opens the database and finds the review of the documents, or begins one.
// It waits. After an error, which is one of [Open] or [review.Decode], the journal
// works all the same and tries again; nothing is to be restored then.
func (j *Journal) Begin() (b Begun, err error) {
	err = j.ask(func(w *writer) (err error) { b, err = w.begin(); return err })
	return b, err
}

// Restore loads what the review began with and what was decided before, for a review of the same documents to
// which those of [Begun] were added. It waits.
func (j *Journal) Restore(refs Refs) (r Restored, err error) {
	err = j.ask(func(w *writer) (err error) { r, err = w.restore(refs); return err })
	return r, err
}

// TakeOver makes this journal the one that decides. It waits. The decisions until
// then come as a [Change] like others.
func (j *Journal) TakeOver() error { return j.ask((*writer).takeOver) }

// Left is what a closed journal leaves to be said.
type Left struct {
	ID      int64  // of the review in the database; 0 when it has none
	Unsaved int    // decisions that the database does not have
	Beside  string // the file that has them, or ""
	Err     error  // why
}

// String says it in a line; "" when all is saved.
func (l Left) String() string {
	what := fmt.Sprintf("%d decisions are", l.Unsaved)
	if l.Unsaved == 1 {
		what = "1 decision is"
	}
	switch {
	case l.Unsaved == 0:
		return ""
	case l.Beside != "":
		return fmt.Sprintf("%s not in the database but in %s; quarry reviews import %s takes them in (%v)", what, l.Beside, l.Beside, l.Err)
	default:
		return fmt.Sprintf("%s lost: %v", what, l.Err)
	}
}

// Close saves what is left, lets go of the review and closes the database. It
// waits, but no longer than the database is locked; what is looked up is ended.
func (j *Journal) Close() Left {
	var left Left
	j.once.Do(func() {
		j.tell(op{call: func(w *writer) { left = w.end() }})
		j.mu.Lock()
		close(j.stop)
		j.mu.Unlock()
	})
	j.looking.close()
	<-j.stopped
	j.endRecalling()
	return left
}
