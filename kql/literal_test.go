package kql

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"quarry/kql/kqltest"
)

// special are texts with every character that a literal, a comment or a regular
// expression could trip over: quotes and backslashes, C0 and C1, spaces that
// are none, bidi, line and paragraph separators, astral characters, invalid
// bytes.
var special = func() []string {
	all := []string{
		"", "a", `"`, `'`, `\`, `\\`, `\"`, `"\`, "`", "```", "~~~", `@"`, `h"x"`, "//", "a // b", "a\nb", "a\r\nb", "a\tb",
		"*/", "/*", "|", "; drop", `") or true or Name in ("`, `C:\Windows\system32\cmd.exe`, `\u0041`, `\x41`, `\101`,
		"evil.example", "a\u2028| take 1", "a\u2029//b", "\u202egpj.exe", "\u200b", "\u00ad", "\u00a0", "\u3000", "\ufeff",
		"\ufe0f", "\u3164", "\U000e0041", "\U0001f600", "\U0001f468\u200d\U0001f4bb", "\U0010ffff", "\ufffe", "\ufffd",
		"\xff", "a\xc3", "\xed\xa0\x80", "\xf0\x9f\x98", ".*+?()[]{}^$|", "[a&&b]--~~", "(?i)x", "日本.example", "İI",
	}
	for r := rune(0); r < 0xA1; r++ {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			all = append(all, "a"+string(r)+"b")
		}
	}
	for r := rune(0x2000); r <= 0x206F; r++ {
		all = append(all, string(r)+"x"+string(r))
	}
	return all
}()

func TestQuote(t *testing.T) {
	tests := []struct{ value, want string }{
		{"", `""`},
		{"evil.example", `"evil.example"`},
		{`say "hi"`, `"say \"hi\""`},
		{`C:\new`, `"C:\\new"`},
		{"it's", `"it's"`},
		{"a\nb\r\tc", `"a\nb\r\tc"`},
		{"\x00\x1b\x7f\u0085", `"\u0000\u001b\u007f\u0085"`},
		{"a\u2028b\u2029", `"a\u2028b\u2029"`},
		{"\u202egpj.exe", `"\u202egpj.exe"`},
		{"a\u00a0b\u3000c d", `"a\u00a0b\u3000c d"`},
		{"日本 \U0001f600", "\"日本 \U0001f600\""},
		{"\U000e0041", `"\udb40\udc41"`},
		{"\xff", "\"\uFFFD\""},
	}
	for _, tt := range tests {
		if got := Quote(tt.value); got != tt.want {
			t.Errorf("Quote(%q) = %s, want %s", tt.value, got, tt.want)
		}
	}
}

// TestQuoteWholePlane writes every character of the basic plane, and reads it
// back.
func TestQuoteWholePlane(t *testing.T) {
	for r := rune(0); r <= 0xFFFF; r++ {
		checkWriters(t, string(r)+"a"+string(r))
	}
}

func TestQuoteSpecial(t *testing.T) {
	for _, s := range special {
		checkWriters(t, s)
	}
}

func FuzzQuote(f *testing.F) {
	for _, s := range special {
		f.Add(s)
	}
	f.Fuzz(checkWriters)
}

// checkWriters holds everything that is written of a value to its promises.
func checkWriters(t *testing.T, s string) {
	want := strings.ToValidUTF8(s, "\uFFFD")
	lit := Quote(s)
	if got, ok := Unquote(lit); !ok || got != want {
		t.Errorf("Unquote(%s) = %q, %v, want %q", lit, got, ok, want)
	}
	if tokens := Lex(lit); len(tokens) != 1 || tokens[0].Kind != String {
		t.Errorf("%s is %d tokens, want one literal", lit, len(tokens))
	}
	seen(t, lit)

	re := QuoteRegex(s)
	seen(t, re)
	if got, ok := Unquote(quoteVerbatim(re)); !ok || got != re {
		t.Errorf("@-literal of %q reads as %q, %v", re, got, ok)
	}

	c := comment(s)
	seen(t, c)
	if n := lineEnd("// " + c); n != len("// "+c) {
		t.Errorf("the comment %q ends at byte %d", c, n)
	}
}

// seen fails when written text holds a character that a reader cannot see.
func seen(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%q is not valid UTF-8", text)
	}
	for _, r := range text {
		if r != ' ' && (unicode.IsControl(r) || unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
			t.Errorf("%q holds %U as it is", text, r)
		}
	}
}

func TestQuoteRegexMatchesItself(t *testing.T) {
	for _, s := range special {
		checkRegex(t, s)
	}
}

func FuzzQuoteRegex(f *testing.F) {
	for _, s := range special {
		f.Add(s)
	}
	f.Fuzz(checkRegex)
}

func checkRegex(t *testing.T, s string) {
	re, err := regexp.Compile("^(?:" + QuoteRegex(s) + ")$")
	if err != nil {
		t.Fatalf("QuoteRegex(%q): %v", s, err)
	}
	want := strings.ToValidUTF8(s, "\uFFFD")
	if !re.MatchString(want) {
		t.Errorf("%s does not match %q", re, want)
	}
	for _, other := range []string{want + "x", "x" + want, want + want + "x", strings.Replace(want, ".", "x", 1)} {
		if other != want && re.MatchString(other) {
			t.Errorf("%s matches %q too", re, other)
		}
	}
}

func TestComment(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"Nanocore RAT", "Nanocore RAT"},
		{"  two\n lines\t ", "two lines"},
		{"a\u2028| take 1", "a | take 1"},
		{"a\u2029b\u0085c\x0bd", "a b c d"},
		{"\u202egpj.exe", "gpj.exe"},
		{"\xffa\xfe", "a"},
		{"// not // the end", "// not // the end"},
	}
	for _, tt := range tests {
		if got := comment(tt.text); got != tt.want {
			t.Errorf("comment(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestUnquote(t *testing.T) {
	const bad = "\x00not a literal"
	tests := []struct{ lit, want string }{
		{`"a"`, "a"}, {`'a'`, "a"}, {`h"a"`, "a"}, {`H'a'`, "a"}, {`""`, ""},
		{`@"a\b"`, `a\b`}, {`@"a""b"`, `a"b`}, {`@'it''s'`, "it's"}, {`h@"a"`, "a"}, {`@"\"`, `\`},
		{"```a\n\"b```", "a\n\"b"}, {"h```a```", "a"}, {"``````", ""}, {"~~~a`b~~~", "a`b"},
		{`"\n\r\t\\\"\'\a\b\f\v"`, "\n\r\t\\\"'\a\b\f\v"},
		{`"\0\101\60\1018"`, "\x00A0A8"}, {`"\477"`, "'7"},
		{`"\x41\u00e9\u00C9"`, "AéÉ"}, {`"\U0001f600"`, "\U0001f600"},
		{`"\ud83d\ude00"`, "\U0001f600"}, {`"\ud83d"`, "\uFFFD"}, {`"\ud83dx\ude00"`, "\uFFFDx\uFFFD"}, {`"\ud83d\n"`, "\uFFFD\n"},
		{`"\Uffffffff"`, "\uFFFD"},
		{"", bad}, {"a", bad}, {"h", bad}, {"@", bad}, {`"`, bad}, {`"a`, bad}, {`a"`, bad}, {`"a'`, bad}, {`"a"b"`, bad},
		{"\"a\nb\"", bad}, {"@\"a\nb\"", bad}, {`"\q"`, bad}, {`"\"`, bad}, {`"\x4"`, bad}, {`"\u12g4"`, bad}, {`"\8"`, bad},
		{`@"a"b"`, bad}, {`@"a""`, bad}, {"```a``", bad}, {"`````", bad}, {"```a```b```", bad}, {`"a" "b"`, bad}, {`"\u+123"`, bad},
	}
	for _, tt := range tests {
		got, ok := Unquote(tt.lit)
		if want := tt.want != bad; ok != want || ok && got != tt.want {
			t.Errorf("Unquote(%s) = %q, %v, want %q, %v", tt.lit, got, ok, tt.want, want)
		}
	}
}

// TestMicrosoftReadsLiterals has Microsoft's lexer read what the writers write.
func TestMicrosoftReadsLiterals(t *testing.T) {
	var text strings.Builder
	var want []string
	for _, s := range special {
		fmt.Fprintf(&text, "%s %s // %s\n", Quote(s), quoteVerbatim(QuoteRegex(s)), comment(s))
		want = append(want, strings.ToValidUTF8(s, "\uFFFD"), QuoteRegex(s))
	}
	tokens := kqltest.Lex(t, text.String())
	if len(tokens) != len(want)+1 {
		t.Fatalf("Microsoft reads %d tokens, want %d literals and the end", len(tokens), len(want))
	}
	for i, w := range want {
		if k := tokens[i]; k.Kind != "StringLiteralToken" || k.Value != w || k.Problems != nil {
			t.Errorf("Microsoft reads %s as %s %q %v, want %q", k.Text, k.Kind, k.Value, k.Problems, w)
		}
	}
}

// TestUnquoteAgreesWithMicrosoft reads the same literals twice.
func TestUnquoteAgreesWithMicrosoft(t *testing.T) {
	literals := []string{
		`"a"`, `'it"s'`, `@"a\b""c"`, `@'a''b'`, `h"x"`, `H@'x'`, "```a\n\"b\"```", "~~~a\nb~~~", "h```x```",
		`"\n\r\t\\\"\'\a\b\f\v"`, `"\0"`, `"\101\x41\u0041"`, `"\ud83d\ude00"`, `"\u2028"`, "\"a\u2028b\"", "@\"a\u2029b\"",
		"\"\U0001f600\"", `"C:\\Windows"`, `""`, `@""`, `"\1018"`,
	}
	for i, k := range kqltest.Lex(t, strings.Join(literals, " ")) {
		if i == len(literals) {
			break
		}
		got, ok := Unquote(literals[i])
		if k.Text != literals[i] || k.Value != got || !ok {
			t.Errorf("Unquote(%s) = %q, %v; Microsoft reads %s as %q", literals[i], got, ok, k.Text, k.Value)
		}
	}
}
