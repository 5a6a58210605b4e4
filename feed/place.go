package feed

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Place is where documents are: a file, or standard input.
type Place struct {
	Name  string   // as the user named it, or "-"
	Found bool     // in a folder that the user named, not by name
	Size  int64    // in bytes, 0 when unknown
	in    *os.Root // the folder that nothing leads out of, or nil
}

// PlaceIn is a file of a folder that nothing leads out of: a name or a link that
// would is refused, as is what is no file. The folder must stay open while the
// place is read. The error is an [*InputError].
func PlaceIn(folder *os.Root, name string) (Place, error) {
	st, err := folder.Stat(name)
	if err != nil {
		return Place{}, openError(name, err)
	}
	if !st.Mode().IsRegular() {
		return Place{}, &InputError{Name: name, Reason: "it is no file", Advice: "name another"}
	}
	return Place{Name: name, Size: st.Size(), in: folder}, nil
}

func (p Place) open() (*os.File, error) {
	if p.in != nil {
		return p.in.Open(p.Name)
	}
	return os.Open(p.Name)
}

// Size is how many bytes there are in places, or 0 when one of them can be of any
// size.
func Size(places []Place) (bytes int64) {
	for _, p := range places {
		if p.Size == 0 {
			return 0
		}
		bytes += p.Size
	}
	return bytes
}

// Places lists the documents that a user names: each file once, "-" for
// standard input, and of folders all files in them but hidden ones, in the
// order of their names. Large files come last, for what is read before them is
// at hand while they are read; one with front matter, which says how to read the
// others, keeps its place. The error is an [*InputError].
func Places(names []string) ([]Place, error) {
	var all []Place
	seen := map[string]bool{}
	add := func(p Place) {
		if !seen[p.Name] {
			seen[p.Name] = true
			all = append(all, p)
		}
	}
	for _, name := range names {
		if name == "-" {
			add(Place{Name: name})
			continue
		}
		st, err := os.Stat(name)
		if err != nil {
			return nil, openError(name, err)
		}
		if !st.IsDir() {
			add(Place{Name: name, Size: st.Size()})
			continue
		}
		found, err := folder(name)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			add(p)
		}
	}
	slices.SortStableFunc(all, func(a, b Place) int { return a.late() - b.late() })
	return all, nil
}

// largeFile is the size in bytes from which a file comes last.
const largeFile = 4 << 20

// late is 1 for a file that comes last.
func (p Place) late() int {
	if p.Size < largeFile {
		return 0
	}
	f, err := p.open()
	if err != nil {
		return 1
	}
	defer f.Close()
	head := make([]byte, len(frontMatter))
	if n, _ := io.ReadFull(f, head); string(head[:n]) == frontMatter {
		return 0
	}
	return 1
}

// frontMatter begins a document with front matter.
const frontMatter = "---\n"

// folder lists the files of a folder.
func folder(name string) ([]Place, error) {
	var all []Place
	err := filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return openError(path, err)
		case path != name && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.Type().IsRegular():
			p := Place{Name: path, Found: true}
			if st, err := d.Info(); err == nil {
				p.Size = st.Size()
			}
			all = append(all, p)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, &InputError{Name: name, Reason: "there is no file in this folder", Advice: "name another"}
	}
	return all, nil
}

func openError(name string, err error) error {
	e := &InputError{Name: name, Err: err, Reason: err.Error()}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Reason, e.Advice = "no such file", "check the path"
	case errors.Is(err, fs.ErrPermission):
		e.Reason, e.Advice = "permission denied", "check who may read it"
	default:
		var pe *fs.PathError
		switch {
		case LeadsOut(err):
			e.Reason, e.Advice = "it leads out of the folder", "name a file in it"
		case errors.As(err, &pe):
			e.Reason = pe.Err.Error()
		}
	}
	return e
}

// LeadsOut reports whether an [os.Root] refused a name or a link that leads out of
// its folder. The os package has no name for that error, so its words are compared.
func LeadsOut(err error) bool {
	const words = "path escapes from parent"
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		return pe.Err.Error() == words
	case errors.As(err, &le):
		return le.Err.Error() == words
	}
	return false
}

// Inputs opens places one after the other: a document, or all of a zip archive.
// Each is valid until the next one. Errors are [*InputError]; after one about a
// document that was found in a folder or archive come the others.
func Inputs(places []Place, stdin io.Reader) iter.Seq2[*Input, error] {
	return func(yield func(*Input, error) bool) {
		for _, p := range places {
			for in, err := range p.inputs(stdin) {
				var bad *InputError
				switch {
				case err == nil:
					in.Found = in.Found || p.Found
				case errors.As(err, &bad):
					bad.Found = bad.Found || p.Found
				}
				if !yield(in, err) || err != nil && !bad.Found {
					return
				}
			}
		}
	}
}

// inputs opens a place.
func (p Place) inputs(stdin io.Reader) iter.Seq2[*Input, error] {
	return func(yield func(*Input, error) bool) {
		var r io.Reader = stdin
		if p.in != nil || p.Name != "-" {
			f, err := p.open()
			if err != nil {
				yield(nil, openError(p.Name, err))
				return
			}
			defer f.Close()
			r = f
		}
		all, magic, err := peek(r)
		switch {
		case err != nil:
			yield(nil, inputError(p.Name, err))
		case bytes.HasPrefix(magic, zipMagic):
			p.members(r, all, yield)
		default:
			yield(NewInput(p.Name, all))
		}
	}
}

var zipMagic = []byte("PK\x03\x04")

// officeFiles are what an office document has in its archive.
var officeFiles = []string{"[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"}

// members opens the files of an archive. The directory of an archive is at its
// end, so what comes from standard input is held in memory.
func (p Place) members(file, all io.Reader, yield func(*Input, error) bool) {
	at, size := io.ReaderAt(nil), p.Size
	if f, ok := file.(*os.File); ok && (p.in != nil || p.Name != "-") {
		at = f
	} else {
		text, err := io.ReadAll(io.LimitReader(all, MaxText+1))
		if err == nil && len(text) > MaxText {
			err = errors.New("an archive this large is not read from standard input")
		}
		if err != nil {
			yield(nil, inputError(p.Name, err))
			return
		}
		at, size = bytes.NewReader(text), int64(len(text))
	}
	z, err := zip.NewReader(at, size)
	if err != nil {
		yield(nil, &InputError{Name: p.Name, Reason: "this is a zip archive and damaged", Advice: "fetch it again", Err: err})
		return
	}
	for _, name := range officeFiles {
		if f, err := z.Open(name); err == nil {
			f.Close()
			yield(nil, &InputError{Name: p.Name, Reason: "this is an office document or a program's archive", Advice: "export it as text"})
			return
		}
	}
	b, files := &budget{left: MaxUnpacked}, 0
	for i, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if b.spent() {
			reason := fmt.Sprintf("more comes out of the archive than is read, and so %d others behind it are left out", len(z.File)-i-1)
			yield(nil, &InputError{Name: p.Name + "/" + f.Name, Reason: reason, Advice: bombAdvice, Err: errBomb, Found: true})
			return
		}
		files++
		// An archive may say of a file that it is larger than the archive.
		b.packed = min(b.packed+int64(min(f.CompressedSize64, uint64(size))), size)
		if !p.member(f, b, yield) {
			return
		}
	}
	if files == 0 {
		yield(nil, &InputError{Name: p.Name, Reason: "there is no file in this archive", Advice: "name another"})
	}
}

// member opens a file of an archive, whose files share a budget.
func (p Place) member(f *zip.File, b *budget, yield func(*Input, error) bool) bool {
	name := p.Name + "/" + f.Name
	const encrypted = 1 // a bit of the flags
	if f.Flags&encrypted != 0 {
		return yield(nil, &InputError{Name: name, Reason: "this file of the archive has a password", Advice: "unpack it yourself", Found: true})
	}
	r, err := f.Open()
	if err != nil {
		return yield(nil, &InputError{Name: name, Reason: err.Error(), Advice: "unpack it yourself", Err: err, Found: true})
	}
	defer r.Close()
	in, err := newInput(name, &bounded{r: r, budget: b}, MaxText, b)
	var bad *InputError
	switch {
	case err == nil:
		in.Found = true
	case errors.As(err, &bad):
		bad.Found = true
	}
	return yield(in, err)
}
