package review

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
	"quarry/kql/saved"
)

func TestFormats(t *testing.T) {
	r := reviewed(t)
	for _, f := range Formats {
		got, err := FormatNamed(f.Name)
		if err != nil || got.Name != f.Name || !strings.HasPrefix(f.Ext, ".") || f.Means == "" {
			t.Errorf("%+v, %v", got, err)
		}
		files, _, err := f.Files(r, signature)
		if err != nil || len(files) == 0 {
			t.Errorf("%s: %d files, %v", f.Name, len(files), err)
		}
		again, _, err := f.Files(r, signature)
		if err != nil || !cmp.Equal(files, again) {
			t.Errorf("%s: a second export is another one: %v", f.Name, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file.Name, f.Ext) || strings.ContainsAny(file.Name, `/\`) || file.Text == "" {
				t.Errorf("%s: %d bytes in %q", f.Name, len(file.Text), file.Name)
			}
		}
	}
	for _, write := range []func(io.Writer, Signature) error{r.WriteMarkdown, r.WriteCSV, r.WriteJSON} {
		if err := write(full{}, signature); !errors.Is(err, errFull) {
			t.Errorf("a full disk gives %v", err)
		}
	}
	if _, err := FormatNamed("docx"); err == nil || !strings.HasPrefix(err.Error(), `"docx" is no format; use markdown, rule, hunting`) {
		t.Errorf("%v", err)
	}
}

var errFull = errors.New("no space left on device")

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func table(t testing.TB, r *Review) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteCSV(&b, signature); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestWriteCSV(t *testing.T) {
	want := [][]string{
		{"on", "type", "value", "threat", "family", "confidence", "first_seen", "last_seen", "reference", "tags", "verdict", "note", "mention", "source", "line"},
		{"on", "domain", "lantern.example", "botnet_cc", "Lantern RAT", "75", "2026-05-22", "", "", "", "malicious", "", "false", "lantern.md", "9"},
		{"on", "ip:port", "192.0.2.10:443", "botnet_cc", "Lantern RAT", "100", "2026-05-23", "", "", "", "malicious", "", "false", "lantern.md", "10"},
		{"on", "ip:port", "192.0.2.10:8443", "botnet_cc", "Lantern RAT", "50", "2026-05-24", "", "", "", "", "", "false", "lantern.md", "11"},
		{"on", "ip:port", "[2001:db8::10]:443", "botnet_cc", "Lantern RAT", "100", "2026-05-25", "", "", "", "", "", "false", "lantern.md", "12"},
		{"off", "url", "http://files.example.org/a_b/lantern.exe?x=1|2", "payload_delivery", "Lantern RAT", "100", "2026-05-26", "", "", "", "benign", "our own | installer, see files.example.org", "false", "lantern.md", "13"},
		{"on", "sha256_hash", strings.Repeat("ab", 32), "payload", "Lantern RAT", "90", "2026-05-20", "", "", "", "", "", "false", "lantern.md", "14"},
		{"on", "md5_hash", strings.Repeat("0c", 16), "payload", "Lantern RAT", "25", "2026-05-21", "", "", "", "", "", "false", "lantern.md", "15"},
		{"on", "email", "billing@lantern.test", "", "Lantern RAT", "", "2026-05-22", "", "", "", "", "", "false", "lantern.md", "16"},
		{"on", "domain", "cdn.example.net", "", "", "", "", "", "", "", "unsure", "", "true", "lantern.md", "44"},
	}
	if diff := cmp.Diff(want, table(t, reviewed(t))); diff != "" {
		t.Error(diff)
	}
}

func TestFormulasInCSV(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-x.example": "'-x.example", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", "\nx": "'\nx", "＝1": "'＝1", "＠x": "'＠x", "－": "'－", "＋": "'＋",
		"": "", "1=1": "1=1", "'=1": "'=1", "é=": "é=", "x": "x", "\xff=": "\xff=",
	} {
		if got := saved.PlainCell(cell); got != want {
			t.Errorf("PlainCell(%q) = %q, want %q", cell, got, want)
		}
	}
}

func TestCSVOfHostileDocuments(t *testing.T) {
	for seed := range uint64(rounds(t, 80)) {
		r := newMaker(t, seed).review()
		rows := table(t, r)
		if len(rows) != 1+r.IOCs().Len() {
			t.Fatalf("seed %d: %d rows for %d IOCs", seed, len(rows), r.IOCs().Len())
		}
		for at, row := range rows[1:] {
			i := r.IOCs().At(at)
			if row[1] != string(i.Type) || row[2] != saved.PlainCell(i.Value) || row[4] != saved.PlainCell(i.Family) || row[7] != feed.FormatSeen(i.LastSeen) || row[8] != saved.PlainCell(i.Reference) || row[11] != saved.PlainCell(r.Note(at)) || row[12] != strconv.FormatBool(i.Mention) {
				t.Errorf("seed %d: row %d is %q", seed, at, row)
			}
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
					t.Errorf("seed %d: the cell %q is a formula", seed, cell)
				}
			}
		}
	}
}

// exportedJSON is what a program reads; it fails on anything it does not know.
type exportedJSON struct {
	Title         string   `json:"title"`
	Families      []string `json:"families"`
	Reviewer      string   `json:"reviewer"`
	Target        string   `json:"target"`
	Lookback      string   `json:"lookback"`
	MinConfidence int      `json:"min_confidence"`
	IOCs          []jsonIOC
	Scenarios     []struct {
		Title, Description, Filter, Condition string
		Unparsed                              []string
		Note                                  string
		Written                               bool
		Attached                              bool
		Fit                                   map[string]struct{ Fit, Reason, KQL string }
	}
	Hunts []struct {
		Table, Target string
		IOCs, Chars   int
		Mentions      int
		Query         string
		Limits        map[string]struct{ Used, Limit int }
		Findings      []jsonFinding
	}
	Findings []jsonFinding
}

type jsonIOC struct {
	Type, Value, Host, Threat, Family string
	Port                              int
	Confidence                        *int
	FirstSeen                         string   `json:"first_seen"`
	LastSeen                          string   `json:"last_seen"`
	Reference                         string   `json:"reference"`
	Tags                              []string `json:"tags"`
	Source                            string
	Line                              int
	Mention                           bool
	Context                           string
	Differs                           []string
	On                                *bool  // absent where it stands as published
	LeftOut                           string `json:"left_out"`
	Verdict, Note                     string
}

type jsonFinding struct {
	Code, Severity, Source, Text string
	Line                         int
}

func readJSON(t testing.TB, r *Review) (all exportedJSON, text string) {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteJSON(&b, signature); err != nil {
		t.Fatal(err)
	}
	text = b.String()
	dec := json.NewDecoder(&b)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&all); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return all, text
}

func TestWriteJSON(t *testing.T) {
	r := reviewed(t)
	got, text := readJSON(t, r)
	if got.Title != "Lantern RAT IOCs" || got.Reviewer != "jk" || got.Target != "sentinel" || got.Lookback != "36h" || !cmp.Equal(got.Families, []string{"Lantern RAT"}) {
		t.Errorf("%+v", got)
	}
	hundred, on, off := 100, true, false
	want := map[int]jsonIOC{
		1: {
			Type: "ip:port", Value: "192.0.2.10:443", Host: "192.0.2.10", Port: 443, Threat: "botnet_cc", Family: "Lantern RAT", Confidence: &hundred,
			FirstSeen: "2026-05-23", Source: "lantern.md", Line: 10, On: &on, Verdict: "malicious",
		},
		4: {
			Type: "url", Value: "http://files.example.org/a_b/lantern.exe?x=1|2", Host: "files.example.org", Threat: "payload_delivery", Family: "Lantern RAT", Confidence: &hundred,
			FirstSeen: "2026-05-26", Source: "lantern.md", Line: 13, On: &off, Verdict: "benign", Note: "our own | installer, see files.example.org",
		},
		8: {Type: "domain", Value: "cdn.example.net", Source: "lantern.md", Line: 44, Mention: true, Context: `filter of the scenario "Content network"`, On: &on, Verdict: "unsure"},
	}
	for at, w := range want {
		if diff := cmp.Diff(w, got.IOCs[at]); diff != "" {
			t.Errorf("IOC %d:\n%s", at, diff)
		}
	}
	hunts, findings := huntsOf(r, false)
	if len(got.Hunts) != len(hunts) || len(got.IOCs) != r.IOCs().Len() || len(got.Findings) != len(r.Findings())+len(findings) {
		t.Errorf("%d hunts, %d IOCs, %d findings", len(got.Hunts), len(got.IOCs), len(got.Findings))
	}
	for i, h := range got.Hunts {
		if h.Query != hunts[i].Query || h.Table != hunts[i].Table || h.Chars != hunts[i].Chars || h.Findings == nil {
			t.Errorf("hunt %d is %+v", i, h)
		}
	}
	if f := got.Findings[0]; f.Code != r.Findings()[0].Code || f.Line != r.Findings()[0].Source.Line || f.Source != "lantern.md" || f.Severity == "" || f.Text == "" {
		t.Errorf("%+v", f)
	}
	if s := got.Scenarios[0]; !s.Attached || s.Condition != `process.parent is "backup.exe"` || s.Unparsed == nil || s.Fit["DeviceNetworkEvents"].Fit != string(exclusions.Expressible) || s.Fit["DeviceNetworkEvents"].KQL == "" {
		t.Errorf("%+v", s)
	}
	for _, absent := range []string{`"host": ""`, `"port": 0`, `"context": ""`, `"note": ""`, `"verdict": ""`, `"confidence": -1`, `"first_seen": ""`, `\u0026`, `\u003e"`} {
		if strings.Contains(text, absent) {
			t.Errorf("%s stands in the JSON", absent)
		}
	}
}

func TestJSONWithoutAnything(t *testing.T) {
	r := start(t, &feed.Bulletin{Source: feed.Source{Name: "empty.md"}, Total: feed.NoTotal})
	_, text := readJSON(t, r)
	for _, list := range []string{"iocs", "scenarios", "hunts", "findings"} {
		if !strings.Contains(text, `"`+list+`": []`) {
			t.Errorf("%s is no empty list in\n%s", list, text)
		}
	}
}

func TestJSONKeepsSigns(t *testing.T) {
	d := lantern(t)
	d.IOCs[0] = indicator(t, feed.URL, "http://files.example.org/?a=1&b=<2>")
	r := start(t, d)
	decide(t, r, SetNote{0, "a & b < c"})
	_, text := readJSON(t, r)
	for _, part := range []string{`"value": "http://files.example.org/?a=1&b=<2>"`, `"note": "a & b < c"`} {
		if !strings.Contains(text, part) {
			t.Errorf("there is no %s in\n%s", part, text)
		}
	}
}

func TestJSONOfHostileDocuments(t *testing.T) {
	for seed := range uint64(rounds(t, 80)) {
		r := newMaker(t, seed).review()
		got, _ := readJSON(t, r)
		for at, o := range got.IOCs {
			i := r.IOCs().At(at)
			on := !o.Mention
			if o.On != nil {
				on = *o.On
			}
			if o.Value != i.Value || o.Family != i.Family || on != r.Hunts(at) || (o.LeftOut != "") != r.HeldBack(at) || o.Verdict != string(r.Verdict(at)) || o.Note != r.Note(at) || o.Port != i.Port() {
				t.Errorf("seed %d: IOC %d is %+v", seed, at, o)
			}
		}
		for i, s := range r.Scenarios() {
			if got.Scenarios[i].Filter != s.Filter || got.Scenarios[i].Title != s.Title {
				t.Errorf("seed %d: scenario %d is %+v", seed, i, got.Scenarios[i])
			}
		}
	}
}

func TestScenarioReports(t *testing.T) {
	r := reviewed(t)
	reports := r.ScenarioReports()
	for i, s := range r.Scenarios() {
		attached, _ := r.Attached(i)
		rep := reports[i]
		if rep.Title != s.Title || rep.Description != s.Description || rep.Filter != s.Filter || rep.Condition != kql.FormatCondition(s.Condition) || rep.Attached != attached {
			t.Errorf("%+v", rep)
		}
		for k, span := range s.Unread {
			if rep.Unparsed[k] != s.Filter[span.Start:span.End] {
				t.Errorf("%q", rep.Unparsed)
			}
		}
		if len(rep.Fit) != chosenAtTarget(r) {
			t.Errorf("it is judged for %d tables of %d", len(rep.Fit), chosenAtTarget(r))
		}
	}
	if len(reports[1].Unparsed) == 0 {
		t.Error("all words of the second filter were understood, so the test says little")
	}
}

// TestBenignStillOn: what is judged benign and hunted all the same is said with
// the hunts and with what is saved for others.
func TestBenignStillOn(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, SetVerdict{[]int{0, 1}, Benign}, SetVerdict{[]int{2}, Malicious})
	count := func(fs []feed.Finding) (n int) {
		for _, f := range fs {
			if f.Code == "benign-on" && strings.Contains(f.Text, "2 IOCs, judged benign, are still on") {
				n++
			}
		}
		return n
	}
	if n := count(r.Plan(false).Findings()); n != 1 {
		t.Errorf("the hunts say it %d times", n)
	}
	for _, name := range []string{"rule", "hunting", "arm", "watchlist", "defender", "stix"} {
		f, err := FormatNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, findings, err := f.Files(r, signature); err != nil || count(findings) != 1 {
			t.Errorf("%s: %v, %v", name, findings, err)
		}
	}
	decide(t, r, Include{[]int{0, 1}, false})
	if n := count(r.Plan(false).Findings()); n != 0 {
		t.Error("it is said of what is off")
	}
}

// TestReviewerStays: opening a reviewed bulletin and saving it again makes
// nobody else its reviewer.
func TestReviewerStays(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, SetVerdict{[]int{0}, Malicious})
	again := reopen(t, exported(t, r))
	other := Signature{Reviewer: "somebody else", At: atNoon.Add(48 * time.Hour)}
	write := func(r *Review) string {
		var b strings.Builder
		if err := r.WriteMarkdown(&b, other); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if text := write(again); strings.Contains(text, "somebody else") || !strings.Contains(text, "reviewer: "+signature.Reviewer+"\n") {
		t.Error("the reviewer is another one, and nothing was decided")
	}
	if _, err := again.Decide(SetVerdict{[]int{1}, Malicious}, other.Reviewer, other.At); err != nil {
		t.Fatal(err)
	}
	if text := write(again); !strings.Contains(text, "somebody else") {
		t.Error("who decided last is not the reviewer")
	}
}
