package review

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"quarry/feed"
)

// plainView is what View is to give, found out IOC by IOC and by comparing.
func plainView(r *Review, shows func(feed.IOC, string) bool, compare func(a, b int) int, reverse bool) []int32 {
	var rows, mentions []int32
	for at := range r.IOCs().Len() {
		i := r.IOCs().At(at)
		switch {
		case !shows(i, r.Note(at)):
		case i.Mention:
			mentions = append(mentions, int32(at))
		default:
			rows = append(rows, int32(at))
		}
	}
	rows = append(rows, mentions...)
	if compare == nil {
		if reverse {
			slices.Reverse(rows)
		}
		return rows
	}
	slices.SortStableFunc(rows, func(a, b int32) int {
		if reverse {
			a, b = b, a
		}
		return compare(int(a), int(b))
	})
	return rows
}

// plainCompare compares as View sorts.
func plainCompare(r *Review, by Column) func(a, b int) int {
	last := func(a, b bool) int { // what has none
		switch {
		case a == b:
			return 0
		case a:
			return 1
		}
		return -1
	}
	ioc := func(of func(a, b feed.IOC) int) func(a, b int) int {
		return func(a, b int) int { return of(r.IOCs().At(a), r.IOCs().At(b)) }
	}
	return map[Column]func(a, b int) int{
		ByOn: func(a, b int) int { return last(!r.Hunts(a), !r.Hunts(b)) },
		ByType: ioc(func(a, b feed.IOC) int {
			return cmp.Compare(slices.Index(feed.Types, a.Type), slices.Index(feed.Types, b.Type))
		}),
		ByThreat: ioc(func(a, b feed.IOC) int {
			return cmp.Or(last(a.Threat == "", b.Threat == ""), cmp.Compare(a.Threat, b.Threat))
		}),
		ByConfidence: ioc(func(a, b feed.IOC) int { return cmp.Compare(b.Confidence, a.Confidence) }),
		BySeen:       ioc(func(a, b feed.IOC) int { return b.FirstSeen.Compare(a.FirstSeen) }),
		ByVerdict: func(a, b int) int {
			x, y := r.Verdict(a), r.Verdict(b)
			return cmp.Or(last(x == NoVerdict, y == NoVerdict), cmp.Compare(slices.Index(Verdicts, x), slices.Index(Verdicts, y)))
		},
		ByValue: ioc(func(a, b feed.IOC) int {
			x, isAddr := a.Addr()
			y, isToo := b.Addr()
			if isAddr && isToo {
				return cmp.Or(x.Compare(y), cmp.Compare(a.Port(), b.Port()), cmp.Compare(a.Value, b.Value))
			}
			return cmp.Or(last(!isAddr, !isToo), cmp.Compare(a.Value, b.Value))
		}),
	}[by]
}

// assorted is a review of n IOCs and mentions of all kinds, many alike.
func assorted(t testing.TB, seed uint64, n int) *Review {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	pick := func(words ...string) string { return words[rng.IntN(len(words))] }
	d := &feed.Bulletin{Source: feed.Source{Name: "a.md", Line: 1}, Total: feed.NoTotal}
	for range n {
		host := pick("lantern", "sable", "x", "cdn-7", "a.b") + pick(".example", ".example.net", ".test") + ""
		ip := fmt.Sprintf("192.0.2.%d", rng.IntN(256))
		v6 := fmt.Sprintf("2001:db8::%x", rng.IntN(1<<16))
		url := pick("http://", "https://", "ftp://") + pick(host, ip, "["+v6+"]", fmt.Sprint(rng.IntN(900))+".example") + pick("", ":80", ":8080") + "/" + pick("A.exe", "b[.]c", "hxxp", "", strings.Repeat("long/", 6)) + pick("", "?x="+fmt.Sprint(rng.IntN(50)))
		kind, value := feed.Domain, fmt.Sprintf("%d.%s", rng.IntN(400), host)
		switch rng.IntN(7) {
		case 0:
			kind, value = feed.IPPort, fmt.Sprintf("%s:%d", ip, 1+rng.IntN(3))
		case 1:
			kind, value = feed.IPPort, fmt.Sprintf("[%s]:%d", v6, 1+rng.IntN(3))
		case 2:
			kind, value = feed.URL, url
		case 3:
			kind, value = feed.Email, "box."+pick("a", "b")+"@"+host
		case 4:
			kind, value = feed.SHA256, fmt.Sprintf("%064x", rng.Uint64())
		case 5:
			kind, value = feed.IP, pick(ip, v6)
		}
		i := indicator(t, kind, value, feed.Source{Name: pick("a.md", "b.md", "Feed-C.csv"), Line: 1 + rng.IntN(900)})
		i.Threat, i.Family = feed.Threat(pick("", "botnet_cc", "payload", "a threat")), pick("", "Lantern RAT", "Sable")
		i.Confidence = rng.IntN(4)*25 - 1
		if rng.IntN(3) > 0 {
			i.FirstSeen = time.Date(2026, 5, 1+rng.IntN(5), rng.IntN(2), 0, 0, 0, time.UTC)
		}
		if i.Mention = rng.IntN(5) == 0; i.Mention {
			i.Context = "a filter"
			d.Mentions = append(d.Mentions, i)
		} else {
			d.IOCs = append(d.IOCs, i)
		}
	}
	r := start(t, d)
	for k := range 5 {
		at := 7 * k
		decide(t, r, SetVerdict{[]int{at}, Benign}, Invert{[]int{at, at + 1 + rng.IntN(6)}}, SetNote{at, "Our CDN[.]"})
	}
	return r
}

func TestViewsOfAnyReview(t *testing.T) {
	words := []string{"", "lantern", "A.EXE", "[.]", "192[.]0", "192[.]0[.", "].example", "hxxp", "hxxps://", "hxxp://1", "xp://x[.]ex", "p://l", "x", "[@]", "@", "b[.]c", "[:]", "db8::[", "]:2", "sable", "feed-c", "cdn[.]", "long/long", "fxp://s", "é"}
	for seed := range uint64(rounds(t, 6)) {
		r := assorted(t, seed, 400)
		for _, by := range Columns {
			for _, reverse := range []bool{false, true} {
				want := plainView(r, func(feed.IOC, string) bool { return true }, plainCompare(r, by.Column), reverse)
				if got := r.View(Filter{}, by.Column, reverse); !slices.Equal(got, want) {
					t.Fatalf("seed %d, by %s, reverse %v: %v, want %v", seed, by.Name, reverse, got, want)
				}
			}
		}
		for _, w := range words {
			f, err := ParseFilter(w)
			if err != nil {
				t.Fatal(err)
			}
			want := plainView(r, func(i feed.IOC, note string) bool {
				has := func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(w)) }
				in := has(i.Value) || has(feed.Defang(i.Type, i.Value)) || has(i.Family) || has(note)
				for _, s := range i.Sources {
					in = in || has(s.Name)
				}
				return in
			}, nil, false)
			if got := r.View(f, ByDocument, false); !slices.Equal(got, want) {
				t.Errorf("seed %d: %q shows %d rows, want %d", seed, w, len(got), len(want))
			}
		}
	}
}

// TestLookInSteps: however small the steps, and while IOCs are added, a look
// shows what a view did when it began.
func TestLookInSteps(t *testing.T) {
	f, err := ParseFilter("lantern")
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range Columns {
		for _, step := range []int{1, 7, 5000} {
			r := assorted(t, 3, 300)
			want, n := r.View(f, by.Column, true), r.IOCs().Len()
			l := r.Look(Wanted{Filter: f, By: by.Column, Reverse: true})
			for k := 0; !l.Step(step); k++ {
				if k == 3 {
					more := []feed.IOC{{Type: feed.Domain, Value: "more.lantern.example", Confidence: feed.NoConfidence}}
					r.extend(more, shapesOfAll(more))
				}
			}
			if got := l.Rows(); !slices.Equal(got, want) || l.End() != n {
				t.Errorf("by %s in steps of %d: %v to %d, want %v to %d", by.Name, step, got, l.End(), want, n)
			}
		}
	}
}

func TestLookAmong(t *testing.T) {
	r := assorted(t, 4, 500)
	before, _ := ParseFilter("lantern type:domain")
	now, _ := ParseFilter("lantern type:domain conf>=50 example")
	if !now.Narrows(before) || before.Narrows(now) {
		t.Fatal("more words do not narrow")
	}
	for _, by := range Columns {
		l := r.Look(Wanted{Filter: now, Among: r.View(before, by.Column, true)})
		for !l.Step(10) {
		}
		if got, want := l.Rows(), r.View(now, by.Column, true); !slices.Equal(got, want) || l.End() != r.IOCs().Len() {
			t.Errorf("by %s: %v, want %v", by.Name, got, want)
		}
	}
	l := r.Look(Wanted{From: 400})
	for !l.Step(1000) {
	}
	rows := l.Rows()
	for k, row := range rows {
		if row < 400 || r.IOCs().Mention(int(row)) != (k >= len(rows)-l.Mentions()) {
			t.Errorf("row %d is %d of %d, %d of them mentions", k, row, len(rows), l.Mentions())
		}
	}
}

func TestNarrows(t *testing.T) {
	for _, tt := range []struct {
		before, now string
		want        bool
	}{
		{"", "a", true}, {"a", "ab", true}, {"a", "ba", false}, {"-a", "-ab", false}, {"a", "-a", false}, {"conf>=7", "conf>=75", false}, {"conf<=7", "conf<=75", false},
		{"a b", "a bc", true}, {"a b", "a", false}, {"a", "a conf>=75", true}, {"type:ip", "type:ip", true}, {"type:ip", "type:ip:port", false}, {"-", "-a", false},
	} {
		before, err := ParseFilter(tt.before)
		if err != nil {
			t.Fatal(err)
		}
		now, err := ParseFilter(tt.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := now.Narrows(before); got != tt.want {
			t.Errorf("%q narrows %q: %v", tt.now, tt.before, got)
		}
	}
	for text, want := range map[string]bool{"": false, "conf>=75 type:ip -family:x": false, "x": true, "on:yes": true, "-VERDICT:none": true, "note:x": true} {
		f, err := ParseFilter(text)
		if err != nil {
			t.Fatal(err)
		}
		if f.Decided() != want {
			t.Errorf("decisions change what %q shows: %v", text, !want)
		}
	}
}

// FuzzNeedle searches values for texts as the filter does, and plainly.
func FuzzNeedle(f *testing.F) {
	for _, s := range []string{"hxxp://a[.]b", "].", "[.", "A/b[.]C", "xx", "p://[", "@", "[@]a"} {
		f.Add(s, "http://a.b.example/A/b[.]c?X=[@]a")
	}
	f.Add("[2001:db8:[:]5", "[2001:db8::5]:443")
	f.Fuzz(func(t *testing.T, text, value string) {
		p := newValueNeedle(text)
		for _, kind := range feed.Types {
			value := value
			if kind == feed.Domain || kind == feed.IP || kind == feed.IPPort || kind.IsHash() {
				value = strings.ToLower(value) // as feed.Canonical writes them
			}
			want := strings.Contains(strings.ToLower(value), p.lower) || strings.Contains(strings.ToLower(feed.Defang(kind, value)), p.lower)
			if got := p.inValue(kind, value); got != want && p.ascii && isASCII(value) {
				t.Errorf("%q in the %s %q: %v, want %v", text, kind, value, got, want)
			}
		}
	})
}

func isASCII(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f }) }

// BenchmarkLook looks for what nothing has, among names, addresses and URLs.
func BenchmarkLook(b *testing.B) {
	d := lantern(b)
	d.IOCs = nil
	for k := range 300_000 {
		i := feed.IOC{Type: feed.Domain, Value: fmt.Sprintf("host-%d.example", k), Family: "Lantern RAT", Threat: feed.BotnetCC, Confidence: k % 101, FirstSeen: time.Unix(int64(k*7919%1_000_003), 0)}
		switch k % 3 {
		case 1:
			i.Type, i.Value = feed.IPPort, fmt.Sprintf("192.%d.%d.%d:443", k>>16, k>>8&255, k&255)
		case 2:
			i.Type, i.Value = feed.URL, fmt.Sprintf("http://host-%d.example/a.php", k)
		}
		i.Sources = []feed.Source{{Name: "lantern.md", Line: 50 + k}}
		d.IOCs = append(d.IOCs, i)
	}
	r := start(b, d)
	for _, word := range []string{"", "zebra", "host-29", "198[.]51", "hxxps://e", "conf>=75"} {
		b.Run("filter "+word, func(b *testing.B) {
			f, err := ParseFilter(word)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				r.View(f, ByDocument, false)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*r.IOCs().Len()), "ns/row")
		})
	}
	for _, by := range Columns[1:] {
		b.Run("sort "+by.Name, func(b *testing.B) {
			for b.Loop() {
				r.View(Filter{}, by.Column, false)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*r.IOCs().Len()), "ns/row")
		})
	}
}
