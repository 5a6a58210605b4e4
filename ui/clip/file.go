package clip

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// fileName is the file of the latest copy in [Environment.Folder].
const fileName = "last-copy.kql"

// keep writes text to the file of the latest copy and returns its path. Only
// its owner can read it; it is replaced in one step, so a reader sees the old
// text or the new one.
func (e Environment) keep(text string) (string, error) {
	if e.Folder == "" {
		return "", nil
	}
	folder, err := openFolder(e.Folder)
	if err != nil {
		return "", err
	}
	defer folder.Close()
	if err := replace(folder, text); err != nil {
		return "", err
	}
	return filepath.Join(e.Folder, fileName), nil
}

// openFolder opens a folder, which it makes for the owner alone if it does not
// exist. A link in its place is refused: whoever put it there chose where the
// text would go.
func openFolder(path string) (*os.Root, error) {
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("%s: not an absolute path; set HOME or XDG_STATE_HOME", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	seen, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !seen.IsDir() {
		return nil, fmt.Errorf("%s: not a folder but a link or a file; move it away", path)
	}
	folder, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	if opened, err := folder.Stat("."); err != nil || !os.SameFile(seen, opened) {
		_ = folder.Close()
		return nil, fmt.Errorf("%s: replaced while it was opened; try again", path)
	}
	return folder, nil
}

// replace writes text beside the file and gives it the file's name, which
// replaces a link by that name and does not follow it.
func replace(folder *os.Root, text string) (err error) {
	draft := "." + fileName + "." + rand.Text()
	f, err := folder.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = folder.Remove(draft)
		}
	}()
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return folder.Rename(draft, fileName)
}
