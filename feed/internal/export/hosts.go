package export

import (
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// HostOf is the name in a line of a hosts file, or "".
func HostOf(line string) string {
	fields := strings.Fields(line)
	if len(fields) != 2 || fields[0] != "127.0.0.1" && fields[0] != "0.0.0.0" {
		return ""
	}
	return fields[1]
}

// ReadHosts reads a project's hosts file: the export's banner and foot, and a
// name a line behind 127.0.0.1 or 0.0.0.0.
func ReadHosts(in *feed.Input, out feed.Sink) error {
	d := records.Begin(in, out, 1)
	defer d.End()
	t := NewTable(in, d, func([]string) bool { return false }, nil)
	for t.Next() {
		host := HostOf(t.Fields[0])
		if host == "" || len(t.Fields) > 1 {
			d.Find("bad-record", feed.Error, t.Line, "the line %s is not that of a name in a hosts file, so no IOC is made of it", t.quote())
			continue
		}
		if err := d.Add(records.Record{Type: feed.Domain, Value: host, Line: t.Line}); err != nil {
			return err
		}
	}
	d.Total = t.Stated
	return t.End(false)
}
