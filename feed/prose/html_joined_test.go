package prose

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/internal/race"
)

// TestJoinedElements: no value is made of what two elements of a page hold, unless
// neither holds one.
func TestJoinedElements(t *testing.T) {
	for _, c := range []struct {
		item string
		want []string
	}{
		{`198.51.100.5<a href="#r1">1</a>`, []string{"* 198.51.100.5"}},
		{`198.51.100.5<a href="https://www.example.com/x#cite-2">[2]</a>.`, []string{"* 198.51.100.5", "  https://www.example.com/x#cite-2"}},
		{`hxxp://a[.]example/x<a href="#n">3</a> and b[.]example<a href="#n">b</a>`, []string{"* http://a.example/x", "* b.example"}},
		{`a[.]example<em>b[.]example</em>`, []string{"* a.example", "* b.example"}},
		{`<b>Domain</b>s9[.]com`, []string{"* s9.com"}},
		{`<span>` + md5Hex + `</span><span>f` + md5Hex[1:] + `</span>`, []string{"* " + md5Hex, "* f" + md5Hex[1:]}},
		{`SHA256: <span>` + md5Hex + `</span><span>` + md5Hex + `</span>`, []string{"* " + md5Hex + md5Hex}},
		{`<span>` + sha256Hex[:30] + `</span><span>` + sha256Hex[30:] + `</span>`, []string{"* " + sha256Hex}},
		{`<b>j</b>k[.]example`, []string{"  jk.example"}},
		{`j<b>[.]</b>example`, []string{"* j.example"}},
		{`<b>c2</b>.evil<i>.example</i>`, []string{"* c2.evil.example"}},
		{`<a href="#x">q[.]example</a>`, []string{"* q.example"}},
	} {
		got := decided(t, "<html><body><h2>Indicators</h2><ul><li>192.0.2.1</li><li>"+c.item+"</li></ul></body></html>")
		if diff := cmp.Diff(append([]string{"* 192.0.2.1"}, c.want...), got); diff != "" {
			t.Error(c.item, diff)
		}
	}
}

// TestHostileJudging reads what would take forever if a note, a seam or a sentence
// were looked at again for each value of a block.
func TestHostileJudging(t *testing.T) {
	size := 1 << 20
	if race.Enabled {
		size /= 4
	}
	for _, c := range []struct{ start, unit string }{
		{"<html><body><h2>Indicators</h2><p>192.0.2.1</p><p>", `a<a href="#1">1</a>`},
		{"<html><body><h2>Indicators</h2><p>192.0.2.1</p><p>a.example/", "a<b>b</b>"},
		{"<html><body><h2>Indicators</h2><div hidden><p>", "a[.]example (legitimate) "},
		{"## Indicators\n- " + md5Hex, " a.exe"},
		{"## Indicators\n192.0.2.1\n", "the legitimate a.example is a victim, "},
	} {
		if c, err := readEndless(t, c.start, c.unit, size); err != nil || c.b == nil {
			t.Errorf("%v", err)
		}
	}
}
