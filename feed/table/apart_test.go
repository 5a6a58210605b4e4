package table

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

const beside = " (stands in a line beside the rows of the table)"

// TestBeside: a line of one cell is no row of a table of several columns, unless it
// is a value right below one.
func TestBeside(t *testing.T) {
	head := "value,type,first seen\na.example,domain,2026-10-01\n198.51.100.1,ip,\n"
	rows := []string{"2 domain a.example first_seen=2026-10-01", "3 ip 198.51.100.1"}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"links below a heading", head + "\nReferences\nhttps://blog.example.org/post\n\nLearn more\nwww.example.org/blog\n",
			append(rows[:2:2], "6 url https://blog.example.org/post"+beside, "9 url www.example.org/blog"+beside, "5 info beside-table", "6 warning beside-table")},
		{"links below a heading without a line between", head + "References:\nhttps://blog.example.org/post\n",
			append(rows[:2:2], "5 url https://blog.example.org/post"+beside, "4 info beside-table", "5 warning beside-table")},
		{"a link alone", head + "\nwww.example.org\n", append(rows[:2:2], "5 domain www.example.org"+beside, "5 warning beside-table")},
		{"a bullet", head + "\n- c[.]example\n", append(rows[:2:2], "5 domain c.example"+beside, "5 warning beside-table")},
		{"groups of a type", "domain,first seen\na.example,2026-10-01\nb.example,2026-10-01\n\nc.example\nd.example\n\ne.example\n", []string{
			"2 domain a.example first_seen=2026-10-01", "3 domain b.example first_seen=2026-10-01", "5 domain c.example", "6 domain d.example", "8 domain e.example", "5 warning beside-table"}},
		{"another type behind a gap", "domain,first seen\na.example,2026-10-01\n\n198.51.100.1\nb.example\n", []string{
			"2 domain a.example first_seen=2026-10-01", "4 ip 198.51.100.1" + beside, "5 domain b.example" + beside, "4 warning beside-table"}},
		{"groups without a type", head + "\n198.51.100.2\nc.example\n\nd[.]example\n", append(rows[:2:2], "5 ip 198.51.100.2", "6 domain c.example", "8 domain d.example", "5 warning beside-table")},
		{"a type below words", "domain,first seen\na.example,2026-10-01\nReferences\n\nwww.example.org\n", []string{
			"2 domain a.example first_seen=2026-10-01", "5 domain www.example.org" + beside, "3 info beside-table", "5 warning beside-table"}},
		{"words alone", head + "\nEnd of the list\n", append(rows[:2:2], "5 info beside-table")},
		{"a comment between", "domain,first seen\na.example,2026-10-01\nb.example,2026-10-01\n\n# False positives\n\nc.example\nd.example\n", []string{
			"2 domain a.example first_seen=2026-10-01", "3 domain b.example first_seen=2026-10-01", "7 domain c.example" + beside, "8 domain d.example" + beside, "7 warning beside-table"}},
		{"a comment without empty lines", "domain,first seen\na.example,2026-10-01\n# False positives\nc.example\n# More\nb.example,2026-10-01\nd.example\n", []string{
			"2 domain a.example first_seen=2026-10-01", "6 domain b.example first_seen=2026-10-01", "7 domain d.example", "4 domain c.example" + beside, "4 warning beside-table"}},
		{"words with a comma between", "domain,first seen\na.example,2026-10-01\n\nFalse positives, do not block\n\nc.example\nd.example\n", []string{
			"2 domain a.example first_seen=2026-10-01", "6 domain c.example" + beside, "7 domain d.example" + beside, "4 error bad-value", "6 warning beside-table"}},
		{"a word before an empty cell", "domain;first seen\na.example;2026-10-01\n\nVictims;\n\nc.example\nd.example\n", []string{
			"2 domain a.example first_seen=2026-10-01", "6 domain c.example" + beside, "7 domain d.example" + beside, "4 error bad-value", "6 warning beside-table"}},
		{"a link at the end", "url,first seen\nhttp://a.example/x,2026-10-01\n\nhttps://blog.example.org/post\n", []string{
			"2 url http://a.example/x first_seen=2026-10-01", "4 url https://blog.example.org/post" + beside, "4 warning beside-table"}},
		{"a value alone before a row", "domain,first seen\na.example,2026-10-01\n\nb.example\n\nc.example,2026-10-01\n", []string{
			"2 domain a.example first_seen=2026-10-01", "4 domain b.example", "6 domain c.example first_seen=2026-10-01", "4 warning beside-table"}},
		{"rows below a heading", head + "\nSecond stage\nc.example,domain,\nd.example\n", []string{rows[0], rows[1], "6 domain c.example", "7 domain d.example", "5 info beside-table"}},
		{"another table below a heading", head + "\nHost indicators\nSHA-256,File name,Details\n" + sha256Hex + ",a.exe,x\n\nContact\nsoc@example.org\n", []string{
			rows[0], rows[1], "7 sha256_hash " + sha256Hex + " tags=[a.exe x]", "10 email soc@example.org" + beside, "5 info beside-table", "6 info next-table", "10 warning beside-table"}},
		{"rows whose last cells nobody wrote", "domain,note\na.example,x\nb.example\nc.example\nd.example,y\n", []string{
			"2 domain a.example tags=[x]", "3 domain b.example", "4 domain c.example", "5 domain d.example tags=[y]"}},
		{"rows none of which has more", "domain,note\n\na.example\n\nb.example\n", []string{"3 domain a.example", "5 domain b.example"}},
		{"rows with empty lines between", "domain,note\n\na.example,x\n\nb.example,y\n\nc.example,z\n\nd.example\n\ne.example,z\n", []string{
			"3 domain a.example tags=[x]", "5 domain b.example tags=[y]", "7 domain c.example tags=[z]", "9 domain d.example", "11 domain e.example tags=[z]"}},
		{"a value with a remark", "domain,note\na.example,x\nb.example (C2)\nc.example\n", []string{
			"2 domain a.example tags=[x]", "4 domain c.example", "3 domain b.example (stands in a cell that is no value)", "3 error bad-value"}},
		{"cells that are empty", "domain,note\na.example,x\n\nb.example,\n", []string{"2 domain a.example tags=[x]", "4 domain b.example"}},
		{"a broken value", "domain,note\na.example,x\n198.51.100\nb.example\n", []string{"2 domain a.example tags=[x]", "4 domain b.example", "3 error bad-value"}},
		{"tabs, a line below many rows", "Domain\tNote\n" + strings.Repeat("a.example\tx\n", 20) + "\nwww.example.org\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if s := (Reader{}).Sure([]byte(c.text)); s == 0 {
				t.Error("it is not taken for a table")
			}
			b := read(t, c.text)
			if c.want == nil {
				if len(b.IOCs) != 20 || len(b.Mentions) != 1 {
					t.Errorf("%d IOCs, %d mentions", len(b.IOCs), len(b.Mentions))
				}
				return
			}
			if diff := cmp.Diff(c.want, told(t, b)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPageWithTable: a copied page is more than the table in it.
func TestPageWithTable(t *testing.T) {
	table := "Indicator\tType\tDescription\na[.]example\tDomain\tC2\n198.51.100[.]1\tIP address\tC2\n"
	for name, text := range map[string]string{
		"bullets":       table + "\nAdditional infrastructure:\n- b[.]example\n- 198.51.100[.]2:8080\n",
		"a sentence":    table + "\nThe actor later used b[.]example as C2.\n",
		"an address":    table + "\nAlso seen\n198.51.100.9\n",
		"another table": table + "\nHost indicators\nSHA-256\tFile name\tDetails\n" + sha256Hex + "\ta.exe\tx\n\nContact\nsoc[@]example.org\n",
		"another list":  "SHA256\tDetection name\n" + sha256Hex + "\tTrojan.Lantern\n" + strings.ToUpper(sha256Hex) + "\tTrojan.Lantern\n\nC&C servers\nb[.]example\n198.51.100[.]2\n",
	} {
		if s := (Reader{}).Sure([]byte(text)); s != 0 {
			t.Errorf("%s: sure %d", name, s)
		}
	}
	for name, text := range map[string]string{
		"alone":        table,
		"links":        "Indicators of compromise\n\n" + table + "\nReferences\nhttps://blog.example.org/post\n\nLearn more\nwww.example.org/blog\n",
		"a contact":    table + "soc@example.org\n\nsoc@example.org\n",
		"words below":  table + "\nEnd of the list\n",
		"short rows":   table + "b[.]example\nc[.]example\n",
		"a title":      "Indicators of compromise\n\n" + table,
		"commas":       strings.ReplaceAll(table, "\t", ",") + "\nReferences\nhttps://blog.example.org/post\n",
		"a late link":  table + strings.Repeat("b[.]example\tDomain\tC2\n", 30) + "\nwww.example.org\n",
		"another type": strings.ReplaceAll(table, "Type", "Kind of it") + "\nEnd\n",
	} {
		if s := (Reader{}).Sure([]byte(text)); s < sureOfContent && s != feed.Sureness(sureOfHeader) {
			t.Errorf("%s: sure %d", name, s)
		}
	}
}
