package bulletin

import (
	"fmt"
	"strings"
	"testing"

	"quarry/feed"
)

func TestSure(t *testing.T) {
	long := strings.Repeat("A line of a long preamble that says nothing of interest.\n", 1148) // just below 64 KiB
	for _, c := range []struct {
		name, text string
		want       feed.Sureness
	}{
		{"header", header, sureOfTable},
		{"no pipe before", "Type | Value | Threat Type | First Seen | Confidence |\n", sureOfTable},
		{"case and extra columns", "| ON | type | VALUE | threat type | first seen | confidence | Note |\n", sureOfTable},
		{"behind a long preamble", long + "IOC Summary\nMalware Family: F\n" + header, sureOfTable},
		{"three columns", "| Type | Value | Confidence |\n", sureOfLoose},
		{"three columns below a summary", "## IOC Summary\n\n| Type | Value | Confidence |\n", sureOfColumns},
		{"three columns and a query", "| Type | Value | Confidence |\n|---|---|---|\n\n```kql\nT\n```\n", sureOfColumns},
		{"columns of a reviewed bulletin", "| On | Type | Value | First Seen | Verdict | Note | Where |\n", sureOfColumns},
		{"two columns", "| Type | Value |\n", 0},
		{"cut before the table", "Text.\nIOC Summary\nMalware Family: F\n", sureOfSummary},
		{"cut behind the heading", "# T\n\n## IOC Summary\n", sureOfHeading},
		{"scenarios alone", "Scenario: T\nFilter/Exclusion: F.\n", sureOfScenario},
		{"scenario without a filter", "Scenario: T\n", 0},
		{"a filter alone", "Filter/Exclusion: F.\n", 0},
		{"words within a line", "The IOC Summary and a Scenario: or a Filter/Exclusion: in it.\n", 0},
		{"JSON", `{"type":"bundle","objects":[]}`, 0},
		{"CSV", "Type,Value,Threat Type,First Seen,Confidence\n", 0},
		{"prose", "Some words.\n", 0},
		{"nothing", "", 0},
	} {
		if got := (Reader{}).Sure([]byte(c.text)); got != c.want {
			t.Errorf("%s: sure %d, want %d", c.name, got, c.want)
		}
	}
	if (Reader{}).Name() != "bulletin" {
		t.Error((Reader{}).Name())
	}
}

// rowsOf is a bulletin with n rows, one finding every hundred.
func rowsOf(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Text.\nIOC Summary\nMalware Family: F Total IOCs: %d IOC Types: domain\n%s", n, header)
	for i := range n {
		seen := "2026-05-26"
		if i%100 == 0 {
			seen = "yesterday"
		}
		fmt.Fprintf(&b, "| domain | host-%d.example | botnet_cc | %s | 75%% |\n", i, seen)
	}
	return b.String()
}

// TestReadIsLinear compares the memory that small and large documents take, of
// each kind that could make the reader look back.
func TestReadIsLinear(t *testing.T) {
	const head = "IOC Summary\nMalware Family: F\n" + header + oneRow
	for name, doc := range map[string]func(n int) string{
		"rows":     rowsOf,
		"same row": func(n int) string { return header + strings.Repeat(oneRow, n) },
		"bad rows": func(n int) string { return header + strings.Repeat("| domain | x | y |\n", n) },
		"prose":    func(n int) string { return strings.Repeat("A line that has no place.\n", n) + head },
		"filter": func(n int) string {
			return head + "Scenario: T\nFilter/Exclusion: F\n" + strings.Repeat("and that.\n", n)
		},
		"scenarios":   func(n int) string { return head + strings.Repeat("Scenario: T\nFilter/Exclusion: b.example.\n", n) },
		"hypothesis":  func(n int) string { return "## Hunt Hypothesis\n" + strings.Repeat("x.\n\n", n) + head },
		"queries":     func(n int) string { return head + strings.Repeat("// Hunt for x\nT\n| take 1\n", n) },
		"one query":   func(n int) string { return head + "// Hunt\nT\n" + strings.Repeat("| where a == \"b.example\"\n", n) },
		"comments":    func(n int) string { return head + strings.Repeat("// a\n", n) },
		"bulletins":   func(n int) string { return strings.Repeat("Text.\n"+head+"Scenario: T\nFilter/Exclusion: F.\n", n) },
		"headings":    func(n int) string { return head + strings.Repeat("# T\n\nText.\n", n) },
		"summaries":   func(n int) string { return strings.Repeat("IOC Summary\n", n) },
		"hypotheses":  func(n int) string { return strings.Repeat("## Hunt Hypothesis\n", n) },
		"fences":      func(n int) string { return head + strings.Repeat("```\n", n) },
		"headers":     func(n int) string { return strings.Repeat(header, n) },
		"empty lines": func(n int) string { return head + "Scenario: T\n" + strings.Repeat("\n", n) + "x" },
	} {
		t.Run(name, func(t *testing.T) {
			allocs := func(n int) float64 {
				text := doc(n)
				return testing.AllocsPerRun(1, func() { parse("doc", text) })
			}
			small, large := allocs(500), allocs(5000)
			if large > 12*small+100 {
				t.Errorf("%v allocations for 500, %v for 5000", small, large)
			}
		})
	}
}

// TestLongLine reads single lines of 256 KiB in every section; a reader that
// looked at a byte again for each one before it would not come back.
func TestLongLine(t *testing.T) {
	const size = 1 << 18
	for _, unit := range []string{"a", "| ", `\|`, "`", "*", "\"", "(", "a.b ", "// ", "Scenario: ", "#", "let a = ", "Total IOCs: ", "<", "é"} {
		long := strings.Repeat(unit, size/len(unit))
		for _, before := range []string{"", "# ", "IOC Summary\nMalware Family: ", header, header + "| domain | ", "```kql\n", "| Sentinel Table | Notes |\n", "Scenario: T\nFilter/Exclusion: "} {
			for _, b := range readAll(t, before+"x"+long) {
				for _, f := range b.Findings {
					if len(f.Text) > 2000 {
						t.Fatalf("%q behind %q: a finding of %d bytes", unit, before, len(f.Text))
					}
				}
			}
		}
	}
}

func FuzzBulletin(f *testing.F) {
	for _, name := range documents {
		text, _ := readDocument(f, name)
		f.Add(text)
	}
	f.Add("IOC Summary\nMalware Family: F\n" + header + "| domain | a.example |\n```\nx\nScenario: T\n```\nFilter/Exclusion: `")
	f.Add("# T\n## Hunt Hypothesis\nx\n\nIOC Summary\nIOC Summary\n| Sentinel Table | Notes |\na | b\n// Hunt \"\nlet a = [\n")
	f.Fuzz(func(t *testing.T, text string) {
		in, err := feed.NewInput("doc", strings.NewReader(text))
		if err != nil {
			return
		}
		Reader{}.Sure(in.Head())
		decoded, err := in.Text()
		if err != nil {
			return
		}
		checkBulletins(t, string(decoded), readAll(t, string(decoded)))
	})
}

// checkBulletins holds what is true of every document.
func checkBulletins(t *testing.T, text string, bs []*feed.Bulletin) {
	t.Helper()
	lines := strings.Split(text, "\n")
	place := func(what string, s feed.Source) {
		if s.Name != "doc" || s.Line < 1 || s.Line > len(lines) {
			t.Errorf("%s stands at %s", what, s)
		}
	}
	for _, b := range bs {
		place("a bulletin", b.Source)
		for _, i := range append(append([]feed.IOC{}, b.IOCs...), b.Mentions...) {
			if v, err := feed.Canonical(i.Type, i.Value); err != nil || v != i.Value {
				t.Errorf("%s %q is not canonical", i.Type, i.Value)
			}
			if len(i.Sources) == 0 || i.Mention != (i.Context != "") {
				t.Errorf("%+v", i)
			}
			for _, s := range i.Sources {
				place(i.Value, s)
			}
		}
		for _, i := range b.IOCs {
			if !strings.Contains(lines[i.Sources[0].Line-1], "|") {
				t.Errorf("%s comes from no row", i.Value)
			}
		}
		for _, q := range b.Queries {
			place("a query", q.Source)
			if rest := strings.Join(lines[q.Source.Line-1:], "\n"); !strings.HasPrefix(rest, q.Text) {
				t.Errorf("query %q is not what stands at line %d", q.Text, q.Source.Line)
			}
		}
		for _, s := range b.Scenarios {
			place("a scenario", s.Source)
		}
		for _, n := range b.Tables {
			place("a table", n.Source)
		}
		last := 0
		for _, f := range b.Findings {
			place(f.Code, f.Source)
			if f.Source.Line < last || f.Text == "" {
				t.Errorf("finding out of order or empty: %v", f)
			}
			last = f.Source.Line
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := rowsOf(n)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				readNamed(b, "doc", text)
			}
		})
	}
}
