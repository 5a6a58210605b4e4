package own

import (
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// columns are those of the CSV that Quarry writes, all of which must be there
// for it to be Quarry's. Three that older ones lack, last_seen, reference and tags,
// may be missing.
var columns = []string{"on", "type", "value", "threat", "family", "confidence", "first_seen", "verdict", "note", "mention", "source", "line"}

// headerOf reads the header: where each column stands.
func headerOf(line string) (at map[string]int, ok bool) {
	at = map[string]int{}
	for k, name := range strings.Split(strings.TrimRight(line, " "), ",") {
		if _, twice := at[name]; twice || len(at) > 100 {
			return nil, false
		}
		at[name] = k
	}
	for _, name := range columns {
		if _, there := at[name]; !there {
			return nil, false
		}
	}
	return at, true
}

// readSheet reads CSV.
func readSheet(in *feed.Input, out feed.Sink) error {
	line, _, _ := strings.Cut(strings.TrimLeft(string(in.Head()), " \t\n\ufeff"), "\n")
	at, _ := headerOf(line)
	d := begin(in, out)
	rows := records.NewRows(records.NewLines(in), ',')
	for first := true; rows.Next(); first = false {
		if first {
			continue
		}
		row := rows.Fields
		switch {
		case rows.Cut:
			d.Find("long-line", feed.Error, rows.Line, "this line is longer than %d MiB, so it is left out", records.MaxLine>>20)
			continue
		case rows.Open && len(row) < len(at):
			d.Find("text-cut", feed.Error, rows.Line, "the text ends in the middle of the row %s, so no IOC is made of it, and what follows is missing", feed.Quote(strings.Join(row, ",")))
			continue
		case len(row) != len(at):
			d.Find("bad-record", feed.Error, rows.Line, "the row %s has %d cells and the header has %d, so no IOC is made of it", feed.Quote(strings.Join(row, ",")), len(row), len(at))
			continue
		}
		if rows.Open { // the line of the source may be cut
			row[len(row)-1] = ""
		}
		o := d.cells(row, at, rows.Line)
		if err := d.add(&o, rows.Line); err != nil {
			return err
		}
	}
	if err := d.Stop(rows.Err()); err != nil {
		return err
	}
	d.end()
	return nil
}

// cells is what a row says.
func (d *document) cells(row []string, at map[string]int, line int) object {
	cell := func(name string) string {
		if k, ok := at[name]; ok {
			return unguarded(row[k])
		}
		return ""
	}
	o := object{
		Type: feed.Type(cell("type")), Value: cell("value"), Threat: feed.Threat(cell("threat")), Family: cell("family"), FirstSeen: cell("first_seen"),
		LastSeen: cell("last_seen"), Reference: cell("reference"), Context: cell("context"), Source: cell("source"), Verdict: cell("verdict"), Note: cell("note"),
	}
	if tags := cell("tags"); tags != "" {
		for _, t := range records.SplitRow(tags, ',') {
			if t != "" {
				o.Tags = append(o.Tags, t)
			}
		}
	}
	if c := cell("confidence"); c != "" {
		n, err := strconv.Atoi(c)
		if err != nil {
			d.Find("bad-confidence", feed.Warning, line, "%s is no percentage from 0 to 100, so %s has no confidence", feed.Quote(c), feed.Quote(o.Value))
		} else {
			o.Confidence = &n
		}
	}
	o.Line, _ = strconv.Atoi(cell("line"))
	if m, err := strconv.ParseBool(cell("mention")); err == nil {
		o.Mention = &m
	}
	word, rest, held := strings.Cut(cell("on"), ",")
	switch on := strings.EqualFold(word, "on"); {
	case held:
		o.LeftOut = "confidence " + strings.TrimSpace(rest)
	case on || strings.EqualFold(word, "off"):
		o.On = &on
	}
	return o
}

// unguarded takes off a cell the apostrophe that keeps a spreadsheet from
// running it as a formula.
func unguarded(s string) string {
	rest, guarded := strings.CutPrefix(s, "'")
	if guarded && rest != "" && slices.ContainsFunc([]string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"}, func(c string) bool { return strings.HasPrefix(rest, c) }) {
		return rest
	}
	return s
}
