package review

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/kql"
)

// without drops the line that holds a part.
func without(part string) func(string) string {
	return func(text string) string {
		lines := strings.SplitAfter(text, "\n")
		at := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, part) })
		return strings.Join(slices.Delete(lines, at, at+1), "")
	}
}

// replaced puts one text in the place of another.
func replaced(old, by string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, by, 1) }
}

// withoutSection drops a section.
func withoutSection(title string) func(string) string {
	return func(text string) string {
		before, rest, _ := strings.Cut(text, "## "+title+"\n")
		_, after, ok := strings.Cut(rest, "\n## ")
		if !ok {
			return before
		}
		return before + "## " + after
	}
}

func row(r *Review, value string) (on bool, verdict Verdict, note string, there bool) {
	for at := range r.IOCs().Len() {
		if r.IOCs().At(at).Value == value {
			return r.On(at), r.Verdict(at), r.Note(at), true
		}
	}
	return false, "", "", false
}

// TestEdits opens reviewed bulletins that a person has changed.
func TestEdits(t *testing.T) {
	const (
		lantern10 = "| on | ip:port | 192[.]0[.]2[.]10:443 | botnet_cc | 2026-05-23 | 100% | malicious |"
		address   = "192.0.2.10:443"
	)
	stands := func(value string, on bool, verdict Verdict, note string) func(*testing.T, *Review) {
		return func(t *testing.T, r *Review) {
			gotOn, gotVerdict, gotNote, there := row(r, value)
			if !there || gotOn != on || gotVerdict != verdict || gotNote != note {
				t.Errorf("%s: there %v, on %v, verdict %q, note %q; want %v, %q, %q", value, there, gotOn, gotVerdict, gotNote, on, verdict, note)
			}
		}
	}
	attached := func(want ...[2]bool) func(*testing.T, *Review) {
		return func(t *testing.T, r *Review) {
			if diff := cmp.Diff(want, attachments(r)); diff != "" {
				t.Error(diff)
			}
		}
	}
	tests := []struct {
		name  string
		edit  func(string) string
		at    string // part of the line at which the finding stands, or its place in the document
		code  string // "" where nothing is to be found
		says  string
		check func(*testing.T, *Review) // what else holds
	}{
		{"a verdict", replaced(lantern10, strings.Replace(lantern10, "malicious", "Benign", 1)), "", "", "", stands(address, true, Benign, "")},
		{"off", replaced(lantern10, strings.Replace(lantern10, "| on", "| OFF", 1)), "", "", "", stands(address, false, Malicious, "")},
		{"a note", replaced(lantern10+"  |", lantern10+" Known *since* May <br> by `a[.]example` & co. |"), "", "", "", stands(address, true, Malicious, "Known since May by a.example & co.")},
		{
			"a link in a note", replaced(lantern10+"  |", lantern10+" see [our ticket](https://tickets.example/7) and <https://x.example> |"), "", "", "",
			stands(address, true, Malicious, "see [our ticket](https://tickets.example/7) and <https://x.example>"),
		},
		{
			"more in the hypothesis", replaced("\n\n## IOC Summary", "\n\n- one\n- two\n\n> three\n\n---\n\n    four\n\n[five]: six\n\n**seven**\n\n## IOC Summary"), "", "", "",
			func(t *testing.T, r *Review) {
				if _, got, _ := strings.Cut(r.Documents()[0].Text, "as well.\n"); got != "- one\n- two\n> three\nfour\n[five]: six\nseven" {
					t.Errorf("%q", got)
				}
			},
		},
		{"a value that is not defanged", replaced("192[.]0[.]2[.]10:443 | botnet", "192.0.2.10:443 | botnet"), "", "", "", stands(address, true, Malicious, "")},
		{
			"an unknown verdict", replaced(lantern10, strings.Replace(lantern10, "malicious", "bad | guy", 1)), "bad | guy", "bad-verdict",
			`"bad" is no verdict; use malicious, benign or unsure`, stands(address, true, NoVerdict, "guy"),
		},
		{
			"neither on nor off", replaced(lantern10, strings.Replace(lantern10, "| on", "| yes", 1)), "| yes |", "bad-on",
			`"yes" is neither on nor off; the IOC stands as published`, stands(address, true, Malicious, ""),
		},
		{
			"a mention neither on nor off", replaced("| on | domain | cdn", "|  | domain | cdn"), "|  | domain | cdn", "bad-on",
			`"" is neither on nor off; the IOC stands as published`, stands("cdn.example.net", false, Unsure, ""),
		},
		{
			"a broken value", replaced("192[.]0[.]2[.]10:443 | botnet", "192[.]0[.]2[.]10 | botnet"), "192[.]0[.]2[.]10 | botnet", "bad-value",
			`"192[.]0[.]2[.]10" is no ip:port: there is no port; write it as address:port; the row is left out`, nil,
		},
		{
			"a broken date", replaced("| 2026-05-23 | 100% | malicious", "| 23 May | 100% | malicious"), "| 23 May |", "bad-date",
			`"23 May": not a date; write it as 2006-01-02`, stands(address, true, Malicious, ""),
		},
		{
			"a broken confidence", replaced("| 2026-05-23 | 100% | malicious", "| 2026-05-23 | 120% | malicious"), "| 120% |", "bad-confidence",
			`"120%" is no confidence from 0% to 100%`, stands(address, true, Malicious, ""),
		},
		{
			"a row less", without(lantern10), "## IOC Summary", "missing-rows",
			"7 of the 8 IOCs that the front matter counts are here; the others were deleted or cannot be read",
			func(t *testing.T, r *Review) {
				if _, _, _, there := row(r, address); there || r.IOCs().Len() != 8 {
					t.Error("the row is still there")
				}
			},
		},
		{"a row more", replaced(lantern10, "| on | domain | new[.]example | | | | benign | | | |\n"+lantern10), "", "", "", stands("new.example", true, Benign, "")},
		{
			"a row twice", replaced(lantern10, strings.Replace(lantern10, "malicious", "unsure", 1)+" | | | |\n"+lantern10), lantern10, "row-twice",
			`"192.0.2.10:443" stands in a row before; what this one decides is left out`, stands(address, true, Unsure, ""),
		},
		{"a section less", withoutSection(summarySection), "counts:", "missing-section", `the section "IOC Summary" is missing; restore it from the exported file`, nil},
		{"no hypothesis", withoutSection(hypothesisSection), "counts:", "missing-section", `the section "Hypothesis" is missing; restore it from the exported file`, nil},
		{
			"no tables", withoutSection(tablesSection), "counts:", "missing-section", `the section "Tables" is missing; restore it from the exported file`,
			func(t *testing.T, r *Review) {
				if diff := cmp.Diff([]string{"CommonSecurityLog", "DeviceNetworkEvents", "DnsEvents"}, take(r).Chosen); diff != "" {
					t.Errorf("the tables are not those that the bulletin asks for:\n%s", diff)
				}
			},
		},
		{"no mentions", withoutSection(mentionsSection), "counts:", "missing-section", `the section "Mentions" is missing; restore it from the exported file`, nil},
		{"no findings", withoutSection(findingsSection), "counts:", "missing-section", `the section "Findings" is missing; restore it from the exported file`, nil},
		{"no scenarios", withoutSection(scenariosSection), "counts:", "missing-section", `the section "Scenarios" is missing; restore it from the exported file`, nil},
		{"no query", withoutSection(publishedSection), "counts:", "missing-section", `the section "Published queries" is missing; restore it from the exported file`, nil},
		{"a required table less", without("lantern.md:32"), "## Required tables", "missing-rows", "2 of the 3 required tables that the front matter counts are here; the others were deleted or cannot be read", nil},
		{
			"a table that is not in the catalogue", replaced("| on | CommonSecurityLog |", "| on | `NoSuchTable` |"), "| on | `NoSuchTable` |", "no-table",
			`the table "NoSuchTable" was chosen but is not in the catalogue; it is left out`,
			func(t *testing.T, r *Review) {
				if diff := cmp.Diff([]string{"DeviceNetworkEvents", "DeviceFileEvents"}, take(r).Chosen); diff != "" {
					t.Error(diff)
				}
			},
		},
		{"a table neither on nor off", replaced("| on | CommonSecurityLog |", "| x | CommonSecurityLog |"), "| x | CommonSecurityLog |", "bad-on", `"x" is neither on nor off; the table is left out`, nil},
		{"detached", replaced("**Attached:** yes", "**Attached:** No"), "", "", "", attached([2]bool{}, [2]bool{})},
		{"attached with risks", replaced("**Attached:** no", "**Attached:** yes, risks accepted"), "", "", "", attached([2]bool{true, false}, [2]bool{true, true})},
		{"neither attached nor not", replaced("**Attached:** yes", "**Attached:** perhaps"), "perhaps", "bad-attachment", `"perhaps" is neither yes nor no; the scenario is left detached`, attached([2]bool{}, [2]bool{})},
		{
			"another condition", replaced(`process.parent is "backup.exe"`, `process.parent is one of ("backup.exe", "copy.exe")`), "lantern.md:40", "condition-differs",
			`the scenario "Backup software" has a condition that is not what its filter is read as; it is used as it stands there`,
			func(t *testing.T, r *Review) {
				if got := kql.FormatCondition(r.Scenarios()[0].Condition); got != `process.parent is one of ("backup.exe", "copy.exe")` || !r.Scenarios()[0].Complete {
					t.Error(got)
				}
				attached([2]bool{true, false}, [2]bool{})(t, r)
			},
		},
		{
			"a broken condition", replaced(`process.parent is "backup.exe"`, "process.parent is"), "process.parent is", "bad-condition",
			"condition, column 18: expected a value in quotes; the published filter is read again instead", attached([2]bool{true, false}, [2]bool{}),
		},
		{
			"a broken condition whose risks were accepted", func(s string) string {
				return replaced("**Attached:** yes", "**Attached:** yes, risks accepted")(replaced(`process.parent is "backup.exe"`, "process.parent is")(s))
			}, "process.parent is", "bad-condition",
			"condition, column 18: expected a value in quotes; the published filter is read again instead", attached([2]bool{true, false}, [2]bool{}),
		},
		{"no condition", without(`process.parent is "backup.exe"`), "```condition", "bad-condition",
			"condition, column 1: expected a field such as process.name or remote.ip; the published filter is read again instead", attached([2]bool{true, false}, [2]bool{})},
		{
			"a fence that says nothing", replaced("```condition\nprocess.parent", "```\nprocess.parent"), "### Scenario 1", "bad-condition",
			"this scenario has lost its condition; the published filter is read again instead", attached([2]bool{true, false}, [2]bool{}),
		},
		{
			"a filter that cannot be read", func(s string) string {
				return replaced("Exclude processes where the parent process is backup.exe.", "Ask the team.")(replaced(`process.parent is "backup.exe"`, "?")(s))
			}, "lantern.md:40", "not-attached", `the scenario "Backup software" was attached but has no condition any more; it is detached`, attached([2]bool{}, [2]bool{}),
		},
		{
			"an open fence", replaced("is \"backup.exe\"\n```", "is \"backup.exe\""), "## " + scenariosSection, "missing-rows",
			"1 of the 2 scenarios that the front matter counts are here; the others were deleted or cannot be read", nil,
		},
		{
			"a fence that is open to the end", func(s string) string { return s + "\n```kql\nx" }, "x", "open-fence",
			"the code that starts above is not closed, so all that follows is taken for code; close it with ```", nil,
		},
		{
			"scenarios the other way round", func(s string) string {
				head, rest, _ := strings.Cut(s, "### Scenario 1: ")
				first, rest, _ := strings.Cut(rest, "### Scenario 2: ")
				second, rest, _ := strings.Cut(rest, "## Published")
				return head + "### Scenario 2: " + second + "### My scenario 1: " + first + "## Published" + rest
			}, "", "", "", func(t *testing.T, r *Review) {
				attached([2]bool{}, [2]bool{true, false})(t, r)
				if s := r.Scenarios(); s[0].Title != "Content network" || s[1].Title != "My scenario 1: Backup software" {
					t.Errorf("%q, %q", s[0].Title, s[1].Title)
				}
			},
		},
		{"a target", replaced("target: sentinel", "target: defender"), "", "", "", func(t *testing.T, r *Review) {
			if r.Target() != kql.Defender {
				t.Error(r.Target())
			}
		}},
		{"a broken target", replaced("target: sentinel", "target: splunk"), "target: splunk", "bad-target", `"splunk" is no target; use sentinel or defender; Sentinel is used`, nil},
		{"a broken look-back", replaced("lookback: 36h", "lookback: a week"), "lookback: a week", "bad-lookback", `"a week" is no look-back; write it as 7d, 36h or 90m; 7d is used`, nil},
		{"a minimum confidence", replaced("lookback: 36h", "lookback: 36h\nmin_confidence: 80%"), "", "", "", func(t *testing.T, r *Review) {
			if r.MinConfidence() != 80 || !r.HeldBack(2) {
				t.Errorf("the minimum is %d", r.MinConfidence())
			}
		}},
		{
			"a broken minimum confidence", replaced("lookback: 36h", "lookback: 36h\nmin_confidence: [high]"), "min_confidence:", "bad-min-confidence",
			`"[high]" is no confidence; use a number from 0 to 100; none is used`, nil,
		},
		{"on, below what is no minimum any more", replaced(lantern10, strings.Replace(lantern10, "| on", "| ON,  below 80%", 1)), "", "", "", stands(address, true, Malicious, "")},
		{
			"columns in another order", func(s string) string { return reorder(s, "| On | Type |") }, "", "", "", func(t *testing.T, r *Review) {
				if diff := same(take(reviewed(t)), take(r)); diff != "" {
					t.Error(diff)
				}
			},
		},
		{
			"other front matter", func(s string) string {
				return replaced("quarry: 1\n", "# ours\ntags: [soc]\nquarry: 1\n")(replaced("\n---\n\n#", "\nmore: {}\n---\n#")(s))
			}, "", "", "", func(t *testing.T, r *Review) {
				if diff := same(take(reviewed(t)), take(r)); diff != "" {
					t.Error(diff)
				}
			},
		},
	}
	original := exported(t, reviewed(t))
	known := take(reviewed(t)).Findings
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.edit(original)
			if text == original {
				t.Fatal("the edit changed nothing")
			}
			r := reopen(t, text)
			lines := strings.Split(text, "\n")
			found := tt.code == ""
			for _, f := range r.Findings() {
				switch {
				case slices.Contains(known, f):
				case f.Code == "bad-condition" && tt.code != f.Code: // comes before the one that is meant
				case f.Code != tt.code || found:
					t.Errorf("there is another finding: %v", f)
				case f.Text != tt.says:
					t.Errorf("the finding is\n%s\nwant\n%s", f.Text, tt.says)
				case f.Source.Name == "reviewed.md" && !strings.Contains(lines[f.Source.Line-1], tt.at), f.Source.Name != "reviewed.md" && f.Source.String() != tt.at:
					t.Errorf("%v stands at %q, want %q", f, lines[f.Source.Line-1], tt.at)
				default:
					found = true
				}
			}
			if !found {
				t.Errorf("there is no finding %s", tt.code)
			}
			if tt.check != nil {
				tt.check(t, r)
			}
		})
	}
}

// reorder turns the columns of a table round.
func reorder(text, header string) string {
	lines := strings.Split(text, "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, header) })
	for ; strings.HasPrefix(lines[at], "|"); at++ {
		cells := strings.Split(strings.Trim(strings.ReplaceAll(lines[at], `\|`, "\x00"), "|"), "|")
		slices.Reverse(cells)
		lines[at] = "|" + strings.ReplaceAll(strings.Join(cells, "|"), "\x00", `\|`) + "|"
	}
	return strings.Join(lines, "\n")
}
