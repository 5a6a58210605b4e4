package prose

import "quarry/feed/records"

// scales is what the confidences of the tables of a document are parts of.
type scales struct {
	seen   records.Scale // so far
	known  records.Scale // in the head of the document
	read   tally         // rows with a part of one
	doubts tally         // rows with a 1 that may be either
}

// scaled makes a percentage of what the row that is read says of its confidence.
func (d *document) scaled(line int) {
	s, row := &d.scales, &d.table.row
	s.seen.See(row.Confidence)
	percent, read, doubt := s.known.Percent(row.Confidence)
	switch {
	case read:
		s.read.add(line)
		row.Confidence = percent
	case doubt:
		s.doubts.add(line)
		row.Tags = append(row.Tags, "confidence "+percent)
		row.Confidence = ""
	}
}
