package feed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// utf16Bytes encodes s with a byte order mark.
func utf16Bytes(s string, bigEndian bool) string {
	var b []byte
	for _, u := range append([]uint16{0xFEFF}, utf16.Encode([]rune(s))...) {
		if bigEndian {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func TestDecode(t *testing.T) {
	const text = "Bücher\n| a | 😀 |\n"
	for _, c := range []struct {
		name, raw, want string
		findings        []Finding
	}{
		{"plain", text, text, nil},
		{"byte order mark", "\uFEFF" + text, text, nil},
		{"second byte order mark stays", "a\n\uFEFFb\n", "a\n\uFEFFb\n", nil},
		{"UTF-16 LE", utf16Bytes(text, false), text, nil},
		{"UTF-16 BE", utf16Bytes(text, true), text, nil},
		{"UTF-16 with CRLF", utf16Bytes("a\r\nb", false), "a\nb", nil},
		{"CRLF", "a\r\nb\r\n", "a\nb\n", nil},
		{"lone CR", "a\rb\r\rc", "a\nb\n\nc", nil},
		{"mixed ends", "a\r\n\rb\n", "a\n\nb\n", nil},
		{"no end of line", "a", "a", nil},
		{"invalid UTF-8", "a\nb\xff\xfec\n\x87", "a\nb\uFFFDc\n\uFFFD", []Finding{{
			"invalid-utf8", Warning, Source{"doc", 2},
			"bytes that are not UTF-8 are shown as U+FFFD from here on; save the file as UTF-8 if a value is affected",
		}}},
		{"lone surrogate", "\xFF\xFEa\x00\n\x00\x00\xD8b\x00", "a\n\uFFFDb", []Finding{{
			"invalid-utf16", Warning, Source{"doc", 2},
			"characters that are not UTF-16 are shown as U+FFFD from here on; save the file again if a value is affected",
		}}},
		{"replacement character as written", "a\uFFFD", "a\uFFFD", nil},
		{"line separator is no end of line", "a\u2028b", "a\u2028b", nil},
		{"escape sequences stay for the screens to clean", "\x1b[31m", "\x1b[31m", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Decode("doc", strings.NewReader(c.raw))
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256([]byte(c.raw))
			want := Input{Name: "doc", SHA256: hex.EncodeToString(sum[:]), Text: []byte(c.want), Findings: c.findings}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct{ name, raw, want string }{
		{"empty", "", "doc: the file is empty; check that it was saved"},
		{"white space", " \r\n\t\n", "doc: the file is empty; check that it was saved"},
		{"only a byte order mark", "\uFEFF", "doc: the file is empty; check that it was saved"},
		{"only a UTF-16 mark", "\xFE\xFF", "doc: the file is empty; check that it was saved"},
		{"NUL", "a\nb\nc\x00d\n", "doc:3: holds a NUL byte, so it is no text; open the text of the bulletin, saved as UTF-8"},
		{"UTF-32", "\xFF\xFE\x00\x00a\x00\x00\x00", "doc:1: holds a NUL byte, so it is no text; open the text of the bulletin, saved as UTF-8"},
		{"PDF", "%PDF-1.7\n", "doc: this is a PDF; copy its text into a file, or export it as text"},
		{"zip", "PK\x03\x04xx", "doc: this is a zip archive or an office document; unpack it, or export it as text"},
		{"gzip", "\x1f\x8b\x08", "doc: this is compressed with gzip; unpack it with gunzip first"},
		{"ELF", "\x7fELF\x02", "doc: this is a program; open the text of a bulletin"},
		{"PE", "MZ\x90\x00", "doc: this is a Windows program; do not run it; open the text of a bulletin"},
		{"PNG", "\x89PNG\r\n", "doc: this is a picture; open the text of a bulletin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, err := Decode("doc", strings.NewReader(c.raw))
			var ie *InputError
			if !errors.As(err, &ie) || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
			if in.Text != nil {
				t.Errorf("an error and text: %q", in.Text)
			}
		})
	}
}

func TestDecodeLimit(t *testing.T) {
	const limit = 1 << 20
	if in, err := decode("doc", strings.NewReader(strings.Repeat("a", limit)), limit); err != nil || len(in.Text) != limit {
		t.Errorf("a document of the largest size: %v", err)
	}
	// An endless stream must be left in time, whatever it holds.
	_, err := decode("-", endless{}, limit)
	if err == nil || err.Error() != "-: larger than 1 MiB; split it and open the parts together" {
		t.Errorf("an endless stream: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestDecodeBrokenStream(t *testing.T) {
	broken := errors.New("connection reset")
	_, err := Decode("-", io.MultiReader(strings.NewReader("| Type |"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || err.Error() != "-: connection reset; the file could not be read to its end" {
		t.Error(err)
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.md")
	if err := os.WriteFile(name, []byte("text\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := ReadFile(name, nil)
	if err != nil || string(in.Text) != "text\n" || in.Name != name {
		t.Errorf("got %+v, %v", in, err)
	}
	in, err = ReadFile("-", strings.NewReader("piped"))
	if err != nil || string(in.Text) != "piped" || in.Name != "-" {
		t.Errorf("from standard input: %+v, %v", in, err)
	}

	var ie *InputError
	missing := filepath.Join(dir, "missing.md")
	_, err = ReadFile(missing, nil)
	if !errors.As(err, &ie) || !errors.Is(err, fs.ErrNotExist) || err.Error() != missing+": no such file; check the path" {
		t.Errorf("missing: %v", err)
	}
	_, err = ReadFile(dir, nil)
	if !errors.As(err, &ie) || err.Error() != dir+": this is a directory; name the files in it, for example "+dir+"/*.md" {
		t.Errorf("directory: %v", err)
	}
	_, err = ReadFile(filepath.Join(name, "below"), nil)
	if !errors.As(err, &ie) || strings.Contains(err.Error(), "open ") {
		t.Errorf("below a file: %v", err)
	}
	if os.Getuid() != 0 { // root may read everything
		locked := filepath.Join(dir, "locked.md")
		if err := os.WriteFile(locked, []byte("x"), 0o000); err != nil {
			t.Fatal(err)
		}
		if _, err = ReadFile(locked, nil); !errors.Is(err, fs.ErrPermission) || err.Error() != locked+": permission denied; check who may read it" {
			t.Errorf("locked: %v", err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		"", "text\r\n", "\uFEFFtext", utf16Bytes("a\r\nü", false), utf16Bytes("a\rü", true), "\xFF\xFE\x00\xD8", "\xFE\xFFa",
		"%PDF-", "PK\x03\x04", "a\x00", "a\xffb", "\xFF\xFE", "\uFEFF\uFEFF",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := Decode("doc", bytes.NewReader(raw))
		if err != nil {
			var ie *InputError
			if !errors.As(err, &ie) || ie.Reason == "" {
				t.Errorf("unhelpful error %v", err)
			}
			return
		}
		if !utf8.Valid(in.Text) || bytes.ContainsAny(in.Text, "\r\x00") || len(bytes.TrimSpace(in.Text)) == 0 {
			t.Errorf("decoded to %q", in.Text)
		}
		for _, fd := range in.Findings {
			if fd.Source.Line < 1 || fd.Source.Line > bytes.Count(in.Text, []byte("\n"))+1 {
				t.Errorf("finding on line %d", fd.Source.Line)
			}
		}
		if again, err := Decode("doc", bytes.NewReader(in.Text)); err == nil && len(again.Findings) > 0 {
			t.Errorf("decoded text needs decoding: %v", again.Findings)
		}
	})
}
