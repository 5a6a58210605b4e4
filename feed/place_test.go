package feed

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write puts files into a folder of the test and goes there.
func write(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// archive is a zip archive of files, in the order of their names and texts.
func archive(files ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			panic(err)
		}
		io.WriteString(w, files[i+1])
	}
	z.Close()
	return b.String()
}

// opened is what comes of opening names: "name: text" or the error, with "found"
// where nobody named the document.
func opened(t *testing.T, stdin string, names ...string) []string {
	t.Helper()
	places, err := Places(names)
	if err != nil {
		return []string{"error " + err.Error()}
	}
	var all []string
	for in, err := range Inputs(places, strings.NewReader(stdin)) {
		line := ""
		var bad *InputError
		switch {
		case err == nil:
			text, err := in.Text()
			if err != nil {
				t.Fatal(err)
			}
			if line = in.Name + ": " + string(text); in.Found {
				line = "found " + line
			}
		case errors.As(err, &bad):
			if line = "error " + err.Error(); bad.Found {
				line = "found " + line
			}
		default:
			t.Fatalf("%T %v", err, err)
		}
		all = append(all, line)
	}
	return all
}

func TestInputs(t *testing.T) {
	write(t, map[string]string{
		"a.md": "A", "b.txt.gz": gzipped("B"), "d/2.csv": "two", "d/1.csv": "one", "d/.hidden": "no", "d/.git/x": "no", "d/e/3.csv": "three", "d/p.pdf": "%PDF-1.7",
		"empty/.keep": "", "z.zip": archive("x/", "", "x/1.csv", "one", "p.pdf", "%PDF-1.7", "2.csv.gz", gzipped("two")),
		"office.docx": archive("[Content_Types].xml", "x"), "none.zip": archive("x/", ""), "broken.zip": "PK\x03\x04broken",
	})
	for _, c := range []struct {
		names []string
		want  []string
	}{
		{[]string{"a.md", "a.md"}, []string{"a.md: A"}},
		{[]string{"-", "a.md", "-"}, []string{"-: piped", "a.md: A"}},
		{[]string{"b.txt.gz"}, []string{"b.txt.gz: B"}},
		{[]string{"d", "d/1.csv"}, []string{
			"found d/1.csv: one", "found d/2.csv: two", "found d/e/3.csv: three",
			"found error d/p.pdf: this is a PDF; copy its text into a file, or export it as text",
		}},
		{[]string{"z.zip", "a.md"}, []string{
			"found z.zip/x/1.csv: one", "found error z.zip/p.pdf: this is a PDF; copy its text into a file, or export it as text",
			"found z.zip/2.csv.gz: two", "a.md: A",
		}},
		{[]string{"d/p.pdf", "a.md"}, []string{"error d/p.pdf: this is a PDF; copy its text into a file, or export it as text"}},
		{[]string{"a.md", "missing"}, []string{"error missing: no such file; check the path"}},
		{[]string{"empty"}, []string{"error empty: there is no file in this folder; name another"}},
		{[]string{"office.docx"}, []string{"error office.docx: this is an office document or a program's archive; export it as text"}},
		{[]string{"none.zip"}, []string{"error none.zip: there is no file in this archive; name another"}},
		{[]string{"broken.zip"}, []string{"error broken.zip: this is a zip archive and damaged; fetch it again"}},
	} {
		if diff := cmp.Diff(c.want, opened(t, "piped", c.names...)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.names, diff)
		}
	}
	if diff := cmp.Diff([]string{"found -/a.csv: piped"}, opened(t, archive("a.csv", "piped"), "-")); diff != "" {
		t.Errorf("an archive from standard input: %s", diff)
	}
}

func TestLargeFilesComeLast(t *testing.T) {
	large := strings.Repeat("a line of text\n", largeFile/15+1)
	write(t, map[string]string{"1-large.csv": large, "2-small.csv": "x", "3-reviewed.md": frontMatter + large, "4-large.csv": large})
	places, err := Places([]string{"1-large.csv", "2-small.csv", "3-reviewed.md", "4-large.csv", "-"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range places {
		names = append(names, p.Name)
	}
	if diff := cmp.Diff([]string{"2-small.csv", "3-reviewed.md", "-", "1-large.csv", "4-large.csv"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestPlacesRefuse(t *testing.T) {
	write(t, map[string]string{"a.md": "A"})
	_, err := Places([]string{"a.md/below"})
	var ie *InputError
	if !errors.As(err, &ie) || strings.Contains(err.Error(), "stat ") {
		t.Errorf("below a file: %v", err)
	}
	if os.Getuid() != 0 { // root may read everything
		if err := os.Chmod("a.md", 0); err != nil {
			t.Fatal(err)
		}
		places, err := Places([]string{"a.md"})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range Inputs(places, nil) {
			if !errors.Is(err, fs.ErrPermission) || err.Error() != "a.md: permission denied; check who may read it" {
				t.Errorf("locked: %v", err)
			}
		}
	}
}

// TestPassword holds that a file with a password is named and the others are
// read.
func TestPassword(t *testing.T) {
	locked := []byte(archive("locked.csv", "x", "open.csv", "y"))
	for _, head := range []string{"PK\x03\x04", "PK\x01\x02"} { // the bit stands in both places
		at := bytes.Index(locked, []byte(head))
		flags := at + 6
		if head == "PK\x01\x02" {
			flags = at + 8
		}
		locked[flags] |= 1
	}
	write(t, map[string]string{"z.zip": string(locked)})
	want := []string{"found error z.zip/locked.csv: this file of the archive has a password; unpack it yourself", "found z.zip/open.csv: y"}
	if diff := cmp.Diff(want, opened(t, "", "z.zip")); diff != "" {
		t.Error(diff)
	}
}

// TestBombOfFiles holds that the files of an archive are bounded together: each
// would be read alone, of all only what no more may come of is.
func TestBombOfFiles(t *testing.T) {
	const size, files = 8 << 20, 40
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.Repeat([]byte("192.0.2.1 evil.\n"), 1<<16)
	sum := crc32.NewIEEE()
	for range size / len(text) {
		w.Write(text)
		sum.Write(text)
	}
	w.Close()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range files {
		h := &zip.FileHeader{
			Name: fmt.Sprintf("%02d.txt", i), Method: zip.Deflate, CRC32: sum.Sum32(),
			CompressedSize64: uint64(packed.Len()), UncompressedSize64: size,
		}
		raw, err := z.CreateRaw(h)
		if err != nil {
			t.Fatal(err)
		}
		raw.Write(packed.Bytes())
	}
	z.Close()
	write(t, map[string]string{"bomb.zip": b.String()})
	places, err := Places([]string{"bomb.zip"})
	if err != nil {
		t.Fatal(err)
	}
	read, whole := int64(0), 0
	for in, bad := range Inputs(places, nil) {
		if err = bad; bad != nil {
			continue
		}
		var n int64
		if n, err = io.Copy(io.Discard, in); err == nil {
			whole++
		}
		read += n
	}
	if read > freely+size || whole < freely/size-1 {
		t.Errorf("%d bytes of %d files were read", read, whole)
	}
	want := "bomb.zip/09.txt: more comes out of the archive than is read, and so 30 others behind it are left out; unpack it yourself if you trust it, and open the part you need"
	if !errors.Is(err, errBomb) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
