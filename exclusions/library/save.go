package library

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
	"quarry/kql"
)

// TitleError says that a title is taken. A scenario that is saved would hide the
// other one.
type TitleError struct {
	Title string
	File  string // that has the other one, "" for a built-in one
}

func (e *TitleError) Error() string {
	where := "built in"
	if e.File != "" {
		where = "in " + e.File
	}
	return fmt.Sprintf("the library has another scenario %s already, %s; give this one a title of its own", feed.Quote(e.Title), where)
}

// Save writes a scenario to a file of its own in a folder, which is made where it
// is not there, and gives its path. Of what the library has, the same scenario is
// not written again, and another one of that title is a [*TitleError]. It never
// writes over a file. The condition is
// written as it is: what stands in braces outside of quotes would be a parameter,
// but no condition that [kql.ParseCondition] reads has any. The error is a
// [*fs.PathError], or says what the scenario lacks.
func Save(folder, name string, e Entry, has []Entry) (path string, err error) {
	if e.Title == "" {
		return "", errors.New("the scenario has no title to be found by in the library")
	}
	if _, err := kql.ParseCondition(e.Condition); err != nil {
		return "", fmt.Errorf("the scenario has no condition that could be used again: %w", err)
	}
	for _, other := range has {
		same := other
		same.File, same.Line = "", 0
		switch {
		case !strings.EqualFold(other.Title, e.Title):
		case other.File != "" && reflect.DeepEqual(same, e):
			return other.File, nil
		default:
			return "", &TitleError{e.Title, other.File}
		}
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode([]Entry{e}), enc.Close()); err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	for n := 1; n < 1000; n++ {
		if path = filepath.Join(folder, name+".yaml"); n > 1 {
			path = filepath.Join(folder, fmt.Sprintf("%s-%d.yaml", name, n))
		}
		switch _, err := os.Lstat(path); {
		case err == nil:
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		}
		return path, create(path, b.Bytes())
	}
	return "", &fs.PathError{Op: "save", Path: filepath.Join(folder, name+".yaml"), Err: fs.ErrExist}
}

// create writes a file that is not there yet, and leaves none that is half
// written.
func create(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
