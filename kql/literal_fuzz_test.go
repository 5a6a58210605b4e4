package kql

import (
	"slices"
	"strings"
	"testing"

	"quarry/kql/kqltest"
)

// FuzzMicrosoftReadsLiterals has Microsoft's lexer read what Quote and
// QuoteRegex write. One input makes many texts, since asking takes longer than
// writing.
func FuzzMicrosoftReadsLiterals(f *testing.F) {
	for at := range slices.Chunk(special, 8) {
		f.Add(strings.Join(at, "\n"))
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1_000 {
			s = s[:1_000]
		}
		var text strings.Builder
		var want []string
		for _, v := range derived(s) {
			text.WriteString(Quote(v) + " " + quoteVerbatim(QuoteRegex(v)) + " // " + comment(v) + "\n")
			want = append(want, strings.ToValidUTF8(v, "\uFFFD"), QuoteRegex(v))
		}
		tokens := kqltest.Lex(t, text.String())
		if len(tokens) != len(want)+1 {
			t.Fatalf("Microsoft reads %d tokens, want %d literals and the end:\n%q", len(tokens), len(want), text.String())
		}
		for i, w := range want {
			if k := tokens[i]; k.Kind != "StringLiteralToken" || k.Value != w || k.Problems != nil {
				t.Errorf("Microsoft reads %q as %s %q %v, want %q", k.Text, k.Kind, k.Value, k.Problems, w)
			}
		}
	})
}

// derived are texts made from one: its lines and words, cut at every place near
// its beginning, and beside characters that mean something in a literal.
func derived(s string) []string {
	all := append([]string{s, strings.ToUpper(s), strings.Repeat(s, 2)}, strings.Split(s, "\n")...)
	all = append(all, strings.Fields(s)...)
	for n := range min(len(s), 24) {
		all = append(all, s[:n], s[n:])
	}
	for _, c := range []string{`"`, `'`, `\`, "`", "\r\n", "\u2028", "\U0001f600", "//", "@", "h"} {
		all = append(all, c+s, s+c, c+s+c)
	}
	return all[:min(len(all), 120)]
}
