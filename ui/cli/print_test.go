package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/ui/cell"
)

// TestFitColumns: the widest column gives way, the others stay whole, and nothing is
// changed where there is room.
func TestFitColumns(t *testing.T) {
	long := "hxxps://dl[.]lantern[.]test/" + strings.Repeat("stage/", 40) + "loader.bin"
	rows := [][]string{{"TYPE", "VALUE", "THREAT", "WHERE"}, {"url", long, "payload_delivery", "lantern.md:12"}, {"domain", "lantern[.]example", "botnet_cc", "lantern.md:13"}}
	for _, width := range []int{90, 120, 200} {
		got := fitColumns(rows, width)
		if n := cell.Width(got[1][1]) + len("payload_delivery") + len("lantern.md:12") + len("domain") + 3*columnGap; n != width {
			t.Errorf("in %d cells the row has %d", width, n)
		}
		if !strings.HasPrefix(got[1][1], "hxxps://dl") || !strings.HasSuffix(got[1][1], "loader.bin") {
			t.Errorf("the value is %q", got[1][1])
		}
		if diff := cmp.Diff(rows[2], got[2]); diff != "" {
			t.Errorf("a row that fits is changed:\n%s", diff)
		}
	}
	if diff := cmp.Diff(rows, fitColumns(rows, 1000)); diff != "" {
		t.Errorf("in a wide terminal:\n%s", diff)
	}
	if got := fitColumns(rows, 10); cell.Width(got[1][1]) != narrowValue || cell.Width(got[1][2]) != narrowColumn || got[2][1] != rows[2][1] {
		t.Errorf("in no room the rows are %q", got[1:])
	}
}

// TestFitMemories: on a narrow terminal a row stays a line, with the day of a time and
// whatever would say nothing when it is cut.
func TestFitMemories(t *testing.T) {
	rows := [][]string{
		{"WHEN", "WHO", "VERDICT", "TYPE", "VALUE", "REVIEW", "DOCUMENT", "NOTE"},
		{"2026-11-22 23:47", "kim", "malicious", "ip:port", "198[.]51[.]100[.]77:44300", "12", "Lantern RAT IOC Summary", "sandbox of the team"},
	}
	for width, when := range map[int]string{90: "2026-11-22", 120: "2026-11-22 23:47"} {
		got := fitColumns(rows, width)[1]
		n := (len(got) - 1) * columnGap
		for i := range got {
			n += max(cell.Width(got[i]), len(rows[0][i]))
		}
		if n > width || got[0] != when || got[2] != "malicious" || got[3] != "ip:port" {
			t.Errorf("in %d cells %d: %q", width, n, got)
		}
	}
}

func TestSomeOf(t *testing.T) {
	long := strings.Repeat("x", 50)
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{nil, ""},
		{[]string{"a.md"}, "a.md"},
		{[]string{"a.md", "b.md"}, "a.md, b.md"},
		{[]string{long}, long},
		{[]string{long, "b.md", "c.md"}, long + " and 2 more"},
		{[]string{"intel/one.csv", "intel/two.csv", "intel/three.csv", "d"}, "intel/one.csv, intel/two.csv and 2 more"},
	} {
		if got := someOf(tt.names); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.names, got, tt.want)
		}
	}
}
