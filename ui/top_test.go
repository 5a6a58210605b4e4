package ui

import (
	"strings"
	"testing"
)

// TestTopSaysLessInLessRoom: what has no room in the first row is said in fewer
// words before it is cut.
func TestTopSaysLessInLessRoom(t *testing.T) {
	const long = "Lantern RAT: command and control, delivery and payloads"
	for _, tt := range []struct {
		title, family string
		keys          []string
		w             int
		want          string
	}{
		{"Lantern RAT", "Lantern RAT", nil, 60, " Quarry  Lantern RAT      Sentinel  last 7d  9 of 9 IOCs on "},
		{long, "Lantern RAT", nil, 60, " Quarry  Lantern RAT      Sentinel  last 7d  9 of 9 IOCs on "},
		{long, "Lantern RAT", nil, 80, " Quarry  Lantern RAT: command and control, d… Sentinel  last 7d  9 of 9 IOCs on "},
		{long, "Lantern RAT", nil, 96, " Quarry  " + long + "         Sentinel 7d  9 of 9 on "},
		{long, "Lantern RAT", nil, 120, " Quarry  " + long + strings.Repeat(" ", 22) + "Sentinel  last 7d  9 of 9 IOCs on "},
		{long, "", nil, 60, " Quarry  Lantern RAT: command and c… Sentinel 7d  9 of 9 on "},
		{"Lantern RAT", "Lantern RAT", []string{"space", "t"}, 60, " Quarry  Lantern RAT      Defender  last 7d  8 of 9 IOCs on "},
	} {
		d := sampleDocument(t)
		d.Title, d.Family = tt.title, tt.family
		b := newWorkbench(t, tt.w, 24, d)
		b.keys(tt.keys...)
		if row, _, _ := strings.Cut(screen(b.m), "\n"); row != tt.want {
			t.Errorf("%q of %q in %d cells:\n got %q\nwant %q", tt.title, tt.family, tt.w, row, tt.want)
		}
	}
}
