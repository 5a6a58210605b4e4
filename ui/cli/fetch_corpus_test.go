package cli

import (
	"os"
	"strings"
	"testing"
	"time"

	"quarry/feed"
	"quarry/feed/threatfox"
	"quarry/feed/threatfox/api"
	"quarry/internal/require"
	"quarry/review"
)

// corpus is an export of ThreatFox beside the repository.
const corpus = "../../../shared/corpora/threatfox/recent-export.json"

// TestRealFamilies makes a bulletin of every family of a real export, and holds
// that all IOCs are in them and that nothing is wrong with what is read.
func TestRealFamilies(t *testing.T) {
	require.Optional(t, corpus)
	f, err := os.Open(corpus)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, err := feed.NewInput("ThreatFox", f)
	if err != nil {
		t.Fatal(err)
	}
	all, err := feed.Collect(threatfox.Reader{}.Read, in)
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := loadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	families, iocs, written := api.Families(all[0]), 0, 0
	p := &program{stderr: os.Stderr}
	start := time.Now()
	made, broken := p.bulletins(families, catalogue, start)
	if broken != nil || len(made) != len(families) {
		t.Fatalf("%d of %d families: %v", len(made), len(families), broken)
	}
	t.Logf("%d bulletins in %s", len(made), time.Since(start))
	for n, m := range made {
		want := feed.NewSet([]*feed.Bulletin{{IOCs: families[n].IOCs}})
		r, err := review.Open(func(yield func(*feed.Input, error) bool) {
			yield(feed.NewInput(m.Name, strings.NewReader(m.Text)))
		}, registry(), catalogue)
		if err != nil {
			t.Fatal(err)
		}
		for at := range want.Len() {
			i := want.At(at)
			got, ok := r.IOCs().Find(i.Key())
			if !ok || r.IOCs().Mention(got) || r.IOCs().Confidence(got) != i.Confidence || r.IOCs().Family(got) != families[n].Family {
				t.Errorf("%s: %s is not there as it was", m.Name, i.Key())
			}
		}
		iocs += want.Len()
		written += r.Listed().IOCs
		for _, f := range r.Findings() {
			t.Errorf("%s", f)
		}
		for at := range r.IOCs().Len() {
			if i := r.IOCs().At(at); i.Mention && i.Value != "192.0.2.10" {
				t.Errorf("%s: a mention of %s in %s", m.Name, i.Value, i.Context)
			}
		}
	}
	if iocs != written {
		t.Errorf("%d IOCs, %d are written", iocs, written)
	}
	t.Logf("%d IOCs of %d families", written, len(families))
}
