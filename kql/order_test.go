package kql

import (
	"slices"
	"strings"
	"testing"
	"time"

	"quarry/feed"
)

// TestPortHitsComeFirst runs hunts on several rows: those with the port of an
// IOC come first, then the newest.
func TestPortHitsComeFirst(t *testing.T) {
	rows := func(column string) []row {
		return []row{
			{column: now - 4, "RemoteIP": "192.0.2.10", "RemotePort": 443}, {column: now - 3, "RemoteIP": "192.0.2.10", "RemotePort": 80},
			{column: now - 2, "RemoteIP": "192.0.2.10", "RemotePort": 443}, {column: now - 1, "RemoteIP": "192.0.2.11", "RemotePort": 443}, {column: now - 5, "RemoteIP": "192.0.2.11", "RemotePort": 1},
			{column: now, "RemoteIP": "203.0.113.1", "RemotePort": 443},
		}
	}
	s := selection([]feed.IOC{ioc(t, feed.IPPort, "192.0.2.10:443"), ioc(t, feed.IP, "192.0.2.11")})
	for mode, want := range map[PortMode][]int{LabelPort: {2, 4, 1, 3, 5}, IgnorePort: {1, 2, 3, 4, 5}, RequirePort: {1, 2, 4, 5}} {
		for target, column := range map[Target]string{Sentinel: "TimeGenerated", Defender: "Timestamp"} {
			h, err := table(t, "DeviceNetworkEvents").Hunt(s, Options{Target: target, Knobs: Knobs{Port: mode}})
			if err != nil {
				t.Fatal(err)
			}
			out := prepare(t, h.Query, nil).all("DeviceNetworkEvents", rows(column)...)
			var got []int
			for _, r := range out {
				got = append(got, now-r[column].(int))
			}
			if len(got) != len(want) {
				t.Fatalf("%s in %s: %v come out, want %v", mode, target, got, want)
			}
			for n := range want {
				if got[n] != want[n] {
					t.Errorf("%s in %s: the order is %v, want %v", mode, target, got, want)
					break
				}
			}
		}
	}
}

// TestTimeFilter runs every hunt, and the union that asks its table, on a row
// inside and one outside of the look-back, by the time column of the target.
func TestTimeFilter(t *testing.T) {
	everything := sets(t)["everything"]
	onEach(t, func(t *testing.T, tb *Table, target Target) {
		other := map[string]string{"TimeGenerated": "Timestamp", "Timestamp": "TimeGenerated"}[tb.Time[target]]
		hit := hitIn(t, tb, everything, target)
		for _, lookback := range []time.Duration{0, 90 * time.Minute, 36 * time.Hour, 14 * 24 * time.Hour} {
			minutes := int(lookback / time.Minute)
			if lookback == 0 {
				minutes = int(DefaultLookback / time.Minute)
			}
			o := Options{Target: target, Lookback: lookback, Knobs: Knobs{OwnSide: true}}
			h, err := tb.Hunt(selection(everything), o)
			if err != nil {
				t.Fatal(err)
			}
			u, err := Union([]Leg{{Table: tb}}, selection(everything), o)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range []Hunt{h, u} {
				run := prepare(t, h.Query, nil)
				at := func(own, others int) bool {
					r := row{tb.Time[target]: now - own}
					if other != "" {
						r[other] = now - others
					}
					for column, v := range hit {
						r[column] = v
					}
					return run.on(tb.Name, r) != nil
				}
				if !at(0, 1<<28) || !at(minutes-1, 1<<28) || at(minutes, 0) || at(minutes+1, 0) {
					t.Errorf("%s looks back another time than %d minutes in %s", h.Table, minutes, tb.Time[target])
				}
			}
		}
	})
}

// hitIn is a row that a hunt in a table finds, whatever its time.
func hitIn(t *testing.T, tb *Table, iocs []feed.IOC, target Target) row {
	t.Helper()
	h, err := tb.Hunt(selection(iocs), Options{Target: target, Knobs: Knobs{OwnSide: true}})
	if err != nil {
		t.Fatal(err)
	}
	run := prepare(t, h.Query, nil)
	for _, k := range tb.IOC.byKind() {
		for _, c := range k.columns {
			for _, i := range iocs {
				var value any = i.Value
				if c.Path != "" {
					value = nested(c.Path, i.Value)
				}
				if r := (row{c.Column: value}); run.on(tb.Name, r) != nil {
					return r
				}
			}
		}
	}
	t.Fatalf("%s finds none of the IOCs", tb.Name)
	return nil
}

// nested is a value at a place in a dynamic column.
func nested(path string, value any) any {
	for _, key := range slices.Backward(strings.Split(path, ".")) {
		value = map[string]any{key: value}
	}
	return value
}
