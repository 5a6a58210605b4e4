package review

import (
	"strings"
	"testing"

	"quarry/feed"
)

// TestTitleNamesTheFile: without a title of its own a review is named as everybody
// names its file or folder, wherever that lies.
func TestTitleNamesTheFile(t *testing.T) {
	named := func(names string) *Review {
		var all []*feed.Bulletin
		for _, name := range strings.Fields(names) {
			d := &feed.Bulletin{Source: feed.Source{Name: name, Line: 1}, Total: feed.NoTotal}
			if strings.HasSuffix(name, "titled.md") {
				d.Title = "Lantern RAT"
			}
			all = append(all, d)
		}
		return start(t, all...)
	}
	for _, tt := range []struct{ names, title, alias string }{
		{"/srv/jk/feeds/week.csv", "week.csv", "week-csv"},
		{"week.csv", "week.csv", "week-csv"},
		{`C:\feeds\week.csv`, "week.csv", "week-csv"},
		{"feeds/titled.md", "Lantern RAT", "lantern-rat"},
		{"feeds/titled.md feeds/week.csv", "Lantern RAT", "lantern-rat"},
		{"/srv/feeds/readme.md /srv/feeds/titled.md /srv/feeds/more/week.csv pasted", "feeds", "feeds"},
		{"feeds/a.md feeds/b.md feedsmore/c.md", "a.md", "a-md"},
		{"in/mix.zip/readme.md in/mix.zip/sub/titled.md", "mix.zip", "mix-zip"},
		{"a.md b.md c.md", "a.md", "a-md"},
		{"../a.md ../b.md ../c.md", "a.md", "a-md"},
		{"/a.md /b.md /c.md", "a.md", "a-md"},
		{"pasted feeds/a.md feeds/b.md feeds/c.md", "pasted", "pasted"},
		{"feeds/all.md feeds/all.md feeds/all.md", "all.md", "all-md"},
	} {
		r := named(tt.names)
		if r.Title() != tt.title || !strings.HasPrefix(r.Alias(), tt.alias) {
			t.Errorf("%s: %q, alias %s; want %q, %s", tt.names, r.Title(), r.Alias(), tt.title, tt.alias)
		}
	}
	r := named("feeds/a.md feeds/b.md")
	if r.Title() != "a.md" {
		t.Error(r.Title())
	}
	r.Add([]*feed.Bulletin{{Source: feed.Source{Name: "feeds/c.md", Line: 1}, Total: feed.NoTotal}})
	if r.Title() != "feeds" || !r.Together() {
		t.Errorf("with a third file %q", r.Title())
	}
}
