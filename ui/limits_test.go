package ui

import (
	"fmt"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/kql"
)

// manyDomains is a bulletin of n domains that are hunted in one table.
func manyDomains(t testing.TB, n int) *feed.Bulletin {
	d := sampleDocument(t)
	d.Tables, d.Scenarios, d.IOCs = d.Tables[2:], nil, nil
	for i := range n {
		d.IOCs = append(d.IOCs, feed.IOC{Type: feed.Domain, Value: fmt.Sprintf("h%d.example", i), Confidence: feed.NoConfidence})
	}
	return d
}

// lineUnderThePreview is the line with the gauge.
func (b *workbench) lineUnderThePreview() string {
	lines := strings.Split(b.View(), "\n")
	return lines[len(lines)-3]
}

// TestLimitsUnderThePreview: the characters are always there, and another limit
// that is nearer or passed beside them.
func TestLimitsUnderThePreview(t *testing.T) {
	for _, tt := range []struct {
		w       int
		domains int
		keys    []string
		want    string
	}{
		{120, 1, nil, " characters of an analytics rule, look-back 7d of 14d "},
		{120, 0, nil, " characters of an analytics rule   "},
		{80, 120, []string{"L", "1", "d", "enter"}, " of 10,000 characters, index terms 120 of 128 "},
		{60, 130, []string{"L", "1", "d", "enter"}, " of 10,000 characters, OVER: index terms 130 of 128"},
		{120, 1, []string{"L", "1", "5", "d", "enter"}, " characters of an analytics rule, OVER: look-back 15d of 14d "},
		{120, 1, []string{"t", "2", "down", "space"}, " characters, look-back 7d of 30d "},
	} {
		d := sampleDocument(t)
		if tt.domains > 0 {
			d = manyDomains(t, tt.domains)
		}
		b := newWorkbench(t, tt.w, 30, d)
		b.keys(tt.keys...)
		if got := b.lineUnderThePreview(); !strings.Contains(got, tt.want) {
			t.Errorf("%d domains, %v: the line is %q, want %q in it", tt.domains, tt.keys, got, tt.want)
		}
		checkFrame(t, b.m)
	}
}

// TestOverTheLimitNamesTheWayOut: where a hunt is too long for a rule, the key that does
// something about it stands there, until it did; a watchlist is uploaded by a person.
func TestOverTheLimitNamesTheWayOut(t *testing.T) {
	for w, want := range map[int]string{
		150: " of 10,000 characters: W splits it", 80: " of 10,000 characters: W splits it", 60: " of 10,000 characters: W splits it",
	} {
		b := newWorkbench(t, w, 30, manyDomains(t, 600))
		if got := b.lineUnderThePreview(); !strings.Contains(got, "OVER THE LIMIT") || !strings.Contains(got, want) {
			t.Errorf("%d: the line is %q", w, got)
		}
		checkFrame(t, b.m)
		b.keys("W")
		if got := b.lineUnderThePreview(); strings.Contains(got, "W splits") {
			t.Errorf("%d: it is split, and the line is %q", w, got)
		}
		b.keys("W")
		b.wantStatus("upload that watchlist before they run: : export-watchlist writes it")
	}
	b := newWorkbench(t, 150, 30, manyDomains(t, 600))
	if f := b.m.preview.foot(b.m); !strings.HasSuffix(f.long, " characters of an analytics rule: W splits it, or lets it read a watchlist") {
		t.Errorf("where there is room it says %q", f.long)
	}
}

// TestNearestLimit: being over what changes what is found comes before being over
// what makes it slower, and that before being near.
func TestNearestLimit(t *testing.T) {
	chars := kql.Gauge{Limit: kql.CharsLimit, Used: 9999, Most: 10_000, Severity: feed.Warning}
	index := kql.Gauge{Limit: kql.IndexLimit, Used: 200, Most: 128, Severity: feed.Info}
	back := kql.Gauge{Limit: kql.LookbackLimit, Used: 40, Most: 30, Severity: feed.Warning}
	short := kql.Gauge{Limit: kql.LookbackLimit, Used: 15, Most: 30, Severity: feed.Warning}
	in := kql.Gauge{Limit: kql.InLimit, Used: 400_000, Most: 1_000_000, Severity: feed.Error}
	long := kql.Gauge{Limit: kql.InLimit, Used: 1_000_001, Most: 1_000_000, Severity: feed.Error}
	for _, tt := range []struct {
		limits []kql.Gauge
		want   kql.Gauge
	}{
		{[]kql.Gauge{chars, index, back}, back}, {[]kql.Gauge{chars, index, short}, index}, {[]kql.Gauge{back, index, long}, long},
		{[]kql.Gauge{in, chars, short}, short}, {[]kql.Gauge{chars}, kql.Gauge{}},
	} {
		if got, ok := nearest(kql.Hunt{Limits: tt.limits}); got != tt.want || ok != (got != kql.Gauge{}) {
			t.Errorf("of %v the nearest is %v, want %v", tt.limits, got, tt.want)
		}
	}
}

func TestLimitsAreListed(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		b := newWorkbench(t, size[0], size[1])
		b.keys("l")
		checkFrame(t, b.m)
		l, ok := b.m.overlay.(*reading)
		if !ok {
			t.Fatalf("%T is shown", b.m.overlay)
		}
		var all strings.Builder
		for _, line := range l.lines {
			for _, s := range line {
				all.WriteString(s.text)
			}
			all.WriteString("\n")
		}
		text := strings.Join(strings.Fields(all.String()), " ")
		for _, name := range b.m.plan.Tables() {
			hunts, _ := b.m.plan.Hunt(name)
			for _, g := range hunts[0].Limits {
				used, most := g.Amounts()
				if want := limitName(g.Limit) + " " + used + " of " + most; !rare(g) && !strings.Contains(text, want) {
					t.Errorf("%s: %q is not in\n%s", name, want, text)
				}
			}
		}
		for _, want := range []string{"No hunt is over a limit of Sentinel.", "look-back 7d of 14d", "50%", "Union, one query over all tables"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in\n%s", want, text)
			}
		}
		b.keys("esc")
		if b.m.overlay != nil {
			t.Error("esc left it open")
		}
	}
	b := newWorkbench(t, 80, 24, manyDomains(t, 400))
	b.keys("W", "l")
	for _, want := range []string{"Over a limit: DnsEvents (index terms)", "DnsEvents, the longest of 3 parts", " OVER"} {
		if v := b.View(); !strings.Contains(v, want) {
			t.Errorf("%q is not in\n%s", want, v)
		}
	}
	b = newWorkbench(t, 80, 24)
	b.keys("a", "l")
	b.wantStatus("there is no hunt")
}

// TestEveryLimitHasItsWords for the screen.
func TestEveryLimitHasItsWords(t *testing.T) {
	for _, key := range []string{"", "M", "t"} {
		b := newWorkbench(t, 80, 24)
		if key != "" {
			b.keys(key)
		}
		for _, h := range b.m.plan.Hunts() {
			for _, g := range h.Limits {
				if w := limitNames[g.Limit]; w.name == "" || w.means == "" {
					t.Errorf("%s has no words", g.Limit)
				}
			}
		}
	}
}
