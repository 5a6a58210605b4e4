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

// TestOneIsSaidOfOne holds counted findings to the words for one and for several.
func TestOneIsSaidOfOne(t *testing.T) {
	hidden := func(rows string) string {
		return `<html><body><h2>Indicators of Compromise</h2><div style="display: none;"><table><tr><th>Domain</th></tr>` + rows + `</table></div></body></html>`
	}
	for _, tt := range []struct{ text, code, want string }{
		{lines("# IOCs", "", "- gate[.]example/in.php"), "no-scheme",
			"info: 1 name or address with a path behind it, from this line on, is read as a URL without a scheme; hunts find it with http and with https"},
		{lines("# IOCs", "", "- gate[.]example/in.php", "- 192[.]0[.]2[.]7/in.php"), "no-scheme",
			"info: 2 names or addresses with a path behind them, from this line on, are read as URLs without a scheme; hunts find them with http and with https"},
		{hidden(`<tr><td>a[.]example</td></tr>`), "hidden-values",
			"warning: 1 value stands where IOCs do in parts that the page does not show until something is chosen, or never; it is a mention; look at the page, and switch it on if it is meant"},
		{hidden(`<tr><td>a[.]example</td></tr><tr><td>b[.]example</td></tr>`), "hidden-values",
			"warning: 2 values stand where IOCs do in parts that the page does not show until something is chosen, or never; they are mentions; look at the page, and switch on those that are meant"},
	} {
		if got := findingOf(t, tt.text, tt.code); got != tt.want {
			t.Errorf("%s of %q\n got %s\nwant %s", tt.code, tt.text, got, tt.want)
		}
	}
}
