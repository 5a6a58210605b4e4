package rows

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/feed/threatfox"
)

// TestThreatFox: the document is the same each time, as large as it should be,
// has the shares of types that were measured, and nothing in it is real.
func TestThreatFox(t *testing.T) {
	const n = 50_000
	var a, b bytes.Buffer
	if err := ThreatFox(&a, n); err != nil {
		t.Fatal(err)
	}
	if err := ThreatFox(&b, n); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("the second is another one: %v", err)
	}
	if a.Len() < 190*n || a.Len() > 250*n {
		t.Errorf("%d bytes", a.Len())
	}
	in, err := feed.NewInput("doc", &a)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := feed.Collect(threatfox.Reader{}.Read, in)
	if err != nil {
		t.Fatal(err)
	}
	doc := docs[0]
	if doc.Total != n || len(doc.IOCs)+len(doc.Findings) != n || len(doc.Findings) != n/faultEvery {
		t.Errorf("%d IOCs, %d findings, total %d", len(doc.IOCs), len(doc.Findings), doc.Total)
	}
	types, keys := map[feed.Type]int{}, map[string]bool{}
	for _, i := range doc.IOCs {
		types[i.Type]++
		keys[i.Key()] = true
		if a, ok := i.Addr(); ok && !documentation(a) || !ok && i.Host() != "" && !strings.Contains(i.Host(), ".example") && !strings.HasSuffix(i.Host(), ".test") {
			t.Fatalf("%s may be real", i.Value)
		}
	}
	if same := len(doc.IOCs) - len(keys); same < n/1000 || same > n/200 {
		t.Errorf("%d IOCs are there before", same)
	}
	for _, k := range kinds {
		if got := types[feed.Type(k.name)]; got < (k.share*n/100)*9/10 || got > (k.share*n/100)*11/10 {
			t.Errorf("%d of %s, want %d %%", got, k.name, k.share)
		}
	}
}

func documentation(a netip.Addr) bool {
	for _, s := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		if netip.MustParsePrefix(s).Contains(a) {
			return true
		}
	}
	return false
}
