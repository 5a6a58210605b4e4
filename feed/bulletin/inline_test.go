package bulletin

import (
	"fmt"
	"testing"

	"quarry/feed"
)

const header = "| Type | Value | Threat Type | First Seen | Confidence |\n|---|---|---|---|---|\n"

const (
	md5Hex    = "0123456789abcdef0123456789abcdef"
	sha256Hex = md5Hex + md5Hex
)

// readAll reads a document that stands in a test.
func readAll(t testing.TB, text string) []*feed.Bulletin {
	t.Helper()
	return readNamed(t, "doc", text)
}

func readOne(t testing.TB, text string) *feed.Bulletin {
	t.Helper()
	bs := readAll(t, text)
	if len(bs) != 1 {
		t.Fatalf("%d bulletins, want 1:\n%s", len(bs), text)
	}
	return bs[0]
}

// findingLine is a finding as "line code severity: text".
func findingLine(f feed.Finding) string {
	return fmt.Sprintf("%d %s %s: %s", f.Source.Line, f.Code, f.Severity, f.Text)
}

func findingLines(fs []feed.Finding) (lines []string) {
	for _, f := range fs {
		lines = append(lines, findingLine(f))
	}
	return lines
}

// mentionLines lists mentions as "type value: context @ lines".
func mentionLines(iocs []feed.IOC) (lines []string) {
	for _, i := range iocs {
		at := ""
		for _, s := range i.Sources {
			at += fmt.Sprintf(" %d", s.Line)
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s @%s", i.Type, i.Value, i.Context, at))
	}
	return lines
}
