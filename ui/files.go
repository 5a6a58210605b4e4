package ui

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"quarry/feed"
)

// Files is where the workbench writes what an analyst exports. Its methods are
// called by commands, never by Update, and may be called at the same time.
type Files interface {
	// Path is the path that an analyst means by what they typed.
	Path(typed string) string
	// There reports whether a file, a folder or a link has the path.
	There(path string) bool
	// IsFolder reports whether the path is that of a folder.
	IsFolder(path string) bool
	// Same reports whether the path is that of a document of a name.
	Same(path, document string) bool
	// Head is the beginning of a file, by which its form is told; nil where there is none.
	Head(path string) []byte
	// Stamp is the stamp of the file as it is now.
	Stamp(path string) Stamp
	// Write writes a file as [WriteFile] does.
	Write(path string, data []byte, over bool) error
	// MakeFolder makes a folder and those above it where they are missing.
	MakeFolder(path string) error
}

// ownFiles are all files that the analyst has on this machine.
type ownFiles struct{}

func (ownFiles) Path(typed string) string  { return Home(typed) }
func (ownFiles) There(path string) bool    { _, err := os.Lstat(path); return err == nil }
func (ownFiles) IsFolder(path string) bool { return isFolder(os.Stat(path)) }
func (ownFiles) Stamp(path string) Stamp   { return StampOf(path) }
func (ownFiles) Write(path string, data []byte, over bool) error {
	return WriteFile(path, data, over)
}
func (ownFiles) MakeFolder(path string) error { return os.MkdirAll(path, 0o777) } // as far as the umask lets

func (ownFiles) Same(path, document string) bool {
	st, err := os.Stat(path)
	if err != nil {
		return false
	}
	of, ok := holding(document)
	return ok && os.SameFile(st, of)
}

func (ownFiles) Head(path string) []byte {
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
		return nil // a pipe would be waited for
	}
	return head(os.Open(path))
}

// head reads the beginning of a file. One that cannot be read has none.
func head(f *os.File, err error) []byte {
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, feed.HeadSize))
	if err != nil {
		return nil
	}
	return b
}

func isFolder(st fs.FileInfo, err error) bool { return err == nil && st.IsDir() }

// FilesIn are the files of one folder, for who has no others on this machine:
// no path and no link leads out of it. What is written can be read by who serves
// the folder alone.
func FilesIn(folder *os.Root) Files { return folderFiles{folder} }

type folderFiles struct{ root *os.Root }

func (f folderFiles) Path(typed string) string     { return filepath.Clean(typed) }
func (f folderFiles) There(path string) bool       { _, err := f.root.Lstat(path); return err == nil }
func (f folderFiles) IsFolder(path string) bool    { return isFolder(f.root.Stat(path)) }
func (f folderFiles) MakeFolder(path string) error { return f.root.MkdirAll(path, 0o700) }

// Same is false: a document is in no folder for exports.
func (folderFiles) Same(string, string) bool { return false }

func (f folderFiles) Head(path string) []byte {
	if st, err := f.root.Stat(path); err != nil || !st.Mode().IsRegular() {
		return nil
	}
	return head(f.root.Open(path))
}

func (f folderFiles) Stamp(path string) Stamp {
	st, err := f.root.Stat(path)
	if err != nil {
		return Stamp{}
	}
	return Stamp{st.Size(), st.ModTime()}
}

func (f folderFiles) Write(path string, data []byte, over bool) error {
	err := f.write(path, data, over)
	switch {
	case err == nil:
		return nil
	case feed.LeadsOut(err):
		return &FileError{Path: path, Advice: "name a file in the folder for exports", Err: errors.New("it leads out of the folder for exports")}
	case errors.Is(err, fs.ErrExist):
		return &FileError{Path: path, Advice: "name another file", Err: fs.ErrExist}
	}
	return &FileError{Path: path, Advice: "name a file in the folder for exports, without a way out of it", Err: cause(err)}
}

func (f folderFiles) write(path string, data []byte, over bool) error {
	if f.IsFolder(path) {
		return errors.New("it is a directory")
	}
	temp := filepath.Join(filepath.Dir(path), ".quarry-"+rand.Text())
	file, err := f.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.root.Remove(temp) // it is gone when all went well
	_, err = file.Write(data)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if over {
		return f.root.Rename(temp, path)
	}
	if err := f.root.Link(temp, path); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if f.There(path) { // a file system without hard links
		return fs.ErrExist
	}
	return f.root.Rename(temp, path)
}
