package cli

import (
	"bytes"
	"compress/gzip"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"quarry/feed"
	"quarry/review/store"
)

// originals remembers the documents as they are read, so that they can be saved
// with their review. It is safe for concurrent use.
type originals struct {
	mu  sync.Mutex
	all []store.Source
}

// sources are the documents so far.
func (o *originals) sources() []store.Source {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.all)
}

// watch remembers the documents of places.
func (o *originals) watch(inputs iter.Seq2[*feed.Input, error], places []feed.Place) iter.Seq2[*feed.Input, error] {
	return func(yield func(*feed.Input, error) bool) {
		for in, err := range inputs {
			if err != nil {
				if !yield(in, err) {
					return
				}
				continue
			}
			s, held := original(in, places)
			o.mu.Lock()
			at := len(o.all)
			o.all = append(o.all, s)
			o.mu.Unlock()
			more := yield(in, nil)
			o.mu.Lock()
			if o.all[at].SHA256 = in.SHA256(); held != nil {
				o.all[at].Open = held.open
			}
			o.mu.Unlock()
			if !more {
				return
			}
		}
	}
}

// largeOriginal is from which size on a file is read again when it is saved. What
// is smaller, or no file, is held in memory.
const largeOriginal = 4 << 20

// original is a document with a way to open it again, or with what holds it while
// it is read.
func original(in *feed.Input, places []feed.Place) (store.Source, *spool) {
	s := store.Source{Name: in.Name}
	i := slices.IndexFunc(places, func(p feed.Place) bool { return p.Name == in.Name && p.Name != "-" })
	if i >= 0 {
		info, err := os.Stat(in.Name)
		path, pathErr := filepath.Abs(in.Name)
		if err == nil && pathErr == nil && info.Mode().IsRegular() {
			s.Path, s.Size, s.Modified = path, info.Size(), info.ModTime()
		}
	}
	if s.Size >= largeOriginal {
		s.Open = func() (io.ReadCloser, error) { return openUnpacked(s.Path) }
		return s, nil
	}
	held := new(spool)
	if err := in.Keep(held); err != nil {
		return s, nil // it never fails; without the bytes the file itself is needed
	}
	return s, held
}

// openUnpacked opens a file, unpacked where it is compressed.
func openUnpacked(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(f)
	if err == nil {
		return struct {
			io.Reader
			io.Closer
		}{z, f}, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// spool holds bytes in memory, compressed when they are many.
type spool struct {
	b    bytes.Buffer
	zip  *gzip.Writer
	size int
}

func (s *spool) Write(p []byte) (int, error) {
	s.size += len(p)
	if s.zip != nil {
		return s.zip.Write(p)
	}
	s.b.Write(p)
	if s.size > largeOriginal {
		plain := bytes.Clone(s.b.Bytes())
		s.b.Reset()
		var err error
		if s.zip, err = gzip.NewWriterLevel(&s.b, gzip.BestSpeed); err != nil {
			return 0, err
		}
		if _, err := s.zip.Write(plain); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// open opens what was written. Nothing may be written afterwards.
func (s *spool) open() (io.ReadCloser, error) {
	if s.zip == nil {
		return io.NopCloser(bytes.NewReader(s.b.Bytes())), nil
	}
	if err := s.zip.Close(); err != nil {
		return nil, err
	}
	return gzip.NewReader(bytes.NewReader(s.b.Bytes()))
}
