package abusech

import (
	"quarry/feed"
	"quarry/feed/internal/export"
	"quarry/feed/records"
)

// columnsOf are the fields of a header's columns, nil where it is no project's.
func columnsOf(names []string) []field {
	columns := make([]field, len(names))
	var has [fieldCount]bool
	for i, n := range names {
		columns[i] = fields[n]
		has[columns[i]] = true
	}
	is := func(name string, f field) bool {
		for _, n := range names {
			if n == name {
				return has[f]
			}
		}
		return false
	}
	switch {
	case is("dateadded", urlField) && has[statusField], // URLhaus
		is("dst_ip", portField), is("dstip", portField), // Feodo Tracker, SSLBL
		is("sha256_hash", md5Field) && has[familyField],      // MalwareBazaar
		is("listingreason", certificateField), has[ja3Field]: // SSLBL
		return columns
	}
	return nil
}

// readTable reads a CSV export.
func readTable(in *feed.Input, out feed.Sink) error {
	m := maker{d: records.Begin(in, out, 1)}
	defer m.d.End()
	var names []string
	var samples bool
	t := export.NewTable(in, m.d, func(header []string) bool {
		if columnsOf(header) == nil {
			return false
		}
		names, samples = header, false
		for _, n := range names {
			samples = samples || fields[n] == sha256Field || fields[n] == certificateField || fields[n] == ja3Field
		}
		return true
	}, nil)
	for t.Next() {
		var it item
		for i, f := range t.Fields[:min(len(t.Fields), len(names))] {
			it.set(names[i], f)
		}
		stated, err := m.add(&it, t.Line)
		if err != nil {
			return err
		}
		if !stated {
			m.d.Find("bad-record", feed.Error, t.Line, "the row %s states no indicator, so no IOC is made of it", export.Row(t.Fields))
		}
	}
	if !samples { // of which each is several IOCs
		m.d.Total = t.Stated
	}
	m.end()
	return t.End(false)
}
