package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/adrg/xdg"
)

// Folder is where the database is unless told otherwise: quarry in the XDG state
// folder.
func Folder() string { return filepath.Join(xdg.StateHome, "quarry") }

// FileName is the name of the database in its folder.
const FileName = "reviews.db"

// Store is the database of reviews. It is safe for concurrent use, and by several
// processes.
type Store struct {
	path   string
	db     *sql.DB
	log    *usedLog
	closed atomic.Bool
}

//go:embed schema/*.sql
var schemaFiles embed.FS

// forms are the statements that make each form of the database out of the one
// before. Those that were published never change.
var forms = mustForms()

func mustForms() (all []string) {
	names, _ := fs.Glob(schemaFiles, "schema/*.sql") // the pattern is well formed
	for _, name := range names {                     // in the order of their numbers
		text, _ := schemaFiles.ReadFile(name) // it is embedded
		all = append(all, string(text))
	}
	return all
}

// usualWait is for how long the database may be locked by others before that is an
// error.
const usualWait = time.Second

// Open opens the database in a folder, which it makes for its owner alone where it
// is missing. An older form of it becomes the present one, and a copy of the old
// one stays beside it. Errors are [*NewerError], [*DamagedError], [*BusyError] and
// [*PathError]; then the database is as it was.
func Open(folder string) (*Store, error) { return open(folder, forms, usualWait) }

// OpenExisting is Open where there is a database; where there is none it makes
// none and the error wraps [fs.ErrNotExist].
func OpenExisting(folder string) (*Store, error) {
	if path := filepath.Join(folder, FileName); notThere(path) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return Open(folder)
}

func open(folder string, forms []string, wait time.Duration) (*Store, error) {
	path := filepath.Join(folder, FileName)
	if err := prepare(folder, path); err != nil {
		return nil, classify(path, err)
	}
	if v, err := formOf(path, wait); err != nil {
		return nil, classify(path, err)
	} else if v > len(forms) {
		return nil, &NewerError{path, v, len(forms)}
	}
	db, err := connect(path, wait, false)
	if err != nil {
		return nil, classify(path, err)
	}
	s := &Store{path: path, db: db}
	err = s.migrate(forms)
	if err == nil {
		s.log, err = useLog(path)
	}
	if err != nil {
		return nil, errors.Join(classify(path, err), db.Close())
	}
	return s, nil
}

// prepare makes the folder and the file for their owner alone; the files that
// SQLite puts beside it are as it is.
func prepare(folder, path string) error {
	if !filepath.IsAbs(folder) {
		return &PathError{path, "not an absolute path", "set HOME or XDG_STATE_HOME", nil}
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := private(folder, 0o700); err != nil {
		return err
	}
	if err := makeFile(path); err != nil {
		return err
	}
	return private(path, 0o600)
}

// private takes from others what they may do with a file.
func private(path string, mode fs.FileMode) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return os.Chmod(path, mode)
}

func version(q querier) (v int, err error) {
	err = q.QueryRowContext(context.Background(), "PRAGMA user_version").Scan(&v)
	return v, err
}

// querier is what a database, a connection and a transaction have in common.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// migrate brings the database to the last form.
func (s *Store) migrate(forms []string) error {
	v, err := version(s.db)
	switch {
	case err != nil:
		return err
	case v > len(forms): // it is since this moment
		return &NewerError{s.path, v, len(forms)}
	case v == len(forms):
		return nil
	case v > 0:
		if err := s.backUp(v); err != nil {
			return err
		}
	}
	if _, err := s.db.Exec("PRAGMA journal_mode(WAL)"); err != nil {
		return err
	}
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // without effect after the commit
	if v, err = version(tx); err != nil {
		return err // of those who came at the same moment one has made it
	}
	for ; v < len(forms); v++ {
		if _, err := tx.Exec(forms[v]); err != nil {
			return fmt.Errorf("form %d: %w", v+1, err)
		}
		if _, err := tx.Exec(fmt.Sprintf("PRAGMA user_version = %d", v+1)); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.removeDrafts()
	return nil
}

// backUp copies the database as it is beside it. A copy from before, of an attempt
// that failed, is not how it is now. Nothing is copied where somebody else made the
// new form meanwhile: they have made the copy, and removed the one that was begun here.
func (s *Store) backUp(v int) error {
	to := fmt.Sprintf("%s.form-%d", s.path, v)
	draft := fmt.Sprintf("%s.%s.part", to, rand.Text()[:8])
	err := s.copyTo(draft, v)
	if err == nil {
		err = os.Rename(draft, to)
	}
	if err == nil {
		return nil
	}
	_ = os.Remove(draft) // perhaps it is not there
	if now, err := version(s.db); err == nil && now > v {
		return nil
	}
	return err
}

// copyTo copies the database, which has a form, to a file for its owner alone.
func (s *Store) copyTo(draft string, v int) error {
	f, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if _, err := s.db.Exec("VACUUM INTO ?", draft); err != nil {
		return err
	}
	now, err := formOf(draft, usualWait)
	if err == nil && now != v {
		err = fmt.Errorf("%s: a copy of form %d is of form %d", draft, v, now)
	}
	return err
}

// removeDrafts removes what copies that were not finished left behind: the new form is
// made, so that nobody needs them.
func (s *Store) removeDrafts() {
	drafts, _ := filepath.Glob(filepath.Join(filepath.Dir(s.path), "*.part*")) // the folder may look like a pattern: then they stay
	for _, draft := range drafts {
		if strings.HasPrefix(filepath.Base(draft), filepath.Base(s.path)+".form-") {
			_ = os.Remove(draft) // what somebody has open may not go
		}
	}
}

// Check reads all of the database. The error is a [*DamagedError] when that cannot
// be done.
func (s *Store) Check() error {
	var found string
	if err := s.db.QueryRow("PRAGMA quick_check(1)").Scan(&found); err != nil {
		return classify(s.path, err)
	}
	if found != "ok" {
		return &DamagedError{s.path, errors.New(found)}
	}
	return nil
}

// Path is the file of the database.
func (s *Store) Path() string { return s.path }

// Close closes the database, but for one whose log another program took away: at its
// end SQLite would write that over what others wrote since. It stays open then, as long
// as the process, and the error is a [*CutOffError].
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	if err := s.log.there(); err != nil && !errors.Is(err, errMoved) {
		return err // of one that was moved SQLite leaves the files as they are
	}
	s.log.leave() // whoever opens it from now on finds the log there, or makes one
	return classify(s.path, s.db.Close())
}

// MoveAside gives a damaged database another name, so that the next Open begins a
// new one. It returns that name.
func MoveAside(folder string, now time.Time) (string, error) {
	path := filepath.Join(folder, FileName)
	to := path + ".damaged-" + now.UTC().Format("20060102-150405")
	if !notThere(to) {
		return "", &PathError{to, "it exists", "try again in a second", fs.ErrExist}
	}
	for _, tail := range []string{"-wal", "-shm", ""} { // what belongs to it goes first
		if err := os.Rename(path+tail, to+tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", classify(path, err)
		}
	}
	return to, nil
}

// micros is how the database has a time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
