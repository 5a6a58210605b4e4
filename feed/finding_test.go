package feed

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindingText(t *testing.T) {
	f := Finding{"count-differs", Warning, Source{"a.md", 9}, `the summary says 4 & the table has "3"`}
	if got, want := f.String(), `a.md:9: warning: the summary says 4 & the table has "3" (count-differs)`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	got, err := f.MarshalJSON()
	if want := `{"code":"count-differs","severity":"warning","source":"a.md","line":9,"text":"the summary says 4 & the table has \"3\""}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	f.Source = Source{}
	got, err = f.MarshalJSON()
	if want := `{"code":"count-differs","severity":"warning","line":0,"text":"the summary says 4 & the table has \"3\""}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

func TestWorstFirst(t *testing.T) {
	f := func(severity Severity, line int) Finding {
		return Finding{Severity: severity, Source: Source{"a", line}}
	}
	fs := []Finding{f(Info, 1), f(Error, 4), f(Warning, 2), f(Error, 3), f(Info, 0)}
	want := []Finding{f(Error, 4), f(Error, 3), f(Warning, 2), f(Info, 1), f(Info, 0)}
	if diff := cmp.Diff(want, WorstFirst(fs)); diff != "" || fs[0] != f(Info, 1) {
		t.Errorf("%v\n%s", fs, diff)
	}
}

func TestSortFindings(t *testing.T) {
	at := func(name string, line int, code string) Finding {
		return Finding{Code: code, Source: Source{name, line}}
	}
	fs := []Finding{at("z", 9, "1"), at("a", 2, "2"), at("z", 1, "3"), at("a", 2, "4"), at("a", 1, "5")}
	SortFindings(fs)
	want := []Finding{at("z", 1, "3"), at("z", 9, "1"), at("a", 1, "5"), at("a", 2, "2"), at("a", 2, "4")}
	if diff := cmp.Diff(want, fs); diff != "" {
		t.Error(diff)
	}
}
