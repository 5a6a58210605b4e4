package exclusions

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql"
)

func FuzzRead(f *testing.F) {
	for _, c := range filterCases(f) {
		f.Add(c.scenario.Filter, c.scenario.Cut)
	}
	for _, s := range []string{
		"", " ", "(", "not not not", "a,b,,or", "user is", "user is \"", "process.name in (", "exclude \xff", "C:\\Program Files (x86", "is is in (((",
		strings.Repeat("(", 100) + "user is x", strings.Repeat("not ", 100) + "user is svc_x", "user is svc_x\r\nor user is svc_y;", "10.*.*.*", "e.g., such as like",
	} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, filter string, cut bool) {
		s := feed.Scenario{Filter: filter, Cut: cut}
		r := Read(s)
		checkSpans(t, filter, r)
		if r.Complete && (r.Condition == nil || len(r.Unread) > 0 || len(r.Lost) > 0) {
			t.Errorf("complete, but %+v", r)
		}
		if r.Condition == nil && strings.TrimSpace(filter) != "" && len(r.Unread) == 0 {
			t.Errorf("nothing was read of %q, yet nothing is unread", filter)
		}
		if diff := cmp.Diff(r, Read(s)); diff != "" {
			t.Errorf("read twice:\n%s", diff)
		}
		checkCondition(t, r.Condition)
		checkInvented(t, filter, r.Condition)
		checkVerdicts(t, r)
		checkReversal(t, filter, r)
	})
}

// checkReversal makes sure that a word which reverses what is said is in the
// condition or leaves something unread. In quotes and paths it is a value.
func checkReversal(t *testing.T, filter string, r Reading) {
	t.Helper()
	if !r.Complete || reversed(r.Condition) || strings.ContainsAny(filter, "\"'`“”‘’«»„\\/!=:") {
		return
	}
	for _, w := range strings.Fields(strings.ToLower(filter)) {
		if slices.Contains([]string{"neither", "nor", "unless", "except", "without", "outside", "between"}, w) {
			t.Errorf("%q is read as %s", filter, kql.FormatCondition(r.Condition))
		}
	}
}

func checkSpans(t *testing.T, filter string, r Reading) {
	t.Helper()
	end := 0
	for _, s := range r.Unread {
		if s.Start < end || s.End <= s.Start || s.End > len(filter) {
			t.Fatalf("spans %v of %d bytes", r.Unread, len(filter))
		}
		end = s.End
		if utf8.ValidString(filter) && !utf8.ValidString(filter[s.Start:s.End]) {
			t.Fatalf("the span %v is in the middle of a character", s)
		}
	}
}

func checkCondition(t *testing.T, c kql.Condition) {
	t.Helper()
	if c == nil {
		return
	}
	back, err := kql.ParseCondition(kql.FormatCondition(c))
	if err != nil {
		t.Fatalf("%s: %v", kql.FormatCondition(c), err)
	}
	if diff := cmp.Diff(c, back); diff != "" {
		t.Errorf("the condition and its text differ:\n%s", diff)
	}
}

// checkInvented makes sure that every value of a condition comes from the
// filter, or from the data files for a word of it.
func checkInvented(t *testing.T, filter string, c kql.Condition) {
	t.Helper()
	var text strings.Builder
	for _, w := range append(strings.Fields(filter), filter, strings.ReplaceAll(filter, `\\`, `\`)) {
		text.WriteString(strings.ToLower(w) + " " + strings.ToLower(feed.Refang(w)) + " ")
	}
	for _, test := range kql.Tests(c) {
		for _, v := range test.Values {
			bare := strings.Trim(strings.ToLower(v), `\/.`)
			fromData := lexical().runs(v) || slices.ContainsFunc(known().Accounts, func(a string) bool { return a == v })
			if kind, _ := test.Field.Kind(); kind == kql.IPField || fromData || strings.Contains(text.String(), bare) {
				continue
			}
			// A host may be respelled, as may text across line breaks.
			if test.Field == "remote.host" || len(strings.Fields(v)) > 1 || strings.ContainsAny(filter, "[(") {
				continue
			}
			t.Errorf("%q is in no word of %q", v, filter)
		}
	}
}

func checkVerdicts(t *testing.T, r Reading) {
	t.Helper()
	tables, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for i := range tables.Tables() {
		tb := &tables.Tables()[i]
		v := Judge(Case{Reading: r, Table: tb, Target: kql.Sentinel, IOCs: mixed, Families: malware})
		if v.Reason == "" || strings.HasSuffix(v.Reason, ".") || (v.Condition == nil) != (v.KQL == "") {
			t.Errorf("%s: %+v", tb.Name, v)
		}
		if v.Fit == Expressible && (!r.Complete || len(tb.Missing(r.Condition)) > 0) {
			t.Errorf("%s is expressible on %s, but not all of it is read or has a column", kql.FormatCondition(r.Condition), tb.Name)
		}
		checkCondition(t, v.Condition)
	}
}

// TestReadAnyOrder reads sentences made of the vocabulary in any order, which
// reaches deeper than random bytes.
func TestReadAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var words []string
	for p := range lexical().phrases {
		words = append(words, p)
	}
	slices.Sort(words)
	values := []string{
		`"acme.exe"`, "svc_x", "10.0.0.0/8", "198.51.100.7", "example.com", "*.example.net", "https://example.org/a/", `C:\Acme\`, `C:\Acme\x.exe`,
		"/opt/acme/", ".ps1", "plain", "443", "*x*", "a*b", "user@example.com", `CORP\jdoe`, "(", ")", ",", ",", ",", ";", "\n", ".", "and", "or", "not", "--flag",
		"d41d8cd98f00b204e9800998ecf8427e", "PowerShell", "cron", "“quoted text”", "`", "\"", "e.g.,", "(e.g.,", "the", "where", "==", "!=", "in", "NOT",
	}
	for range 10_000 {
		var b strings.Builder
		for range 3 + random.IntN(14) {
			if random.IntN(2) == 0 {
				b.WriteString(words[random.IntN(len(words))])
			} else {
				b.WriteString(values[random.IntN(len(values))])
			}
			b.WriteByte(' ')
		}
		s := feed.Scenario{Filter: b.String(), Cut: random.IntN(8) == 0}
		r := Read(s)
		checkSpans(t, s.Filter, r)
		checkCondition(t, r.Condition)
		checkInvented(t, s.Filter, r.Condition)
		checkReversal(t, s.Filter, r)
		if random.IntN(20) == 0 {
			checkVerdicts(t, r)
		}
		if t.Failed() {
			t.Fatalf("in %q", s.Filter)
		}
	}
}
