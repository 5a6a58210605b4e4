package bulletin

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

func TestCells(t *testing.T) {
	for _, c := range []struct {
		in     string
		want   []string
		closed bool
	}{
		{"| a | b |", []string{"a", "b"}, true},
		{"a | b |", []string{"a", "b"}, true},
		{"| a | b", []string{"a", "b"}, false},
		{"a | b", []string{"a", "b"}, false},
		{"||", []string{""}, true},
		{"| | b |", []string{"", "b"}, true},
		{`| a\|b | c |`, []string{`a\|b`, "c"}, true},
		{`| a\\| b |`, []string{`a\\`, "b"}, true},
		{`| a \`, []string{`a \`}, false},
		{"|", nil, false},
		{"", nil, false},
		{"| a |\u200b", []string{"a"}, true},
	} {
		got, closed := cells(nil, c.in)
		if diff := cmp.Diff(c.want, got); diff != "" || closed != c.closed {
			t.Errorf("%q: closed %v, %s", c.in, closed, diff)
		}
	}
	if got, _ := cells(nil, strings.Repeat("|", 1000)); len(got) > maxCells+1 {
		t.Errorf("%d cells", len(got))
	}
}

func TestCellText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"a", "a"}, {"`a`", "a"}, {"`` a`b ``", "a`b"}, {"**a**", "a"}, {"**`a`**", "a"}, {"_a_", "a"}, {"`a` and `b`", "`a` and `b`"},
		{`a\|b`, "a|b"}, {"`a\\|b`", "a|b"}, {"`", "`"}, {"``", "``"}, {"*", "*"}, {"**", "**"}, {"`a", "`a"}, {"*a* b*", "*a* b*"}, {"", ""},
		{`a\_b\`, `a\_b\`},
	} {
		if got := cellText(c.in); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func ioc(typ feed.Type, value string, threat feed.Threat, seen string, confidence, line int) feed.IOC {
	when, err := feed.ParseSeen(seen)
	if err != nil {
		panic(err)
	}
	return feed.IOC{
		Type: typ, Value: value, Threat: threat, Family: "F", Confidence: confidence, FirstSeen: when,
		Sources: []feed.Source{{Name: "doc", Line: line}},
	}
}

// TestRows reads one table with the given rows under the usual header.
func TestRows(t *testing.T) {
	const none = feed.NoConfidence
	for _, c := range []struct {
		name     string
		rows     string
		iocs     []feed.IOC
		findings []string
	}{
		{"as published", "| ip:port | 192[.]0[.]2[.]1:443 | botnet_cc | 2026-05-26 | 75% |\n",
			[]feed.IOC{ioc(feed.IPPort, "192.0.2.1:443", feed.BotnetCC, "2026-05-26", 75, 5)}, nil},
		{"no pipe before", "domain | a.example | botnet_cc | 2026-05-26 | 75% |\n",
			[]feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, "2026-05-26", 75, 5)}, nil},
		{"no pipe at either end", "domain | a.example | botnet_cc | 2026-05-26 | 75%\n",
			[]feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, "2026-05-26", 75, 5)}, nil},
		{"case and markup", "| `DOMAIN` | **A[.]Example** | *Botnet_CC* | `2026-05-26` | 75 % |\n",
			[]feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, "2026-05-26", 75, 5)}, nil},
		{"empty lines and a second separator", "| domain | a.example | | | |\n\n|---|---|---|---|---|\n| domain | b.example | | | |\n",
			[]feed.IOC{ioc(feed.Domain, "a.example", "", "", none, 5), ioc(feed.Domain, "b.example", "", "", none, 8)}, nil},
		{"escaped pipe", "| url | hxxp://a.example/x\\|y | payload | 2026-05-26 | 0% |\n",
			[]feed.IOC{ioc(feed.URL, "http://a.example/x|y", feed.Payload, "2026-05-26", 0, 5)}, nil},
		{"a backslash at the end", "| url | hxxp://a.example/x\\ | payload | 2026-05-26 | 100% |\n",
			[]feed.IOC{ioc(feed.URL, `http://a.example/x\`, feed.Payload, "2026-05-26", 100, 5)}, nil},
		{"pipe that is not escaped", "| url | hxxp://a.example/x|y|z | payload | 2026-05-26 | 50% |\n",
			[]feed.IOC{ioc(feed.URL, "http://a.example/x|y|z", feed.Payload, "2026-05-26", 50, 5)},
			[]string{`5 long-row info: the row "| url | hxxp://a.example/x|y|z | payload | 2026-05-26 | 50% |" has more cells than the header; the pipe is taken as part of its value`}},
		{"too many cells", "| domain | a.example | botnet_cc | 2026-05-26 | 75% | x | y |\n",
			[]feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, "2026-05-26", 75, 5)},
			[]string{`5 long-row warning: the row "| domain | a.example | botnet_cc | 2026-05-26 | 75% | x | y |" has more cells than the header, and the last 2 are not used`}},
		{"too few cells", "| domain | a.example | botnet_cc |\n",
			[]feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, "", none, 5)},
			[]string{`5 short-row warning: the row "| domain | a.example | botnet_cc |" has 3 of 5 cells, and the IOC lacks what the others would say`}},
		{"no value", "| domain |\n| domain | | botnet_cc | 2026-05-26 | 75% |\n| | | | | |\n", nil, []string{
			`5 short-row error: the row "| domain |" has no type or no value, so no IOC is made of it`,
			`6 short-row error: the row "| domain | | botnet_cc | 2026-05-26 | 75% |" has no type or no value, so no IOC is made of it`,
			`7 short-row error: the row "| | | | | |" has no type or no value, so no IOC is made of it`,
		}},
		{"unknown type", "| ja3 | " + md5Hex + " | payload | 2026-05-26 | 75% |\n", nil,
			[]string{`5 unknown-type error: Quarry does not know the type "ja3", so no IOC is made of the row "| ja3 | ` + md5Hex + ` | payload | 2026-05-26 | 75% |"`}},
		{"unknown threat", "| domain | a.example | phishing | 2026-05-26 | 75% |\n",
			[]feed.IOC{ioc(feed.Domain, "a.example", "phishing", "2026-05-26", 75, 5)},
			[]string{`5 unknown-threat warning: "phishing" is not a threat type of ThreatFox; it is kept as it stands`}},
		{"bad values", "| ip:port | 192[.]0[.]2[.]1 | botnet_cc | 2026-05-26 | 75% |\n| sha256_hash | abc | payload | 2026-05-26 | 75% |\n| domain | b[.]example/path | botnet_cc | 2026-05-26 | 75% |\n| file_name | C:\\Users\\x.exe | payload | 2026-05-26 | 75% |\n", []feed.IOC{
			ioc(feed.IP, "192.0.2.1", feed.BotnetCC, "2026-05-26", 75, 5), ioc(feed.URL, "b.example/path", feed.BotnetCC, "2026-05-26", 75, 7), ioc(feed.FileName, "x.exe", feed.Payload, "2026-05-26", 75, 8)}, []string{
			`5 type-differs warning: the source says that "192[.]0[.]2[.]1" is of the type ip:port; it is read as ip, which it is by its looks`,
			`6 bad-value error: "abc" is no sha256_hash (it has 3 characters, the hash has 64), so no IOC is made of it`,
			`7 type-differs warning: the source says that "b[.]example/path" is of the type domain; it is read as url, which it is by its looks`,
			`8 path-as-name info: the path "C:\\Users\\x.exe" is read as the name of the file, "x.exe", which is what a hunt compares`}},
		{"bad details", "| domain | a.example | botnet_cc | 26.05.2026 | high |\n| domain | b.example | botnet_cc | 2026-02-30 | 101% |\n| domain | c.example | botnet_cc | 2026-05-26 | -1% |\n", []feed.IOC{
			ioc(feed.Domain, "a.example", feed.BotnetCC, "", none, 5), ioc(feed.Domain, "b.example", feed.BotnetCC, "", none, 6),
			ioc(feed.Domain, "c.example", feed.BotnetCC, "2026-05-26", none, 7)}, []string{
			`5 bad-date warning: "26.05.2026" is no date, so "a.example" has no first seen`,
			`5 bad-confidence warning: "high" is no percentage from 0 to 100, so "a.example" has no confidence`,
			`6 bad-date warning: "2026-02-30" is no date, so "b.example" has no first seen`,
			`6 bad-confidence warning: "101%" is no percentage from 0 to 100, so "b.example" has no confidence`,
			`7 bad-confidence warning: "-1%" is no percentage from 0 to 100, so "c.example" has no confidence`}},
		{"twice", "| domain | a.example | botnet_cc | 2026-05-26 | 75% |\n| domain | A[.]EXAMPLE. | botnet_cc | 2026-05-27 | 50% |\n", []feed.IOC{
			ioc(feed.Domain, "a.example", feed.BotnetCC, "2026-05-26", 75, 5), ioc(feed.Domain, "a.example", feed.BotnetCC, "2026-05-27", 50, 6)},
			[]string{`6 duplicate-row info: "a.example" stands on line 5 already; the two count as one IOC, with the higher confidence of 75%`}},
		{"types with a slip", "| domian | a.example | botnet_cc | 2026-05-26 | 75% |\n| ja3_fingerprint | x | payload | 2026-05-26 | 75% |\n| domain | b.example | botnet_cc | 2026-05-26 | 75% |\n", []feed.IOC{ioc(feed.Domain, "b.example", feed.BotnetCC, "2026-05-26", 75, 7)},
			[]string{`5 unknown-type error: Quarry does not know the type "domian" (did you mean domain?), so no IOC is made of the row "| domian | a.example | botnet_cc | 2026-05-26 | 75% |"`,
				`6 unknown-type error: Quarry does not know the type "ja3_fingerprint", so no IOC is made of the row "| ja3_fingerprint | x | payload | 2026-05-26 | 75% |"`}},
		{"prose among rows", "| domain | a.example | botnet_cc | 2026-05-26 | 75% |\nSome words.\n| domain | b.example | botnet_cc | 2026-05-26 | 75% |\n", []feed.IOC{
			ioc(feed.Domain, "a.example", feed.BotnetCC, "2026-05-26", 75, 5), ioc(feed.Domain, "b.example", feed.BotnetCC, "2026-05-26", 75, 7)},
			[]string{`6 unread-text info: no IOC is made of the line "Some words.", which stands outside the parts of a bulletin`}},
		{"hostile value", "| domain | a\x1b]0;x\x07\u202e.example" + strings.Repeat("x", 200) + " | botnet_cc | 2026-05-26 | 75% |\n", nil, []string{
			`5 bad-value error: "a\x1b]0;x\a\u202e.example` + strings.Repeat("x", 64) + `"... is no domain (the name cannot be written in punycode), so no IOC is made of it`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := readOne(t, "IOC Summary\nMalware Family: F\n"+header+c.rows)
			if diff := cmp.Diff(c.iocs, b.IOCs); diff != "" {
				t.Errorf("IOCs: %s", diff)
			}
			if diff := cmp.Diff(c.findings, findingLines(b.Findings)); diff != "" {
				t.Errorf("findings: %s", diff)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	for _, c := range []struct {
		name, header, row string
		want              []feed.IOC
	}{
		{"other order and more columns", "| On | Note | value | TYPE | Confidence | Where | threat type | First seen | Verdict |",
			"| on | ok | a.example | domain | 75% | x.md:3 | botnet_cc | 2026-05-26 | |", []feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, "2026-05-26", 75, 3)}},
		{"no pipe at either end", "Type | Value | Threat Type | First Seen | Confidence",
			"domain | a.example | botnet_cc | 2026-05-26 | 75%", []feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, "2026-05-26", 75, 3)}},
		{"markup", "| **Type** | `Value` | Threat | | |", "| domain | a.example | botnet_cc | | |",
			[]feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, "", feed.NoConfidence, 3)}},
		{"a list of something else", "| Type | Value | Note |", "| domain | a.example | x |", nil},
		{"no value", "| Type | Threat Type | First Seen | Confidence |", "| domain | botnet_cc | 2026-05-26 | 75% |", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := readOne(t, "Malware Family: F\n"+c.header+"\n"+c.row+"\n")
			if diff := cmp.Diff(c.want, b.IOCs); diff != "" {
				t.Errorf("IOCs: %s\nfindings: %v", diff, b.Findings)
			}
		})
	}
}

func TestSummaryAgainstTable(t *testing.T) {
	row := "| domain | a.example | botnet_cc | 2026-05-26 | 75% |\n"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"agrees", "IOC Summary\nMalware Family: F Total IOCs: 1 IOC Types: domain\n" + header + row, nil},
		{"count", "IOC Summary\nMalware Family: F Total IOCs: 3 IOC Types: domain\n" + header + row, []string{
			"2 count-differs warning: the summary states 3 IOCs and the table has 1 row; check the source for what is missing or was added"}},
		{"types", "IOC Summary\n**Malware Family:** F\n**IOC Types:** `url`, ip:port\n" + header + row, []string{
			`3 types-differ warning: the summary states the type "url, ip:port", which no row has; rows may be missing`,
			`3 types-differ warning: rows have the type "domain", which the summary does not state; rows may have been added`}},
		{"unknown type", "IOC Summary\nMalware Family: F IOC Types: domain, ja3\n" + header + row, []string{
			`2 unknown-type warning: Quarry does not know the type "ja3" that the summary states`,
			`2 types-differ warning: the summary states the type "ja3", which no row has; rows may be missing`}},
		{"bad total", "IOC Summary\nMalware Family: F Total IOCs: many\n" + header + row, []string{
			`2 bad-total warning: "many" is no count of IOCs, so the rows cannot be checked against it`}},
		{"no family", "IOC Summary\nTotal IOCs: 1\n" + header + row, []string{
			"1 no-family info: the bulletin states no malware family, so its IOCs carry none"}},
		{"no rows", "IOC Summary\nMalware Family: F Total IOCs: 2 IOC Types: domain\n" + header, []string{
			"2 count-differs warning: the summary states 2 IOCs and the table has 0 rows; check the source for what is missing or was added",
			"3 empty-table error: the table of IOCs has no rows, so there is nothing to hunt"}},
		{"no table", "A text.\nIOC Summary\nMalware Family: F Total IOCs: 2 IOC Types: domain\n", []string{
			"2 no-ioc-table error: there is no table of IOCs, so there is nothing to hunt; the text may end before it"}},
		{"summary below the table", header + row + "Malware Family: F\nTotal IOCs: 1\nIOC Types: domain\n" + "| domain | b.example | botnet_cc | 2026-05-26 | 75% |\n", []string{
			"5 count-differs warning: the summary states 1 IOC and the table has 2 rows; check the source for what is missing or was added"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := readOne(t, c.text)
			if diff := cmp.Diff(c.want, findingLines(b.Findings)); diff != "" {
				t.Error(diff)
			}
			for _, i := range b.IOCs {
				if i.Family != b.Family {
					t.Errorf("%s has family %q", i.Value, i.Family)
				}
			}
		})
	}
}

// TestFurtherColumns: what a table says beside the five columns of bulletins is
// read, or its columns are named and what stands in them is listed.
func TestFurtherColumns(t *testing.T) {
	b := readOne(t, "# T\n\n| Type | Value | Threat | Port | Family | Reference | Comment | Last seen | Tags | Parent |\n|---|---|---|---|---|---|---|---|---|---|\n"+
		"| ip | 192.0.2.1 | botnet_cc | 443 | Lantern | https://ref.example/x | sinkholed | 2026-10-01 | a,b | c.example |\n"+
		"| ip | 192.0.2.2 | botnet_cc | 70000 | Otter | | | | | |\n"+
		"| domain | a.example | botnet_cc | 8443 | | | | | | |\n")
	var got []string
	for _, i := range b.IOCs {
		got = append(got, string(i.Type)+" "+i.Value+" "+i.Family+" "+i.Reference+" "+feed.FormatSeen(i.LastSeen)+" "+strings.Join(i.Tags, ","))
	}
	want := []string{"ip:port 192.0.2.1:443 Lantern https://ref.example/x 2026-10-01 a,b,sinkholed", "ip 192.0.2.2 Otter   port 70000", "domain a.example    port 8443"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(b.Mentions) != 1 || b.Mentions[0].Value != "c.example" || b.Mentions[0].Context != `column "Parent"` {
		t.Errorf("%+v", b.Mentions)
	}
	if diff := cmp.Diff([]string{
		`3 unread-column warning: Quarry does not know what the columns "Parent" say, so no IOC is made of them, and what looks like one there is a mention`,
		`6 port-as-tag warning: "70000" is no one port from 1 to 65535, so "192.0.2.2" has none and the ports are a tag`,
	}, findingLines(b.Findings)); diff != "" {
		t.Error(diff)
	}
}
