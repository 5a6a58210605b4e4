package bulletin

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quarry/feed"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The golden files hold every field of a bulletin, so these types are feed's
// without their own JSON.
type (
	plainIOC      feed.IOC
	plainFinding  feed.Finding
	plainBulletin struct {
		feed.Bulletin
		IOCs, Mentions []plainIOC
		Findings       []plainFinding
	}
)

func plain(bs []*feed.Bulletin) []plainBulletin {
	out := make([]plainBulletin, len(bs))
	for i, b := range bs {
		out[i].Bulletin = *b
		out[i].Bulletin.IOCs, out[i].Bulletin.Mentions, out[i].Bulletin.Findings = nil, nil, nil
		for _, ioc := range b.IOCs {
			out[i].IOCs = append(out[i].IOCs, plainIOC(ioc))
		}
		for _, ioc := range b.Mentions {
			out[i].Mentions = append(out[i].Mentions, plainIOC(ioc))
		}
		for _, f := range b.Findings {
			out[i].Findings = append(out[i].Findings, plainFinding(f))
		}
	}
	return out
}

// documents are the bulletins of the project that tests and newcomers open.
var documents = []string{"sample.md", "flattened.txt", "cut.txt", "two.txt", "hostile.txt", "urlhaus.txt"}

// readDocument reads one of [documents] under its bare name.
func readDocument(t testing.TB, name string) (text string, bs []*feed.Bulletin) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), readNamed(t, name, string(raw))
}

// readNamed reads a document that stands in a test.
func readNamed(t testing.TB, name, text string) []*feed.Bulletin {
	t.Helper()
	in, err := feed.NewInput(name, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	bs, err := feed.Collect(Reader{}.Read, in)
	if err != nil || len(bs) == 0 {
		t.Fatalf("%d bulletins, %v", len(bs), err)
	}
	return bs
}

func TestGolden(t *testing.T) {
	for _, name := range documents {
		t.Run(name, func(t *testing.T) {
			_, bs := readDocument(t, name)
			got := plain(bs)
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				var b bytes.Buffer
				enc := json.NewEncoder(&b)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				if err := enc.Encode(got); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			raw, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			var want []plainBulletin
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", golden, diff)
			}
		})
	}
}

// TestSample holds what the built-in sample is there to show.
func TestSample(t *testing.T) {
	_, bs := readDocument(t, "sample.md")
	if len(bs) != 1 {
		t.Fatalf("%d bulletins", len(bs))
	}
	b := bs[0]
	if b.Title == "" || b.Family != "Lantern RAT" || b.Text == "" || len(b.Findings) > 0 {
		t.Errorf("title %q, family %q, text %q, findings %v", b.Title, b.Family, b.Text, b.Findings)
	}
	types := map[feed.Type]int{}
	for _, i := range b.IOCs {
		types[i.Type]++
	}
	want := map[feed.Type]int{feed.Domain: 4, feed.IPPort: 4, feed.URL: 3, feed.SHA256: 1, feed.SHA1: 1, feed.MD5: 1}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
	if len(b.Queries) != 5 || len(b.Tables) != 5 || len(b.Scenarios) != 5 || len(b.Mentions) != 2 {
		t.Errorf("%d queries, %d tables, %d scenarios, %d mentions", len(b.Queries), len(b.Tables), len(b.Scenarios), len(b.Mentions))
	}
}

// TestPublished reads the real bulletins where they are at hand.
func TestPublished(t *testing.T) {
	files, err := filepath.Glob("../../../shared/bulletins/*.txt")
	if err != nil || len(files) != 2 {
		t.Skip("the published bulletins are not here")
	}
	types := map[feed.Type]int{}
	var mentions []string
	var queries, scenarios, cut []int
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if s := (Reader{}).Sure(raw); s < 95 {
			t.Errorf("%s: sure %d", name, s)
		}
		bs := readNamed(t, name, string(raw))
		if len(bs) != 1 {
			t.Fatalf("%s: %d bulletins", name, len(bs))
		}
		b := bs[0]
		for _, i := range b.IOCs {
			types[i.Type]++
			if i.Type == feed.IPPort && i.Port() != 443 {
				t.Errorf("%s has port %d", i.Value, i.Port())
			}
		}
		for _, m := range b.Mentions {
			mentions = append(mentions, string(m.Type)+" "+m.Value)
		}
		queries, scenarios = append(queries, len(b.Queries)), append(scenarios, len(b.Scenarios))
		for i, s := range b.Scenarios {
			if s.Cut {
				cut = append(cut, i+1)
			}
		}
		if b.Total != len(b.IOCs) {
			t.Errorf("%s: states %d IOCs, has %d", name, b.Total, len(b.IOCs))
		}
	}
	for _, c := range []struct{ want, got any }{
		{map[feed.Type]int{feed.Domain: 5, feed.IPPort: 3}, types},
		{[]string{"url https://download.microsoft.com", "domain download.microsoft.com", "domain github.com"}, mentions},
		{[]int{3, 1}, queries}, {[]int{5, 5}, scenarios}, {[]int{5}, cut},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Error(diff)
		}
	}
}
