package feed

import (
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestHostPortAddr(t *testing.T) {
	for _, c := range []struct {
		t     Type
		value string
		host  string
		port  int
		addr  string
	}{
		{Domain, "lantern.example", "lantern.example", 0, ""},
		{IP, "192.0.2.1", "192.0.2.1", 0, "192.0.2.1"},
		{IPPort, "192.0.2.1:443", "192.0.2.1", 443, "192.0.2.1"},
		{IPPort, "[2001:db8::5]:443", "2001:db8::5", 443, "2001:db8::5"},
		{CIDR, "192.0.2.0/24", "", 0, ""},
		{URL, "http://Lantern.Example:8080/A", "lantern.example", 8080, ""},
		{URL, "http://lantern.example./", "lantern.example", 0, ""},
		{URL, "http://user:pw@192.0.2.1/", "192.0.2.1", 0, "192.0.2.1"},
		{URL, "http://[2001:DB8::1]:81/", "2001:db8::1", 81, "2001:db8::1"},
		{URL, "http://[::ffff:192.0.2.1]/", "192.0.2.1", 0, "192.0.2.1"},
		{URL, "http://Bücher.example/", "xn--bcher-kva.example", 0, ""},
		{URL, "http://lantern.example/50%off", "lantern.example", 0, ""},
		{Email, "a@lantern.example", "lantern.example", 0, ""},
		{EnvelopeFrom, "a@lantern.example", "lantern.example", 0, ""},
		{MD5, md5Hex, "", 0, ""},
		{FileName, "a.exe", "", 0, ""},
		// Values that never passed Canonical must not do harm.
		{IPPort, "nonsense", "", 0, ""},
		{URL, "nonsense", "", 0, ""},
		{URL, "://x", "", 0, ""},
		{Email, "nonsense", "", 0, ""},
	} {
		ioc := IOC{Type: c.t, Value: c.value}
		if got := ioc.Host(); got != c.host {
			t.Errorf("%s %q: host %q, want %q", c.t, c.value, got, c.host)
		}
		if got := ioc.Port(); got != c.port {
			t.Errorf("%s %q: port %d, want %d", c.t, c.value, got, c.port)
		}
		want, _ := netip.ParseAddr(c.addr)
		if got, ok := ioc.Addr(); got != want || ok != (c.addr != "") {
			t.Errorf("%s %q: address %v, %v, want %q", c.t, c.value, got, ok, c.addr)
		}
	}
}

func TestKey(t *testing.T) {
	url := func(s string) string { return IOC{Type: URL, Value: s}.Key() }
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"http://Lantern.Example/a", "HTTP://lantern.example/a", true},
		{"http://lantern.example/a", "http://lantern.example/A", false},
		{"http://lantern.example?A", "http://lantern.example?a", false},
		{"http://User@lantern.example/", "http://user@lantern.example/", false},
		{"http://user@Lantern.example/", "http://user@lantern.example/", true},
	} {
		if got := url(c.a) == url(c.b); got != c.same {
			t.Errorf("%s and %s: same is %v, want %v", c.a, c.b, got, c.same)
		}
	}
	if (IOC{Type: IP, Value: "x"}).Key() == (IOC{Type: Domain, Value: "x"}).Key() {
		t.Error("the type is not part of the key")
	}
}

func TestIOCJSON(t *testing.T) {
	for _, c := range []struct {
		name string
		ioc  IOC
		want string
	}{
		{"everything", IOC{
			Type: IPPort, Value: "192.0.2.1:443", Threat: BotnetCC, Family: "Lantern RAT", Confidence: 100,
			FirstSeen: date("2026-05-26"), Sources: []Source{{"a.md", 9}, {"b.md", 2}}, Differs: []string{"d"},
		}, `{"type":"ip:port","value":"192.0.2.1:443","host":"192.0.2.1","port":443,"threat":"botnet_cc","family":"Lantern RAT",` +
			`"confidence":100,"first_seen":"2026-05-26","source":"a.md","line":9,"mention":false,"differs":["d"]}`},
		{"the least", IOC{Type: Domain, Value: "lantern.example", Confidence: NoConfidence},
			`{"type":"domain","value":"lantern.example","mention":false}`},
		{"confidence 0 is stated", IOC{Type: Domain, Value: "lantern.example"},
			`{"type":"domain","value":"lantern.example","confidence":0,"mention":false}`},
		{"mention", IOC{Type: Domain, Value: "lantern.example", Confidence: NoConfidence, Mention: true, Context: "hypothesis", Sources: []Source{{"-", 1}}},
			`{"type":"domain","value":"lantern.example","source":"-","line":1,"mention":true,"context":"hypothesis"}`},
		{"a URL is readable", IOC{Type: URL, Value: "http://lantern.example/?a=1&b=<2>", Confidence: NoConfidence},
			`{"type":"url","value":"http://lantern.example/?a=1&b=<2>","host":"lantern.example","mention":false}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.ioc.MarshalJSON()
			if err != nil || string(got) != c.want {
				t.Errorf("got %s, %v\nwant %s", got, err, c.want)
			}
			if whole, err := json.Marshal(c.ioc); err != nil || !json.Valid(whole) {
				t.Errorf("json.Marshal gives %s, %v", whole, err)
			}
		})
	}
}

func TestSeen(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{" 2026-05-26 ", "2026-05-26"},
		{"2026-05-26 10:20:30 UTC", "2026-05-26T10:20:30Z"},
		{"2026-05-26 10:20:30", "2026-05-26T10:20:30Z"},
		{"2026-05-26T01:20:30+02:00", "2026-05-25T23:20:30Z"},
		{"2026-05-26T02:00:00+02:00", "2026-05-26"},
		{"2026-05-26T10:20:30.25Z", "2026-05-26T10:20:30.25Z"},
		{"2026-05-26 10:20", "2026-05-26T10:20:00Z"},
		{"2026-05-26 10:20:30.25", "2026-05-26T10:20:30.25Z"},
		{"2026-05-26T10:20:30.123456", "2026-05-26T10:20:30.123456Z"},
		{"2026-05-26 01:20:30+02:00", "2026-05-25T23:20:30Z"},
		{"2026/05/26", "2026-05-26"},
		{"2026/05/26 10:20:30", "2026-05-26T10:20:30Z"},
		{"1 Oct 2026", "2026-10-01"}, {"01 OCT 2026", "2026-10-01"}, {"10 January 2026", "2026-01-10"}, {"Oct 1, 2026", "2026-10-01"}, {"October 1, 2026", "2026-10-01"}, {"Oct 22 2026", "2026-10-22"}, {"october 2 2026", "2026-10-02"}, {"1-Oct-2026", "2026-10-01"},
		{"1 Oct 2026 10:20", "2026-10-01T10:20:00Z"}, {"Thu, 01 Oct 2026 10:20:30 GMT", "2026-10-01T10:20:30Z"}, {"Thu, 01 Oct 2026 01:20:30 +0200", "2026-09-30T23:20:30Z"},
		{"2026-05-26T01:20:30+0200", "2026-05-25T23:20:30Z"}, {"2026-05-26 01:20:30 +0200", "2026-05-25T23:20:30Z"},
	} {
		got, err := ParseSeen(c.in)
		if err != nil || FormatSeen(got) != c.want {
			t.Errorf("ParseSeen(%q) = %v, %v; want %s", c.in, got, err, c.want)
		}
		if back, err := ParseSeen(FormatSeen(got)); err != nil || !back.Equal(got) {
			t.Errorf("%q is written as %q and read as %v, %v", c.in, FormatSeen(got), back, err)
		}
	}
	for _, bad := range []string{"2026-02-30", "26.05.2026", "05/26/2026", "20260526", "yesterday", "2026-05", "75%", "1 Okt 2026", "31 Feb 2026", "Thu, 01 Oct 2026 10:20:30 CEST", "1790812800"} {
		_, err := ParseSeen(bad)
		var ve *ValueError
		if !errors.As(err, &ve) || ve.Value != bad {
			t.Errorf("ParseSeen(%q): %v", bad, err)
		}
	}
	east := time.FixedZone("east", 9*3600)
	if got := FormatSeen(time.Date(2026, 5, 26, 9, 0, 0, 0, east)); got != "2026-05-26" {
		t.Errorf("midnight UTC seen from the east is written %s", got)
	}
}

func TestSeenNumber(t *testing.T) {
	for in, want := range map[string]string{
		"2026-10-01": "2026-10-01", "20261001": "2026-10-01", "1790812800": "2026-10-01", " 1790812801 ": "2026-10-01T00:00:01Z", "1790812800250": "2026-10-01T00:00:00.25Z", "": "",
	} {
		got, err := ParseSeenNumber(in)
		if err != nil || FormatSeen(got) != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, bad := range []string{"0", "75", "20261301", "10000101", "0000000001", "0000000000001", "-790812800", "+790812800", "17908128000", "soon"} {
		if got, err := ParseSeenNumber(bad); err == nil || !got.IsZero() {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}

func TestSourceString(t *testing.T) {
	if got := (Source{"a.md", 3}).String(); got != "a.md:3" {
		t.Error(got)
	}
	if got := (Source{"a.stix", 0}).String(); got != "a.stix" {
		t.Error(got)
	}
}

func TestTypes(t *testing.T) {
	hashes := 0
	for _, typ := range Types {
		if !typ.Known() {
			t.Errorf("%s is listed but not known", typ)
		}
		if typ.IsHash() {
			hashes++
			if !strings.HasSuffix(string(typ), "_hash") {
				t.Errorf("%s counts as a hash", typ)
			}
		}
	}
	if hashes != 5 {
		t.Errorf("%d hash types, want 5", hashes)
	}
	if Type("ja3").Known() || Type("").Known() || Threat("").Known() || Threat("phishing").Known() {
		t.Error("an unknown word counts as known")
	}
	for _, th := range []Threat{BotnetCC, PayloadDelivery, Payload, CCSkimming} {
		if !th.Known() {
			t.Errorf("%s is not known", th)
		}
	}
}
