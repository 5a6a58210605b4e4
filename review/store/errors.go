package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// NewerError says that a newer Quarry made the database. It was not touched.
type NewerError struct {
	Path           string
	Version, Known int
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("%s: made by a newer Quarry (form %d, this one knows %d) and left as it is; update Quarry", e.Path, e.Version, e.Known)
}

// DamagedError says that the database is no database any more, or a broken one.
// It was not touched; [MoveAside] makes room for a new one.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s: the database of reviews is damaged (%v); quarry reviews repair moves it aside and begins a new one", e.Path, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// BusyError says that another program keeps the database to itself.
type BusyError struct {
	Path string
	Err  error
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("%s: locked by another program; try again when that is done", e.Path)
}

func (e *BusyError) Unwrap() error { return e.Err }

// CutOffError says that another program took away the log of the database while this
// one had it open. What is written from then on nobody else would see, so nothing is.
type CutOffError struct{ Path string }

func (e *CutOffError) Error() string {
	return fmt.Sprintf("%s: another program took away its log, %s-wal, while it was open here; leave Quarry, and end quarry serve, before anything is saved there again", e.Path, e.Path)
}

// PathError says that the database cannot be read or written for a reason of the
// system: no room, no permission.
type PathError struct {
	Path   string
	Reason string
	Advice string
	Err    error
}

func (e *PathError) Error() string { return e.Path + ": " + e.Reason + "; " + e.Advice }
func (e *PathError) Unwrap() error { return e.Err }

// MissingError says that there is no such review.
type MissingError struct{ ID int64 }

func (e *MissingError) Error() string {
	return fmt.Sprintf("there is no review %d; quarry reviews lists them", e.ID)
}

// OtherDocumentError says that what was opened is not what the review is of.
type OtherDocumentError struct{ ID int64 }

func (e *OtherDocumentError) Error() string {
	return fmt.Sprintf("what was opened is not what review %d is of; the file changed since", e.ID)
}

// HeldError says that somebody else has a review open to decide.
type HeldError struct {
	ID int64
	By Holder
}

func (e *HeldError) Error() string {
	return fmt.Sprintf("review %d is open: %s has it; leave it there first", e.ID, e.By)
}

// Reason is what is wrong in a few words, for a line that says it each time: the error
// says it whole, with the path and what to do.
func Reason(err error) string {
	var newer *NewerError
	var damaged *DamagedError
	var busy *BusyError
	var path *PathError
	var cut *CutOffError
	switch {
	case errors.As(err, &cut):
		return "another program took its log away, leave Quarry and open it again"
	case errors.As(err, &newer):
		return "a newer Quarry made it, update this one"
	case errors.As(err, &damaged):
		return "it is damaged, quarry reviews repair moves it aside"
	case errors.As(err, &busy):
		return "another program locks it"
	case errors.As(err, &path):
		return path.Reason
	}
	return err.Error()
}

// primary are the bits of a code of SQLite that say what kind of error it is.
const primary = 0xFF

// classify says of an error of the database what kind it is. Others stay as they
// are.
func classify(path string, err error) error {
	var own *sqlite.Error
	if !errors.As(err, &own) {
		switch {
		case err == nil:
			return nil
		case errors.Is(err, fs.ErrPermission):
			return &PathError{path, "permission denied", "check who may write to the folder, or set XDG_STATE_HOME", err}
		}
		var system *fs.PathError
		if errors.As(err, &system) {
			return &PathError{path, system.Err.Error(), "set XDG_STATE_HOME to a folder of yours", err}
		}
		return err
	}
	switch own.Code() & primary {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		return &DamagedError{path, err}
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return &BusyError{path, err}
	case sqlite3.SQLITE_FULL:
		return &PathError{path, "the disk is full", "make room and try again", err}
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return &PathError{path, "it cannot be written to", "check who may write to it", err}
	case sqlite3.SQLITE_CANTOPEN:
		return &PathError{path, "it cannot be opened", "check who may read and write there", err}
	case sqlite3.SQLITE_IOERR:
		return &PathError{path, "the disk does not take it", "check the disk and try again", err}
	}
	return fmt.Errorf("%s: %w", path, err)
}

// notThere reports whether there is no file of that name.
func notThere(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}
