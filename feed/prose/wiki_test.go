package prose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWikiHeadings: headings as Jira and MediaWiki write them part a text as others do.
func TestWikiHeadings(t *testing.T) {
	for _, heading := range []string{"h2. %s", "h1. %s", "== %s ==", "==%s==", "=== %s ==="} {
		head := func(title string) string { return strings.Replace(heading, "%s", title, 1) }
		got := decided(t, lines(head("Indicators"), "* b[.]example", "* 192.0.2.1", head("Legitimate domains"), "* 192.0.2.9", "* c.example",
			head("Indicators of compromise"), "* 192.0.2.2", head("References"), "* https://blog.example/x"))
		if diff := cmp.Diff([]string{"* b.example", "* 192.0.2.1", "* 192.0.2.2", "  192.0.2.9", "  c.example", "  https://blog.example/x"}, got); diff != "" {
			t.Errorf("%s: %s", heading, diff)
		}
	}
	for _, no := range []string{"h2.example.com", "h7. References", "h2.References", "==References=", "==", "====", "== 192.0.2.7 ==", "= References =", "h2. 192.0.2.7"} {
		if level, title := wikiHeading(no); level != 0 {
			t.Errorf("%s: %d %q", no, level, title)
		}
	}
}

// TestWikiMarks: Jira's marks around a value are none of it; a bracket that a URL or a
// name touches stays.
func TestWikiMarks(t *testing.T) {
	got := decided(t, lines("h2. Indicators", "||Type||Value||Port||", "|IP|192.0.2.1|443|", "|Domain|{{b[.]example}}| |", "|SHA256|{noformat}"+sha256Hex+"{noformat}| |", "|MD5|{code}"+md5Hex+"{code}| |",
		"h2. Affected users", "||User||", "|{{a@example.com}}|",
		"h2. Hashes", "{code:title=Hashes|borderStyle=solid}", sha1Hex, "{code}"))
	want := []string{"* 192.0.2.1:443", "* b.example", "* " + sha256Hex, "* " + md5Hex, "* " + sha1Hex, "  a@example.com"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for in, want := range map[string]string{
		"{{a.example}}": " a.example ", "{code}x{code}": "  x  ", "{code:xml}x": "  x", "see {noformat}": "see   ", "x ({{a}}, {{b}})": "x ( a ,  b )",
		"https://a.example/{code}": "https://a.example/{code}", "https://a.example/?x={{id}}": "https://a.example/?x={{id}}", "{{tenant}}.example.com": "{{tenant}}.example.com",
		"{codes}": "{codes}", "{code": "{code", "${{x}}": "${{x}}", "{{{{": "{{{{", "{{a}": "{{a}",
	} {
		if got := withoutMacros(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
