package saved_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/kql/saved"
)

var watchlistHeader = []string{"IocKey", "IocList", "Ioc", "IocType", "IocThreat", "IocConfidence", "Family", "FirstSeen", "Source"}

func TestWatchlistGolden(t *testing.T) {
	files, findings, err := saved.Watchlist(selection(sample()), about)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, files)
	if got := codes(findings); !slices.Equal(got, []string{"formula"}) || count(t, findings) != 2 {
		t.Errorf("%v", findings)
	}
}

// Each value of each list is one exact row, but for IOCs that a finding counts.
func TestWatchlistHoldsEveryIOC(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 10 {
		of := selection(randomIOCs(r, 300))
		files, findings, err := saved.Watchlist(of, saved.About{Title: pick(r, hostile)})
		if err != nil {
			t.Fatal(err)
		}
		rows := records(t, files, watchlistHeader)
		left, all := map[string]bool{}, 0
		at := 0
		for want := range of.Rows {
			all++
			if at < len(rows) && rows[at][0] == want.Key && rows[at][1] == want.List && rows[at][2] == want.Matched && rows[at][3] == string(want.Type) {
				if left[want.First.Key()] {
					t.Errorf("%s is only partly left out", want.First.Value)
				}
				at++
				continue
			}
			left[want.First.Key()] = true
		}
		if at != len(rows) || len(left) != count(t, findings) {
			t.Fatalf("%d of %d rows are not those of the lists, %d IOCs are left out, %d counted; %d values", len(rows)-at, len(rows), len(left), count(t, findings), all)
		}
		for _, row := range rows {
			for k, cell := range row {
				formula := cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") && !(k != 1 && k < 3 && row[3] == string(feed.Domain))
				if formula || hiddenRunes.MatchString(cell) {
					t.Errorf("cell %q", cell)
				}
			}
		}
		for _, f := range files {
			for line := range strings.Lines(f.Text) {
				if len(line) > 10_240 {
					t.Errorf("a line has %d bytes", len(line))
				}
			}
			if strings.Count(f.Text, "\n") != strings.Count(f.Text, "\r")+len(rows)+len(files) {
				t.Error("a row takes several lines")
			}
		}
	}
}

func TestWatchlistParts(t *testing.T) {
	var iocs []feed.IOC
	for n := range 45_000 {
		iocs = append(iocs, ioc(feed.Domain, fmt.Sprintf("%s%06d.example.com", strings.Repeat("a", 50), n), feed.BotnetCC, 100))
	}
	files, findings, err := saved.Watchlist(selection(iocs), about)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 2 || !slices.Contains(codes(findings), "watchlist-parts") {
		t.Errorf("%d files, %v", len(files), findings)
	}
	for i, f := range files {
		if len(f.Text) > 3_800_000 || i < len(files)-1 && len(f.Text) < 3_799_000 {
			t.Errorf("%s has %d bytes", f.Name, len(f.Text))
		}
		if f.Name != fmt.Sprintf("example-rat-may-2026-watchlist-%d-of-%d.csv", i+1, len(files)) {
			t.Errorf("%s", f.Name)
		}
	}
	if rows := records(t, files, watchlistHeader); len(rows) != len(iocs) {
		t.Errorf("%d rows", len(rows))
	}
}

func TestWatchlistOfNothing(t *testing.T) {
	e := new(saved.NothingError)
	if files, _, err := saved.Watchlist(selection(nil), about); files != nil || !errors.As(err, &e) {
		t.Errorf("%v", err)
	}
	files, findings, err := saved.Watchlist(selection([]feed.IOC{ioc(feed.Domain, "a\x00b.example", "", 1)}), about)
	if files != nil || !errors.As(err, &e) || !slices.Equal(codes(findings), []string{"not-an-indicator"}) {
		t.Errorf("%v, %v", findings, err)
	}
	long := ioc(feed.URL, "http://example.com/"+strings.Repeat("x", 6_000), "", 1)
	if _, findings, _ := saved.Watchlist(selection([]feed.IOC{long}), about); !slices.Equal(codes(findings), []string{"over-watchlist-line"}) {
		t.Errorf("%v", findings)
	}
}

func TestAlias(t *testing.T) {
	for title, want := range map[string]string{
		"Example RAT, May 2026":   "example-rat-may-2026",
		"  --Weekly: C2 (new)!  ": "weekly-c2-new",
		"abc":                     "abc",
		"../../etc/passwd":        "etc-passwd",
	} {
		if got := saved.Alias(title); got != want {
			t.Errorf("Alias(%q) = %q, want %q", title, got, want)
		}
	}
	valid := regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$`)
	aliases := map[string]string{}
	for _, title := range append(slices.Clone(hostile), "日本語", "中文", "é", "e", "ab", strings.Repeat("a", 64), strings.Repeat("a", 65), strings.Repeat("a", 66), strings.Repeat("a-", 40)) {
		got := saved.Alias(title)
		if !valid.MatchString(got) {
			t.Errorf("Alias(%q) = %q", title, got)
		}
		if other, ok := aliases[got]; ok && strings.TrimSpace(other) != strings.TrimSpace(title) {
			t.Errorf("%q and %q are both %s", other, title, got)
		}
		aliases[got] = title
	}
}
