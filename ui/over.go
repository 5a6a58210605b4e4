package ui

import (
	"os"
	"path/filepath"
	"slices"

	"quarry/review"
)

// StandingOf says of a file of this machine what to know before it is written over: that
// it is a document of the review, or was reviewed by somebody else than the reviewer. It
// is "" for any other file, and for none.
func StandingOf(path string, r *review.Review, reviewer string) string {
	return standing(ownFiles{}, path, filesOf(r), reviewer)
}

// filesOf are the names of the files that a review is of.
func filesOf(r *review.Review) []string {
	var names []string
	for _, from := range r.Resumed() {
		names = append(names, from.File)
	}
	for _, d := range r.Documents() {
		if n := d.Source.Name; !slices.Contains(names[max(0, len(names)-1):], n) {
			names = append(names, n)
		}
	}
	return names
}

func standing(disk Files, path string, documents []string, reviewer string) string {
	by := review.ReviewedBy(disk.Head(path))
	if !slices.ContainsFunc(by, func(r review.Resumed) bool { return r.Reviewer != reviewer }) {
		by = nil
	}
	who := review.ReviewersOf(by)
	switch {
	case slices.ContainsFunc(documents, func(name string) bool { return disk.Same(path, name) }):
		words := "it is the document under review"
		if who != "" {
			words += ", reviewed by " + who
		}
		return words
	case who != "":
		return "it was reviewed by " + who
	}
	return ""
}

// holding is the file of a name, or the archive that it stands in.
func holding(name string) (os.FileInfo, bool) {
	for {
		st, err := os.Stat(name)
		if err == nil {
			return st, st.Mode().IsRegular()
		}
		above := filepath.Dir(name)
		if above == name {
			return nil, false
		}
		name = above
	}
}

// after puts a sign between a sentence and what else there is to say, if anything.
func after(sign, words string) string {
	if words == "" {
		return ""
	}
	return sign + words
}
