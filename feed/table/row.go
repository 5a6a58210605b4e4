package table

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// row makes IOCs of a row, and mentions of what else in it looks like one. A row
// without a value says nothing of one.
func (t *table) row(row []string, line int, open bool) error {
	row = t.rejoin(row, line)
	kind, ok, err := t.kind(row, line)
	if !ok || err != nil {
		return err
	}
	r := t.record(row, line)
	if r.Family, err = t.family(row, line); err != nil {
		return err
	}
	values := 0
	for _, k := range t.value {
		if k >= len(row) || row[k] == "" {
			continue
		}
		values++
		r := r
		if open && t.tail >= len(row)-1 {
			t.Find("open-end", feed.Warning, line, "the document ends in this row without an end of line; check that %s is whole, for a cut download ends like this too", feed.Quote(row[k]))
		}
		if t.byLooks && k+1 < len(row) && strings.Contains(row[k], "//") {
			if t.urls++; t.urls == 1 {
				t.urlAt = line
			}
		}
		if kind == nil && t.isNameOf(row, k) {
			t.tally.Add("maybe-file", feed.Warning, line, "names beside a hash may be of its file or of a host; they are mentions; switch on what is meant, and call the column \"domain\" if they are hosts")
			r.Type, r.Value, r.Mention, r.Context = feed.FileName, row[k], true, "a name of a file beside a hash"
			if err := t.Add(r); err != nil {
				return err
			}
			continue
		}
		of := kind
		if t.columns[k].kind != nil {
			of = t.columns[k].kind
			if t.typed && !r.Mention && kind != nil && !of.meets(kind) {
				r.Mention, r.Context = true, "beside the value of the type "+feed.Quote(t.cell(row, typeColumn))+", in "+t.nameOf(k)
			}
		}
		if err := t.values(r, of, row[k]); err != nil {
			return err
		}
	}
	if values == 0 && slices.ContainsFunc(row, func(cell string) bool { return cell != "" }) {
		t.Find("short-row", feed.Warning, line, "the row %s has no value, so no IOC is made of it", feed.Quote(strings.Join(row, ", ")))
		return t.mention(row, line, "a row of the table without a value")
	}
	return t.unread(row, line)
}

// isNameOf reports whether a cell of no stated type is as likely the name of a file as one of
// the network, and the hash of a file stands in another.
func (t *table) isNameOf(row []string, k int) bool {
	cell := row[k]
	if t.columns[k].kind != nil || !scan.FileLike(cell) {
		return false
	}
	if typ, ok := records.Guess(cell); !ok || typ != feed.Domain || feed.Refang(cell) != cell {
		return false
	}
	return slices.ContainsFunc(t.value, func(other int) bool {
		if other == k || other >= len(row) {
			return false
		}
		typ, ok := records.Guess(row[other])
		return ok && typ.IsHash()
	})
}

// record is what a row says of all its values but the name of the malware.
func (t *table) record(row []string, line int) records.Record {
	r := records.Record{
		Line: line, FirstSeen: t.dated(t.seen(row, firstColumn), line), LastSeen: t.dated(t.seen(row, lastColumn), line),
		Reference: t.cell(row, referenceColumn), Port: t.cell(row, portColumn), Tags: t.notes(row),
	}
	if threat := feed.Threat(strings.ToLower(t.cell(row, threatColumn))); threat.Known() {
		r.Threat = threat
	} else if threat != "" {
		r.Tags = append(r.Tags, t.cell(row, threatColumn))
	}
	if c := t.cell(row, confidenceColumn); strings.ContainsAny(c, "0123456789") {
		t.confidence(&r, c)
	} else if c != "" {
		r.Tags = append(r.Tags, "confidence "+c)
		t.tally.Add("bad-confidence", feed.Warning, line, "confidence in words is no percentage from 0 to 100, so these rows state none and the words are a tag")
	}
	if until := t.cell(row, untilColumn); until != "" {
		r.Tags = append(r.Tags, feed.UntilTag+until)
	}
	if r.Reference == "" {
		r.Reference = t.reference
	}
	if t.unsaid {
		r.Mention, r.Context = true, "no key of its object says that it is an indicator"
	}
	t.judged(row, &r)
	return r
}

// confidence takes a number, which is a percentage or, where the column has parts of
// one, such a part.
func (t *table) confidence(r *records.Record, c string) {
	percent, read, doubt := t.scale.Percent(c)
	r.Confidence = percent
	switch {
	case read:
		t.tally.Add("confidence-as-part", feed.Info, r.Line, "confidence from 0 to 1 is read as a percentage, 1 as 100 %")
	case doubt:
		t.tally.Add("bad-confidence", feed.Warning, r.Line, "confidence 1 may be 1 % or 100 % where others are parts of one and percentages, so these rows state none and it is a tag")
		r.Confidence, r.Tags = "", append(r.Tags, "confidence "+c)
	}
}

// rejoin takes cells beyond the last title as part of the last column: a note
// with a comma that nobody put in quotes.
func (t *table) rejoin(row []string, line int) []string {
	width := len(t.columns)
	if len(row) <= width {
		return row
	}
	if last := t.columns[width-1].is; width > 1 && (last == noteColumn || last == tagsColumn || last == unread) {
		t.Find("long-row", feed.Info, line, "the row %s has more cells than the table has columns; the last are taken as one", feed.Quote(strings.Join(row, ", ")))
		return append(row[:width-1:width-1], strings.Join(row[width-1:], ", "))
	}
	t.Find("long-row", feed.Warning, line, "the row %s has more cells than the table has columns, and the last %s not used; a comma in a cell may stand without quotes, so check its values",
		feed.Quote(strings.Join(row, ", ")), records.Beyond(len(row)-width))
	return row[:width]
}

// kind is the type that a row states, nil where the table has no types. It is
// not ok where no IOC can be of it, which is told. What looks like an indicator in
// a row of a type that nobody knows is a mention.
func (t *table) kind(row []string, line int) (k *kind, ok bool, err error) {
	if !t.has(typeColumn) {
		return nil, true, nil
	}
	word := t.cell(row, typeColumn)
	k = t.words.kindOf(word)
	switch {
	case word == "":
		return nil, true, nil
	case k == nil:
		t.once(word, counted{code: "unknown-type", severity: feed.Warning, why: "Quarry does not know it"}, line)
		return nil, false, t.mention(row, line, "a row of a type that Quarry does not know")
	case k.Is == about:
		t.describe(row)
		return nil, false, nil
	case k.Is != "":
		t.once(word, counted{code: "not-an-ioc", severity: feed.Info, why: k.Is + " is nothing that Quarry hunts"}, line)
		return nil, false, nil
	}
	return k, true, nil
}

// describe takes a row about the whole table: in Sophos's a title or address,
// and a note or address.
func (t *table) describe(row []string) {
	for k, cell := range row {
		if t.columns[k].is != valueColumn && t.columns[k].is != noteColumn && t.columns[k].is != referenceColumn || cell == "" {
			continue
		}
		link := strings.TrimSpace(strings.TrimPrefix(cell, ":"))
		switch {
		case t.reference == "" && isLink(link) && !strings.ContainsAny(link, " \n"):
			t.reference = link
		case t.Title == "":
			t.Title = cell
		case t.Text == "":
			t.Text = cell
		default:
			t.Text += "\n" + cell
		}
	}
}

// values makes IOCs of a cell, which may hold several values.
func (t *table) values(r records.Record, k *kind, cell string) error {
	if k != nil {
		if k.Mention != "" && !r.Mention {
			r.Mention, r.Context = true, k.Mention
		}
		if len(k.Parts) > 0 {
			return t.parts(r, k.Parts, cell)
		}
		for _, typ := range k.Types {
			if _, err := feed.Canonical(typ, cell); err == nil && !(typ == feed.URL && records.Several(cell)) {
				r.Type, r.Value = typ, cell
				if typ == feed.SHA3384 && len(k.Types) > 1 {
					t.guessed(r)
				}
				return t.Add(r)
			}
		}
	}
	parts := records.ValuesOf(cell)
	if len(parts) == 0 {
		return t.unusable(r, k, cell)
	}
	for _, v := range parts {
		r := r
		r.Type, r.Value = v.Type, v.Value
		switch {
		case k == nil && t.files && v.Type == feed.Domain && scan.FileLike(feed.Refang(v.Value)):
			t.Find("bad-value", feed.Error, r.Line, "%s is the name of a file or of a host; other values are names of files, so no IOC is made of it", feed.Quote(v.Value))
			continue
		case k != nil && v.Type == feed.Domain && !slices.Contains(k.Types, v.Type) && scan.FileLike(feed.Refang(v.Value)):
			r.Type = k.Types[0] // of which it is none, as for every source
		case k != nil && !slices.Contains(k.Types, v.Type):
			t.Find("type-differs", feed.Warning, r.Line, "the table says that %s is of the type %s; it is read as %s, which it is by its looks", feed.Quote(v.Value), k.Types[0], v.Type)
		case v.Type == feed.SHA3384:
			t.guessed(r)
		}
		r.Tags = append(slices.Clip(r.Tags), v.Tags...)
		if err := t.Add(r); err != nil {
			return err
		}
	}
	return nil
}

// guessed tells of a hash whose length two algorithms have.
func (t *table) guessed(r records.Record) {
	t.Find("hash-guessed", feed.Warning, r.Line, "%s is as long as a SHA3-384 and as a SHA-384; it is read as the first, which alone is hunted", feed.Quote(r.Value))
}

// unusable tells of a cell that is no value, as one of its type where that is
// stated. What in it looks like an indicator is a mention.
func (t *table) unusable(r records.Record, k *kind, cell string) error {
	if ends := records.Range(cell); len(ends) == 2 {
		t.Find("range-ends", feed.Warning, r.Line, "the range of addresses %s is no block, so only its first and last address are IOCs", feed.Quote(cell))
		for _, end := range ends {
			r.Type, r.Value = feed.IP, end
			if err := t.Add(r); err != nil {
				return err
			}
		}
		return nil
	}
	switch {
	case k != nil && len(k.Types) == 1:
		r.Type, r.Value = k.Types[0], cell
		if err := t.Add(r); err != nil {
			return err
		}
	case k != nil:
		t.Find("bad-value", feed.Error, r.Line, "%s is none of the types that the table says it is (%s), so no IOC is made of it", feed.Quote(cell), types(k.Types))
	default:
		t.Find("bad-value", feed.Error, r.Line, "%s is no value whose type can be told by its looks, so no IOC is made of it; a column with the types would say it", feed.Quote(cell))
	}
	return t.mention([]string{cell}, r.Line, "stands in a cell that is no value")
}

// types lists types in a sentence.
func types(all []feed.Type) string {
	var b strings.Builder
	for n, t := range all {
		if n > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(t))
	}
	return b.String()
}

// parts makes IOCs of two values with a bar between.
func (t *table) parts(r records.Record, types []string, cell string) error {
	at := strings.LastIndexByte(cell, '|')
	if at < 0 {
		t.Find("bad-value", feed.Error, r.Line, "%s is not two values with a bar between, as its type says, so no IOC is made of it", feed.Quote(cell))
		return nil
	}
	values := []string{cell[:at], cell[at+1:]}
	for k, part := range types {
		switch {
		case part == namePart && values[k] != "":
			r.Tags = append(slices.Clip(r.Tags), values[k])
		case part == portPart:
			r.Port = values[k]
		}
	}
	for k, part := range types {
		if part == namePart || part == portPart {
			continue
		}
		r.Type, r.Value = feed.Type(part), values[k]
		if err := t.Add(r); err != nil {
			return err
		}
	}
	return nil
}
