package records

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// rowsOf are all rows of a document, each with its line, and its comments.
func rowsOf(t testing.TB, text string, comma byte, byByte bool) (rows []string, comments []string) {
	t.Helper()
	r := NewRows(NewLines(input(t, text, byByte)), comma)
	r.Comment = func(line int, text string) { comments = append(comments, fmt.Sprintf("%d %s", line, text)) }
	for r.Next() {
		row := fmt.Sprintf("%d %q", r.Line, r.Fields)
		if r.Cut {
			row += " cut"
		}
		rows = append(rows, row)
	}
	if r.Err() != nil {
		t.Error(r.Err())
	}
	return rows, comments
}

func TestRows(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"plain", "a,b\nc,d", []string{`1 ["a" "b"]`, `2 ["c" "d"]`}},
		{"empty fields", "a,,b,\n,", []string{`1 ["a" "" "b" ""]`, `2 ["" ""]`}},
		{"quotes", `"a","b,c",""`, []string{`1 ["a" "b,c" ""]`}},
		{"doubled quotes", `"a""b","""",""""""`, []string{`1 ["a\"b" "\"" "\"\""]`}},
		{"as ThreatFox writes", `"a", "b,c", "", "None"`, []string{`1 ["a" "b,c" "" "None"]`}},
		{"spaces around", "  a b\t, c  ,\t\"d \" , e", []string{`1 ["a b" "c" "d " "e"]`}},
		{"lines that are no rows", "\n# x\na\n \t\n#\nb", []string{`3 ["a"]`, `6 ["b"]`}},
		{"a number sign later", "a,#b\n #c", []string{`1 ["a" "#b"]`, `2 ["#c"]`}},
		{"over two lines", "\"a\n# b\n\nc\",d\ne", []string{`1 ["a\n# b\n\nc" "d"]`, `5 ["e"]`}},
		{"two over lines in one row", "\"a\nb\",\"c\nd\"\ne", []string{`1 ["a\nb" "c\nd"]`, `4 ["e"]`}},
		{"text behind a quote", `"a"b,"c" d "e",f`, []string{`1 ["ab" "cd \"e\"" "f"]`}},
		{"quotes inside", `a"b,c"d"`, []string{`1 ["a\"b" "c\"d\""]`}},
		{"never closed", "\"a,b\nc,d\ne", []string{`1 ["\"a" "b"]`, `2 ["c" "d"]`, `3 ["e"]`}},
		{"a stray final quote", "a,b\"\nc,\"\nd", []string{`1 ["a" "b\""]`, `2 ["c" "\""]`, `3 ["d"]`}},
		{"closed too late", "\"a" + strings.Repeat("\nb", maxOver) + "\nc\",d", append(slices.Concat([]string{`1 ["\"a"]`}, numbered(2, maxOver, `["b"]`)), fmt.Sprintf(`%d ["c\"" "d"]`, maxOver+2))},
		{"just not too late", "\"a" + strings.Repeat("\nb", maxOver-1) + "\nc\",d", []string{fmt.Sprintf(`1 ["a%s\nc" "d"]`, strings.Repeat(`\nb`, maxOver-1))}},
		{"the ThreatFox sample", "# \"x\"\r\n\"2026-07-04 22:19:04\", \"1\", \"lantern.example\"\r\n# Number of entries: 1\r\n", []string{`2 ["2026-07-04 22:19:04" "1" "lantern.example"]`}},
	} {
		for _, byByte := range []bool{false, true} {
			got, _ := rowsOf(t, c.text, ',', byByte)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, d)
			}
		}
	}
}

// numbered is a row on each of n lines from the first on.
func numbered(first, n int, row string) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("%d %s", first+i, row))
	}
	return all
}

func TestRowsOfOtherSeparators(t *testing.T) {
	for _, c := range []struct {
		comma byte
		text  string
		want  string
	}{
		{';', `a; "b;c" ;d,e`, `1 ["a" "b;c" "d,e"]`},
		{'\t', "a\t\"b\tc\"\t\t d", `1 ["a" "b\tc" "" "d"]`},
		{'|', "a|b", `1 ["a" "b"]`},
	} {
		if got, _ := rowsOf(t, c.text, c.comma, false); len(got) != 1 || got[0] != c.want {
			t.Errorf("%q gives %v, want %s", c.text, got, c.want)
		}
	}
}

func TestSplitRow(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`"a,b", c`, `["a,b" "c"]`}, {`"a,b`, `["\"a" "b"]`}, {"", `[""]`},
	} {
		if got := fmt.Sprintf("%q", SplitRow(c.text, ',')); got != c.want {
			t.Errorf("%s gives %s, want %s", c.text, got, c.want)
		}
	}
}

// TestOpenRows: a row that may lack its end is told from one that does not.
func TestOpenRows(t *testing.T) {
	for _, c := range []struct {
		text         string
		open, quoted bool
	}{
		{"a,b\n", false, false}, {"a,\"b\"\n", false, true}, {"a,b", true, false}, {"a,\"b\"", true, true}, {"a,\"b", true, false},
		{"\"a\nb\",c", true, false}, {"\"a\nb\",\"c\"", true, true}, {"\"a\"b", true, false}, {"a,\"b\",", true, false}, {"\"a\"", true, true},
	} {
		r := NewRows(NewLines(input(t, c.text, false)), ',')
		if !r.Next() || r.Open != c.open || r.Quoted != c.quoted || r.Next() {
			t.Errorf("%q: open %v, quoted %v", c.text, r.Open, r.Quoted)
		}
	}
}

func TestComments(t *testing.T) {
	_, got := rowsOf(t, "# a\nb\n#\n\"c\n# d\"\n# Number of entries: 1", ',', false)
	if d := cmp.Diff([]string{"1 # a", "3 #", "6 # Number of entries: 1"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	r := NewRows(NewLines(input(t, "# nobody asks\na", false)), ',')
	if !r.Next() || r.Fields[0] != "a" || r.Next() {
		t.Error("without a Comment the rows are others")
	}
}

// TestRowsAreBounded: no row takes the rest of the document, whatever its quotes
// say, and none is read over and over.
func TestRowsAreBounded(t *testing.T) {
	const size = 4 << 20
	for _, c := range []struct{ name, line string }{
		{"a quote that nothing closes on each line", "\"a\n"},
		{"each line closes and opens", "a\",\"b\n"},
		{"long ones", "\"" + strings.Repeat("a", 50<<10) + "\n"},
		{"long ones with a doubled quote", "\"" + strings.Repeat(`""`, 25<<10) + "\n"},
		{"nothing but commas", strings.Repeat(",", 3*MaxLine) + "\n"},
		{"a cut line in quotes", "\"" + strings.Repeat("a", 2*MaxLine) + "\",b\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Repeat(c.line, size/len(c.line)+1)
			r := NewRows(NewLines(input(t, text, false)), ',')
			last := 0
			for r.Next() {
				n := 0
				for _, f := range r.Fields {
					n += len(f) + 1
				}
				if n > 3*MaxLine || r.Line <= last {
					t.Fatalf("the row of line %d has %d bytes; the last began on line %d", r.Line, n, last)
				}
				if r.Cut != (len(c.line) > MaxLine) {
					t.Fatalf("cut is %v", r.Cut)
				}
				last = r.Line
			}
			if lines := size/len(c.line) + 1; last > lines {
				t.Errorf("line %d of %d", last, lines)
			}
		})
	}
}

// FuzzRows: what encoding/csv reads, Rows reads alike.
func FuzzRows(f *testing.F) {
	for _, s := range []string{
		"a,b\nc,d", "\"a\", \"b,c\"\r\n", "\"a\"\"b\n\nc\",d\n", "# x\na", "\"a\",\n\"", " a , b ", "\"\n\n\",\"\n\"", "a\"b", ",\"\"\"\"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || strings.HasPrefix(text, "\ufeff") {
			t.Skip()
		}
		text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
		in, err := feed.NewInput("doc", strings.NewReader(text))
		if err != nil {
			t.Skip()
		}
		r := NewRows(NewLines(in), ',')
		var got [][]string
		comments, last, lines := 0, 0, strings.Count(text, "\n")+1
		r.Comment = func(line int, text string) {
			if comments++; !strings.HasPrefix(text, "#") || line < 1 || line > lines {
				t.Errorf("line %d has the comment %q", line, text)
			}
		}
		for r.Next() {
			if r.Line <= last || r.Line > lines || r.Cut || len(r.Fields) == 0 {
				t.Fatalf("row on line %d of %d after line %d, %q", r.Line, lines, last, r.Fields)
			}
			last = r.Line
			got = append(got, slices.Clone(r.Fields))
		}
		if strings.ContainsFunc(text, func(c rune) bool { return c == ' ' || c == '\t' || c >= 0x80 || c == '\v' || c == '\f' }) {
			return // what is space and what becomes of it differs
		}
		c := csv.NewReader(strings.NewReader(text))
		c.Comment, c.FieldsPerRecord = '#', -1
		want, err := c.ReadAll()
		for _, row := range want {
			for _, field := range row {
				if err != nil || strings.Count(field, "\n") > maxOver {
					return
				}
			}
		}
		if err == nil && !slices.EqualFunc(want, got, slices.Equal) {
			t.Errorf("%q (-csv +rows):\n%s", text, cmp.Diff(want, got))
		}
	})
}

// FuzzRowsWritten: what encoding/csv writes, Rows reads back, however the bytes
// come.
func FuzzRowsWritten(f *testing.F) {
	f.Add("a", "b \"c\"", "d\ne,", true)
	f.Add("", "#", "\u00a0x", false)
	f.Fuzz(func(t *testing.T, a, b, c string, byByte bool) {
		row := []string{"x", a, b, c, "y"}
		for _, s := range row {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\r") || strings.Count(s, "\n") > maxOver {
				t.Skip()
			}
		}
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		if err := w.WriteAll([][]string{row, {"second"}, row}); err != nil {
			t.Fatal(err)
		}
		r := NewRows(NewLines(input(t, text.String(), byByte)), ',')
		for _, want := range [][]string{row, {"second"}, row} {
			if !r.Next() {
				t.Fatalf("no row %q", want)
			}
			trimmed := func(a, b string) bool { return a == b || strings.TrimRight(a, " \t") == b } // one without quotes
			if !slices.EqualFunc(want, r.Fields, trimmed) {
				t.Errorf("%q is read as %q", want, r.Fields)
			}
		}
		if r.Next() {
			t.Errorf("and %q", r.Fields)
		}
	})
}

func BenchmarkRows(b *testing.B) {
	row := `"2026-07-04 21:46:30", "1844853", "192.0.2.36:5555", "ip:port", "botnet_cc", "win.cobalt_strike", "Agentemis,BEACON,CobaltStrike,cobeacon", "Cobalt Strike", "2026-07-04 22:46:23", "75", "False", "None", "CobaltStrike,drb-ra", "0", "abuse_ch"` + "\r\n"
	text := []byte(strings.Repeat(row, 50_000))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		in, err := feed.NewInput("doc", bytes.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		for r := NewRows(NewLines(in), ','); r.Next(); {
			if len(r.Fields) != 15 {
				b.Fatal(r.Fields)
			}
		}
	}
}

// TestRowsGap: an empty line before a row is told, and none inside of one or
// before a comment alone.
func TestRowsGap(t *testing.T) {
	r := NewRows(LinesOf("a,b\n\nc,d\n \t\n# x\ne,f\n\"g\n\nh\",i\n#y\nj,k\n"), ',')
	var got []bool
	for r.Next() {
		got = append(got, r.Gap)
	}
	if want := []bool{false, true, true, false, false}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
