package store

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"quarry/feed"
	"quarry/review"
)

// UnsavedError says why a file with unsaved decisions cannot be taken in. The file
// was not changed.
type UnsavedError struct {
	Path   string
	Line   int
	Reason string
}

func (e *UnsavedError) Error() string {
	return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Reason)
}

// unsavedReview is what a file says.
type unsavedReview struct {
	head      unsavedHead
	sources   []Source
	scenarios []string
	keys      []string
	keyBytes  int
	log       []Kept
	done      int
	copied    copied // what another review says
	sum       string // of the file
	written   time.Time
}

// readUnsaved reads a file. A last line that was not written whole is left out.
func readUnsaved(path string) (*unsavedReview, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	u, hash := &unsavedReview{written: info.ModTime()}, sha256.New()
	lines := bufio.NewReader(io.TeeReader(f, hash))
	for n := 1; ; n++ {
		text, more, err := readLine(lines, longestUnsaved)
		var long *longLineError
		if errors.As(err, &long) {
			return nil, &UnsavedError{path, n, err.Error()}
		}
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		var l unsavedLine
		dec := json.NewDecoder(strings.NewReader(string(text)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&l); err != nil {
			return nil, &UnsavedError{path, n, "this is no line that Quarry wrote: " + err.Error()}
		}
		if err := u.take(l, n); err != nil {
			return nil, &UnsavedError{path, n, err.Error()}
		}
	}
	if u.head.Form == 0 {
		return nil, &UnsavedError{path, 1, "the file has no decisions that Quarry wrote"}
	}
	u.sum = hex.EncodeToString(hash.Sum(nil))
	return u, nil
}

func (u *unsavedReview) take(l unsavedLine, n int) error {
	switch {
	case n == 1 && (l.Head == nil || l.Head.Form < 1):
		return errors.New("the file has no decisions that Quarry wrote")
	case n == 1 && l.Head.Form > unsavedForm:
		return fmt.Errorf("written by a newer Quarry (form %d, this one reads %d); update Quarry", l.Head.Form, unsavedForm)
	case l.Head != nil:
		u.head = *l.Head
		return u.addSources(l.Head.Sources...)
	case l.Source != nil:
		return u.addSources(*l.Source)
	case l.Scenarios != nil:
		u.scenarios = l.Scenarios
	case l.Keys != nil:
		return u.addKeys(*l.Keys)
	case l.Keep != nil:
		if *l.Keep < 0 || *l.Keep > len(u.log) {
			return fmt.Errorf("there are no %d decisions to keep", *l.Keep)
		}
		u.log = u.log[:*l.Keep]
	case l.Decision != nil:
		if _, err := review.Decode(l.Decision.Kind, l.Decision.Object); err != nil {
			return err
		}
		u.log = append(u.log, *l.Decision)
		u.done = len(u.log)
	case l.Done != nil:
		if *l.Done < 0 || *l.Done > len(u.log) {
			return fmt.Errorf("there are no %d decisions in force", *l.Done)
		}
		u.done = *l.Done
	}
	return nil
}

// What a file may have. It is packed, so that a small one could fill the memory.
const (
	longestUnsaved = 256 << 20 // bytes of a line
	mostKeys       = 10 << 20
	mostKeyBytes   = 256 << 20 // of all keys, unpacked
	mostPasted     = 64 << 20  // bytes of a document, unpacked
)

// addKeys takes more keys. Each names an IOC.
func (u *unsavedReview) addKeys(k unsavedKeys) error {
	if k.Count < 0 || k.Count > mostKeys-len(u.keys) {
		return fmt.Errorf("%d more IOCs are too many; a review here has no more than %d", k.Count, mostKeys)
	}
	var wrong error
	err := chunk{count: k.Count, data: k.Data, most: mostKeyBytes - u.keyBytes}.walk(func(key []byte) {
		if t, _, ok := bytes.Cut(key, []byte(" ")); wrong == nil && (!ok || !feed.Type(t).Known()) {
			wrong = fmt.Errorf("%s names no IOC", feed.Quote(string(key[:min(len(key), 80)])))
		}
		if wrong == nil {
			u.keys = append(u.keys, string(key))
			u.keyBytes += len(key) + 1
		}
	})
	return cmp.Or(wrong, err)
}

// addSources takes documents in. What names one must be its hash, and that of what was
// pasted must be its own.
func (u *unsavedReview) addSources(all ...unsavedSource) error {
	for _, s := range all {
		if sum, err := hex.DecodeString(s.SHA256); err != nil || len(sum) != 0 && len(sum) != sha256.Size {
			return fmt.Errorf("%s is no SHA-256 of a document", feed.Quote(s.SHA256))
		}
		if s.Data != nil {
			if err := s.check(); err != nil {
				return err
			}
		}
		u.sources = append(u.sources, s.source())
	}
	return nil
}

// check reads what was pasted.
func (s unsavedSource) check() error {
	z, err := gzip.NewReader(bytes.NewReader(s.Data))
	if err != nil {
		return err
	}
	hash := sha256.New()
	switch n, err := io.Copy(hash, io.LimitReader(z, mostPasted+1)); {
	case err != nil:
		return err
	case n > mostPasted:
		return fmt.Errorf("a document that was pasted has more than %d bytes", mostPasted)
	case hex.EncodeToString(hash.Sum(nil)) != strings.ToLower(s.SHA256):
		return errors.New("a document that was pasted is not the one that its SHA-256 names")
	}
	return nil
}

// source is the document, which can be opened where the file has it.
func (s unsavedSource) source() Source {
	d := Source{Name: s.Name, Path: s.Path, Size: s.Size, Modified: s.Modified, SHA256: s.SHA256, Pasted: s.Pasted, Who: s.Who}
	if s.Data != nil {
		d.Open = func() (io.ReadCloser, error) { return gzip.NewReader(bytes.NewReader(s.Data)) }
	}
	return d
}
