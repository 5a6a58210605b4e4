package table

import (
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// judged makes a mention of a record that the table itself takes for no harm.
func (t *table) judged(row []string, r *records.Record) {
	detect, benign := t.cell(row, detectColumn), t.cell(row, benignColumn)
	switch d := strings.ToLower(detect); {
	case d == "0" || d == "false" || d == "no" || d == "n":
		r.Mention, r.Context = true, "the table says it is not for detection"
		return
	case records.Text(benign).Is() || strings.EqualFold(benign, "y"):
		r.Mention, r.Context = true, "the table says it is no harm, in the column "+t.nameOf(t.at[benignColumn])
		return
	}
	for k, c := range t.columns {
		switch c.is {
		case verdictColumn, detectColumn, benignColumn, noteColumn, threatColumn:
			if k < len(row) && t.isBenign(row[k]) {
				r.Mention, r.Context = true, "the table calls it "+feed.Quote(row[k])
				return
			}
		}
	}
}

// maxVerdicts is how many different cells are remembered.
const maxVerdicts = 1 << 12

// isBenign is [words.isBenign] for cells that come again and again.
func (t *table) isBenign(cell string) bool {
	if len(cell) > longestBenign {
		return false
	}
	is, known := t.verdicts[cell]
	if !known {
		is = t.words.isBenign(cell)
		if len(t.verdicts) < maxVerdicts {
			t.verdicts[strings.Clone(cell)] = is
		}
	}
	return is
}

// unread lists what looks like an indicator in the columns that are not read.
func (t *table) unread(row []string, line int) error {
	for k, c := range t.columns {
		if c.is != unread || k >= len(row) || !mayHold(row[k]) {
			continue
		}
		found := mentions(row[k], "stands in the column "+t.nameOf(k)+", of which Quarry does not know what it says")
		if t.words.files[plain(c.title)] {
			asFiles(found)
		}
		t.hits[k] = t.hits[k] || len(found) > 0
		if err := t.add(found, line); err != nil {
			return err
		}
	}
	return nil
}

// asFiles takes what may be a name of a file as well as one of the network for the first.
func asFiles(found []records.Record) {
	for k := range found {
		if r := &found[k]; r.Type == feed.Domain && scan.FileLike(r.Value) {
			r.Type = feed.FileName
		}
	}
}

// mayHold reports whether a cell is worth a look: every value but a hash has a
// sign that words do not have.
func mayHold(cell string) bool { return len(cell) >= shortestHash || strings.ContainsAny(cell, ".:@") }

// shortestHash is the digits of an MD5.
const shortestHash = 32

// mention lists what looks like an indicator in cells of which no IOC is made.
func (t *table) mention(cells []string, line int, context string) error {
	for _, cell := range cells {
		if err := t.add(mentions(cell, context), line); err != nil {
			return err
		}
	}
	return nil
}

// add gives records of one line to the sink.
func (t *table) add(all []records.Record, line int) error {
	for _, r := range all {
		r.Line = line
		if err := t.Add(r); err != nil {
			return err
		}
	}
	return nil
}

// mentions are what looks like an indicator in a text, or is one.
func mentions(text, context string) []records.Record {
	all := records.ValuesOf(text)
	if len(all) == 0 {
		for _, h := range scan.Find(text) {
			all = append(all, records.Record{Type: h.Type, Value: h.Value})
		}
	}
	for k := range all {
		all[k].Mention, all[k].Context = true, context
	}
	return all
}
