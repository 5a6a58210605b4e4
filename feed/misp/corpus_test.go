package misp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// corpus is a folder of real documents that is no part of the project.
const corpus = "../../../shared/corpora"

// TestReal reads real events: what is an IOC and what is not meant for detection
// was counted in them by other means.
func TestReal(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the real documents are not here: ", err)
	}
	for _, c := range []struct {
		name           string
		iocs, mentions int
		skipped        int // counted in findings
		paths, other   int // names of files that are paths, URLs that are hosts
	}{
		{"tweetfeed/1b4875ce-478c-587d-a6ab-c185333ae0b4.json", 75, 0, 0, 0, 0},
		{"tweetfeed/3c6d4dcc-10c2-5c99-a725-a66ec69ba3f1.json", 82, 0, 0, 0, 0},
		{"eset/backdoordiplomacy/misp.event_2021-06-10_backdoordiplomacy.json", 66, 1, 0, 0, 0},
		{"eset/badiis/misp-badiis.json", 0, 187, 1, 5, 4},
		{"eset/powerpool/misp-powerpool.json", 0, 11, 1, 0, 0},
		{"eset/moustachedbouncer/misp-moustachedbouncer.event.json", 28*3 + 11, 4 + 6 + 11 + 31 + 3, 6, 0, 0},
	} {
		b := readFile(t, filepath.Join(corpus, c.name))
		codes := map[string]int{}
		for _, f := range b.Findings {
			codes[f.Code]++
		}
		off := 0 // a finding, where attributes are not for detection
		if c.mentions > 1 {
			off = 1
		}
		if len(b.IOCs) != c.iocs || len(b.Mentions) != c.mentions || codes["not-an-ioc"] != c.skipped || codes["path-as-name"] != c.paths || codes["type-differs"] != c.other || codes["not-for-detection"] != off || len(b.Findings) != c.skipped+c.paths+c.other+off {
			t.Errorf("%s: %d IOCs, %d mentions, findings %v", c.name, len(b.IOCs), len(b.Mentions), b.Findings)
		}
		if b.Title == "" {
			t.Errorf("%s has no title", c.name)
		}
	}
}

// TestSamples compares the hashes of real events with the lists beside them.
func TestSamples(t *testing.T) {
	for name, types := range map[string][]feed.Type{
		"eset/backdoordiplomacy/misp.event_2021-06-10_backdoordiplomacy.json": {feed.MD5, feed.SHA1, feed.SHA256},
		"eset/powerpool/misp-powerpool.json":                                  {feed.SHA1},
	} {
		file := filepath.Join(corpus, name)
		if _, err := os.Stat(file); err != nil {
			t.Skip("the real documents are not here: ", err)
		}
		b := readFile(t, file)
		for _, kind := range types {
			list, err := os.ReadFile(filepath.Join(filepath.Dir(file), "samples."+strings.TrimSuffix(string(kind), "_hash")))
			if err != nil {
				t.Fatal(err)
			}
			want, got := map[string]bool{}, map[string]bool{}
			for line := range strings.Lines(string(list)) {
				want[strings.ToLower(strings.TrimSpace(line))] = true
			}
			for _, i := range append(b.IOCs, b.Mentions...) {
				if i.Type == kind {
					got[i.Value] = true
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s: %s", name, kind, diff)
			}
		}
	}
}

func readFile(t *testing.T, name string) *feed.Bulletin {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, err := feed.NewInput(name, f)
	if err != nil {
		t.Fatal(err)
	}
	bs, err := feed.Collect(Reader{}.Read, in)
	if err != nil || len(bs) != 1 {
		t.Fatal(len(bs), err)
	}
	return bs[0]
}
