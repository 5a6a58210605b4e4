// Package feedtest holds what every reader is held to, for tests.
package feedtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// Read reads a document and writes down what a reader makes of it, a line for
// each bulletin, IOC, mention and finding.
func Read(t testing.TB, r feed.Reader, text string) ([]string, error) {
	t.Helper()
	return read(t, r, strings.NewReader(text))
}

func read(t testing.TB, r feed.Reader, text io.Reader) ([]string, error) {
	t.Helper()
	in, err := feed.NewInput("doc", text)
	if err != nil {
		t.Skip(err)
	}
	bulletins, err := feed.Collect(r.Read, in)
	var lines []string
	for _, b := range bulletins {
		line := fmt.Sprintf("document %q", b.Title)
		if b.Total != feed.NoTotal {
			line += fmt.Sprintf(" of %d", b.Total)
		}
		lines = append(lines, line)
		for _, i := range append(b.IOCs[:len(b.IOCs):len(b.IOCs)], b.Mentions...) {
			lines = append(lines, Line(i))
		}
		for _, f := range b.Findings {
			lines = append(lines, fmt.Sprintf("%d %s %s: %s", f.Source.Line, f.Severity, f.Code, f.Text))
		}
	}
	return lines, err
}

// Line is all that is known of an IOC.
func Line(i feed.IOC) string {
	var b strings.Builder
	for _, s := range i.Sources {
		fmt.Fprintf(&b, "%d ", s.Line)
	}
	if i.Mention {
		fmt.Fprintf(&b, "mention (%s) ", i.Context)
	}
	fmt.Fprintf(&b, "%s %s", i.Type, i.Value)
	for _, s := range []string{string(i.Threat), i.Family} {
		if s != "" {
			fmt.Fprintf(&b, ", %s", s)
		}
	}
	if i.Confidence != feed.NoConfidence {
		fmt.Fprintf(&b, ", %d%%", i.Confidence)
	}
	if !i.FirstSeen.IsZero() || !i.LastSeen.IsZero() {
		fmt.Fprintf(&b, ", %s to %s", feed.FormatSeen(i.FirstSeen), feed.FormatSeen(i.LastSeen))
	}
	if i.Reference != "" {
		fmt.Fprintf(&b, ", see %s", i.Reference)
	}
	if len(i.Tags) > 0 {
		fmt.Fprintf(&b, ", %q", i.Tags)
	}
	return b.String()
}

// Check reads a document and reports where the reader does what none may: an
// IOC that is not canonical or of no line of the document, another result when
// the bytes come one by one, findings without bound.
func Check(t testing.TB, r feed.Reader, text string) {
	t.Helper()
	in, err := feed.NewInput("doc", strings.NewReader(text))
	if err != nil {
		return
	}
	if sure := r.Sure(in.Head()); sure < 0 || sure > 100 {
		t.Errorf("%d sure", sure)
	}
	bulletins, err := feed.Collect(r.Read, in)
	var bad *feed.InputError
	if err != nil && !errors.As(err, &bad) {
		t.Errorf("the error is %v", err)
	}
	if err == nil && len(bulletins) == 0 {
		t.Error("no bulletin and no error")
	}
	lines := strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") + 1
	for _, b := range bulletins {
		for n, list := range [][]feed.IOC{b.IOCs, b.Mentions} {
			for _, i := range list {
				if v, err := feed.Canonical(i.Type, i.Value); v != i.Value || err != nil {
					t.Errorf("%s is not canonical: %q, %v", Line(i), v, err)
				}
				if len(i.Sources) != 1 || i.Sources[0].Name != "doc" || i.Sources[0].Line < 0 || i.Sources[0].Line > lines {
					t.Errorf("%s stands in %v, the document has %d lines", Line(i), i.Sources, lines)
				}
				if i.Confidence < feed.NoConfidence || i.Confidence > 100 || i.Mention != (n == 1) || i.Mention != (i.Context != "") {
					t.Errorf("%s: confidence %d, mention %v, %q", Line(i), i.Confidence, i.Mention, i.Context)
				}
			}
		}
		if len(b.Findings) > 20_000 {
			t.Errorf("%d findings", len(b.Findings))
		}
		for _, f := range b.Findings {
			if f.Code == "" || f.Text == "" || len(f.Text) > 4000 || f.Source.Name != "doc" || f.Source.Line < 0 || f.Source.Line > lines {
				t.Errorf("finding %.500v of %d lines", f, lines)
			}
		}
	}
	if len(text) > 1<<16 {
		return
	}
	whole, err := Read(t, r, text)
	slow, slowErr := read(t, r, iotest.OneByteReader(strings.NewReader(text)))
	if d := cmp.Diff(whole, slow); d != "" || fmt.Sprint(err) != fmt.Sprint(slowErr) {
		t.Errorf("byte by byte (%v, %v):\n%s", err, slowErr, d)
	}
}

// Truncate cuts a document at every byte: no part may have an IOC that the
// whole has not.
func Truncate(t *testing.T, r feed.Reader, text string) {
	t.Helper()
	whole := map[string]bool{}
	all := iocs(t, r, []byte(text))
	for _, i := range all {
		whole[Line(i)] = true
	}
	if len(all) == 0 {
		t.Error("the whole has no IOC")
	}
	for n := range text {
		Check(t, r, text[:n])
		for _, i := range iocs(t, r, []byte(text[:n])) {
			if !whole[Line(i)] {
				t.Errorf("cut at byte %d it has %s", n, Line(i))
			}
		}
	}
}

func iocs(t testing.TB, r feed.Reader, text []byte) []feed.IOC {
	t.Helper()
	in, err := feed.NewInput("doc", bytes.NewReader(text))
	if err != nil {
		return nil
	}
	var all []feed.IOC
	bulletins, _ := feed.Collect(r.Read, in)
	for _, b := range bulletins {
		all = append(append(all, b.IOCs...), b.Mentions...)
	}
	return all
}

// Repeat is a text so many times, without holding it.
func Repeat(text string, n int) io.Reader { return &repeated{text: text, left: n} }

type repeated struct {
	text string
	at   int
	left int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && r.left > 0 {
		m := copy(p[n:], r.text[r.at:])
		n += m
		if r.at += m; r.at == len(r.text) {
			r.at = 0
			r.left--
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
