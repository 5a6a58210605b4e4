package stix

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// corpus is a folder of real documents that is no part of the project.
const corpus = "../../../shared/corpora"

// TestWeek compares a week of a feed as STIX with the same week as CSV.
func TestWeek(t *testing.T) {
	table, err := os.Open(filepath.Join(corpus, "tweetfeed", "week.csv"))
	if err != nil {
		t.Skip("the real documents are not here: ", err)
	}
	defer table.Close()
	rows := csv.NewReader(table)
	rows.FieldsPerRecord = -1
	rows.LazyQuotes = true
	all, err := rows.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]feed.Type{"url": feed.URL, "domain": feed.Domain, "ip": feed.IP, "md5": feed.MD5, "sha256": feed.SHA256}
	want := map[string]bool{}
	for _, row := range all {
		v, err := feed.Canonical(types[row[2]], row[3])
		if err != nil {
			t.Fatalf("%v: %v", row, err)
		}
		want[feed.IOC{Type: types[row[2]], Value: v}.Key()] = true
	}
	b := readFile(t, filepath.Join(corpus, "tweetfeed", "week.stix.json"))
	got := map[string]bool{}
	for _, i := range b.IOCs {
		got[i.Key()] = true
		if i.FirstSeen.IsZero() || !strings.HasPrefix(i.Reference, "https://x.com/") {
			t.Errorf("%+v", i)
		}
	}
	if len(b.IOCs) != 1536 || len(b.Mentions) != 0 || len(b.Findings) != 0 {
		t.Errorf("%d IOCs, %d mentions, findings %v", len(b.IOCs), len(b.Mentions), b.Findings)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
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
