package prose

import (
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// remarking are what the columns hold that may say on which port an address of their row
// listens. Tags keep the words.
var remarking = []role{"", noteRole, textRole, typeRole, categoryRole, verdictRole, threatRole, familyRole}

// portsOfRow is what the other cells of a row below titles call a port of the address or
// name in it, as tags, or is told of, where its column of ports says none, but for those that
// are known. A number alone may be anything, and where several values stand in the cell the
// port may be of one.
func (d *document) portsOfRow(doc *records.Document, b *block, h scan.Hit, line int, known []string) []string {
	t := &d.table
	if b.shape != cell || b.aside || len(t.titles) == 0 || !noName[strings.ToLower(strings.Trim(t.row.Port, marks))] {
		return nil
	}
	own := strconv.Itoa(feed.IOC{Type: h.Type, Value: h.Value}.Port())
	for n := range t.cells {
		c := &t.cells[n]
		if c.col == b.col || !slices.Contains(remarking, t.roleAt(c.col)) || !strings.ContainsAny(c.text, "0123456789") {
			continue
		}
		text := strings.Trim(c.text, marks)
		if port, _ := saysPort().number(text); port == own || slices.Contains(known, "port "+port) || len(scan.Find(text)) > 0 {
			continue
		}
		if len(d.around) > 1 {
			if d.mayBePort(text, line, false) {
				return nil
			}
			continue
		}
		if tags, told := d.portsSaid(doc, h, text, line, false, false); told {
			return tags
		}
	}
	return nil
}
