package bulletin

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

const (
	oneRow   = "| domain | a.example | botnet_cc | 2026-05-26 | 75% |\n"
	otherRow = "| domain | b.example | botnet_cc | 2026-05-26 | 75% |\n"
)

// outline is what a document gives, in short.
type outline struct {
	Line        int
	Title, Text string
	Family      string
	IOCs        []string
	Scenarios   []string
	Findings    []string
}

func outlines(bs []*feed.Bulletin) (out []outline) {
	for _, b := range bs {
		o := outline{Line: b.Source.Line, Title: b.Title, Text: b.Text, Family: b.Family, Findings: findingLines(b.Findings)}
		for _, i := range b.IOCs {
			o.IOCs = append(o.IOCs, i.Value)
		}
		for _, s := range b.Scenarios {
			o.Scenarios = append(o.Scenarios, s.Title+" / "+s.Description+" / "+s.Filter)
		}
		out = append(out, o)
	}
	return out
}

func TestHeads(t *testing.T) {
	const body = "Malware Family: F\n" + header + oneRow
	iocs := []string{"a.example"}
	for _, c := range []struct {
		name, text string
		want       outline
	}{
		{"flattened", "One sentence. Another.\nIOC Summary\n" + body,
			outline{1, "", "One sentence. Another.", "F", iocs, nil, nil}},
		{"wrapped lines", "\n\nOne sentence\nover two lines.\nIOC Summary\n" + body,
			outline{3, "", "One sentence\nover two lines.", "F", iocs, nil, nil}},
		{"preamble", "A site\nA menu\n\nOne sentence.\nIOC Summary\n" + body,
			outline{1, "", "One sentence.", "F", iocs, nil, []string{
				`1 unread-text info: no IOC is made of 2 lines that stand outside the parts of a bulletin, from "A site" on`}}},
		{"Markdown", "# A title #\n\n## Hunt Hypothesis\n\nFirst.\n\nSecond\nline.\n\n## IOC Summary\n\n" + body,
			outline{1, "A title", "First.\n\nSecond\nline.", "F", iocs, nil, nil}},
		{"title without a heading for the text", "# A **title**\n\nFirst.\n\nSecond.\n\n## IOC Summary\n\n" + body,
			outline{1, "A **title**", "First.\n\nSecond.", "F", iocs, nil, nil}},
		{"chrome between title and text", "Site\n# Title\nchip chip\n\n## Hunt Hypothesis\nText.\n## IOC Summary\n" + body,
			outline{1, "Title", "Text.", "F", iocs, nil, []string{
				`1 unread-text info: no IOC is made of 2 lines that stand outside the parts of a bulletin, from "Site" on`}}},
		{"bare headings", "Title\nHunt Hypothesis\nText.\nIOC Summary\n" + body,
			outline{1, "", "Text.", "F", iocs, nil, []string{
				`1 unread-text info: no IOC is made of the line "Title", which stands outside the parts of a bulletin`}}},
		{"headings in bold", "**Hunt Hypothesis**\nText.\n**IOC Summary:**\n" + body,
			outline{1, "", "Text.", "F", iocs, nil, nil}},
		{"label", "**Hunt Hypothesis:** Text.\nMore.\nIOC Summary\n" + body,
			outline{1, "", "Text.\nMore.", "F", iocs, nil, nil}},
		{"headings within the text", "# T\n## Hypothesis\nText.\n### Detail\nMore.\n## IOC Summary\n" + body,
			outline{1, "T", "Text.\nDetail\nMore.", "F", iocs, nil, nil}},
		{"no heading of the summary", "Text.\n" + body, outline{1, "", "Text.", "F", iocs, nil, nil}},
		{"no summary", "Text.\n" + header + oneRow, outline{1, "", "Text.", "", iocs, nil, []string{
			"1 no-family info: the bulletin states no malware family, so its IOCs carry none"}}},
		{"all within a fence", "```\nText.\nIOC Summary\n" + body + "```\n", outline{1, "", "Text.", "F", iocs, nil, nil}},
		{"nothing but words", "Some words.\n\nSome more.\n", outline{1, "", "", "", nil, nil, []string{
			`1 unread-text info: no IOC is made of 2 lines that stand outside the parts of a bulletin, from "Some words." on`,
			"1 no-family info: the bulletin states no malware family, so its IOCs carry none",
			"1 no-ioc-table error: there is no table of IOCs, so there is nothing to hunt; the text may end before it"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff([]outline{c.want}, outlines(readAll(t, c.text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestScenarios(t *testing.T) {
	const head = "IOC Summary\nMalware Family: F\n" + header + oneRow
	for _, c := range []struct {
		name, text string
		want       []string
		findings   []string
	}{
		{"three lines", "Scenario: T\nDescription: D.\nFilter/Exclusion: F.\n", []string{"T / D. / F."}, nil},
		{"two lines", "Scenario: T\nFilter/Exclusion: F.\nScenario: U\nFilter/Exclusion: G.\n", []string{"T /  / F.", "U /  / G."}, nil},
		{"continuation", "Scenario: T\nFilter/Exclusion: Use a filter like:\nName != \"x\"\n| where y == 1 | project z\n", []string{"T /  / Use a filter like:\nName != \"x\"\n| where y == 1 | project z"},
			[]string{`9 text-cut warning: the text ends in the middle of the filter of the scenario "T", so what else it leaves out is not known`}},
		{"headings", "## False Positive Guidance\n\n### Scenario 1: T\n\n**Description:** D\nover two lines.\n\n**Filter/Exclusion:** F.\n\n### Scenario 2: U\n**Filter / Exclusion**: G.\n",
			[]string{"T / D\nover two lines. / F.", "U /  / G."}, nil},
		{"bold and lists", "**Scenario: T**\n- **Description:** D.\n- *Filter/Exclusion:* F.\n* Scenario: U\n* Filter/Exclusion: G **here**.\n__Scenario:__ V\n__Filter/Exclusion__: H.\n",
			[]string{"T / D. / F.", "U /  / G **here**.", "V /  / H."}, nil},
		{"labels on lines of their own", "**Scenario:**\nT\n**Description:**\n\nD.\n\n**Filter/Exclusion:**\n\n- F.\n- G.\n", []string{"T / D. / - F.\n- G."}, nil},
		{"text without a label", "### Scenario: T\n\nD.\n\n**Filter/Exclusion:** F.\n", []string{"T / D. / F."}, nil},
		{"code", "Scenario: T\nFilter/Exclusion: Use:\n```kql\n| where a\n\n| where b\n```\nand that.\n", []string{"T /  / Use:\n| where a\n| where b\nand that."}, nil},
		{"no filter", "Scenario: T\nDescription: D.\nScenario: U\nFilter/Exclusion: F.\n", []string{"T / D. / ", "U /  / F."},
			[]string{`6 scenario-without-filter warning: the scenario "T" says nothing about what to leave out, so it cannot be attached as it stands`}},
		{"no title", "Filter/Exclusion: F.\n", []string{" /  / F."},
			[]string{"6 scenario-without-title info: this scenario has no title; the text before it may be missing"}},
		{"last one ends before another section", "Scenario: T\nFilter/Exclusion: F\n\n## References\n\nA page.\n", []string{"T /  / F"},
			[]string{`11 unread-text info: no IOC is made of the line "A page.", which stands outside the parts of a bulletin`}},
		{"rule below", "Scenario: T\nFilter/Exclusion: F.\n\n---\n\nA footer.\n", []string{"T /  / F."},
			[]string{`11 unread-text info: no IOC is made of the line "A footer.", which stands outside the parts of a bulletin`}},
		{"a description is only a label in a scenario", "\nDescription: D.\n", nil,
			[]string{`7 unread-text info: no IOC is made of the line "Description: D.", which stands outside the parts of a bulletin`}},
		{"unclosed fence", "Scenario: T\nFilter/Exclusion: Use:\n```\nx\nScenario: U\nFilter/Exclusion: F.\n", []string{"T /  / Use:\nx", "U /  / F."},
			[]string{"8 unclosed-fence warning: nothing closes the block of code that begins here; it is taken to end before line 10"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := outlines([]*feed.Bulletin{readOne(t, head+c.text)})[0]
			if diff := cmp.Diff(c.want, o.Scenarios); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.findings, o.Findings); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSeveralBulletins(t *testing.T) {
	const (
		first  = "Text one.\nIOC Summary\nMalware Family: F\n" + header + oneRow
		second = "IOC Summary\nMalware Family: G\n" + header + otherRow
	)
	one := outline{1, "", "Text one.", "F", []string{"a.example"}, nil, nil}
	with := func(o outline, scenarios ...string) outline { o.Scenarios = scenarios; return o }
	two := func(line int, title, text string) outline {
		return outline{line, title, text, "G", []string{"b.example"}, nil, nil}
	}
	for _, c := range []struct {
		name, between string
		want          []outline
	}{
		{"behind a table", "Text two.\n", []outline{one, two(7, "", "Text two.")}},
		{"behind a scenario", "Scenario: T\nFilter/Exclusion: F.\nText two.\n", []outline{with(one, "T /  / F."), two(9, "", "Text two.")}},
		{"behind a continuation", "Scenario: T\nFilter/Exclusion: Like:\n`x`\nText two.\n", []outline{with(one, "T /  / Like:\n`x`"), two(10, "", "Text two.")}},
		{"behind an empty line", "Scenario: T\nFilter/Exclusion: F.\n\nText two\nover lines.\n", []outline{with(one, "T /  / F."), two(10, "", "Text two\nover lines.")}},
		{"behind a title", "Scenario: T\nFilter/Exclusion: F.\n\n# Two\n\nText two.\n\nMore.\n", []outline{with(one, "T /  / F."), two(10, "Two", "Text two.\n\nMore.")}},
		{"behind a heading", "Scenario: T\nFilter/Exclusion: F.\n\n# Two\n## Hunt Hypothesis\nText two.\n", []outline{with(one, "T /  / F."), two(10, "Two", "Text two.")}},
		{"behind a heading without a title", "Scenario: T\nFilter/Exclusion: F.\n## Hunt Hypothesis\nText two.\n", []outline{with(one, "T /  / F."), two(9, "", "Text two.")}},
		{"behind the tables", "| Sentinel Table | Notes |\n|---|---|\nDnsEvents | x |\nText two.\n", []outline{one, two(10, "", "Text two.")}},
		{"behind a query", "// Hunt for x\nDnsEvents\n| take 1\nThe detection identifies potential activity.\n", []outline{one, two(10, "", "The detection identifies potential activity.")}},
		{"without a hypothesis", "", []outline{one, two(7, "", "")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, outlines(readAll(t, first+c.between+second))); diff != "" {
				t.Error(diff)
			}
		})
	}

	t.Run("references are no head", func(t *testing.T) {
		got := outlines(readAll(t, first+"## References\n\n- a page\n\nText two.\n"+second))
		want := []outline{one, two(11, "", "Text two.")}
		want[0].Findings = []string{`9 unread-text info: no IOC is made of the line "- a page", which stands outside the parts of a bulletin`}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("the first is cut", func(t *testing.T) {
		bs := readAll(t, first+"### Scenario: T\n**Filter/Exclusion:** Exclude (e.g., `git\n\n# Two\n\nText two.\n\n"+second)
		if len(bs) != 2 || len(bs[0].Scenarios) != 1 || !bs[0].Scenarios[0].Cut || bs[1].Title != "Two" {
			t.Errorf("got %+v", outlines(bs))
		}
	})
	t.Run("a second table of the same bulletin", func(t *testing.T) {
		b := readOne(t, first+"\n### Hashes\n\n| Value | Type | Confidence |\n|---|---|---|\n| "+md5Hex+" | md5_hash | 50% |\n")
		if len(b.IOCs) != 2 || b.IOCs[1].Value != md5Hex || b.IOCs[1].Confidence != 50 {
			t.Errorf("got %v", b.IOCs)
		}
	})
	t.Run("a table under a new title", func(t *testing.T) {
		bs := readAll(t, first+"\n# Two\n\nText two.\n\n"+header+otherRow)
		if len(bs) != 2 || bs[1].Title != "Two" || bs[1].Text != "Text two." {
			t.Errorf("got %+v", outlines(bs))
		}
	})
	t.Run("another table", func(t *testing.T) {
		b := readOne(t, first+"\n| Page | Link |\n|---|---|\n| x | y |\n")
		want := []string{`8 unread-text info: no IOC is made of 3 lines that stand outside the parts of a bulletin, from "| Page | Link |" on`}
		if diff := cmp.Diff(want, findingLines(b.Findings)); diff != "" || len(b.IOCs) != 1 {
			t.Errorf("%v %s", b.IOCs, diff)
		}
	})
}

func TestQueries(t *testing.T) {
	const head = "IOC Summary\nMalware Family: F\n" + header + oneRow // five lines
	type query struct {
		line int
		text string
	}
	for _, c := range []struct {
		name, text string
		want       []query
		findings   []string
	}{
		{"headed by comments", "// Hunt for a\n// Source: b\nlet malicious_ips = dynamic([\"x\"]);\nT\n| take 1\n// Hunt in c\nlet malicious_ips = dynamic([]);\nU\n", []query{
			{6, "// Hunt for a\n// Source: b\nlet malicious_ips = dynamic([\"x\"]);\nT\n| take 1"}, {11, "// Hunt in c\nlet malicious_ips = dynamic([]);\nU"}}, nil},
		{"not headed", "let a = 1;\nlet b = 2;\nT\n| where x == a // c\nlet a = 3;\nU\n| take 1\n", []query{
			{6, "let a = 1;\nlet b = 2;\nT\n| where x == a // c"}, {10, "let a = 3;\nU\n| take 1"}}, nil},
		{"another comment goes with what follows", "// One\nlet a = 1;\nT\n// Two\n\nlet a = 3;\nU\n", []query{
			{6, "// One\nlet a = 1;\nT"}, {9, "// Two\n\nlet a = 3;\nU"}}, nil},
		{"a comment inside stays", "// Hunt for a\nT\n// only outside\n| take 1\n", []query{{6, "// Hunt for a\nT\n// only outside\n| take 1"}}, nil},
		{"let over several lines", "let a = dynamic([\n  \"let b\",\n  \"x;\" ]);\nlet b = 1;\nT\n", []query{{6, "let a = dynamic([\n  \"let b\",\n  \"x;\" ]);\nlet b = 1;\nT"}}, nil},
		{"a bare table", "DnsEvents\n| where x\n| take 1\n", []query{{6, "DnsEvents\n| where x\n| take 1"}}, nil},
		{"fences", "```kql\nT\n| take 1\n```\n\nSome words.\n\n~~~KUSTO\n  let a = 1;\n  U\n\n~~~\n", []query{{7, "T\n| take 1"}, {14, "  let a = 1;\n  U"}}, []string{
			`11 unread-text info: no IOC is made of the line "Some words.", which stands outside the parts of a bulletin`}},
		{"a fence of several", "## KQL Queries\n```\n// Hunt for a\nT\n\n// Hunt for b\nU\n```\n", []query{{8, "// Hunt for a\nT"}, {11, "// Hunt for b\nU"}}, nil},
		{"a fence without a language or a comment", "```\nDnsEvents\n| take 1\n```\n", []query{{7, "DnsEvents\n| take 1"}}, nil},
		{"a fence of something else", "```json\n{}\n```\n", nil, []string{
			`7 unread-text info: no IOC is made of the line "{}", which stands outside the parts of a bulletin`}},
		{"white space as published", "// Hunt for a  \n\tT | where a == \"b\"\t\n\n", []query{{6, "// Hunt for a  \n\tT | where a == \"b\"\t"}}, nil},
		{"unclosed fence", "```kql\nT\n| take 1\n## False Positives\nScenario: T\nFilter/Exclusion: F.\n", []query{{7, "T\n| take 1"}}, []string{
			"6 unclosed-fence warning: nothing closes the block of code that begins here; it is taken to end before line 9"}},
		{"below a scenario", "Scenario: T\nFilter/Exclusion: F.\n// Hunt for a\nT\n", []query{{8, "// Hunt for a\nT"}}, nil},
		{"a sentence below", "// Hunt for a\nT\n| take 1\n\nThese tables must be connected first.\n", []query{{6, "// Hunt for a\nT\n| take 1"}}, []string{
			`10 unread-text info: no IOC is made of the line "These tables must be connected first.", which stands outside the parts of a bulletin`}},
		{"a quote in a comment", "// Hunt for \"a\n// it's\nT\n", []query{{6, "// Hunt for \"a\n// it's\nT"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := readAll(t, head+c.text)[0]
			var got []query
			for _, q := range b.Queries {
				got = append(got, query{q.Source.Line, q.Text})
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(query{})); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.findings, findingLines(b.Findings)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTables(t *testing.T) {
	b := readOne(t, header+oneRow+"\n## Required Tables\n\n| Table | Count | Note |\n|---|---|---|\n| **`DnsEvents`** | 3 | see `x` \\| y |\nDeviceEvents | 1\n| | 1 | z |\n")
	want := []feed.TableNote{
		{Name: "DnsEvents", Note: "see `x` | y", Source: feed.Source{Name: "doc", Line: 9}},
		{Name: "DeviceEvents", Source: feed.Source{Name: "doc", Line: 10}},
	}
	if diff := cmp.Diff(want, b.Tables); diff != "" {
		t.Error(diff)
	}
	if got := strings.Join(findingLines(b.Findings), "\n"); !strings.Contains(got, `11 short-row warning: the row "| | 1 | z |" names no table, so it is not used`) {
		t.Error(got)
	}
}

func TestMentions(t *testing.T) {
	b := readOne(t, strings.Join([]string{
		"# About title.example.net",
		"See text.example.net and hxxp://192.0.2.9/x, also a.example.",
		"## IOC Summary",
		"Malware Family: F",
		strings.TrimSuffix(header, "\n"),
		"| domain | a.example | botnet_cc | 2026-05-26 | 75% |",
		"| ip:port | 192.0.2.1:443 | botnet_cc | 2026-05-26 | 75% |",
		"| url | hxxp://url.example.com/x | payload | 2026-05-26 | 75% |",
		"```kql",
		"// Hunt for x, see comment.example.net",
		`let a = dynamic(["192.0.2.1", "A.example", "url.example.com", "http://url.example.com/x",`,
		`  "http://url.example.com/y", 'query.example.net', 'query.example.net']);`,
		"DnsEvents | where DnsEvents.Name has code.example.net",
		"```",
		"| Sentinel Table | Notes |",
		"|---|---|",
		"| DnsEvents | from note.example.net |",
		"Scenario: A user visits title.example.org",
		"Description: From 192.0.2.2 or 192.0.2.2.",
		"Filter/Exclusion: Exclude https://filter.example.net/a",
		"and https://filter.example.net/a.",
		"## References",
		"- https://ref.example.net",
	}, "\n"))
	want := []string{
		"domain title.example.net: title @ 1",
		"domain text.example.net: hypothesis @ 2",
		"url http://192.0.2.9/x: hypothesis @ 2",
		"domain a.example: hypothesis @ 2",
		"domain comment.example.net: published query 1 @ 11",
		"url http://url.example.com/y: published query 1 @ 13",
		"domain query.example.net: published query 1 @ 13",
		"domain note.example.net: note of table DnsEvents @ 18",
		`domain title.example.org: title of the scenario "A user visits title.example.org" @ 19`,
		`ip 192.0.2.2: description of the scenario "A user visits title.example.org" @ 20`,
		`url https://filter.example.net/a: filter of the scenario "A user visits title.example.org" @ 21 22`,
		`domain filter.example.net: filter of the scenario "A user visits title.example.org" @ 21 22`,
		`url https://ref.example.net: section "References" @ 24`,
		`domain ref.example.net: section "References" @ 24`,
	}
	if diff := cmp.Diff(want, mentionLines(b.Mentions)); diff != "" {
		t.Error(diff)
	}
	for _, m := range b.Mentions {
		if !m.Mention || m.Confidence != feed.NoConfidence {
			t.Errorf("not a mention: %+v", m)
		}
	}
	if len(b.IOCs) != 3 {
		t.Errorf("%d IOCs", len(b.IOCs))
	}
}

// TestServicesOfURLs holds that a query may look for a URL by the address and
// port that it opens, without a mention of something new.
func TestServicesOfURLs(t *testing.T) {
	b := readOne(t, strings.Join([]string{
		"## IOC Summary", "Malware Family: F", strings.TrimSuffix(header, "\n"),
		"| url | hxxp://192.0.2.3/x | payload | 2026-05-26 | 75% |",
		"| url | hxxps://192.0.2.4/x | payload | 2026-05-26 | 75% |",
		"| url | hxxp://[2001:db8::5]:8080/x | payload | 2026-05-26 | 75% |",
		"```kql", `let a = dynamic(["192.0.2.3:80", "192.0.2.4:443", "[2001:db8::5]:8080", "192.0.2.4:80"]);`, "DnsEvents", "```",
	}, "\n"))
	want := []string{"ip:port 192.0.2.4:80: published query 1 @ 9"}
	if diff := cmp.Diff(want, mentionLines(b.Mentions)); diff != "" {
		t.Error(diff)
	}
}
