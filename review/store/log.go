package store

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
)

// A process has one log of a database: the file beside it with what was written last.
// Where another program takes it away SQLite does not notice, and goes on with it for
// all who use that database in the process until the last of them is gone.

// usedLog is the log of a database that this process has open.
type usedLog struct {
	path     string      // of the database
	db, file fs.FileInfo // no file is a database that has no log, as a copy of one
	users    int
	taken    atomic.Bool // away
}

// logs are those in use, by the path of the database.
var logs = struct {
	sync.Mutex
	of map[string]*usedLog
}{of: map[string]*usedLog{}}

// useLog is the log of a database that was just read. The error is a [*CutOffError]
// where others in this process use one that is not there any more.
func useLog(path string) (*usedLog, error) {
	logs.Lock()
	defer logs.Unlock()
	db, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	l := logs.of[path]
	if l == nil || !os.SameFile(l.db, db) { // or else it was moved aside
		file, err := os.Stat(path + "-wal")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if file != nil {
			os.SameFile(file, file) // some systems find out only now which file it is
		}
		l = &usedLog{path: path, db: db, file: file}
	} else if err := l.there(); err != nil {
		return nil, err
	}
	l.users++
	logs.of[path] = l
	return l, nil
}

// leave notes that one user is gone.
func (l *usedLog) leave() {
	logs.Lock()
	defer logs.Unlock()
	if l.users--; l.users == 0 && logs.of[l.path] == l {
		delete(logs.of, l.path)
	}
}

// there is a [*CutOffError] where another program took the log away, and wraps
// [errMoved] where the database itself is not there any more: what is written into
// either nobody else will ever read.
func (l *usedLog) there() error {
	if l.taken.Load() {
		return &CutOffError{l.path}
	}
	if err := l.moved(); err != nil || l.file == nil {
		return err
	}
	switch file, err := os.Stat(l.path + "-wal"); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil || os.SameFile(l.file, file):
		return err
	}
	if err := l.moved(); err != nil {
		return err // the log goes before the database
	}
	l.taken.Store(true)
	return &CutOffError{l.path}
}

// errMoved says that there is no database under the name any more, or another one.
var errMoved = errors.New("another file is in its place, or none")

// moved is a [*PathError] where the database was moved aside or deleted. One that
// cannot be looked for is taken to be there.
func (l *usedLog) moved() error {
	db, err := os.Stat(l.path)
	if err == nil && os.SameFile(l.db, db) || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return &PathError{l.path, "it was moved or deleted while it was open", "what was decided here goes into a new one", errMoved}
}
