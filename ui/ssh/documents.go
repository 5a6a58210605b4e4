package ssh

import (
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"quarry/feed"
	"quarry/ui"
)

// documents are the files of one folder, as a [ui.Shelf]. No name and no link
// leads out of it.
type documents struct {
	root *os.Root
	load func(File, iter.Seq2[*feed.Input, error]) (ui.Opened, error)
}

// File is a file of the folder as it is when it is opened.
type File struct {
	Name     string // in the folder
	Path     string // absolute
	Size     int64
	Modified time.Time
}

// List lists the files of the folder and of those below, the latest first; hidden
// ones and links that lead out are left out. The error may be about folders below
// that cannot be read, beside the files of the others.
func (d documents) List() ([]ui.Document, error) { return list(d.root.FS()) }

func list(files fs.FS) (all []ui.Document, err error) {
	unread := &feed.InputError{Reason: "it cannot be read, so its documents are not listed", Advice: "tell who runs this server"}
	others := 0
	err = fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return &feed.InputError{Name: "the folder of documents", Reason: "it cannot be read", Advice: unread.Advice, Err: err}
		case err != nil && unread.Name == "":
			unread.Name, unread.Err = name, err
		case err != nil:
			others++
		case name != "." && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
		case !e.IsDir():
			if st, err := fs.Stat(files, name); err == nil && st.Mode().IsRegular() {
				all = append(all, ui.Document{Name: name, Size: st.Size(), Modified: st.ModTime()})
			}
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b ui.Document) int { return b.Modified.Compare(a.Modified) })
	if others > 0 {
		unread.Name += fmt.Sprintf(" and %d other folder", others)
		if others > 1 {
			unread.Name += "s"
		}
	}
	if err == nil && unread.Err != nil {
		err = unread
	}
	return all, err
}

// Inputs is a file to read.
func (d documents) Inputs(name string) (iter.Seq2[*feed.Input, error], int64, error) {
	place, err := feed.PlaceIn(d.root, name)
	if err != nil {
		return nil, 0, err
	}
	return feed.Inputs([]feed.Place{place}, nil), place.Size, nil
}

// Open begins to read a file.
func (d documents) Open(name string) (ui.Opened, error) {
	inputs, size, err := d.Inputs(name)
	if err != nil {
		return ui.Opened{}, err
	}
	file := File{Name: name, Size: size}
	if file.Path, err = filepath.Abs(filepath.Join(d.root.Name(), filepath.FromSlash(name))); err != nil {
		return ui.Opened{}, err
	}
	if st, err := d.root.Stat(name); err == nil {
		file.Modified = st.ModTime()
	}
	o, err := d.load(file, inputs)
	o.Size = size
	return o, err
}
