package prose

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/feed/records"
)

// small are documents with one of each of what is read.
var small = []string{
	lines("# Otter IOCs", "", "Malware Family: Otter", "", "## C2", "- cdn[.]example[.]net:443 (old)", "* 192.0.2.1-192.0.2.9", "", "| SHA1 | File name | First seen |", "|---|---|---|",
		"| "+sha1Hex+" | a.exe | 2026-05-26 |", "", "```", "a[@]b[.]example", "```", "## References", "[1] https://blog.example.org/x", "Text hxxps[:]//a.example/b with CVE-2021-1234."),
	lines("= Otter Indicators", ":toc:", "", "== Files", "|===", "|MD5 |File", "", "|"+md5Hex, "|b.dll", "|===", ".Names", "----", `C:\x\y.exe`, "----", "https://www.example.org[a] link:x[y]"),
	`<html><head><title>Otter</title><base href="http://www.example.org/"></head><body><nav>x</nav><h2>IOCs</h2><ul><li>192.0.2.1<li><a href="http://a.example/">x</a></ul>` +
		"<table><tr><th>URL<th>Port<tr><td>http://b.example/<br>http://c.example/<td>80</table><pre>a.example.com\n2001:db8::1</pre><p>c[.]example&#10;x</p></body></html>\n",
	lines("Indicators:", "a.example.com\t192.0.2.7", "", "Hashes", md5Hex, "rule A_b {", " 203.0.113.1", "}", "see <http://a.example.com/a/long/path/that/goes/on/", "x/y.php>"),
}

func FuzzReader(f *testing.F) {
	for _, s := range small {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		whole, err := checked(t, string(doc), false)
		if len(doc) > 4096 {
			return
		}
		again, err2 := checked(t, string(doc), true)
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%v, byte by byte %v", err, err2)
		}
		if diff := cmp.Diff(whole, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

// checked reads a document and checks what holds of every one.
func checked(t *testing.T, doc string, slow bool) (*feed.Bulletin, error) {
	t.Helper()
	var r io.Reader = strings.NewReader(doc)
	if slow {
		r = iotest.OneByteReader(r)
	}
	in, err := feed.NewInput("x", r)
	if err != nil {
		return nil, err
	}
	if s := (Reader{}).Sure(in.Head()); s < 1 || s > sureOfHTML {
		t.Fatalf("sure %d", s)
	}
	bs, err := feed.Collect(Reader{}.Read, in)
	var bad *feed.InputError
	if err != nil && !errors.As(err, &bad) || err == nil && len(bs) != 1 {
		t.Fatalf("%d bulletins, %v", len(bs), err)
	}
	if err != nil {
		return nil, err
	}
	b := bs[0]
	last := 1 + strings.Count(strings.ReplaceAll(doc, "\r\n", "\n"), "\n") + strings.Count(doc, "\r")
	for _, i := range append(b.IOCs[:len(b.IOCs):len(b.IOCs)], b.Mentions...) {
		if v, err := feed.Canonical(i.Type, i.Value); err != nil || v != i.Value {
			t.Errorf("%s %q is not canonical: %q, %v", i.Type, i.Value, v, err)
		}
		if len(i.Sources) != 1 || i.Sources[0].Line < 1 || i.Sources[0].Line > last {
			t.Errorf("%q stands in %v of %d lines", i.Value, i.Sources, last)
		}
		if i.Mention == (i.Context == "") {
			t.Errorf("%q: mention %v, context %q", i.Value, i.Mention, i.Context)
		}
	}
	codes := map[string]int{}
	for _, f := range b.Findings {
		if codes[f.Code]++; codes[f.Code] > records.MaxFindings+1 {
			t.Fatalf("%d findings of %s", codes[f.Code], f.Code)
		}
		if f.Source.Line > last {
			t.Errorf("%v in %d lines", f, last)
		}
	}
	return b, nil
}

// TestCut holds that a document that was cut gives nothing that the whole does
// not have, but for what the cut goes through.
func TestCut(t *testing.T) {
	for n, doc := range small {
		whole, err := checked(t, doc, false)
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{}
		for _, i := range append(whole.IOCs, whole.Mentions...) {
			known[i.Key()] = true
		}
		for end := range doc {
			b, err := checked(t, doc[:end], false)
			if err != nil {
				continue
			}
			for _, i := range append(b.IOCs, b.Mentions...) {
				touches := i.Sources[0].Line >= strings.Count(doc[:end], "\n") && n != 2 // a URL may go on in the next line
				if !known[i.Key()] && !touches {
					t.Errorf("document %d cut at byte %d has %s %q, which the whole has not", n, end, i.Type, i.Value)
				}
			}
		}
	}
}
