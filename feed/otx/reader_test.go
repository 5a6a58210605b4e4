package otx

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/feed/internal/readertest"
)

const (
	md5Hex    = "0123456789abcdef0123456789abcdef"
	sha1Hex   = "0123456789abcdef0123456789abcdef01234567"
	sha256Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// lines are those of documents, with the hashes of this file by name.
func lines(bs []*feed.Bulletin) []string {
	all := readertest.Lines(bs)
	r := strings.NewReplacer(sha256Hex, "SHA256", sha1Hex, "SHA1", md5Hex, "MD5")
	for i := range all {
		all[i] = r.Replace(all[i])
	}
	return all
}

// whole is a pulse that says of itself behind its indicators what it is.
const whole = `{"id": "0", "indicators": [
 {"id": 1, "indicator": "192.0.2.7", "type": "IPv4", "created": "2026-05-01T10:00:00", "is_active": 1, "role": "command_and_control", "title": "Panel", "description": "", "content": "", "expiration": null},
 {"indicator": "2001:db8::7", "type": "IPv6", "created": "2026-05-01T10:00:00.123456", "is_active": true, "expiration": "2026-08-01T00:00:00"},
 {"indicator": "a.example", "type": "domain", "role": null},
 {"indicator": "www.a.example", "type": "hostname", "is_active": 0},
 {"indicator": "http://a.example/x", "type": "URL", "role": "malware_hosting"},
 {"indicator": "/gate.php", "type": "URI"},
 {"indicator": "hxxp://b.example/", "type": "URI"}, {"indicator": "c.example/gate", "type": "URI"}, {"indicator": "d.example", "type": "URL"},
 {"indicator": "198.51.100.0/24", "type": "CIDR"},
 {"indicator": "a@example.org", "type": "email"},
 {"indicator": "` + md5Hex + `", "type": "FileHash-MD5"},
 {"indicator": "` + sha1Hex + `", "type": "FileHash-SHA1"},
 {"indicator": "` + sha256Hex + `", "type": "FileHash-SHA256"},
 {"indicator": "` + md5Hex + `", "type": "FileHash-IMPHASH"},
 {"indicator": "CVE-2026-0001", "type": "CVE"},
 {"indicator": "CVE-2026-0002", "type": "CVE"},
 {"indicator": "x", "type": "Otter"},
 {"indicator": "y"},
 {"indicator": "1234", "type": "FileHash-MD5", "created": "yesterday"}],
 "name": "Otters in June", "description": "What they do.", "author_name": "Publisher", "tags": ["rat", "RAT", "otter"],
 "references": ["https://blog.example/1", "https://blog.example/2"], "malware_families": [{"id": "Otter", "display_name": "Otter RAT", "target": null}],
 "attack_ids": ["T1071"], "adversary": "Wet Panda", "TLP": "green", "indicator_count": 21}
`

func TestPulse(t *testing.T) {
	bs, err := readertest.Read(t, Reader{}, whole)
	if err != nil || len(bs) != 1 {
		t.Fatal(len(bs), err)
	}
	const ref, tags = " ref=https://blog.example/1 tags=", "rat,otter,Wet Panda,T1071,tlp:green"
	want := []string{
		"2 ip 192.0.2.7 threat=botnet_cc family=Otter RAT first=2026-05-01T10:00:00Z" + ref + "command_and_control," + tags + ",Panel",
		"3 ip 2001:db8::7 family=Otter RAT first=2026-05-01T10:00:00.123456Z" + ref + tags + ",valid until 2026-08-01T00:00:00",
		"4 domain a.example family=Otter RAT" + ref + tags,
		"6 url http://a.example/x threat=payload_delivery family=Otter RAT" + ref + "malware_hosting," + tags,
		"8 url http://b.example/ family=Otter RAT" + ref + tags,
		"8 url c.example/gate family=Otter RAT" + ref + tags,
		"8 domain d.example family=Otter RAT" + ref + tags,
		"9 cidr 198.51.100.0/24 family=Otter RAT" + ref + tags,
		"10 email a@example.org family=Otter RAT" + ref + tags,
		"11 md5_hash MD5 family=Otter RAT" + ref + tags,
		"12 sha1_hash SHA1 family=Otter RAT" + ref + tags,
		"13 sha256_hash SHA256 family=Otter RAT" + ref + tags,
		"5 mention domain www.a.example family=Otter RAT" + ref + tags + " (an indicator that OTX says is not active any more)",
		`8 warning type-differs: the source says that "d.example" is of the type url; it is read as domain, which it is by its looks`,
		`18 warning unknown-type: the indicator "y" has no type, so no IOC is made of it`,
		`19 error bad-value: "1234" is no md5_hash (it has 4 characters, the hash has 32), so no IOC is made of it`,
		"1 warning count-differs: the pulse counts 21 indicators, and there are 20: the others may stand on another page of the answer",
		"2 info more-references: indicators have more references than one, of which the first is kept: 14",
		`7 info not-an-ioc: indicators of the type "URI" that are parts of URLs are no IOCs: 1`,
		`14 info not-an-ioc: indicators of the type "FileHash-IMPHASH" are no IOCs that Quarry hunts: 1`,
		`15 info not-an-ioc: indicators of the type "CVE" are no IOCs that Quarry hunts: 2`,
		`17 warning unknown-type: indicators of the type "Otter", which Quarry does not know, are mentions where their looks say what they are: 1`,
	}
	if diff := cmp.Diff(want, lines(bs)); diff != "" {
		t.Error(diff)
	}
	b := bs[0]
	if b.Title != "Otters in June" || b.Text != "What they do." || b.Family != "Otter RAT" || b.Total != 21 {
		t.Errorf("%+v", b)
	}
	readertest.Check(t, Reader{}, whole)
}

const (
	indicatorA = `{"indicator":"a.example","type":"domain"}`
	indicatorB = `{"indicator":"b.example","type":"domain"}`
)

func TestDocuments(t *testing.T) {
	for _, c := range []struct {
		what, text string
		docs       int
		want       []string
	}{
		{"subscribed", `{"count":2,"results":[{"name":"A","indicators":[` + indicatorA + `]},` + "\n" + `{"indicators":[` + indicatorB + `],"name":"B","malware_families":["X","Y"],"tags":"z"}],"next":null}`, 2,
			[]string{"1 domain a.example", "2 domain b.example tags=z,X,Y"}},
		{"list", `[{"indicators":[` + indicatorA + `]},{"indicators":[` + indicatorB + `]}]`, 2, []string{"1 domain a.example", "1 domain b.example"}},
		{"indicators without a pulse", `{"results":[` + indicatorA + ",\n" + indicatorB + `],"count":2}`, 1, []string{"1 domain a.example", "2 domain b.example"}},
		{"a path", `[{"indicator":"C:\\x\\drop.exe","type":"FilePath"}]`, 1, []string{
			"1 file_name drop.exe", `1 info path-as-name: the path "C:\\x\\drop.exe" is read as the name of the file, "drop.exe", which is what a hunt compares`}},
		{"a list of indicators", "\n[" + indicatorA + "]", 1, []string{"2 domain a.example"}},
		{"a comma too many, values of other kinds", `{"indicators":[{"indicator":"a.example","type":"domain"},7,null,],"name":["x"],"tags":{"a":1},"malware_families":"x"}`, 1,
			[]string{
				`1 domain a.example tags={"a":1}`,
				"1 warning trailing-comma: a comma stands before a closing bracket, which JSON does not allow; it is read without it",
				"1 warning bad-field: here is a number where something else should be, so it is not read",
				`1 warning unknown-type: the indicator "" has no type, so no IOC is made of it`,
				`1 warning unknown-type: the indicator "" has no type, so no IOC is made of it`,
			}},
	} {
		t.Run(c.what, func(t *testing.T) {
			bs, err := readertest.Read(t, Reader{}, c.text)
			if err != nil || len(bs) != c.docs {
				t.Fatal(len(bs), err)
			}
			if diff := cmp.Diff(c.want, lines(bs)); diff != "" {
				t.Error(diff)
			}
			readertest.Check(t, Reader{}, c.text)
		})
	}
}

func TestSure(t *testing.T) {
	for _, c := range []struct {
		text string
		want feed.Sureness
	}{
		{whole, sureOfIndicators},
		{`{"results":[{"indicators":[{"indicator":"x","type":"Otter"`, sureOfIndicators},
		{`{"author_name":"x","name":"y","references":[],"malware_families":[]`, sureOfPulse},
		{`[{"indicator":"a.example","type":"hostname"`, sureOfList},
		{`[{"indicator":"a.example","type":"otter"`, 0},
		{`[{"indicator":"a.example","type":"domain","score":50}]`, 0},
		{`{"indicator":"a.example","type":"domain"}`, 0},
		{`{"indicators":["a.example"]}`, 0},
		{`{"Event":{}}`, 0}, {`{"name":"x","references":[]}`, 0}, {"[]", 0}, {"", 0}, {"x", 0},
	} {
		if got := (Reader{}).Sure([]byte(c.text)); got != c.want {
			t.Errorf("%.60s: %d, want %d", c.text, got, c.want)
		}
	}
	if _, err := readertest.Read(t, Reader{}, "{}"); err == nil {
		t.Error("an empty object is read")
	}
}

func TestCut(t *testing.T) {
	readertest.Cut(t, Reader{}, `{"results":[{"name":"A","indicators":[
`+indicatorA+`]},{"name":"B","indicators":[
`+indicatorB+`]}]}`)
}

func TestHostile(t *testing.T) {
	for _, text := range []string{
		`{"results":` + strings.Repeat("[", 100_000), `{"indicators":[` + indicatorA + "," + strings.Repeat(`{"title":[`, 100_000),
		`{"indicators":[` + strings.Repeat(`{"indicator":"x","type":"domain"},`, 5000) + `{}]}`,
		`{"indicators":[` + strings.Repeat(indicatorA+",", 5000) + `{}],"tags":["` + strings.Repeat(`a","b`, 50_000) + `"]}`,
		`{"results":[` + strings.Repeat(`{"indicators":[`+indicatorA+`]},`, 2000) + `[]]}`,
	} {
		readertest.Check(t, Reader{}, text)
	}
}

// TestLarge reads many indicators on one line, and one of 100 MB.
func TestLarge(t *testing.T) {
	bs, err := readertest.ReadBig(t, Reader{}, readertest.Big(4<<20, `{"indicators":[`, indicatorA+",", `{}]}`))
	if err != nil || len(bs) != 1 || len(bs[0].IOCs) < 4<<20/len(indicatorA+",") {
		t.Error(len(bs), err)
	}
	bs, err = readertest.ReadBig(t, Reader{}, readertest.Big(100<<20, `{"indicators":[`+indicatorA+`,{"type":"x","content":"`, "aaaaaaaaaaaaaaaa", `"}]}`))
	if err != nil || len(bs) != 1 || len(bs[0].IOCs) != 1 {
		t.Error(len(bs), err)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(whole)
	f.Add(`{"results":[` + indicatorA + `,]}`)
	f.Add(`[{"indicators":[` + indicatorA + `],"indicator_count":7}]`)
	f.Fuzz(func(t *testing.T, text string) { readertest.Check(t, Reader{}, text) })
}
