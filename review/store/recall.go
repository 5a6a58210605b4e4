package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"time"

	"quarry/review"
)

// Known is what is remembered of the IOCs of a review, or why that cannot be said.
type Known struct {
	Memories *review.Memories
	Err      error // as of [Open]
}

// recalling is the work of looking up what is remembered, beside that of saving.
type recalling struct {
	wanted *Refs // nil before the first
	answer *Known
	wake   chan struct{}
	done   chan struct{} // closed when the work has ended; nil when it never began
}

// Recall asks for what is remembered of these IOCs: now, and again whenever that
// becomes something else. It does not wait; [Journal.Remembered] brings the answers.
// What this review itself thinks is not among them.
func (j *Journal) Recall(refs Refs) {
	j.mu.Lock()
	defer j.mu.Unlock()
	select {
	case <-j.stop:
		return
	default:
	}
	r := &j.recalling
	r.wanted = &refs
	if r.done == nil {
		r.wake, r.done = make(chan struct{}, 1), make(chan struct{})
		go (&recall{j: j}).run(r.wake, r.done)
	}
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Remembered waits for the next answer to [Journal.Recall]; ok is false when the
// journal is closed. Of several that came meanwhile it is the last.
func (j *Journal) Remembered() (k Known, ok bool) {
	for {
		j.mu.Lock()
		if a := j.recalling.answer; a != nil {
			j.recalling.answer = nil
			j.mu.Unlock()
			return *a, true
		}
		signal := j.signal
		j.mu.Unlock()
		select {
		case <-signal:
		case <-j.stopped:
			return Known{}, false
		}
	}
}

// endRecalling waits for the end of the work.
func (j *Journal) endRecalling() {
	j.mu.Lock()
	done := j.recalling.done
	j.mu.Unlock()
	if done != nil {
		<-done
	}
}

// recall is the goroutine that looks up, with a connection of its own: saving does
// not wait for it.
type recall struct {
	j       *Journal
	store   *Store
	conn    *sql.Conn
	finder  *recaller
	asked   *Refs // what the last answer is about
	version int64 // of the database at that time
	next    time.Time
	failed  bool // the last answer was an error
}

func (r *recall) run(wake, done chan struct{}) {
	defer close(done)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-r.j.stop
		cancel()
	}()
	defer r.close()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.fail(err)
		}
	}
}

// look answers when there is something new.
func (r *recall) look(ctx context.Context) error {
	r.j.mu.Lock()
	wanted := r.j.recalling.wanted
	r.j.mu.Unlock()
	if wanted == r.asked && time.Now().Before(r.next) {
		return nil
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	var v int64
	if err := r.conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&v); err != nil {
		return err
	}
	if wanted == r.asked && v == r.version {
		return nil
	}
	began := time.Now()
	m, err := r.finder.recall(ctx, *wanted, r.j.review.Load())
	if err != nil {
		return err
	}
	r.asked, r.version, r.failed = wanted, v, false
	r.next = time.Now().Add(4 * time.Since(began)) // others may judge all the time
	if m != nil {
		r.j.mu.Lock()
		r.j.answer(Known{Memories: m})
		r.j.mu.Unlock()
	}
	return nil
}

// open opens the database unless it is open. There is none as long as nobody has
// saved anything.
func (r *recall) open(ctx context.Context) error {
	if r.conn != nil {
		return nil
	}
	s, err := OpenExisting(r.j.opt.Folder)
	if err != nil {
		return err
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	r.store, r.conn, r.finder = s, conn, newRecaller(conn)
	return nil
}

// fail says once that it cannot be looked up, and tries again later.
func (r *recall) fail(err error) {
	path := ""
	if r.store != nil {
		path = r.store.path
	}
	r.close()
	r.next = time.Now().Add(againAfter)
	r.j.mu.Lock()
	r.asked = r.j.recalling.wanted
	if !r.failed && !errors.Is(err, fs.ErrNotExist) {
		r.j.answer(Known{Err: classify(path, err)})
	}
	r.j.mu.Unlock()
	r.failed, r.version = true, -1
}

func (r *recall) close() {
	if r.conn == nil {
		return
	}
	// Nothing was written by this connection.
	_ = r.conn.Close()
	_ = r.store.Close()
	r.store, r.conn, r.finder = nil, nil, nil
}

// answer leaves an answer for whoever waits. The journal is locked.
func (j *Journal) answer(k Known) {
	j.recalling.answer = &k
	close(j.signal)
	j.signal = make(chan struct{})
}
