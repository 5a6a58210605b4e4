package prose

import (
	"strings"
	"testing"
)

// findingOf is the finding of a code, with its severity, "" where there is none.
func findingOf(t *testing.T, text, code string) string {
	t.Helper()
	b, err := collect(t, text)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range b.Findings {
		if f.Code == code {
			return string(f.Severity) + ": " + f.Text
		}
	}
	return ""
}

// TestHiddenTable: a table that a page shows only once it is opened is told of,
// and nothing untrue is said of it.
func TestHiddenTable(t *testing.T) {
	page := `<html><body><h2>Indicators of Compromise</h2><button>Show</button><div class="panel" style="display: none;">` +
		`<table><tr><th>Domain</th></tr><tr><td>a[.]example</td></tr><tr><td>b[.]example</td></tr></table><ul><li>192.0.2.1</li></ul></div></body></html>`
	if got := findingOf(t, page, "hidden-values"); !strings.HasPrefix(got, "warning: 3 values stand where IOCs do in parts that the page does not show") {
		t.Errorf("got %q", got)
	}
	if got := findingOf(t, page, "from-prose"); !strings.HasPrefix(got, "info: nothing that the page shows stands in a list") {
		t.Errorf("got %q", got)
	}
	if got := findingOf(t, `<html><body><h2>Indicators</h2><p>192.0.2.1</p><span class="sr-only">Version 1, www.example.com</span></body></html>`, "hidden-values"); got != "" {
		t.Errorf("got %q", got)
	}
}

// TestOrdinarySummary: what is said of a document that is not about threats is true
// of its tables, too.
func TestOrdinarySummary(t *testing.T) {
	got := findingOf(t, lines("# Report", "", "| domain |", "|---|", "| a.example |", "", "- b.example"), "from-prose")
	want := "info: this is text, so its context says what is an IOC: 1 because they stand in lists or tables; mentions: 1; nothing says that it is about threats, so names and URLs are IOCs only in a column or below a heading that says so"
	if got != want {
		t.Errorf("got %q", got)
	}
}
