package ui

import (
	"fmt"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/kql"
)

// manyScenarios has more scenarios than a small pane has rows.
func manyScenarios(t testing.TB) *feed.Bulletin {
	d := sampleDocument(t)
	for i := range 7 {
		s := d.Scenarios[2]
		s.Title = fmt.Sprintf("Scanner %d", i+2)
		d.Scenarios = append(d.Scenarios, s)
	}
	return d
}

func TestScenariosSayWhereTheyAre(t *testing.T) {
	b := newWorkbench(t, 80, 24, manyScenarios(t))
	b.keys("3")
	if v := b.View(); !strings.Contains(v, "3 Scenarios  1-4 of 10, 0 attached") {
		t.Errorf("the title lacks the position:\n%s", v)
	}
	b.keys("end")
	if v := b.View(); !strings.Contains(v, "7-10 of 10") {
		t.Errorf("the title lacks the position:\n%s", v)
	}
}

func TestCutDetailsSaySo(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("3", "down")
	if rows := strings.Split(b.foot(3), "\n"); !strings.HasSuffix(rows[0], " Enter shows all") {
		t.Errorf("the last row of the details is %q", rows[0])
	}
	b.Resize(120, 90)
	if v := b.View(); strings.Contains(v, "Enter shows all") {
		t.Errorf("details that are whole say that they are not:\n%s", v)
	}
}

func TestOverlaysSayWhereTheyAre(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("?")
	n := len(b.m.actions)
	if title := strings.Split(b.View(), "\n")[1]; !strings.HasSuffix(title, fmt.Sprintf(" 1-%d of %d, more below", b.m.overlay.(*menu).inSight().height, n)) {
		t.Errorf("the title is %q", title)
	}
	b.keys("esc", "space", "F")
	b.Resize(60, 16)
	l := b.m.overlay.(*findingList)
	if l.win.length <= l.win.height {
		t.Skipf("the findings fit in %d rows", l.win.height)
	}
	b.keys("end")
	if title := strings.Split(b.View(), "\n")[1]; strings.Contains(title, "more below") || !strings.HasSuffix(title, fmt.Sprintf("-%d of %d", l.win.length, l.win.length)) {
		t.Errorf("the title is %q", title)
	}
}

func TestTableRemarksFit(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {100, 30}, {120, 40}, {170, 30}, {200, 50}} {
		b := newWorkbench(t, size[0], size[1])
		b.keys("2")
		for _, l := range strings.Split(b.View(), "\n") {
			at := strings.Index(l, "[x] CommonSecurityLog ")
			if at < 0 {
				continue
			}
			cells := []rune(l[at:])
			remark := strings.TrimSpace(string(cells[:min(len(cells), b.m.layout.panes[tablePane].w-2)]))
			remark = strings.TrimSpace(strings.TrimPrefix(remark, "[x] CommonSecurityLog"))
			if remark != "9 IOCs" && remark != "9 IOCs, published" {
				t.Errorf("%v: the remark is %q", size, remark)
			}
		}
	}
}

func TestTargetSaysWhatItCosts(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("t")
	b.wantStatus("aimed the hunts at Defender: now none in CommonSecurityLog, DnsEvents; u undoes")
	b.keys("t")
	b.wantStatus("aimed the hunts at Sentinel; u undoes")
	d := sampleDocument(t)
	d.Tables = []feed.TableNote{{Name: "CommonSecurityLog"}}
	b = newWorkbench(t, 120, 40, d)
	b.keys("t")
	b.wantStatus("aimed the hunts at Defender: no chosen table is there; 2 goes to the tables")
}

func TestPreviewFootDropsPartsInOrder(t *testing.T) {
	f := previewFoot{
		used: 8129, limit: kql.RuleChars, long: "8,129 of the 10,000 characters of an analytics rule", short: "8,129 of 10,000 characters",
		changes: "  +1 -27 lines", pos: "101-110/1234",
	}
	nearer := f
	nearer.near = "index terms 120 of 128"
	over := nearer
	over.used, over.short = 12000, "OVER THE LIMIT: 12,000 of 10,000 characters"
	const near = ", index terms 120 of 128"
	for _, tt := range []struct {
		f    previewFoot
		w    int
		want fittedFoot
	}{
		{f, 100, fittedFoot{10, f.long, "", f.changes, f.pos}},
		{f, 80, fittedFoot{10, f.short, "", f.changes, f.pos}},
		{f, 60, fittedFoot{0, f.short, "", f.changes, f.pos}},
		{f, 50, fittedFoot{0, f.short, "", "", f.pos}},
		{f, 40, fittedFoot{0, f.short, "", "", ""}},
		{nearer, 130, fittedFoot{10, f.long, near, f.changes, f.pos}},
		{nearer, 100, fittedFoot{10, f.short, near, f.changes, f.pos}},
		{nearer, 85, fittedFoot{0, f.short, near, f.changes, f.pos}},
		{nearer, 70, fittedFoot{0, f.short, near, "", f.pos}},
		{nearer, 55, fittedFoot{0, f.short, near, "", ""}},
		{nearer, 40, fittedFoot{0, "", f.near + nearer.near, "", ""}},
		{over, 60, fittedFoot{size: over.short}},
	} {
		if got := tt.f.fit(tt.w); got != tt.want {
			t.Errorf("in %d cells: %+v, want %+v", tt.w, got, tt.want)
		}
	}
}

// TestPreviewFootHasAGap: at every width what stands left and right is apart.
func TestPreviewFootHasAGap(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("space", "4", "pgdown")
	for w := minWidth; w < 260; w++ {
		b.Resize(w, 30)
		f := b.m.preview.foot(b.m).fit(b.m.layout.panes[previewPane].w)
		if v := b.View(); f.right != "" && !strings.Contains(v, "  "+f.right) || !strings.Contains(v, f.size+f.near+f.rest) {
			t.Fatalf("at %d %+v runs together:\n%s", w, f, v)
		}
		checkFrame(t, b.m)
	}
}

func TestRangeKeyIsInTheFooter(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	if !strings.Contains(b.foot(1), "V range") || !strings.Contains(b.foot(1), "/ filter") {
		t.Errorf("the footer is %q", b.foot(1))
	}
}

// TestTableRemarksStandBelowOneAnother: a long name moves the counts of all tables
// that are in sight, as far as there is room for them.
func TestTableRemarksStandBelowOneAnother(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {100, 30}, {120, 40}, {200, 50}} {
		b := newWorkbench(t, size[0], size[1])
		b.keys("2")
		columns := map[int]string{}
		for _, row := range strings.Split(screen(b.m), "\n") {
			for _, table := range []string{"CommonSecurityLog", "DnsEvents", "DeviceEvents", "DeviceImageLoadEvents"} {
				_, rest, ok := strings.Cut(row, "] "+table+" ")
				if count := strings.TrimLeft(rest, " "); ok && count != "" {
					columns[len(table)+len(rest)-len(count)] = row
				}
			}
		}
		if len(columns) != 1 {
			t.Errorf("%dx%d: the counts begin in %d columns: %v", size[0], size[1], len(columns), columns)
		}
	}
}
