package plain

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDatatable: a table of values in KQL is a list, as dynamic() is.
func TestDatatable(t *testing.T) {
	text := "let iocs = datatable(ioc: string, ['a note']: string) [\n  \"a.example.com\", \"loader\",\n  \"192.0.2.1\", \"panel\"\n];\n" +
		"let spared = datatable(name: string)[\"b.example.com\"];\n" +
		"DnsEvents | where Name in (iocs) and Name !in (spared) and ClientIP != \"192.0.2.9\"\n"
	if got := (Reader{}).Sure([]byte(text)); got != sureOfQuery {
		t.Errorf("sure %d", got)
	}
	b := read(t, text)
	var got []string
	for _, i := range b.IOCs {
		got = append(got, "* "+i.Value)
	}
	for _, i := range b.Mentions {
		got = append(got, "  "+i.Value+" "+i.Context)
	}
	want := []string{"* a.example.com", "* 192.0.2.1", "  b.example.com a list of what the query leaves out", "  192.0.2.9 a literal of the query"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
