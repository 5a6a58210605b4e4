package store

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"quarry/review"
)

// unsavedForm counts changes of the file below that older versions would read
// wrongly.
const unsavedForm = 3

// UnsavedPrefix begins the names of files with what the database did not take.
const UnsavedPrefix = "quarry-unsaved-"

// unsaved is a file with a review that the database does not take: JSON lines,
// each one of those below. It has all of the review, so that it needs no other.
type unsaved struct {
	f    *os.File
	path string
	info fs.FileInfo
	size int64 // of what is whole
	keys int   // so many are in it
	docs int   // likewise
	log  []*Kept
	done int
}

// unsavedLine is a line of the file: one of its parts.
type unsavedLine struct {
	Head *unsavedHead `json:"head,omitempty"`
	// Scenarios are the keys of all scenarios by their number.
	Scenarios []string `json:"scenarios,omitempty"`
	// Source is one more document, that was pasted into the review.
	Source *unsavedSource `json:"source,omitempty"`
	// Keys are more keys of IOCs, behind those before.
	Keys *unsavedKeys `json:"keys,omitempty"`
	// Keep says that decisions behind the first so many were replaced.
	Keep     *int  `json:"keep,omitempty"`
	Decision *Kept `json:"decision,omitempty"`
	// Done says that so many decisions are in force.
	Done *int `json:"done,omitempty"`
}

type unsavedHead struct {
	Form    int             `json:"quarry_unsaved"`
	Title   string          `json:"title"`
	Place   Place           `json:"place"`
	Sources []unsavedSource `json:"sources"`
	Begun   time.Time       `json:"begun"`
	// BegunWith is what the decisions go on from; a file of form 1 does not say it.
	BegunWith *review.Defaults `json:"begun_with,omitempty"`
}

type unsavedSource struct {
	Name     string    `json:"name"`
	Path     string    `json:"path,omitempty"`
	Size     int64     `json:"size,omitempty"`
	Modified time.Time `json:"modified"`
	SHA256   string    `json:"sha256,omitempty"`
	Pasted   bool      `json:"pasted,omitempty"`
	Who      string    `json:"who,omitempty"`  // who pasted it
	Data     []byte    `json:"data,omitempty"` // of what was pasted, gzip
}

type unsavedKeys struct {
	Count int    `json:"count"`
	Data  []byte `json:"data"` // a key a line, gzip
}

// writeBeside brings the file to what the log says, and returns its path; "" when
// no folder takes one.
func (w *writer) writeBeside() string {
	if err := w.encode(); err != nil && len(w.log) > 0 && w.log[len(w.log)-1].kept == nil {
		return "" // nobody could read it
	}
	before := w.unsaved
	if before != nil && before.there() && before.update(w) == nil {
		return before.path
	}
	for _, folder := range w.opt.Beside {
		u, err := newUnsaved(folder)
		if err != nil {
			continue // the next one may take it
		}
		if u.begin(w) == nil && u.update(w) == nil {
			w.unsaved = u
			if before != nil {
				before.remove()
			}
			return u.path
		}
		u.remove()
	}
	return "" // a file from before keeps what it has, unless it was deleted
}

func newUnsaved(folder string) (*unsaved, error) {
	if !filepath.IsAbs(folder) {
		return nil, fmt.Errorf("%s: not an absolute path", folder)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(folder, UnsavedPrefix+strings.ToLower(rand.Text()[:8])+".jsonl")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	os.SameFile(info, info) // some systems find out only now which file it is
	return &unsaved{f: f, path: path, info: info}, nil
}

// there reports whether the file is still under its name: somebody else may have
// deleted it, and its folder.
func (u *unsaved) there() bool {
	now, err := os.Stat(u.path)
	return err == nil && os.SameFile(u.info, now)
}

// remove removes the file. One that stays is taken in as what is there already.
func (u *unsaved) remove() {
	_ = u.f.Close()
	_ = os.Remove(u.path)
}

func (u *unsaved) begin(w *writer) error {
	w.askSources()
	head := &unsavedHead{Form: unsavedForm, Title: w.opt.Title, Place: w.place, Begun: time.Now().UTC()}
	if w.begunWith != (review.Defaults{}) {
		head.BegunWith = &w.begunWith
	}
	u.docs = slices.IndexFunc(append(w.sources[:len(w.sources):len(w.sources)], Source{Pasted: true}), pasted)
	for _, s := range w.sources[:u.docs] {
		head.Sources = append(head.Sources, unsavedSourceOf(s))
	}
	return u.write(slices.Values([]unsavedLine{{Head: head}}))
}

func unsavedSourceOf(s Source) unsavedSource {
	return unsavedSource{Name: s.Name, Path: s.Path, Size: s.Size, Modified: s.Modified, SHA256: s.SHA256, Pasted: s.Pasted, Who: s.Who}
}

// pastedLine has a document that was pasted. One of another day, whose bytes only the
// database has, is named.
func pastedLine(d Source) (unsavedLine, error) {
	s := unsavedSourceOf(d)
	if d.Open == nil || !d.Pasted {
		return unsavedLine{Source: &s}, nil
	}
	text, err := d.read()
	if err != nil {
		return unsavedLine{Source: &s}, nil
	}
	s.Data, err = packed(text)
	return unsavedLine{Source: &s}, err
}

func packed(text []byte) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(text)
	err = errors.Join(err, z.Close())
	return b.Bytes(), err
}

// update adds what is new.
func (u *unsaved) update(w *writer) error {
	keep := 0
	for keep < min(len(u.log), len(w.log)) && u.log[keep] == w.log[keep].kept {
		keep++
	}
	if keep == len(u.log) && keep == len(w.log) && u.done == w.done && u.docs == len(w.sources) {
		return nil
	}
	lines := []unsavedLine{{Scenarios: w.numbers.scenarios}}
	if n := w.numbers.given - u.keys; n > 0 {
		c, err := packKeys(u.keys, behind(u.keys, w.numbers.all(w.refs)))
		if err != nil {
			return err
		}
		lines = append(lines, unsavedLine{Keys: &unsavedKeys{c.count, c.data}})
	}
	for _, d := range w.sources[u.docs:] {
		line, err := pastedLine(d)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	if keep < len(u.log) {
		lines = append(lines, unsavedLine{Keep: &keep})
	}
	for _, l := range w.log[keep:] {
		lines = append(lines, unsavedLine{Decision: l.kept})
	}
	done := w.done
	if err := u.write(slices.Values(append(lines, unsavedLine{Done: &done}))); err != nil {
		return err
	}
	u.docs = len(w.sources)
	u.keys, u.done, u.log = w.numbers.given, done, u.log[:keep]
	for _, l := range w.log[keep:] {
		u.log = append(u.log, l.kept)
	}
	return nil
}

// behind leaves out the first n.
func behind(n int, keys iter.Seq[string]) iter.Seq[string] {
	return func(yield func(string) bool) {
		i := 0
		for key := range keys {
			if i++; i > n && !yield(key) {
				return
			}
		}
	}
}

// write adds lines, all or none: a reader takes whole lines only.
func (u *unsaved) write(lines iter.Seq[unsavedLine]) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for l := range lines {
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	n, err := u.f.WriteString(b.String())
	if err == nil {
		err = u.f.Sync()
	}
	if err != nil {
		return errors.Join(err, u.f.Truncate(u.size))
	}
	u.size += int64(n)
	return nil
}
