package ssh

import (
	"io/fs"
	"iter"
	"os"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/ui"
)

// documents are the files of one folder, as a [ui.Shelf]. No name and no link
// leads out of it.
type documents struct {
	root *os.Root
	load func(iter.Seq2[*feed.Input, error]) (ui.Opened, error)
}

// mostDocuments is how many files are listed.
const mostDocuments = 10_000

// List lists the files of the folder and of those below, the latest first; hidden
// ones and links that lead out are left out.
func (d documents) List() ([]ui.Document, error) {
	var all []ui.Document
	err := fs.WalkDir(d.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return &feed.InputError{Name: "the folder of documents", Reason: "it cannot be read", Advice: "tell who runs this server", Err: err}
		case err != nil:
			return nil // a folder below, of which nothing can be opened
		case name != "." && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
		case len(all) == mostDocuments:
			return fs.SkipAll
		case !e.IsDir():
			if st, err := d.root.Stat(name); err == nil && st.Mode().IsRegular() {
				all = append(all, ui.Document{Name: name, Size: st.Size(), Modified: st.ModTime()})
			}
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b ui.Document) int { return b.Modified.Compare(a.Modified) })
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
	o, err := d.load(inputs)
	o.Size = size
	return o, err
}
