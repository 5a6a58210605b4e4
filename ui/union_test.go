package ui

import (
	"strings"
	"testing"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
)

// TestLongUnionIsSplit shows the parts of the query over all tables, how long the
// longest is, and in F what is said of it.
func TestLongUnionIsSplit(t *testing.T) {
	b := newWorkbench(t, 120, 40, manyDomains(t, 400))
	b.m.preview.show(b.m, unionTab)
	if got := b.lineUnderThePreview(); !strings.Contains(got, "OVER THE LIMIT") {
		t.Errorf("the line is %q", got)
	}
	b.keys("F")
	if all := strings.Join(strings.Fields(b.all()), " "); !strings.Contains(all, "The query over all tables") || !strings.Contains(all, "union: the query has ") {
		t.Errorf("F says nothing of it:\n%s", all)
	}
	b.keys("esc", "W")
	hunts, _ := b.m.plan.Union()
	if want := review.AllHunts(hunts); len(hunts) < 2 || b.m.preview.source != want {
		t.Errorf("the preview does not show the %d parts", len(hunts))
	}
	for _, h := range hunts {
		if h.Chars > kql.RuleChars {
			t.Errorf("a part has %d characters", h.Chars)
		}
	}
	if f := b.m.preview.foot(b.m); !strings.HasPrefix(f.long, plural(len(hunts), "part")+", ") {
		t.Errorf("the line says %q", f.long)
	}
	b.keys("F")
	if all := b.all(); strings.Contains(all, "union: the query has ") {
		t.Errorf("F says it is too long:\n%s", all)
	}
	b.keys("esc", "l")
	var limits strings.Builder
	for _, line := range b.m.overlay.(*reading).lines {
		for _, s := range line {
			limits.WriteString(s.text + " ")
		}
	}
	if want := "one query over all tables, the longest of " + plural(len(hunts), "part"); !strings.Contains(limits.String(), want) {
		t.Errorf("%q is not in\n%s", want, limits.String())
	}
}

// tooLong is a bulletin with a URL that no rule takes.
func tooLong(t testing.TB) *feed.Bulletin {
	d := manyDomains(t, 3)
	d.Tables = append(d.Tables, feed.TableNote{Name: "UrlClickEvents"})
	d.IOCs = append(d.IOCs, feed.IOC{Type: feed.URL, Value: "https://files.example.org/" + strings.Repeat("a", 6_000), Confidence: feed.NoConfidence})
	return d
}

// TestSavingSaysWhatIsLost: a table without a rule is the first thing that is said
// of the rules, and where nothing can be saved the reason is listed too.
func TestSavingSaysWhatIsLost(t *testing.T) {
	const lost = `UrlClickEvents: the hunt for "https://files.example.org/`
	b := newWorkbench(t, 120, 40, tooLong(t))
	b.do("export-rule")
	b.m.prompt.input.SetValue(t.TempDir())
	b.keys("enter")
	b.wantStatus("wrote ")
	b.wantStatus(lost)
	b.keys("F")
	if !strings.Contains(b.all(), lost) {
		t.Errorf("F does not list it:\n%s", b.all())
	}
	d := tooLong(t)
	d.IOCs, d.Tables = d.IOCs[3:], d.Tables[1:]
	b = newWorkbench(t, 120, 40, d)
	b.do("export-rule")
	b.wantStatus("there is nothing to save")
	b.wantStatus(lost)
	b.keys("F")
	if all := b.all(); !strings.Contains(all, "The files of rule, of which none was made") || !strings.Contains(all, lost) {
		t.Errorf("F does not list it:\n%s", all)
	}
	b.keys("esc", "W")
	for _, tab := range []string{"UrlClickEvents", unionTab} {
		b.m.preview.show(b.m, tab)
		if v := b.View(); !strings.Contains(v, "no hunt could be written; F says why") {
			t.Errorf("%s:\n%s", tab, v)
		}
	}
}
