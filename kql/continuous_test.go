package kql

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql/kqltest"
)

// TestContinuous says what stands in the way of a continuous custom detection.
func TestContinuous(t *testing.T) {
	hash := []feed.IOC{ioc(t, feed.SHA256, evilSHA256)}
	domain := []feed.IOC{ioc(t, feed.Domain, "evil.example")}
	for _, tt := range []struct {
		name  string
		iocs  []feed.IOC
		o     Options
		union bool
		want  string
	}{
		{"hash", hash, Options{Target: Defender, NoComments: true}, false,
			"DeviceNetworkEvents: the hunt uses coalesce, dynamic, iff, in~, which are not on Microsoft's list for custom detections with the frequency Continuous (NRT); the portal may refuse it, every hour is the safe choice"},
		{"domain", domain, Options{Target: Defender, NoComments: true}, false, "coalesce, dynamic, has_any, iff, replace_regex"},
		{"union", domain, Options{Target: Defender, NoComments: true}, true, "takes one table and no union"},
		{"comments", domain, Options{Target: Defender}, false, ""},
		{"Sentinel", domain, Options{Target: Sentinel, NoComments: true}, false, ""},
	} {
		tb := table(t, "DeviceNetworkEvents")
		h, err := tb.Hunt(selection(tt.iocs), tt.o)
		code := "nrt-features"
		if tt.union {
			h, err = Union([]Leg{{Table: tb}}, selection(tt.iocs), tt.o)
			code = "nrt-one-table"
		}
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(h.Findings, func(f feed.Finding) bool { return f.Code == code })
		if at < 0 && tt.want != "" || at >= 0 && (tt.want == "" || !strings.Contains(h.Findings[at].Text, tt.want) || h.Findings[at].Severity != feed.Info) {
			t.Errorf("%s: got %v, want %q", tt.name, h.Findings, tt.want)
		}
		if ordered := strings.Contains(h.Query, "order by"); ordered == (tt.o.NoComments && !tt.union) {
			t.Errorf("%s: there is an order: %v", tt.name, ordered)
		}
	}
}

// TestUnlisted tells the names of a query's own functions, and words that are
// part of the language, from what a list must have.
func TestUnlisted(t *testing.T) {
	got, err := unlisted(`let IocF = (v:string) { trim("x(", v) };` + "\nT\n| where (A in~ (B) or (A in (B)) and not(IocF(A))) // note(\n| extend C = tolower(strcat (A))")
	if diff := cmp.Diff([]string{"in~", "not", "trim"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestColumnsOfCustomDetections: a rule of Defender is refused unless its query
// returns these.
func TestColumnsOfCustomDetections(t *testing.T) {
	onEach(t, func(t *testing.T, tb *Table, target Target) {
		if target != Defender {
			return // Sentinel asks for none
		}
		var has []string
		for _, c := range kqltest.Columns(t, string(Defender), tb.Name) {
			has = append(has, c.Name)
		}
		h, err := tb.Hunt(selection(sets(t)["everything"]), Options{Target: Defender, NoComments: true, Knobs: Knobs{OwnSide: true}})
		if err != nil {
			t.Fatal(err)
		}
		for _, col := range []string{"Timestamp", "ReportId", "DeviceId"} {
			if slices.Contains(has, col) && !slices.Contains(h.Columns, col) {
				t.Errorf("the hunt does not return %s", col)
			}
		}
	})
}
