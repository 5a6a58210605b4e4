package kql

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"quarry/kql/kqltest"
)

func TestLex(t *testing.T) {
	names := map[TokenKind]string{Space: "_", Comment: "comment", String: "string", Number: "number", Name: "name", Punct: "punct"}
	tests := []struct {
		text string
		want []string // kind and text, spaces left out
	}{
		{"", nil},
		{"DnsEvents\n| take 5", []string{"name DnsEvents", "punct |", "name take", "number 5"}},
		{"where TimeGenerated > ago(7d)", []string{"name where", "name TimeGenerated", "punct >", "name ago", "punct (", "number 7d", "punct )"}},
		{"a !in~ (b)", []string{"name a", "punct !", "name in~", "punct (", "name b", "punct )"}},
		{"a =~ 'x' and b!=2", []string{"name a", "punct =~", "string 'x'", "name and", "name b", "punct !=", "number 2"}},
		{"x<=1.5 or x >= 2..3", []string{"name x", "punct <=", "number 1.5", "name or", "name x", "punct >=", "number 2", "punct ..", "number 3"}},
		{"has_any~", []string{"name has_any", "punct ~"}},
		{`h"secret" @"a""b" h`, []string{`string h"secret"`, `string @"a""b"`, "name h"}},
		{"```a\n// b``` x", []string{"string ```a\n// b```", "name x"}},
		{"~~~a\n``` ~~~ x", []string{"string ~~~a\n``` ~~~", "name x"}},
		{"a // b \"c\nd", []string{"name a", "comment // b \"c", "name d"}},
		{"// a\u2028b", []string{"comment // a", "punct \u2028", "name b"}},
		{`"a\"b" "c`, []string{`string "a\"b"`, `string "c`}},
		{"\"unfinished\nnext", []string{`string "unfinished`, "name next"}},
		{"\"unfinished\\\nnext", []string{`string "unfinished\`, "name next"}},
		{"@\"unfinished\r\nnext", []string{`string @"unfinished`, "name next"}},
		{"\"unfinished\\", []string{`string "unfinished\`}},
		{"```unfinished\nnext", []string{"string ```unfinished\nnext"}},
		{"h@", []string{"name h", "punct @"}},
		{"é\xff", []string{"punct é", "punct \xff"}},
	}
	for _, tt := range tests {
		var got []string
		for _, k := range Lex(tt.text) {
			if k.Kind != Space {
				got = append(got, names[k.Kind]+" "+k.Text)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Lex(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
}

func FuzzLex(f *testing.F) {
	for _, s := range special {
		f.Add(s)
	}
	f.Add("let x = dynamic([\"192.0.2.1\"]);\nT // c\n| where A in~ (x) and B matches regex @\"a\"\"b\"")
	f.Fuzz(func(t *testing.T, text string) {
		var all strings.Builder
		line := 0
		for _, k := range Lex(text) {
			if k.Text == "" {
				t.Fatalf("an empty token in %q", text)
			}
			if k.Line != line {
				t.Fatalf("token %q stands in line %d, said to be in %d", k.Text, line, k.Line)
			}
			if k.Kind == String {
				Unquote(k.Text)
			}
			line += strings.Count(k.Text, "\n")
			all.WriteString(k.Text)
		}
		if all.String() != text {
			t.Errorf("the tokens of %q are together %q", text, all.String())
		}
	})
}

// TestLexLongTexts ends in this life only if reading is linear.
func TestLexLongTexts(t *testing.T) {
	const length = 1 << 17
	for _, part := range []string{"`", "```", "~", "\"", "'", "\"\\", "h@", "@\"", "//", "/", "\n", "a", "7", "1..", "in~", "\xff", "\u2028", "(", "h```", "h~~~"} {
		text := strings.Repeat(part, length/len(part))
		n := 0
		for _, k := range Lex(text) {
			n += len(k.Text)
			if k.Kind == String {
				Unquote(k.Text)
			}
		}
		if n != len(text) {
			t.Errorf("the tokens of many %q have %d bytes, want %d", part, n, len(text))
		}
	}
}

// TestLexAgreesWithMicrosoft compares where tokens begin and end. Microsoft
// takes "!in~" and "matches regex" for one token each, Lex for two, so the
// comparison is of the ends that Microsoft sees.
func TestLexAgreesWithMicrosoft(t *testing.T) {
	for _, text := range []string{
		"let x = dynamic([\"192.0.2.1\", 'b']);\nT // one \"two\n| where A !in~ (x) and B matches regex @\"a\"\"b\" or C between (1 .. 2)\n| where T > ago(7d) and N == 1.5 and D<>2 and E=~\"a\\\"b\" and F!~'c' and x!=3\n| project a=b, ['c d']",
		"T | where h\"x\" == H@'y' and ```a\n|b``` == ~~~c\n//~~~ // end\u2028| take 1",
		"T | where a has_any (\"x\") and b !has_cs \"y\" and c hasprefix @'\\' and in_x in (1,2)",
	} {
		ends := map[int]bool{}
		at := 0
		for _, k := range Lex(text) {
			at += len(k.Text)
			ends[at] = true
		}
		for _, k := range kqltest.Lex(t, text) {
			if !ends[k.End] || !ends[k.Start] && k.Start > 0 {
				t.Errorf("Microsoft reads %q at %d, Lex ends no token there; %q", k.Text, k.Start, text)
			}
			if k.Kind == "StringLiteralToken" && utf8.ValidString(k.Value) {
				if v, ok := Unquote(k.Text); !ok || v != k.Value {
					t.Errorf("Unquote(%s) = %q, Microsoft reads %q", k.Text, v, k.Value)
				}
			}
		}
	}
}
