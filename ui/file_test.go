package ui

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	read := func(name string) string {
		t.Helper()
		b, err := os.ReadFile(at(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if err := WriteFile(at("new"), []byte("one"), false); err != nil || read("new") != "one" {
		t.Fatalf("a new file: %v", err)
	}
	if err := WriteFile(at("new"), []byte("two"), false); !errors.Is(err, fs.ErrExist) || read("new") != "one" {
		t.Errorf("a file that is there: %v, it holds %q", err, read("new"))
	}
	if err := WriteFile(at("new"), []byte("two"), true); err != nil || read("new") != "two" {
		t.Errorf("writing over: %v", err)
	}
	var fe *FileError
	if err := WriteFile(at("no/such/folder"), nil, false); !errors.As(err, &fe) || fe.Advice == "" || !strings.Contains(err.Error(), "no/such/folder was not written") {
		t.Errorf("a folder that is not there: %v", err)
	}
	if runtime.GOOS == "windows" {
		return // no permissions, and links only for some users
	}
	if err := os.Chmod(at("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("new", at("link")); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(at("link"), []byte("three"), true); err != nil || read("new") != "three" {
		t.Errorf("over a link: %v, the file holds %q", err, read("new"))
	}
	if st, _ := os.Stat(at("new")); st.Mode().Perm() != 0o600 {
		t.Errorf("writing over made 0600 %o", st.Mode().Perm())
	}
	if err := os.Symlink("nowhere", at("dangling")); err != nil {
		t.Fatal(err)
	}
	for _, over := range []bool{false, true} {
		if err := WriteFile(at("dangling"), nil, over); err == nil {
			t.Errorf("a link to nothing was written over (over: %v)", over)
		}
	}
	if names, _ := filepath.Glob(at(".quarry-*")); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
}
