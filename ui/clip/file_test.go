package clip

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestKeep(t *testing.T) {
	e := newEnvironment(t)
	for _, text := range []string{"first, longer than the second", "second"} {
		path, err := e.keep(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("read %q (%v), want %q", got, err, text)
		}
	}
	for path, want := range map[string]fs.FileMode{e.Folder: 0o700, filepath.Join(e.Folder, fileName): 0o600} {
		if runtime.GOOS == "windows" {
			break // has no such modes
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v (%v), want %v", path, info.Mode().Perm(), err, want)
		}
	}
	if files, err := os.ReadDir(e.Folder); err != nil || len(files) != 1 {
		t.Errorf("%d files in the folder (%v), want 1", len(files), err)
	}
}

// A link in place of the file is replaced; its target stays as it was.
func TestKeepReplacesALink(t *testing.T) {
	e := newEnvironment(t)
	if err := os.MkdirAll(e.Folder, 0o700); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "target")
	if err := os.WriteFile(target, []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(e.Folder, fileName)
	if err := os.Symlink(target, path); err != nil {
		t.Skip(err)
	}
	if _, err := e.keep("the text"); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(target); string(got) != "untouched" {
		t.Errorf("the target has %q", got)
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		t.Errorf("%s is %v (%v)", path, info.Mode(), err)
	}
}

// What keeps the file from being written is told and stops nothing else.
func TestKeepFails(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Skip(err)
	}
	for name, bad := range map[string]struct{ path, want string }{
		"a link":               {link, "not a folder"},
		"a file":               {file, "not a folder"},
		"below a file":         {filepath.Join(file, "x", "quarry"), file},
		"not an absolute path": {filepath.Join("state", "quarry"), "set HOME"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEnvironment(t)
			e.Folder = bad.path
			msg, _, clipboard := send(t, e, "the text")
			if !clipboard || msg.Path != "" || msg.FileErr == nil || !strings.Contains(msg.FileErr.Error(), bad.want) {
				t.Errorf("clipboard %t, path %q, error %v", clipboard, msg.Path, msg.FileErr)
			}
			if !strings.HasPrefix(msg.String(), "sent 8 bytes to your terminal; not kept in a file: ") {
				t.Errorf("says %q", msg)
			}
		})
	}
}
