package review

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quarry/feed"
)

// cleanDocument copies a document with its texts fit to be shown and exported:
// hidden characters become visible escapes, white space is folded within
// lines, empty lines go. Published queries keep their layout. What was hidden
// is reported as a finding. A clean document stays as it is.
//
// Names holds what to call sources; others are cleaned and added.
func cleanDocument(d *feed.Bulletin, names map[string]string) *feed.Bulletin {
	c := cleaner{names: names}
	n := *d
	n.Source = c.source(d.Source)
	n.Title, n.Family, n.Text = c.line(d.Title), c.line(d.Family), c.lines(d.Text)
	n.Types = slices.Clone(d.Types)
	for i, t := range n.Types {
		n.Types[i] = feed.Type(c.line(string(t)))
	}
	n.Findings = c.findings(d.Findings)
	n.Tables = slices.Clone(d.Tables)
	for i, t := range n.Tables {
		n.Tables[i] = feed.TableNote{Name: c.line(t.Name), Note: c.line(t.Note), Source: c.source(t.Source)}
	}
	n.Scenarios = slices.Clone(d.Scenarios)
	for i, s := range n.Scenarios {
		n.Scenarios[i] = feed.Scenario{
			Title: c.line(s.Title), Description: c.lines(s.Description), Filter: c.lines(s.Filter), Cut: s.Cut, Source: c.source(s.Source),
		}
	}
	n.Queries = slices.Clone(d.Queries)
	for i, q := range n.Queries {
		n.Queries[i] = feed.Query{Text: c.visible(q.Text), Source: c.source(q.Source)}
	}
	n.IOCs, n.Mentions = c.iocs(d.IOCs, false), c.iocs(d.Mentions, true)
	if c.hid > 0 {
		n.Findings = append(n.Findings, feed.Finding{
			Code: "hidden-characters", Severity: feed.Warning, Source: n.Source,
			Text: fmt.Sprintf(`control or invisible characters in %d of its texts are shown as escapes such as \u202e`, c.hid),
		})
	}
	return &n
}

// cleaner cleans the texts of one document and counts those that hid
// something.
type cleaner struct {
	hid   int
	names map[string]string // of sources: many places share a few
}

func (c *cleaner) visible(s string) string {
	s = unixLines(s)
	v := visible(s)
	if v != s {
		c.hid++
	}
	return v
}

func (c *cleaner) line(s string) string {
	if folded(s) {
		return s
	}
	return foldSpace(c.visible(s))
}

func (c *cleaner) lines(s string) string { return foldLines(c.visible(s)) }

func (c *cleaner) source(s feed.Source) feed.Source {
	name, known := c.names[s.Name]
	if !known {
		name = c.line(s.Name)
		c.names[s.Name] = name
	}
	s.Name = name
	return s
}

func (c *cleaner) findings(fs []feed.Finding) []feed.Finding {
	fs = slices.Clone(fs)
	for i, f := range fs {
		fs[i].Code, fs[i].Source, fs[i].Text = c.line(f.Code), c.source(f.Source), c.line(f.Text)
	}
	return fs
}

// iocs copies the list only where something beside a value has to change.
func (c *cleaner) iocs(iocs []feed.IOC, mentions bool) []feed.IOC {
	copied := false
	for at := range iocs {
		i := iocs[at]
		if changed := c.ioc(&i); !changed && i.Mention == mentions {
			continue
		}
		if !copied {
			iocs, copied = slices.Clone(iocs), true
		}
		i.Mention = mentions
		iocs[at] = i
	}
	return iocs
}

// ioc cleans what is said of a value, which is clean by [feed.Canonical].
func (c *cleaner) ioc(i *feed.IOC) (changed bool) {
	for _, s := range []*string{(*string)(&i.Threat), &i.Family, &i.Context, &i.Reference} {
		if !folded(*s) {
			was := *s
			*s = c.line(was)
			changed = changed || *s != was
		}
	}
	sources := cleanList(&i.Sources, feed.Source{}, c.source)
	differs := cleanList(&i.Differs, "", c.line)
	tags := cleanList(&i.Tags, "", c.line)
	return changed || sources || differs || tags
}

// cleanList cleans a list without what is empty, in a copy if that changes
// anything.
func cleanList[T comparable](list *[]T, empty T, clean func(T) T) (changed bool) {
	var cleaned []T
	for at, v := range *list {
		n := clean(v)
		if !changed {
			if n == v && n != empty {
				continue
			}
			cleaned, changed = append(cleaned, (*list)[:at]...), true
		}
		if n != empty {
			cleaned = append(cleaned, n)
		}
	}
	if changed {
		*list = cleaned
	}
	return changed
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

// hidden reports whether a reader could not see r. The two variation selectors
// that follow common signs in ordinary text are left alone.
func hidden(r rune) bool {
	switch {
	case r < 0x7F:
		return r < ' ' && r != '\n' && r != '\t'
	case r == 0xFE0E || r == 0xFE0F:
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// unixLines ends every line with \n alone, as documents that were read from a
// file have it already.
func unixLines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// oneLine makes one line of what an analyst typed or pasted.
func oneLine(s string) string { return foldSpace(visible(unixLines(s))) }

// foldSpace makes one line of s, with one space between words.
func foldSpace(s string) string {
	if folded(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// folded reports whether s is ASCII with single spaces between words, as most
// texts are.
func folded(s string) bool {
	space := true // a space may not come next
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x7F || s[i] < ' ' || s[i] == ' ' && space {
			return false
		}
		space = s[i] == ' '
	}
	return s == "" || !space
}

// foldLines folds white space within lines and drops empty lines.
func foldLines(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if f := foldSpace(line); f != "" {
			lines = append(lines, f)
		}
	}
	return strings.Join(lines, "\n")
}
