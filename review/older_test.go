package review

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// steps compares to the end, n IOCs at a time.
func steps(o *Older, n int) {
	for !o.Step(n) {
	}
}

func TestCompareWith(t *testing.T) {
	older := lantern(t)
	older.Source.Name = "older.md"
	older.IOCs[0].Confidence = 50
	older.IOCs[1].Value = "192.0.2.99:443"
	older.Scenarios, older.Queries = nil, nil
	r := start(t, lantern(t))
	if _, said := r.Change(0); said || r.Older() != nil {
		t.Error("it is compared though nobody asked")
	}
	for _, n := range []int{1, 3, 1000} {
		r.CompareWith("older.md", start(t, older))
		o := r.Older()
		steps(o, n)
		if got, want := fmt.Sprint(o.New, o.Changed, o.Gone, o.Same), "[1] [0] [1] 6"; got != want {
			t.Errorf("in steps of %d: %s, want %s", n, got, want)
		}
	}
	change, _ := r.Change(0)
	if diff := cmp.Diff([]string{"confidence 50% to 75%"}, change.What); diff != "" || change.Documents != 1 {
		t.Errorf("in %d documents; (-want +got):\n%s", change.Documents, diff)
	}
	if gone := r.Older().GoneAt(1); gone.IOC.Value != "192.0.2.99:443" || gone.Kind != feed.Gone {
		t.Errorf("gone is %+v", gone)
	}
	for _, c := range []struct {
		filter string
		want   []int32
	}{
		{"diff:new", []int32{1}}, {"diff:changed", []int32{0}}, {"diff:c type:domain", []int32{0}}, {"diff:same conf>=100", []int32{3, 4}},
		{"-diff:same", []int32{0, 1, 8}}, // of the mention nothing is said
	} {
		f, err := ParseFilter(c.filter)
		if err != nil || !f.Compares() {
			t.Errorf("%s: %v", c.filter, err)
		}
		if got := r.View(f, ByDocument, false); !slices.Equal(got, c.want) {
			t.Errorf("%s shows %v, want %v", c.filter, got, c.want)
		}
	}
	for _, text := range []string{"diff:gone", "diff:older", "diff:", "diff>1"} {
		var refused *FilterError
		if _, err := ParseFilter(text); !errors.As(err, &refused) {
			t.Errorf("%s: %v", text, err)
		}
	}

	added := start(t, older)
	r.CompareWith("older.md", added)
	steps(r.Older(), 1)
	r.Add([]*feed.Bulletin{{Source: feed.Source{Name: "more.md", Line: 1}, Total: feed.NoTotal, IOCs: []feed.IOC{indicator(t, feed.IPPort, "192.0.2.99:443", feed.Source{Name: "more.md", Line: 1})}}})
	if r.Older().Done() {
		t.Error("it is not compared again with what was added")
	}
	steps(r.Older(), 100)
	if o := r.Older(); len(o.Gone) != 0 || len(o.Changed) != 2 {
		t.Errorf("with what was added %v is gone, %v changed", o.Gone, o.Changed)
	}
	r.CompareWith("", nil)
	if r.Older() != nil {
		t.Error("it is compared still")
	}
}
