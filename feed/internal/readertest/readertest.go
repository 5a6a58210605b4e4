// Package readertest holds what is true of every reader of a format, whatever
// the document.
package readertest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/internal/race"
)

// Read reads a text with a reader. Without any error it gives all documents; an
// error must be an [*feed.InputError].
func Read(tb testing.TB, rd feed.Reader, text string) ([]*feed.Bulletin, error) {
	tb.Helper()
	return read(tb, rd, strings.NewReader(text))
}

func read(tb testing.TB, rd feed.Reader, r io.Reader) ([]*feed.Bulletin, error) {
	tb.Helper()
	in, err := feed.NewInput("doc", r)
	if err != nil {
		return nil, err
	}
	bs, err := feed.Collect(rd.Read, in)
	var bad *feed.InputError
	if err != nil && !errors.As(err, &bad) {
		tb.Errorf("an error of another kind: %T %v", err, err)
	}
	if err == nil && len(bs) == 0 {
		tb.Error("neither a document nor an error")
	}
	return bs, err
}

// Lines are the IOCs and mentions of documents and their findings, each on a
// line, as tests compare them.
func Lines(bs []*feed.Bulletin) []string {
	var all []string
	for _, b := range bs {
		for _, i := range b.IOCs {
			all = append(all, fmt.Sprintf("%d %s", i.Sources[0].Line, plain(i)))
		}
		for _, i := range b.Mentions {
			all = append(all, fmt.Sprintf("%d mention %s (%s)", i.Sources[0].Line, plain(i), i.Context))
		}
		for _, f := range b.Findings {
			all = append(all, fmt.Sprintf("%d %s %s: %s", f.Source.Line, f.Severity, f.Code, f.Text))
		}
	}
	return all
}

// Described is [Lines] with a line for each document before its own: its title, and
// how many IOCs it says it has.
func Described(bs []*feed.Bulletin) []string {
	var all []string
	for _, b := range bs {
		line := fmt.Sprintf("document %q", b.Title)
		if b.Total != feed.NoTotal {
			line += fmt.Sprintf(" of %d", b.Total)
		}
		all = append(append(all, line), Lines([]*feed.Bulletin{b})...)
	}
	return all
}

// plain is an IOC with all that is known of it, but for its place.
func plain(i feed.IOC) string {
	s := string(i.Type) + " " + i.Value
	add := func(what, v string) {
		if v != "" {
			s += " " + what + "=" + v
		}
	}
	add("threat", string(i.Threat))
	add("family", i.Family)
	if i.Confidence != feed.NoConfidence {
		add("confidence", fmt.Sprint(i.Confidence))
	}
	add("first", feed.FormatSeen(i.FirstSeen))
	add("last", feed.FormatSeen(i.LastSeen))
	add("ref", i.Reference)
	add("tags", strings.Join(i.Tags, ","))
	return s
}

// maxFindings is how many findings a document has at most for each of its codes,
// and how many codes.
const maxFindings = 40 * (records.MaxFindings + 1)

// Check holds what is true of every text: the reader does not panic, IOCs are
// canonical and stand on lines that are there, mentions say where they stand,
// findings are bounded, and a text that comes byte by byte is read alike.
func Check(tb testing.TB, rd feed.Reader, text string) {
	tb.Helper()
	in, err := feed.NewInput("doc", strings.NewReader(text))
	if err != nil {
		return
	}
	if s := rd.Sure(in.Head()); s < 0 || s > 100 {
		tb.Errorf("sure %d", s)
	}
	decoded, err := in.Text()
	if err != nil {
		return
	}
	lines := strings.Count(string(decoded), "\n") + 1
	bs, err := Read(tb, rd, text)
	for _, b := range bs {
		check(tb, b, lines)
	}
	slow, slowErr := read(tb, rd, iotest.OneByteReader(strings.NewReader(text)))
	if diff := cmp.Diff(Lines(bs), Lines(slow)); diff != "" || fmt.Sprint(err) != fmt.Sprint(slowErr) {
		tb.Errorf("read byte by byte it is another document (%v, %v)\n%s", err, slowErr, diff)
	}
}

func check(tb testing.TB, b *feed.Bulletin, lines int) {
	tb.Helper()
	place := func(what string, s feed.Source) {
		if s.Name != "doc" || s.Line < 1 || s.Line > lines {
			tb.Errorf("%s stands at %s of %d lines", what, s, lines)
		}
	}
	place("a document", b.Source)
	for _, all := range [][]feed.IOC{b.IOCs, b.Mentions} {
		for _, i := range all {
			if v, err := feed.Canonical(i.Type, i.Value); err != nil || v != i.Value {
				tb.Errorf("%s %q is not canonical: %v", i.Type, i.Value, err)
			}
			if len(i.Sources) != 1 || i.Mention != (i.Context != "") || i.Confidence < feed.NoConfidence || i.Confidence > 100 {
				tb.Errorf("%+v", i)
			}
			for _, s := range i.Sources {
				place(i.Value, s)
			}
		}
	}
	if len(b.Findings) > maxFindings {
		tb.Errorf("%d findings", len(b.Findings))
	}
	for _, f := range b.Findings {
		if f.Source != (feed.Source{Name: "doc"}) { // of the whole document
			place(f.Code, f.Source)
		}
		if f.Text == "" || len(f.Text) > 2000 {
			tb.Errorf("a finding of %d bytes: %.200v", len(f.Text), f)
		}
	}
}

// Cut reads a document that ends at every byte: nothing is in a part of it that
// is not in the whole, and no part is read without an error or a finding of that
// severity, but for what is less than a document.
func Cut(tb testing.TB, rd feed.Reader, text string) {
	tb.Helper()
	keys := func(bs []*feed.Bulletin) (all map[string]bool, worst feed.Severity) {
		all = map[string]bool{}
		for _, b := range bs {
			for _, i := range b.IOCs {
				all[i.Key()] = true
			}
			for _, f := range b.Findings {
				if f.Severity == feed.Error {
					worst = feed.Error
				}
			}
		}
		return all, worst
	}
	bs, err := Read(tb, rd, text)
	whole, worst := keys(bs)
	if err != nil || worst != "" || len(whole) == 0 {
		tb.Fatalf("the whole document has %d IOCs, and an error: %v, %v", len(whole), err, Lines(bs))
	}
	end := len(strings.TrimRight(text, " \n"))
	for at := 1; at < end; at++ {
		Check(tb, rd, text[:at])
		bs, err := Read(tb, rd, text[:at])
		part, worst := keys(bs)
		for key := range part {
			if !whole[key] {
				tb.Errorf("cut at byte %d it has %s", at, key)
			}
		}
		if err == nil && worst == "" {
			tb.Errorf("cut at byte %d it is read without an error", at)
		}
	}
}

// Within reads a document that ends at every byte: no part of it has an IOC or a
// mention, with all that is said of it, that is not in the whole.
func Within(tb testing.TB, rd feed.Reader, text string) {
	tb.Helper()
	found := func(text string) (all []string) {
		in, err := feed.NewInput("doc", strings.NewReader(text))
		if err != nil {
			return nil
		}
		bs, _ := feed.Collect(rd.Read, in)
		for _, b := range bs {
			for _, i := range slices.Concat(b.IOCs, b.Mentions) {
				all = append(all, fmt.Sprintf("%d %s %v %s", i.Sources[0].Line, plain(i), i.Mention, i.Context))
			}
		}
		return all
	}
	whole := found(text)
	if len(whole) == 0 {
		tb.Error("the whole has no IOC")
	}
	for n := range text {
		Check(tb, rd, text[:n])
		for _, i := range found(text[:n]) {
			if !slices.Contains(whole, i) {
				tb.Errorf("cut at byte %d it has %s", n, i)
			}
		}
	}
}

// huge is a text so long that a reader must not hold it.
const huge = 64 << 20

// Big is a text of n bytes at least: a head, then a unit again and again, then a
// tail, of which little is in memory. With the race detector a text of more than
// 64 MB has a quarter of its units.
func Big(n int, head, unit, tail string) io.Reader {
	if race.Enabled && n > huge {
		n /= 4
	}
	block := strings.Repeat(unit, 1+(64<<10)/len(unit))
	readers := []io.Reader{strings.NewReader(head)}
	for size := 0; size < n; size += len(block) {
		readers = append(readers, strings.NewReader(block))
	}
	return io.MultiReader(append(readers, strings.NewReader(tail))...)
}

// ReadBig reads what [Big] makes.
func ReadBig(tb testing.TB, rd feed.Reader, text io.Reader) ([]*feed.Bulletin, error) {
	tb.Helper()
	return read(tb, rd, text)
}
