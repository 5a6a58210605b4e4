package feed

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	older, newer := new(Set), new(Set)
	stated := func(s *Set, value, file string, change func(*IOC)) {
		i := domain(value, file, 1)
		if change != nil {
			change(&i)
		}
		s.Add(i)
	}
	confidence := func(n int) func(*IOC) { return func(i *IOC) { i.Confidence = n } }
	mention := func(i *IOC) { i.Mention, i.Context = true, "the text" }
	stated(older, "same.example", "old.csv", confidence(75))
	stated(newer, "same.example", "new.csv", confidence(75))
	stated(older, "gone.example", "old.csv", nil)
	stated(older, "surer.example", "old.csv", confidence(75))
	stated(newer, "surer.example", "new.csv", confidence(100))
	stated(older, "vague.example", "old.csv", func(i *IOC) { i.Confidence, i.Threat, i.LastSeen = 50, BotnetCC, date("2026-05-01") })
	stated(newer, "vague.example", "new.csv", func(i *IOC) { i.Family, i.LastSeen = "Lantern RAT", date("2026-06-01") })
	stated(newer, "new.example", "a.csv", nil)
	stated(newer, "new.example", "b.csv", nil)
	stated(newer, "new.example", "b.csv", nil)
	stated(older, "promoted.example", "old.csv", mention)
	stated(newer, "promoted.example", "new.csv", nil)
	stated(older, "demoted.example", "old.csv", nil)
	stated(newer, "demoted.example", "new.csv", mention)
	stated(older, "aside.example", "old.csv", mention)
	stated(newer, "beside.example", "new.csv", mention)

	changes, same := Diff(older, newer)
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprintf("%s %s %q %d", c.Kind, c.IOC.Value, c.What, c.Documents))
	}
	want := []string{
		`new new.example [] 2`,
		`changed surer.example ["confidence 75% to 100%"] 1`,
		`changed vague.example ["confidence 50% to none" "threat botnet_cc to none" "family none to Lantern RAT" "last seen 2026-05-01 to 2026-06-01"] 1`,
		`changed promoted.example ["was a mention"] 1`,
		`changed demoted.example ["is a mention only"] 1`,
		`gone gone.example [] 1`,
	}
	if diff := cmp.Diff(want, got); diff != "" || same != 1 {
		t.Errorf("%d the same; (-want +got):\n%s", same, diff)
	}
	object, err := json.Marshal(changes[1])
	const wanted = `{"type":"domain","value":"surer.example","confidence":100,"source":"new.csv","line":1,"mention":false,"change":"changed","what":["confidence 75% to 100%"],"documents":1}`
	if string(object) != wanted || err != nil {
		t.Errorf("%s, %v", object, err)
	}
	if changes, same = Diff(newer, newer); len(changes) > 0 || same != newer.Len()-newer.Mentions() {
		t.Errorf("of a set to itself: %v, %d the same", changes, same)
	}
}
