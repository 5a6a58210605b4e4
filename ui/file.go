package ui

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Stamp tells whether a file is as it was. The zero Stamp is that of no file.
type Stamp struct {
	Size     int64
	Modified time.Time
}

// StampOf is the stamp of a file as it is now.
func StampOf(path string) Stamp {
	st, err := os.Stat(path)
	if err != nil {
		return Stamp{}
	}
	return Stamp{st.Size(), st.ModTime()}
}

// FileError says why a file was not written, and what to do.
type FileError struct {
	Path   string
	Advice string
	Err    error
}

func (e *FileError) Error() string {
	return fmt.Sprintf("%s was not written: %v; %s", e.Path, e.Err, e.Advice)
}

func (e *FileError) Unwrap() error { return e.Err }

// WriteFile writes a file as a whole or not at all: a reader never sees half
// of it, and what was there before stays when writing fails. Without over a
// file or link of that name is left alone, and the error wraps [fs.ErrExist].
// With over the file keeps its permissions, and a link keeps leading to it. A
// new file gets the permissions that the user's umask leaves. The error is a
// [*FileError].
func WriteFile(path string, data []byte, over bool) error {
	err := writeFile(path, data, over)
	if err == nil {
		return nil
	}
	err = cause(err)
	advice := "check the path, or name another"
	switch {
	case errors.Is(err, fs.ErrExist):
		advice = "name another file, or write over it"
	case errors.Is(err, fs.ErrPermission):
		advice = "name a file in a folder of yours"
	}
	return &FileError{Path: path, Advice: advice, Err: err}
}

// cause is an error without the operation and the paths that it names.
func cause(err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		return pe.Err
	case errors.As(err, &le):
		return le.Err
	}
	return err
}

func writeFile(path string, data []byte, over bool) error {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return errors.New("it is a directory")
	}
	mode, chmod := fs.FileMode(0o666), false
	if over {
		if _, err := os.Lstat(path); err == nil {
			target, err := filepath.EvalSymlinks(path)
			if err != nil {
				return err
			}
			st, err := os.Stat(target)
			if err != nil {
				return err
			}
			path, mode, chmod = target, st.Mode().Perm(), true
		}
	} else if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	temp := filepath.Join(filepath.Dir(path), ".quarry-"+rand.Text())
	if err := writeTemp(temp, data, mode, chmod); err != nil {
		os.Remove(temp)
		return err
	}
	if !over {
		return moveNew(temp, path)
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return err
	}
	return nil
}

// moveNew gives the finished file its name unless another has it by now. File
// systems without hard links have no such step; there the name was free a
// moment ago.
func moveNew(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		os.Remove(temp)
		return err
	}
	return os.Rename(temp, path)
}

func writeTemp(temp string, data []byte, mode fs.FileMode, chmod bool) error {
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && chmod { // the umask does not apply to what was there
		err = f.Chmod(mode)
		if errors.Is(err, errors.ErrUnsupported) {
			err = nil
		}
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
