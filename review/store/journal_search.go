package store

import (
	"context"
	"errors"
	"io/fs"
	"sync"
)

// looking is the work of searching what is remembered.
type looking struct {
	mu    sync.Mutex
	end   context.CancelFunc // of the search at work, or nil
	begun int                // searches
	all   sync.WaitGroup
	shut  bool
}

// oneSearch lets one search after the other work in this process: each walks all
// that is remembered, and sessions of a server search one database.
var oneSearch = make(chan struct{}, 1)

// Search is what is remembered that has all of the words (see [Query]), the latest
// first and no more than so many, and how many there are in all. It waits. The next
// search of the journal ends it, as the end of the journal and that of the context
// do: then the error is [context.Canceled]. Without a database nothing is remembered.
func (j *Journal) Search(ctx context.Context, words []string, most int) (found []Memory, all int, err error) {
	ctx, done := j.looking.begin(ctx)
	defer done()
	if ctx.Err() != nil {
		return nil, 0, ctx.Err()
	}
	select {
	case oneSearch <- struct{}{}:
		defer func() { <-oneSearch }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	s, err := OpenExisting(j.opt.Folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, nil
	case err != nil:
		return nil, 0, err
	}
	found, all, err = s.search(ctx, Query{Words: words, Viewer: j.viewer()}, most)
	if ctx.Err() != nil {
		err = ctx.Err() // whatever the database says of it
	}
	return found, all, errors.Join(err, s.Close())
}

// begin ends the search before. The function that is returned must be called.
func (l *looking) begin(ctx context.Context) (context.Context, func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx, end := context.WithCancel(ctx)
	if l.shut {
		end()
	}
	if ctx.Err() != nil {
		return ctx, end // it is late: perhaps the next one is at work
	}
	if l.end != nil {
		l.end()
	}
	l.end = end
	l.begun++
	l.all.Add(1)
	return ctx, func() {
		end()
		l.all.Done()
	}
}

// close ends the search at work and waits for that.
func (l *looking) close() {
	l.mu.Lock()
	l.shut = true
	if l.end != nil {
		l.end()
	}
	l.mu.Unlock()
	l.all.Wait()
}
