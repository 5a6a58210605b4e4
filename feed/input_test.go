package feed

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
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
			want := read{sha256Of(c.raw), c.want, c.findings}
			for _, r := range []io.Reader{strings.NewReader(c.raw), iotest.OneByteReader(strings.NewReader(c.raw)), strings.NewReader(gzipped(c.raw))} {
				got, err := readInput(r)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// read is all that comes of reading a document.
type read struct {
	SHA256, Text string
	Findings     []Finding
}

func readInput(r io.Reader) (read, error) {
	in, err := NewInput("doc", r)
	if err != nil {
		return read{}, err
	}
	if in.SHA256() != "" {
		return read{}, errors.New("the hash of a document that was not read")
	}
	head := string(in.Head())
	text, err := in.Text()
	if err == nil && !strings.HasPrefix(string(text), head) {
		err = fmt.Errorf("the head %q is not that of %q", head, text)
	}
	return read{in.SHA256(), string(text), in.Findings()}, err
}

func sha256Of(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func gzipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

// TestDecodeBlocks puts what decoding looks at across the borders of blocks.
func TestDecodeBlocks(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"\r\n", "\n"}, {"\r\r\n", "\n\n"}, {"\n\r", "\n\n"}, {"\u00fc", "\u00fc"}, {"\U0001f600", "\U0001f600"}, {"\xff\xfe\xfd", "\uFFFD"}, {"\xe2\x82", "\uFFFD"},
	} {
		for size := blockSize - 4; size <= blockSize+4; size++ {
			fill := strings.Repeat("a", size)
			raw, want := strings.Repeat(fill+c.raw, 4), strings.Repeat(fill+c.want, 4)
			got, err := readInput(strings.NewReader(raw))
			if err != nil || got.Text != want || got.SHA256 != sha256Of(raw) {
				t.Fatalf("%q after %d bytes: %d bytes for %d, %v", c.raw, size, len(got.Text), len(want), err)
			}
			if damaged := strings.Contains(want, "\uFFFD"); damaged != (len(got.Findings) == 1) || damaged && got.Findings[0].Source.Line != 1 {
				t.Errorf("%q after %d bytes: findings %v", c.raw, size, got.Findings)
			}
		}
	}
	got, err := readInput(strings.NewReader(strings.Repeat("line\r\n", 50_000) + "\xff"))
	if err != nil || len(got.Findings) != 1 || got.Findings[0].Source.Line != 50_001 {
		t.Errorf("damage in line 50,001: %v, %v", got.Findings, err)
	}
	_, err = readInput(strings.NewReader(strings.Repeat("line\r\n", 50_000) + "\x00"))
	if err == nil || err.Error() != "doc:50001: holds a NUL byte, so it is no text; open the text of the bulletin, saved as UTF-8" {
		t.Errorf("NUL in line 50,001: %v", err)
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
		{"zip in a stream", "PK\x03\x04xx", "doc: this is a zip archive or an office document; unpack it, or export it as text"},
		{"damaged gzip", "\x1f\x8b\x08", "doc: this is compressed with gzip and damaged; fetch it again"},
		{"cut gzip", gzipped("text")[:20], "doc: this is compressed with gzip and damaged; fetch it again"},
		{"gzip twice", gzipped(gzipped("text")), "doc: this is compressed with gzip twice; unpack it with gunzip first"},
		{"ELF", "\x7fELF\x02", "doc: this is a program; open the text of a bulletin"},
		{"PE", "MZ\x90\x00", "doc: this is a Windows program; do not run it; open the text of a bulletin"},
		{"PNG", "\x89PNG\r\n", "doc: this is a picture; open the text of a bulletin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readInput(strings.NewReader(c.raw))
			var ie *InputError
			if !errors.As(err, &ie) || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestTextLimit(t *testing.T) {
	const limit = 1 << 20
	b := &budget{left: limit}
	in, err := newInput("doc", strings.NewReader(strings.Repeat("a", limit)), limit, b)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := in.Text(); err != nil || len(text) != limit {
		t.Errorf("a document of the largest size: %v", err)
	}
	// An endless stream must be left in time, whatever it holds.
	in, err = newInput("-", endless{}, limit, b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Text(); err == nil || err.Error() != "-: larger than 1 MiB; split it and open the parts together" {
		t.Errorf("an endless stream: %v", err)
	}
}

func TestBomb(t *testing.T) {
	const limit = 1 << 20
	open := func(n, left int64) (*Input, error) {
		return newInput("doc.gz", strings.NewReader(gzipped(strings.Repeat("a", int(n)))), 2*limit, &budget{left: left})
	}
	in, err := open(limit+1, limit)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Text(); err == nil || err.Error() != "doc.gz: more comes out of it than is read; unpack it yourself if you trust it, and open the part you need" {
		t.Errorf("a bomb: %v", err)
	}
	if in, err = open(limit, limit); err != nil {
		t.Fatal(err)
	}
	if text, err := in.Text(); err != nil || len(text) != limit {
		t.Errorf("what is no bomb yet: %d bytes, %v", len(text), err)
	}
}

// What is packed to next to nothing is read no further than any feed needs,
// however much may still come.
func TestBombByRatio(t *testing.T) {
	for _, c := range []struct{ packed, want int64 }{{1 << 18, freely}, {1 << 20, 1 << 20 * maxRatio}} {
		b := &budget{left: MaxUnpacked, packed: c.packed}
		n, err := io.Copy(io.Discard, &bounded{r: endless{}, budget: b})
		if !errors.Is(err, errBomb) || n < c.want || n > c.want+1<<20 || b.left != MaxUnpacked-n {
			t.Errorf("packed to %d bytes: read %d, %d left, %v; want %d", c.packed, n, b.left, err, c.want)
		}
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
	_, err := readInput(io.MultiReader(strings.NewReader("| Type |"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || err.Error() != "doc: connection reset; the file could not be read to its end" {
		t.Error(err)
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
		in, err := readInput(bytes.NewReader(raw))
		if err != nil {
			var ie *InputError
			if !errors.As(err, &ie) || ie.Reason == "" {
				t.Errorf("unhelpful error %v", err)
			}
			return
		}
		if again, err := readInput(iotest.HalfReader(bytes.NewReader(raw))); err != nil || !cmp.Equal(in, again) {
			t.Errorf("read in pieces it is %+v, %v", again, err)
		}
		if !utf8.ValidString(in.Text) || strings.ContainsAny(in.Text, "\r\x00") || strings.TrimSpace(in.Text) == "" {
			t.Errorf("decoded to %q", in.Text)
		}
		for _, fd := range in.Findings {
			if fd.Source.Line < 1 || fd.Source.Line > strings.Count(in.Text, "\n")+1 {
				t.Errorf("finding on line %d", fd.Source.Line)
			}
		}
		if again, err := readInput(strings.NewReader(in.Text)); err == nil && len(again.Findings) > 0 {
			t.Errorf("decoded text needs decoding: %v", again.Findings)
		}
	})
}
