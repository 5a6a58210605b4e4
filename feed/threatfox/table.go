package threatfox

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/internal/export"
	"quarry/feed/records"
)

// columnNames are those of the CSV export since 2025. Before, there was no
// is_compromised.
var columnNames = strings.Fields(`first_seen_utc ioc_id ioc_value ioc_type threat_type fk_malware malware_alias
	malware_printable last_seen_utc confidence_level is_compromised reference tags anonymous reporter`)

// compromisedColumn is the one that was added in 2025.
const compromisedColumn = "is_compromised"

// isHeader reports whether names are those of the columns.
func isHeader(names []string) bool {
	value, typ := false, false
	for _, n := range names {
		value = value || n == "ioc_value"
		typ = typ || n == "ioc_type"
	}
	return value && typ
}

// isRow reports whether a line is a row of the export, whose header may be
// missing: a date, a number, a value and its type.
func isRow(line string) bool {
	fields := records.SplitRow(line, ',')
	if len(fields) < 5 {
		return false
	}
	_, err := feed.ParseSeen(fields[0])
	return err == nil && fields[0] != "" && fields[1] != "" && strings.Trim(fields[1], "0123456789") == "" && typeOf(fields[3]) != ""
}

// columns says which field of a row holds what; -1 is nowhere.
type columns struct {
	firstSeen, value, typ, threat, malware, printable, lastSeen, confidence, compromised, reference, tags int
}

func columnsOf(names []string) (c columns) {
	at := map[string]int{}
	for i, n := range names {
		if _, there := at[n]; !there {
			at[n] = i
		}
	}
	for name, column := range map[string]*int{
		"first_seen_utc": &c.firstSeen, "ioc_value": &c.value, "ioc_type": &c.typ, "threat_type": &c.threat,
		"fk_malware": &c.malware, "malware_printable": &c.printable, "last_seen_utc": &c.lastSeen,
		"confidence_level": &c.confidence, compromisedColumn: &c.compromised, "reference": &c.reference, "tags": &c.tags,
	} {
		*column = -1
		if i, ok := at[name]; ok {
			*column = i
		}
	}
	return c
}

// readTable reads a CSV export, or rows of one.
func readTable(in *feed.Input, out feed.Sink) error {
	d := records.Begin(in, out, 1)
	defer d.End()
	var c columns
	t := export.NewTable(in, d, func(names []string) bool {
		if isHeader(names) {
			c = columnsOf(names)
			return true
		}
		return false
	}, func(fields []string) []string {
		names := guess(fields)
		c = columnsOf(names)
		return names
	})
	var tags export.Tags
	for t.Next() {
		if err := addRow(d, t, &c, &tags); err != nil {
			return err
		}
	}
	d.Total = t.Stated
	return t.End(true)
}

// guess is the names of the columns by the first row.
func guess(fields []string) []string {
	at := slices.Index(columnNames, compromisedColumn)
	if at < len(fields) && !isTrue(fields[at]) && !strings.EqualFold(fields[at], "false") && fields[at] != "0" {
		return slices.Delete(slices.Clone(columnNames), at, at+1)
	}
	return columnNames
}

// addRow gives the IOC of a row to the document.
func addRow(d *records.Document, t *export.Table, c *columns, tags *export.Tags) error {
	field := func(at int) string {
		if at < 0 || at >= len(t.Fields) {
			return ""
		}
		return t.Fields[at]
	}
	value := field(c.value)
	if value == "" {
		d.Find("short-row", feed.Error, t.Line, "the row %s has no value, so no IOC is made of it", export.Row(t.Fields))
		return nil
	}
	more := ""
	if isTrue(field(c.compromised)) {
		more = compromised
	}
	return addKnown(d, &records.Record{
		Value: value, Threat: threatOf(export.Stated(field(c.threat))),
		Family:     familyOf(export.Stated(field(c.malware)), export.Stated(field(c.printable))),
		Confidence: export.Stated(field(c.confidence)),
		FirstSeen:  export.Stated(field(c.firstSeen)), LastSeen: export.Stated(field(c.lastSeen)),
		Reference: export.Stated(field(c.reference)), Tags: tags.Split(field(c.tags), more), Line: t.Line,
	}, field(c.typ))
}
