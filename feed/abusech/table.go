package abusech

import (
	"strings"

	"quarry/feed"
	"quarry/feed/internal/export"
	"quarry/feed/records"
)

// readTable reads a CSV export.
func readTable(in *feed.Input, out feed.Sink, n *names) error {
	m := maker{names: n, d: records.Begin(in, out, 1)}
	defer m.d.End()
	var columns []field
	var samples bool
	banner := hasBanner(in.Head())
	t := export.NewTable(in, m.d, func(header []string) bool {
		found, unread := n.columnsOf(header, banner)
		if found == nil {
			return false
		}
		columns, samples = found, false
		for _, f := range columns {
			samples = samples || f == sha256Field || f == certificateField || f == ja3Field
		}
		if len(unread) > 0 {
			m.d.Find("unread-column", feed.Info, 1, "nothing is taken from the %s %s, which %s newer than this program", feed.Pick(len(unread), "column", "columns"), feed.Quote(strings.Join(unread, ", ")), feed.Pick(len(unread), "is", "are"))
		}
		return true
	}, nil)
	for t.Next() {
		var it item
		for i, value := range t.Fields[:min(len(t.Fields), len(columns))] {
			it.set(columns[i], value)
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
