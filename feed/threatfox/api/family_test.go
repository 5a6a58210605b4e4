package api

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

func TestFamilies(t *testing.T) {
	b := &feed.Bulletin{Source: feed.Source{Name: "ThreatFox"}, IOCs: []feed.IOC{
		{Value: "a", Family: "Zeta"}, {Value: "b"}, {Value: "c", Family: "alpha"}, {Value: "d", Family: "Alpha"}, {Value: "e", Family: "Zeta"},
	}}
	var got []string
	for _, d := range Families(b) {
		line := d.Source.Name + " " + d.Family + ":"
		for _, i := range d.IOCs {
			line += fmt.Sprintf(" %s of %s", i.Value, i.Family)
		}
		got = append(got, line)
	}
	want := []string{"ThreatFox alpha: c of alpha d of Alpha", "ThreatFox Unknown malware: b of Unknown malware", "ThreatFox Zeta: a of Zeta e of Zeta"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if b.IOCs[1].Family != "" {
		t.Error("the answer was changed")
	}
}
