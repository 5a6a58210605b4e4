package kqltest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// shown is how many characters of a line a report shows; a list of thousands
// of indicators stands in one line.
const shown = 160

// report shows a query with the number of each line, and under a line the
// findings about it.
func report(target, query string, findings []Diagnostic) string {
	var b strings.Builder
	fmt.Fprintf(&b, "this query for %s has %d finding(s):\n", target, len(findings))
	byStart := slices.SortedStableFunc(slices.Values(findings), func(a, b Diagnostic) int {
		return cmp.Compare(a.Start, b.Start)
	})
	at, number := 0, 0
	for line := range strings.Lines(query) {
		number++
		end := at + len(line)
		text := strings.TrimRight(line, "\r\n")
		first := true
		for len(byStart) > 0 && (byStart[0].Start < end || end == len(query)) {
			writeFinding(&b, number, text, byStart[0], at, first)
			byStart, first = byStart[1:], false
		}
		if first {
			part, _, _ := clip(text, 0, 0)
			fmt.Fprintf(&b, "%5d | %s\n", number, part)
		}
		at = end
	}
	for _, d := range byStart { // an empty query has no line
		fmt.Fprintf(&b, "%s %s: %s\n", d.Severity, d.Code, d.Message)
	}
	return b.String()
}

// writeFinding shows one finding under the part of its line that it is about.
// The line itself is shown with its first finding, and again when it is too
// long to show whole.
func writeFinding(b *strings.Builder, number int, line string, d Diagnostic, lineStart int, first bool) {
	from := min(max(d.Start-lineStart, 0), len(line))
	to := min(max(d.End-lineStart, from), len(line))
	part, left, width := clip(line, from, to)
	if first || part != line {
		fmt.Fprintf(b, "%5d | %s\n", number, part)
	}
	fmt.Fprintf(b, "      | %s%s %s %s: %s\n", strings.Repeat(" ", left), strings.Repeat("^", max(width, 1)),
		d.Severity, d.Code, strings.Join(strings.Fields(d.Message), " "))
}

// clip returns the part of a line around the bytes from..to that fits a
// report, and where they stand in it: characters to their left, and their
// width in characters.
func clip(line string, from, to int) (part string, left, width int) {
	line = strings.ReplaceAll(line, "\t", " ")
	left, width = utf8.RuneCountInString(line[:from]), utf8.RuneCountInString(line[from:to])
	runes := []rune(line)
	if len(runes) <= shown {
		return line, left, width
	}
	start := max(0, min(left-shown/3, len(runes)-shown))
	end := start + shown
	part = string(runes[start:end])
	left, width = left-start, min(width, end-left)
	if start > 0 {
		part, left = "…"+part, left+1
	}
	if end < len(runes) {
		part += "…"
	}
	return part, left, width
}
