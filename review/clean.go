package review

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quarry/feed"
)

// cleanDocument copies a document with its prose fit to be shown and exported:
// hidden characters become visible escapes, white space is folded within
// lines, empty lines go. Published queries keep their layout. What was hidden
// is reported as a finding.
func cleanDocument(d *feed.Bulletin) *feed.Bulletin {
	c := *d
	hid := 0
	prose := func(s string) string {
		v := visible(s)
		if v != s {
			hid++
		}
		return foldLines(v)
	}
	line := func(s string) string { return strings.Join(strings.Fields(prose(s)), " ") }
	c.Title, c.Family, c.Text = line(d.Title), line(d.Family), prose(d.Text)
	c.Findings = append([]feed.Finding(nil), d.Findings...)
	for i := range c.Findings {
		c.Findings[i].Text = line(c.Findings[i].Text)
	}
	c.Tables = append([]feed.TableNote(nil), d.Tables...)
	for i, t := range c.Tables {
		c.Tables[i].Name, c.Tables[i].Note = line(t.Name), line(t.Note)
	}
	c.Scenarios = append([]feed.Scenario(nil), d.Scenarios...)
	for i, s := range c.Scenarios {
		c.Scenarios[i].Title, c.Scenarios[i].Description, c.Scenarios[i].Filter = line(s.Title), prose(s.Description), prose(s.Filter)
	}
	c.Queries = append([]feed.Query(nil), d.Queries...)
	for i, q := range c.Queries {
		if v := visible(q.Text); v != q.Text {
			hid++
			c.Queries[i].Text = v
		}
	}
	c.IOCs, c.Mentions = cleanIOCs(d.IOCs, line), cleanIOCs(d.Mentions, line)
	if hid > 0 {
		c.Findings = append(c.Findings, feed.Finding{
			Code: "hidden-characters", Severity: feed.Warning, Source: d.Source,
			Text: fmt.Sprintf("%d texts hold control or invisible characters; they are shown as escapes such as \\u202e", hid),
		})
	}
	return &c
}

// cleanIOCs copies the list only where a text beside a value has to change;
// values are clean by [feed.Canonical].
func cleanIOCs(iocs []feed.IOC, line func(string) string) []feed.IOC {
	copied := false
	for at, i := range iocs {
		family, context := line(i.Family), line(i.Context)
		if family == i.Family && context == i.Context {
			continue
		}
		if !copied {
			iocs, copied = slices.Clone(iocs), true
		}
		iocs[at].Family, iocs[at].Context = family, context
	}
	return iocs
}

// visible writes characters that a reader could not see, or that would reorder
// or control what is shown, as \x1b or \u202e. Line ends and tabs stay. The
// result has none left, so it is idempotent.
func visible(s string) string {
	if !strings.ContainsFunc(s, hidden) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case !hidden(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return unicode.IsControl(r) || r == 0xAD || r == 0x2028 || r == 0x2029 || unicode.Is(unicode.Cf, r)
}

// foldLines folds white space within lines and drops empty lines.
func foldLines(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if f := strings.Join(strings.Fields(line), " "); f != "" {
			lines = append(lines, f)
		}
	}
	return strings.Join(lines, "\n")
}
