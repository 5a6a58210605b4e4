package ui

import (
	"strings"
	"testing"

	"quarry/review"
)

// top is the first row of the screen.
func (b *workbench) top() string {
	row, _, _ := strings.Cut(b.View(), "\n")
	return row
}

// iocRow is the row of the screen that shows a value.
func (b *workbench) iocRow(value string) string {
	for _, l := range strings.Split(b.View(), "\n") {
		if strings.Contains(l, value) {
			return l
		}
	}
	return ""
}

// TestMinConfidence: what is below the minimum stays in the table, marked, and
// keeps its switch; the hunts go without it, and the first row counts it.
func TestMinConfidence(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	const low, value = "cdn[.]lantern[.]test", "cdn.lantern.test" // 60 %
	b.keys("C")
	b.wantPrompt("", "")
	b.Type("101")
	b.keys("enter")
	b.wantPrompt("101", `"101" is no confidence; use a number from 0 to 100`)
	b.keys("ctrl+u")
	b.Type("75")
	b.keys("enter")
	b.wantStatus("left out what is below 75% confidence: 4 IOCs; u undoes")
	if top := b.top(); !strings.Contains(top, "5 of 9 IOCs on, 4 below 75%") {
		t.Errorf("the first row is %q", top)
	}
	if row := b.iocRow(low); !strings.HasPrefix(row, "  [<] domain") {
		t.Errorf("the row is %q", row)
	}
	if strings.Contains(b.query("DnsEvents"), value) || !strings.Contains(b.query("DnsEvents"), "4 IOCs below 75% confidence left out") {
		t.Errorf("the hunt is\n%s", b.query("DnsEvents"))
	}
	b.keys("F")
	if !strings.Contains(b.all(), "the minimum confidence of 75% leaves out 4 IOCs") {
		t.Errorf("F does not say it:\n%s", b.all())
	}
	b.keys("esc", "end", "up", "enter") // its details
	if v := b.View(); !strings.Contains(v, "on, but left out: its confidence is below the minimum of 75%") {
		t.Errorf("the details are\n%s", v)
	}
	b.keys("esc", "space")
	if row := b.iocRow(low); !strings.Contains(row, "[ ] domain") {
		t.Errorf("switched off the row is %q", row)
	}
	b.keys("space")
	b.wantStatus("switched on " + low + "; not hunted, its confidence is below 75% (C); u undoes")
	b.keys("m")
	b.wantStatus("malicious; not hunted, its confidence is below 75% (C)")
	b.keys("b")
	if strings.Contains(b.m.status, "still hunted") {
		t.Errorf("it says %q", b.m.status)
	}
	b.keys("C", "enter")
	b.wantStatus("left nothing out for its confidence any more")
	if b.m.review.MinConfidence() != 0 || strings.Contains(b.top(), "below") || !strings.Contains(b.query("DnsEvents"), value) {
		t.Errorf("the minimum is still there: %q", b.top())
	}
	b.keys("u")
	if b.m.review.MinConfidence() != 75 {
		t.Errorf("undone the minimum is %d", b.m.review.MinConfidence())
	}
}

func TestMinConfidenceThatLeavesNothing(t *testing.T) {
	d := sampleDocument(t)
	d.IOCs = d.IOCs[:1]
	b := newWorkbench(t, 120, 40, d)
	b.keys("C")
	b.Type("80%")
	b.keys("enter")
	if v := b.View(); !strings.Contains(v, "no hunt: all that is on is below 80% confidence; C sets another minimum") {
		t.Errorf("the screen is\n%s", v)
	}
	b.keys("u", "C")
	b.Type("10")
	b.keys("enter")
	if top := b.top(); !strings.Contains(top, "1 of 1 IOC on, none below 10%") {
		t.Errorf("the first row is %q", top)
	}
}

// TestLookbackIsTypedAnew: the look-back in force is told, and does not stand in
// the way of another.
func TestLookbackIsTypedAnew(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("L")
	b.wantPrompt("", "look back, such as 14d, 36h or 90m (now 7d):")
	b.Type("36h")
	b.keys("enter", "L")
	b.wantPrompt("", "(now 36h):")
	b.keys("enter")
	b.wantStatus("the look-back stays 36h")
	if n := len(b.m.review.History()); n != 1 {
		t.Errorf("%d decisions", n)
	}
}

func TestTablesAreFiltered(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	all := len(b.m.tables.rows)
	b.keys("2", "down", "down", "/") // on DnsEvents
	b.Type("DNS")
	for _, s := range b.m.tables.rows {
		if !strings.Contains(tableWords(s), "dns") {
			t.Errorf("%s is shown", s.Table.Name)
		}
	}
	if s, _ := b.m.tables.current(); len(b.m.tables.rows) >= all || s.Table.Name != "DnsEvents" {
		t.Errorf("%d of %d rows, the cursor on %v", len(b.m.tables.rows), all, s.Table)
	}
	b.keys("esc")
	if s, _ := b.m.tables.current(); len(b.m.tables.rows) != all || s.Table.Name != "DnsEvents" {
		t.Errorf("esc leaves %d of %d rows", len(b.m.tables.rows), all)
	}
	b.keys("/")
	b.Type("chosen device")
	b.keys("enter")
	if len(b.m.tables.rows) != 1 || !strings.Contains(b.View(), "1 shown  filter: chosen device") {
		t.Errorf("%d rows:\n%s", len(b.m.tables.rows), b.View())
	}
	b.keys("space") // and it is no longer among the chosen
	if len(b.m.tables.rows) != 0 || b.m.review.Tables()[1].Chosen {
		t.Errorf("%d rows", len(b.m.tables.rows))
	}
	checkFrame(t, b.m)
	b.keys("space")
	b.wantStatus("no table is shown; Esc clears the filter")
	b.keys("enter", "down", "up", "esc")
	if len(b.m.tables.rows) != all {
		t.Errorf("%d of %d rows", len(b.m.tables.rows), all)
	}
	// The IOCs have a filter of their own, and what a filter hides still counts.
	b.keys("/")
	b.Type("nowhere")
	b.keys("enter", "1")
	if v := b.View(); strings.Contains(strings.Split(v, "\n")[3], " !") {
		t.Errorf("an IOC is said not to be hunted:\n%s", v)
	}
	b.keys("/")
	b.Type("lantern")
	b.keys("enter")
	if b.m.iocs.filter.Text != "lantern" || b.m.tables.filter != "nowhere" {
		t.Errorf("filters %q and %q", b.m.iocs.filter.Text, b.m.tables.filter)
	}
}

// TestFilterWithASpaceIsNeverText: a comparison that is typed with a space is not
// taken for a text on the way.
func TestFilterWithASpaceIsNeverText(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("/")
	b.Type("conf > 75")
	if title := strings.Split(b.View(), "\n")[1]; strings.Contains(title, "filter") || !strings.Contains(title, "10 rows") {
		t.Errorf("the title is %q", title)
	}
	b.keys("enter")
	b.wantPrompt("conf > 75", "leave out the space: conf>75")
}

// TestKnobsAreInTheExport: the workbench's decisions come back from its export.
func TestKnobsAreInTheExport(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("C")
	b.Type("75")
	b.keys("enter", "M")
	var text strings.Builder
	if err := b.m.review.WriteMarkdown(&text, review.Signature{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "\nmin_confidence: 75\n") || !strings.Contains(text.String(), "\nmatch: exact\n") {
		t.Errorf("the export is\n%s", &text)
	}
}
