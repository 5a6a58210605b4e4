package store

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
)

// Search is what is remembered that has all of the words (see [Query]), the latest
// first and no more than so many, and how many there are in all. It waits, and works
// while the journal does. Without a database nothing is remembered.
func (j *Journal) Search(words []string, most int) (found []Memory, all int, err error) {
	s, err := OpenExisting(j.opt.Folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, nil
	case err != nil:
		return nil, 0, err
	}
	found, err = s.Memories(context.Background(), Query{Words: words, Viewer: j.viewer()})
	if err := errors.Join(err, s.Close()); err != nil {
		return nil, 0, err
	}
	all = len(found)
	slices.SortStableFunc(found, func(a, b Memory) int { return cmp.Compare(b.Moment, a.Moment) })
	return slices.Clone(found[:min(all, most)]), all, nil
}
