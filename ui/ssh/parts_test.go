package ssh

import (
	"bytes"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/ui"
)

func TestReadKeys(t *testing.T) {
	const ed = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJXP1tW0v8Vg5lJxqkWNAn4VSqQO1IKmyZGbfVHKYbIN"
	path := filepath.Join(t.TempDir(), "keys")
	text := strings.Join([]string{
		"# who may come in", "", ed + " robin@example.com", ed, "restrict,pty " + ed + " kim",
		`environment="QUARRY_REVIEWER=Kim Example" ` + ed + " kim@laptop", ed + " a\x1b[31m\u202ename",
		`from="192.0.2.0/24" ` + ed + " far", "cert-authority " + ed + " ca", `command="sh" ` + ed, "restrcit " + ed, "ssh-ed25519 AAAA", "-----BEGIN OPENSSH PRIVATE KEY-----",
	}, "\r\n")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, wrong := readKeys(path)
	var names, mistakes []string
	for _, k := range keys {
		names = append(names, k.reviewer)
	}
	for _, err := range wrong {
		mistakes = append(mistakes, strings.TrimPrefix(err.Error(), path))
	}
	if len(names) > 1 && strings.HasPrefix(names[1], "SHA256:") {
		names[1] = "its fingerprint"
	}
	if d := cmp.Diff([]string{"robin@example.com", "its fingerprint", "kim", "Kim Example", `a\x1b[31m\u202ename`}, names); d != "" {
		t.Errorf("names, -want +got:\n%s", d)
	}
	option := func(line, name, near string) string {
		return ":" + line + ": the option " + name + " is not known here, so this key is not let in; " + near + "take the option or the line away"
	}
	none := ": it is no public key; copy the line of a file that ends in .pub"
	if d := cmp.Diff([]string{option("8", "from", ""), option("9", "cert-authority", ""), option("10", "command", ""),
		option("11", "restrcit", "did you mean restrict? "), ":12" + none, ":13" + none}, mistakes); d != "" {
		t.Errorf("mistakes, -want +got:\n%s", d)
	}
	if _, wrong := readKeys(path + "x"); len(wrong) != 1 || !strings.Contains(wrong[0].Error(), "there is no such file; put the public keys") {
		t.Errorf("no file: %v", wrong)
	}
	if runtime.GOOS != "windows" {
		if err := os.Chmod(path, 0o620); err != nil {
			t.Fatal(err)
		}
		if keys, wrong := readKeys(path); len(keys) > 0 || len(wrong) != 1 || !strings.Contains(wrong[0].Error(), "others can write to it") {
			t.Errorf("a file that others can write to: %d keys, %v", len(keys), wrong)
		}
	}
}

// TestNamesTellReviewersApart: a name is taken as it is or not at all, and keys that
// are one reviewer are told.
func TestNamesTellReviewersApart(t *testing.T) {
	const ed = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJXP1tW0v8Vg5lJxqkWNAn4VSqQO1IKmyZGbfVHKYbIN "
	const two = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINAYkrfVPLBSFzJEKC3LsTJ8H0FzjOIKqLmOsxEROJRJ "
	path := filepath.Join(t.TempDir(), "keys")
	long, most := "Analyst "+strings.Repeat("0", 60)+" alice", strings.Repeat("é", 64)
	if err := os.WriteFile(path, []byte(strings.Join([]string{ed + long, ed + most, ed + "root@host", ed + "kim", "", two + "root@host", two + "kim "}, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, wrong := readKeys(path)
	if len(keys) != 5 || keys[0].reviewer != most {
		t.Errorf("keys: %+v", keys)
	}
	if len(wrong) != 1 || wrong[0].Error() != path+`:1: its reviewer's name has 74 characters, and 64 are the most; shorten its comment, or put environment="QUARRY_REVIEWER=NAME" before it` {
		t.Errorf("a name that is too long: %v", wrong)
	}
	var told []string
	for _, err := range sameReviewers(path, keys) {
		told = append(told, strings.TrimPrefix(err.Error(), path))
	}
	if d := cmp.Diff([]string{
		":6: root@host is the name of the key in line 3 too, so who has either is one reviewer; give it another comment if they are two",
		":7: kim is the name of the key in line 4 too, so who has either is one reviewer; give it another comment if they are two",
	}, told); d != "" {
		t.Errorf("told, -want +got:\n%s", d)
	}
}

func TestHostKeyIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "quarry", "host")
	first, err := hostKey(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := hostKey(path)
	if err != nil || !bytes.Equal(first.PublicKey().Marshal(), again.PublicKey().Marshal()) {
		t.Errorf("another key the second time, %v", err)
	}
	if runtime.GOOS != "windows" {
		for at, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
			if st, err := os.Stat(at); err != nil || st.Mode().Perm() != want {
				t.Errorf("%s has %v, %v, want %v", at, st.Mode().Perm(), err, want)
			}
		}
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := hostKey(path); err == nil || !strings.Contains(err.Error(), "others can read this host key; chmod 600") {
			t.Errorf("one that others can read: %v", err)
		}
	}
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := hostKey(broken); err == nil || !strings.Contains(err.Error(), "move it away and a new one is made") {
		t.Errorf("one that is none: %v", err)
	}
}

// TestDocumentsStayInTheirFolder: names and links that lead out are neither listed
// nor opened.
func TestDocumentsStayInTheirFolder(t *testing.T) {
	folder := t.TempDir()
	inside := filepath.Join(folder, "docs")
	for _, name := range []string{"secret.txt", "docs/a.txt", "docs/below/b.txt", "docs/.hidden", "docs/.git/c.txt"} {
		at := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte("Indicators:\n\na.example\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"out.txt": "../secret.txt", "far.txt": filepath.Join(folder, "secret.txt"), "up": "..", "in.txt": "a.txt"} {
		if err := os.Symlink(to, filepath.Join(inside, link)); err != nil && runtime.GOOS != "windows" {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var file File
	d := documents{root, func(f File, inputs iter.Seq2[*feed.Input, error]) (ui.Opened, error) {
		file = f
		return load("robin", f, inputs)
	}}
	all, err := d.List()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, doc := range all {
		listed[doc.Name] = true
	}
	want := map[string]bool{"a.txt": true, "below/b.txt": true}
	if runtime.GOOS != "windows" {
		want["in.txt"] = true
	}
	if diff := cmp.Diff(want, listed); diff != "" {
		t.Errorf("listed, -want +got:\n%s", diff)
	}
	for _, name := range []string{"../secret.txt", "out.txt", "far.txt", "up/secret.txt", "below/../../secret.txt", filepath.Join(folder, "secret.txt"), ".", "below", "missing", "", "a\x00"} {
		if o, err := d.Open(name); err == nil {
			o.Loading.Stop()
			t.Errorf("%q was opened", name)
		}
	}
	o, err := d.Open("below/b.txt")
	if err != nil || o.Size != 23 || o.Loading.Review().IOCs().Len() != 1 {
		t.Fatalf("%v, %d bytes", err, o.Size)
	}
	o.Loading.Stop()
	st, err := os.Stat(filepath.Join(inside, "below", "b.txt"))
	if want := (File{"below/b.txt", filepath.Join(inside, "below", "b.txt"), 23, st.ModTime()}); err != nil || file != want {
		t.Errorf("it is %+v, want %+v: %v", file, want, err)
	}
}

// shut is a folder some of whose folders cannot be read.
type shut struct {
	fstest.MapFS
	folders []string
}

func (s shut) ReadDir(name string) ([]fs.DirEntry, error) {
	if slices.Contains(s.folders, name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return s.MapFS.ReadDir(name)
}

// TestNoDocumentIsLeftOut: all are listed, the latest first, and what cannot be is told.
func TestNoDocumentIsLeftOut(t *testing.T) {
	day := time.Date(2026, 5, 26, 0, 0, 0, 0, time.UTC)
	files := fstest.MapFS{"zz-newest.md": {ModTime: day.Add(time.Hour)}, "a/b/c.md": {ModTime: day}, "d/e.md": {ModTime: day}}
	for n := range 10_500 {
		files[fmt.Sprintf("day-%05d.md", n)] = &fstest.MapFile{ModTime: day.Add(-time.Duration(n) * time.Hour)}
	}
	all, err := list(files)
	if err != nil || len(all) != 10_503 || all[0].Name != "zz-newest.md" || all[len(all)-1].Name != "day-10499.md" {
		t.Errorf("%d documents: %v", len(all), err)
	}
	all, err = list(shut{files, []string{"d"}})
	if len(all) != 10_502 || err == nil || err.Error() != "d: it cannot be read, so its documents are not listed; tell who runs this server" {
		t.Errorf("%d documents: %v", len(all), err)
	}
	if all, err = list(shut{files, []string{"d", "a/b"}}); len(all) != 10_501 || err == nil || !strings.HasPrefix(err.Error(), "a/b and 1 other folder: it") {
		t.Errorf("%d documents: %v", len(all), err)
	}
	if all, err = list(shut{files, []string{"."}}); len(all) != 0 || err == nil || !strings.HasPrefix(err.Error(), "the folder of documents: it cannot be read; tell") {
		t.Errorf("%d documents: %v", len(all), err)
	}
}

// TestFolderOfAReviewer: each name has a folder of its own, which is one folder.
func TestFolderOfAReviewer(t *testing.T) {
	for name, want := range map[string]string{
		"robin@example.com": "robin@example.com", "Kim Example": "Kim Example", "Zoë O'Hara": "Zoë O%27Hara",
		"..": "%2E%2E", ".": "%2E", "a/b": "a%2Fb", "a%2Fb": "a%252Fb", `a\b`: "a%5Cb", "SHA256:ab/c+d": "SHA256%3Aab%2Fc+d", "ends.": "ends%2E", ".ssh": "%2Essh",
	} {
		if got := folderName(name); got != want {
			t.Errorf("%q has %q, want %q", name, got, want)
		}
	}
}

// TestOneReviewerLeavesRoom: of the sessions that there may be one reviewer has some.
func TestOneReviewerLeavesRoom(t *testing.T) {
	for most, want := range map[int]int{1: 1, 2: 2, 4: 2, 20: 5, 32: 8} {
		s := &seats{most: most}
		var leave []func()
		for {
			l, refusal := s.take("robin")
			if refusal != "" {
				if full := want == most; strings.Contains(refusal, "of yours") == full {
					t.Errorf("of %d: %s", most, refusal)
				}
				break
			}
			leave = append(leave, l)
		}
		if _, refusal := s.take("kim"); len(leave) != want || (refusal == "") != (want < most) {
			t.Errorf("of %d robin has %d; kim: %q", most, len(leave), refusal)
		}
		leave[0]()
		if _, refusal := s.take("robin"); refusal != "" {
			t.Errorf("of %d: one has left, and %s", most, refusal)
		}
	}
}

func TestSafeTerminals(t *testing.T) {
	for name, want := range map[string]string{"xterm-256color": "xterm-256color", "screen.xterm": "screen.xterm", "rxvt+x": "rxvt+x",
		"": "vt100", "../x": "vt100", "a/b": "vt100", "a\x1b": "vt100", strings.Repeat("x", 65): "vt100"} {
		if got := safeTerminal(name); got != want {
			t.Errorf("%q is taken for %q, want %q", name, got, want)
		}
	}
	for _, tt := range [][4]int{{80, 24, 80, 24}, {0, 0, 80, 24}, {80, 0, 80, 24}, {-1, 5, 80, 24}, {1 << 31, 1 << 31, 500, 200}, {1, 1, 1, 1}} {
		if w, h := safeSize(tt[0], tt[1]); w != tt[2] || h != tt[3] {
			t.Errorf("%d x %d becomes %d x %d", tt[0], tt[1], w, h)
		}
	}
	for kv, want := range map[string]bool{"LANG=C.UTF-8": true, "COLORTERM=truecolor": true, "TMUX=x": false, "PATH=/bin": false, "LANG=\x1b": false, "LANG=" + strings.Repeat("x", 200): false} {
		name, value, _ := strings.Cut(kv, "=")
		if got := harmlessVariable(name, value); got != want {
			t.Errorf("%q is harmless: %t", kv, got)
		}
	}
}
