package kql

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/kql/kqltest"
)

// manyOf are so many IOCs of one type; %d in the value is replaced.
func manyOf(t testing.TB, n int, typ feed.Type, value string) []feed.IOC {
	all := make([]feed.IOC, n)
	for i := range all {
		all[i] = ioc(t, typ, fmt.Sprintf(value, i))
	}
	return all
}

// TestMoreThanASearchTakes finds the last of more values than one search looks
// at, wherever a column is searched for them.
func TestMoreThanASearchTakes(t *testing.T) {
	const n = AnyValues + 1
	last := n - 1
	addr := func(i int) string { return fmt.Sprintf("198.%d.%d.%d", 18+i>>16, i>>8&255, i&255) } // the range for benchmarks
	addrs := make([]feed.IOC, n)
	for i := range addrs {
		addrs[i] = ioc(t, feed.IP, addr(i))
	}
	six := fmt.Sprintf("2001:db8::%x", last)
	url, file, mail := fmt.Sprintf("http://h%d.example/x", last), fmt.Sprintf("f%d.exe", last), fmt.Sprintf("a%d@mail.example", last)
	for _, tt := range []struct {
		name string
		iocs []feed.IOC
		hits []hit
	}{
		{"domains", manyOf(t, n, feed.Domain, "d%d.example"), slices.Concat([]hit{
			one("Host", "d0.example", "d0.example", "exact"),
			one("Host", "www.d10000.example", "d10000.example", "sub-domain"),
			one("Hosts", `["d10000.example"]`, "d10000.example", "exact"),
			one("Url", "https://d10000.example/", "d10000.example", "exact"),
			one("Message", "to d10000.example", "d10000.example", "in text"),
		}, none("Host", "d10001.example", "x-d10000.example"))},
		{"addresses", addrs, slices.Concat([]hit{
			one("Remote", addr(last), addr(last), "exact"), one("Answers", "203.0.113.1,"+addr(last), addr(last), "exact"),
			one("Url", "http://"+addr(last)+"/", addr(last), "exact"), one("Message", "to "+addr(last), addr(last), "in text"),
		}, none("Remote", addr(n)))},
		{"IPv6", manyOf(t, n/3+1, feed.IP, "2001:db8::%x"), []hit{ // three spellings each
			one("Answers", six, "", ""), one("Answers", fmt.Sprintf("2001:db8::%x", n/3), fmt.Sprintf("2001:db8::%x", n/3), "exact"),
		}},
		{"URLs", manyOf(t, n, feed.URL, "http://h%d.example/x"), slices.Concat([]hit{
			one("Url", url, url, "url"), one("Host", fmt.Sprintf("h%d.example", last), url, "host of url"), one("Message", "get "+url, url, "in text"),
		}, none("Url", fmt.Sprintf("http://h%d.example/x", n)))},
		{"files", manyOf(t, n, feed.FileName, "f%d.exe"), []hit{one("File", file, file, "exact"), one("Message", "run "+file, file, "in text")}},
		{"mail", manyOf(t, n, feed.Email, "a%d@mail.example"), []hit{one("Sender", mail, mail, "exact"), one("Message", "from "+mail, mail, "in text")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkKinds(t, Options{}, tt.iocs, tt.hits)
			h, err := kinds.Hunt(selection(tt.iocs), Options{Target: Sentinel})
			if err != nil {
				t.Fatal(err)
			}
			first := Quote(NewIndicator(tt.iocs[0]).terms[0].key)
			if got := strings.Count(h.Query, "dynamic(["+first+", "); got != 1 {
				t.Errorf("%d lists begin with %s", got, first)
			}
		})
	}
	checkKinds(t, Options{Knobs: Knobs{Match: LooseMatch}}, manyOf(t, n, feed.Domain, "d%d.example"), slices.Concat([]hit{
		one("Host", "x-d10000.example.test", "d10000.example", loose), one("Host", "d0.example", "d0.example", loose),
		one("Message", "to x-d10000.example", "d10000.example", loose),
	}, none("Host", "d10001.example")))
}

// TestLongListsBind binds hunts whose lists are in parts. All but a few of the
// values are cut off before: each takes the binder its time.
func TestLongListsBind(t *testing.T) {
	domains := selection(manyOf(t, 2*AnyValues+1, feed.Domain, "d%d.example"))
	urls := selection(manyOf(t, AnyValues, feed.URL, "http://h%d.example/"))
	var queries []string
	for _, name := range []string{"DeviceNetworkEvents", "WindowsEvent", "UrlClickEvents"} {
		for _, o := range []Options{{}, {Knobs: Knobs{Match: LooseMatch}}, {Watchlist: "QuarryIocs"}, {Watchlist: "QuarryIocs", Knobs: Knobs{Match: LooseMatch}}} {
			for list, s := range map[string]*Selection{"IocDomain": domains, "IocUrl": urls} {
				o.Target = Sentinel
				h, err := table(t, name).Hunt(s, o)
				if err != nil {
					t.Fatal(err)
				}
				if s == domains && (!strings.Contains(h.Query, "let "+list+"3 = ") || strings.Contains(h.Query, list+"4")) {
					t.Errorf("%s: %s is not in three parts", name, list)
				}
				queries = append(queries, manyValues.ReplaceAllString(h.Query, "$1"))
			}
		}
	}
	kqltest.Bind(t, string(Sentinel), queries...)
}

// manyValues are values of a list, or of what is known of them; the first stays.
var manyValues = regexp.MustCompile(`("[^"]+"(?::\[[^\]]*\])?)(?:, "[^"]+"(?::\[[^\]]*\])?){9,}`)
