package prose

import (
	"errors"
	"io"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/internal/race"
)

// endless reads a text again and again until so many bytes were read.
type endless struct {
	unit string
	at   int
	left int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && e.left > 0 {
		k := copy(p[n:min(len(p), n+e.left)], e.unit[e.at:])
		n, e.left = n+k, e.left-k
		e.at = (e.at + k) % len(e.unit)
	}
	return n, nil
}

// counting is a sink that counts.
type counting struct {
	iocs int
	b    *feed.Bulletin
}

func (c *counting) Document(b *feed.Bulletin) { c.b = b }
func (c *counting) IOC(feed.IOC) error        { c.iocs++; return nil }

func readEndless(t *testing.T, start, unit string, size int) (counting, error) {
	t.Helper()
	in, err := feed.NewInput("x", io.MultiReader(strings.NewReader(start), &endless{unit: unit, left: size}))
	if err != nil {
		t.Fatal(err)
	}
	var c counting
	return c, Reader{}.Read(in, &c)
}

// TestHostile reads what would take forever, or all memory, if anything were
// kept or looked at twice.
func TestHostile(t *testing.T) {
	size := 1 << 20
	if race.Enabled {
		size /= 4
	}
	for _, c := range []struct{ start, unit string }{
		{"192.0.2.1\n", "a"}, {"192.0.2.1\n", "192.0.2.1 - "}, {"192.0.2.1\n", "a.example.com, "}, {"192.0.2.1\n", "a.example/x,"}, {"192.0.2.1\n", "192.0.2.1:443, 8443\n"}, {"192.0.2.1\n", "hxxp://a.example/b... "}, {"192.0.2.1\n", "- hxxp://a.example/b...\n"}, {"192.0.2.1\n", "192.0.2.1/1/2,"}, {"192.0.2.1\n", "—a.example/b,c"}, {"IOCs of malware:\n\n", "a—b.example—"}, {"192.0.2.1\n", "\n"}, {"192.0.2.1\n", "\n\nIOCs\n"}, {"192.0.2.1\n", "> "},
		{"192.0.2.1\n", "# IOCs\n"}, {"192.0.2.1\n", "|"}, {"192.0.2.1\n", "|\n"}, {"192.0.2.1\n", "a|b\n-|-\n"}, {"192.0.2.1\n", "a\tb\n"}, {"192.0.2.1\n", "](x"}, {"192.0.2.1\n", "[link:"}, {"192.0.2.1\n", "[a](http://b.example/c) "}, {"<p>192.0.2.1</p>", "a.example.com\n"}, {"<p>192.0.2.1</p>", "<wbr>\n"},
		{"192.0.2.1\n", "1. Victims\n\n2. Domains\n"}, {"192.0.2.1\n", "Thanks, Bob\nVictims\n"}, {"a[.]example\nb[.]example\nc[.]example\n", "a.example.com, "},
		{"192.0.2.1\n", "```\n"}, {"192.0.2.1\n", "CVE-2021-1234 "}, {"192.0.2.1\n", "http://a.example/-\n"}, {"192.0.2.1\n", "rule a {\n"}, {"192.0.2.1\n", "Hashes:\n\n"},
		{"= IOCs\n192.0.2.1\n", "|===\n"}, {"= IOCs\n192.0.2.1\n|===\n", "|a\n"}, {"= IOCs\n192.0.2.1\n|===\n", "a|"}, {"= IOCs\n192.0.2.1\n|===\n", "a\n"}, {"= IOCs\n", "https://a.example/[x "},
		{"<p>192.0.2.1</p>", "<div>"}, {"<p>192.0.2.1</p>", "</div>"}, {"<p>192.0.2.1</p>", "<table><tr><td>a"}, {"<p>192.0.2.1</p><table>", "<td>"}, {"<p>192.0.2.1</p><table>", "<td>a.example.com<br>"},
		{"<p>192.0.2.1</p>", "<ul><li>"}, {"<p>192.0.2.1</p>", "<a href=http://a.example/>"}, {"<p>192.0.2.1</p>", "<a href=http://a.example/>a</a>"}, {"<p>192.0.2.1</p>", "\n"}, {"<p>192.0.2.1</p>", "a\n"},
		{"<p>192.0.2.1</p>", "<h1>IOCs"}, {"<p>192.0.2.1</p><title>", "a "}, {"<p>192.0.2.1</p>", "<pre>"}, {"<p>192.0.2.1</p>", "<nav>"}, {"<p>192.0.2.1</p><pre>", "192.0.2.1\n"}, {"<p>192.0.2.1</p>", "&#10;"},
	} {
		got, err := readEndless(t, c.start, c.unit, size)
		if err != nil && !errors.As(err, new(*feed.InputError)) {
			t.Errorf("%q: %v", c.unit, err)
		}
		if err == nil && len(got.b.Findings) > 10_000 {
			t.Errorf("%q: %d findings", c.unit, len(got.b.Findings))
		}
	}
}

func TestLongLine(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100 MB twice")
	}
	for _, start := range []string{"192.0.2.1 ", "<p>192.0.2.1</p>"} {
		got, err := readEndless(t, start, "words without end ", 100<<20)
		if err != nil || got.iocs != 1 {
			t.Errorf("%q: %d IOCs, %v", start, got.iocs, err)
		}
		if got.b.Findings[0].Code != map[bool]string{true: "text-cut", false: "long-line"}[start[0] == '<'] {
			t.Errorf("%q: %v", start, got.b.Findings)
		}
	}
}
