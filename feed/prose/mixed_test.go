package prose

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMixed reads documents put together at random of what means something to
// the reader, whole and byte by byte.
func TestMixed(t *testing.T) {
	fragments := strings.Split("192.0.2.1|cdn[.]example[.]net|hxxps://a.example/b-|http://c.example/d|"+md5Hex+"|a@b.example|192.0.2.1-192.0.2.9|loader.exe|C:\\x\\y.dll|CVE-2021-1234|rule A_b {|}|"+
		"IOCs|Hashes:|C2|References|False positives|Files|Network indicators|JA3|Malware Family: X|Malware|File name|MD5|First seen|2026-05-26|words and words|see |"+
		"# |## |== |= |* |- |1. |> |. |.T|----|```|====|[1]: |[a](|)|[a]|link:|(|)|`|: |, |\t|<|>|\u200b|\u00ad|\u00a0|é|访问|"+
		"<p>|</p>|<ul>|<li>|</ul>|<table>|<tr>|<td>|<th>|</table>|<h2>|</h2>|<a href=\"http://e.example/\">|</a>|<br>|<wbr>|<pre>|</pre>|<nav>|</nav>|<script>|</script>|<!--|-->|&#46;|&#10;", "|")
	fragments = append(fragments, "|", "||", "|===", "|-|-|", "\n", "\n", "\n", "\n", "\n\n", " ", " ", " ")
	r := rand.New(rand.NewPCG(3, 4))
	n := 3000
	if testing.Short() {
		n = 300
	}
	for range n {
		var b strings.Builder
		b.WriteString([]string{"", "<html>", "= T\n", "# T\n"}[r.IntN(4)])
		for range 1 + r.IntN(60) {
			b.WriteString(fragments[r.IntN(len(fragments))])
		}
		doc := b.String()
		whole, err := checked(t, doc, false)
		again, err2 := checked(t, doc, true)
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%q: %v, byte by byte %v", doc, err, err2)
		}
		if diff := cmp.Diff(whole, again); diff != "" {
			t.Fatalf("%q: %s", doc, diff)
		}
		if t.Failed() {
			t.Fatalf("in %q", doc)
		}
	}
}
