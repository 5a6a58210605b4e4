package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A lock on the file of the database says that it is open. Where it is the lock of a
// process, the system lets it go with any descriptor of the file that the process
// closes, and whoever opens the database next takes itself for alone with it: at its
// end it throws the log away into which is still written here. So only SQLite opens
// the file, which knows what it holds.

// lockByDescriptor lets locks hold whatever is closed, where the system has such. It
// comes before the first of them.
var lockByDescriptor = sync.OnceFunc(func() {
	_, _ = sqlite.OFDLocking(true) // without them nothing closes the file that should not
})

// connect is the database for SQL, which waits so long for others. One that may only
// be read is not made where it is missing.
func connect(path string, wait time.Duration, readOnly bool) (*sql.DB, error) {
	lockByDescriptor()
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // a drive of Windows
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()), "foreign_keys(1)", "synchronous(NORMAL)",
	}}
	if readOnly {
		q.Set("mode", "ro")
	}
	return sql.Open("sqlite", (&url.URL{Scheme: "file", Path: p, RawQuery: q.Encode()}).String())
}

// formOf reads the form of a database without the right to write, so that a newer one
// is not touched. One of which something has to be brought to an end first has form 0
// here: it is asked again then.
func formOf(path string, wait time.Duration) (v int, err error) {
	db, err := connect(path, wait, true)
	if err != nil {
		return 0, err
	}
	v, err = version(db)
	var own *sqlite.Error
	if errors.As(err, &own) && own.Code()&primary == sqlite3.SQLITE_READONLY {
		v, err = 0, nil
	}
	return v, errors.Join(err, db.Close())
}

// making is had by who makes the file of a database: nobody in this process opens it
// before it is closed again.
var making sync.Mutex

// makeFile makes an empty database for its owner alone, where there is none.
func makeFile(path string) error {
	making.Lock()
	defer making.Unlock()
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
