package misp

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
	uuid      = "00000000-0000-4000-8000-000000000001"
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

// whole is an event whose tags stand behind its attributes.
const whole = `{"Event": {"uuid": "` + uuid + `", "info": "Otters in June", "date": "2026-06-01", "Orgc": {"name": "Publisher"}, "Attribute": [
 {"type": "ip-dst", "to_ids": true, "value": "192.0.2.7", "comment": "Otter RAT botnet C2 server (confidence level: 75%)", "timestamp": "1768608542"},
 {"type": "ip-dst|port", "to_ids": true, "value": "192.0.2.7|443", "first_seen": "2026-05-01T10:00:00.000000+00:00", "last_seen": "2026-05-02T00:00:00+00:00"},
 {"type": "ip-src|port", "to_ids": "1", "value": "2001:db8::7|8080"},
 {"type": "ip-dst|port", "to_ids": true, "value": "192.0.2.8:443"},
 {"type": "ip-src", "to_ids": true, "value": "198.51.100.0/24"},
 {"type": "domain", "to_ids": true, "value": "panel[.]example", "comment": "https://blog.example/2", "Tag": [{"name": "misp-galaxy:mitre-malware=\"Beaver - S0013\""}, {"name": "misp:confidence-level=\"usually-confident\""}, {"name": "kill-chain:Command and Control"}]},
 {"type": "hostname|port", "to_ids": true, "value": "c2.example|8443"},
 {"type": "domain|ip", "to_ids": true, "value": "a.example|192.0.2.9"},
 {"type": "url", "to_ids": false, "value": "http://a.example/x"},
 {"type": "uri", "to_ids": true, "value": "/gate.php"},
 {"type": "link", "to_ids": false, "value": "https://blog.example/1"},
 {"type": "filename|sha256", "to_ids": true, "value": "a|b.exe|` + sha256Hex + `", "comment": "Dropper"},
 {"type": "malware-sample", "to_ids": true, "value": "c.exe|` + md5Hex + `", "data": "UEsDBA=="},
 {"type": "filename|sha1", "to_ids": true, "value": "` + sha1Hex + `"},
 {"type": "filename", "to_ids": true, "value": "d.exe"},
 {"type": "email-src", "to_ids": true, "value": "a@example.org"},
 {"type": "x509-fingerprint-sha1", "to_ids": true, "value": "` + sha1Hex + `"},
 {"type": "regkey", "to_ids": true, "value": "HKLM\\x"},
 {"type": "regkey", "to_ids": false, "value": "HKLM\\y"},
 {"type": "imphash", "to_ids": true, "value": "` + md5Hex + `"},
 {"type": "domain", "to_ids": true, "deleted": true, "value": "gone.example"},
 {"type": "domain", "to_ids": true, "value": "not a name"},
 {"type": "sha256", "to_ids": true, "value": "1234"},
 {"to_ids": true, "value": "x"},
 {"type": "md5", "to_ids": true, "value": "` + md5Hex + `", "ShadowAttribute": [{"value": "y"}]}
], "Object": [
 {"name": "ip-port", "comment": "Behind a proxy", "first_seen": "2026-04-01T00:00:00Z", "Attribute": [
  {"type": "port", "object_relation": "dst-port", "value": "80", "to_ids": false},
  {"type": "ip-dst", "object_relation": "ip", "value": "203.0.113.5", "to_ids": true},
  {"type": "port", "object_relation": "dst-port", "value": "81", "to_ids": false}]},
 {"name": "file", "Attribute": [{"type": "md5", "object_relation": "md5", "value": "` + md5Hex + `", "to_ids": true}], "deleted": true},
 {"name": "url", "Attribute": [{"type": "port", "object_relation": "port", "value": "80"}, {"type": "url", "object_relation": "url", "value": "http://192.0.2.1:80/", "to_ids": true}]}
], "ShadowAttribute": [{}], "EventReport": [{"content": "What they do."}],
"Tag": [{"name": "tlp:amber"}, {"name": "misp-galaxy:malpedia=\"Otter RAT\""}, {"name": "misp-galaxy:rat=\"otter rat\""}, {"name": "misp-galaxy:mitre-attack-pattern=\"DNS - T1071.004\""}]}}
`

func TestEvent(t *testing.T) {
	bs, err := readertest.Read(t, Reader{}, whole)
	if err != nil || len(bs) != 1 {
		t.Fatal(len(bs), err)
	}
	const plain = " family=Otter RAT ref=https://blog.example/1 tags=tlp:amber"
	const regkey = ` are no IOCs that Quarry hunts: `
	want := []string{
		"2 ip 192.0.2.7 threat=botnet_cc family=Otter RAT confidence=75 ref=https://blog.example/1 tags=tlp:amber,Otter RAT botnet C2 server (confidence level: 75%)",
		"3 ip:port 192.0.2.7:443 family=Otter RAT first=2026-05-01T10:00:00Z last=2026-05-02 ref=https://blog.example/1 tags=tlp:amber",
		"4 ip:port [2001:db8::7]:8080" + plain,
		"5 ip:port 192.0.2.8:443" + plain,
		"6 cidr 198.51.100.0/24" + plain,
		`7 domain panel.example threat=botnet_cc family=Beaver confidence=75 ref=https://blog.example/2 tags=misp-galaxy:mitre-malware="Beaver - S0013",misp:confidence-level="usually-confident",kill-chain:Command and Control,tlp:amber`,
		"8 domain c2.example" + plain + ",port 8443",
		"9 domain a.example" + plain,
		"9 ip 192.0.2.9" + plain,
		"13 sha256_hash SHA256" + plain + ",Dropper",
		"14 md5_hash MD5" + plain,
		"15 sha1_hash SHA1" + plain,
		"16 file_name d.exe" + plain,
		"17 email a@example.org" + plain,
		"26 md5_hash MD5" + plain,
		"30 ip:port 203.0.113.5:80 family=Otter RAT first=2026-04-01 ref=https://blog.example/1 tags=tlp:amber,Behind a proxy",
		"30 ip:port 203.0.113.5:81 family=Otter RAT first=2026-04-01 ref=https://blog.example/1 tags=tlp:amber,Behind a proxy",
		"33 url http://192.0.2.1:80/" + plain,
		"10 mention url http://a.example/x" + plain + " (to_ids is not set: the event does not mean it for detection)",
		"12 mention url https://blog.example/1 family=Otter RAT tags=tlp:amber (a link, which is a reference)",
		"13 mention file_name a|b.exe" + plain + ",Dropper (the name of a file that is listed by its hash)",
		"14 mention file_name c.exe" + plain + " (the name of a file that is listed by its hash)",
		`23 error bad-value: "not a name" is no domain (a name has at least two labels, such as example.com), so no IOC is made of it`,
		`24 error bad-value: "1234" is no sha256_hash (it has 4 characters, the hash has 64), so no IOC is made of it`,
		`25 warning unknown-type: the attribute "x" has no type, so no IOC is made of it`,
		`8 warning port-left-out: names and blocks with a port are hunted without it; it is kept as a tag: 1`,
		"10 info not-for-detection: attributes without to_ids are mentions, off until you switch them on: the event does not mean them for detection: 1",
		`11 info not-an-ioc: attributes of the type "uri" that are parts of URLs are no IOCs: 1`,
		`18 info not-an-ioc: attributes of the type "x509-fingerprint-sha1"` + regkey + "1",
		`19 info not-an-ioc: attributes of the type "regkey"` + regkey + "2",
		`21 info not-an-ioc: attributes of the type "imphash"` + regkey + "1",
		"22 info deleted-record: attributes that the event marks as deleted are left out: 1",
		"26 info not-an-ioc: proposals to change an event are no part of it: 2",
		"32 info deleted-record: objects that the event marks as deleted are left out: 1",
		`33 info not-an-ioc: attributes of the type "port"` + regkey + "1",
	}
	if diff := cmp.Diff(want, lines(bs)); diff != "" {
		t.Error(diff)
	}
	b := bs[0]
	text := `What they do.

Tags: tlp:amber, misp-galaxy:malpedia="Otter RAT", misp-galaxy:rat="otter rat", misp-galaxy:mitre-attack-pattern="DNS - T1071.004"`
	if b.Title != "Otters in June" || b.Text != text || b.Family != "Otter RAT" || b.Total != feed.NoTotal {
		t.Errorf("%+v", b)
	}
	readertest.Check(t, Reader{}, whole)
}

const (
	attributeA = `{"type":"domain","to_ids":true,"value":"a.example"}`
	attributeB = `{"type":"domain","to_ids":true,"value":"b.example"}`
)

func TestDocuments(t *testing.T) {
	for _, c := range []struct {
		what, text string
		docs       int
		want       []string
	}{
		{"response", `{"response":[{"Event":{"info":"A","Attribute":[` + attributeA + `]}},` + "\n" + `{"Event":{"Attribute":[` + attributeB + `],"info":"B","Tag":[{"name":"x"}]}}]}`, 2,
			[]string{"1 domain a.example", "2 domain b.example tags=x"}},
		{"list", `[{"Event":{"Attribute":[` + attributeA + `]}},` + "\n" + `{"Event":{"Attribute":[` + attributeB + `]}}]`, 2, []string{"1 domain a.example", "2 domain b.example"}},
		{"one a line", `{"Event":{"Attribute":[` + attributeA + `]}}` + "\n" + `{"Event":{"Attribute":[` + attributeB + `]}}`, 2, []string{"1 domain a.example", "2 domain b.example"}},
		{"without a wrapping", `{"uuid":"` + uuid + `","info":"A","Attribute":[` + attributeA + `]}`, 1, []string{"1 domain a.example"}},
		{"attributes that were searched for", `{"response":{"Attribute":[{"type":"domain","to_ids":true,"value":"a.example","Event":{"info":"A"}}]}}`, 1, []string{"1 domain a.example tags=A"}},
		{"a list of attributes", `[{"type":"domain","to_ids":true,"value":"a.example","Event":{"info":"A"}},` + "\n" + attributeB + `]`, 1, []string{"1 domain a.example tags=A", "2 domain b.example"}},
		{"commas too many", "{\"Event\":{\"Attribute\":[\n" + attributeA + ",\n],\n}}", 1,
			[]string{"2 domain a.example", "2 warning trailing-comma: a comma stands before a closing bracket, which JSON does not allow; it is read without it"}},
		{"several families and links", `{"Event":{"Tag":[{"name":"misp-galaxy:tool=\"A\""},{"name":"misp-galaxy:rat=\"B\""}],"Attribute":[` + attributeA + `,{"type":"link","value":"https://a.example/"},{"type":"link","value":"https://b.example/"}]}}`, 1,
			[]string{"1 domain a.example tags=A,B", "1 mention url https://a.example/ tags=A,B (a link, which is a reference)", "1 mention url https://b.example/ tags=A,B (a link, which is a reference)"}},
		{"values of other kinds", `{"Event":{"info":7,"Tag":{"name":"x"},"Attribute":[{"type":"domain","to_ids":"true","value":["a.example"]},7,null,{"type":"ip-dst","value":"192.0.2.1","Tag":"x"}],"Object":null}}`, 1,
			[]string{
				"1 mention ip 192.0.2.1 (to_ids is not set: the event does not mean it for detection)",
				`1 error bad-value: "[\"a.example\"]" is no domain (a name has only letters, digits, hyphens and underscores), so no IOC is made of it`,
				"1 warning bad-field: here is a number where something else should be, so it is not read",
				`1 warning unknown-type: the attribute "" has no type, so no IOC is made of it`,
				`1 warning unknown-type: the attribute "" has no type, so no IOC is made of it`,
				`1 warning bad-field: the field "Tag" is a string, which it should not be, so it is not read`,
				"1 info not-for-detection: attributes without to_ids are mentions, off until you switch them on: the event does not mean them for detection: 1",
			}},
		{"a galaxy without a family, a confidence that cannot be told", `{"Event":{"Tag":[{"name":"misp:confidence-level=\"unconfident\""}],"Attribute":[{"type":"md5","to_ids":true,"value":"` + md5Hex + `","comment":"Unknown malware payload (confidence level: 50%)"},{"type":"md5","to_ids":true,"value":"` + md5Hex + `","comment":"x (confidence level: 500%)","Tag":[{"name":"misp-galaxy:threat-actor=\"X\""}]}]}}`, 1,
			[]string{
				`1 md5_hash MD5 threat=payload confidence=50 tags=misp:confidence-level="unconfident",Unknown malware payload (confidence level: 50%)`,
				`1 md5_hash MD5 confidence=0 tags=misp-galaxy:threat-actor="X",misp:confidence-level="unconfident",x (confidence level: 500%)`,
			}},
		{"manifest", `{"` + uuid + `":{"info":"A","Orgc":{"name":"P"},"date":"2026-01-01"},"00000000-0000-4000-8000-000000000002":{}}`, 1,
			[]string{"1 info feed-index: this lists the 2 events of a MISP feed and holds no IOCs itself; open the folder with the events"}},
		{"hashes of values", md5Hex + "," + uuid + "\n" + md5Hex + "," + uuid + "\n", 1,
			[]string{"1 info feed-index: these 2 lines are MD5 sums of the values in a MISP feed, to look them up by, and no hashes of files; the events themselves hold the IOCs"}},
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
		{whole, sureOfEvent},
		{`{"response":[{"Event":{`, sureOfEvent},
		{`[{"Event":{"info"`, sureOfEvent},
		{`{"response":{"Attribute":[`, sureOfEvent},
		{`[{"type":"domain","value":"a.example","to_ids":true`, sureOfEvent},
		{`{"date":"2026-01-01","info":"A","Attribute":[]`, sureOfBare},
		{`{"` + uuid + `":{"info":"A","date":"x"`, sureOfIndex},
		{md5Hex + "," + uuid + "\n" + md5Hex[:7], sureOfIndex},
		{md5Hex + "," + uuid, sureOfIndex},
		{md5Hex + "," + uuid + "\n" + md5Hex + ",evil\nx", 0},
		{"md5,uuid\n" + md5Hex + "," + uuid, 0},
		{`{"` + uuid + `":{"ioc_value":"A"`, 0},
		{`{"info":"A","Attribute":[]}`, 0},
		{`{"event":{}}`, 0}, {`{"Events":[]}`, 0}, {`{"response":[]}`, 0}, {"{}", 0}, {"", 0}, {"x", 0},
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
	readertest.Cut(t, Reader{}, `{"response":[{"Event":{"info":"A","Attribute":[
`+attributeA+`],"Object":[{"name":"file","Attribute":[
{"type":"sha1","to_ids":true,"value":"`+sha1Hex+`"}],"deleted":false}]}},
{"Event":{"info":"B","Attribute":[`+attributeB+`]}}]}`)
	// An object that turns out to be deleted gives nothing, however it is cut.
	text := `{"Event":{"Object":[{"Attribute":[` + attributeA + `],"deleted":true}]}}`
	for at := range len(text) {
		if bs, _ := readertest.Read(t, Reader{}, text[:at+1]); len(bs) > 0 && len(bs[0].IOCs) > 0 {
			t.Fatal(text[:at+1])
		}
	}
}

func TestHostile(t *testing.T) {
	for _, text := range []string{
		`{"Event":` + strings.Repeat("[", 100_000), `{"Event":{"Attribute":[` + strings.Repeat(`{"Tag":[`, 100_000),
		`{"Event":{"Object":[{"Attribute":[` + strings.Repeat(`{"type":"port","object_relation":"dst-port","value":"1"},{"type":"ip-dst","object_relation":"ip","value":"192.0.2.1"},`, 5000) + `{}]}]}}`,
		`{"Event":{"Attribute":[` + strings.Repeat(`{"type":"domain","value":"x"},`, 5000) + `{}]}}`,
		`{"Event":{"Tag":[` + strings.Repeat(`{"name":"a"},`, 50_000) + `{}],"Attribute":[` + strings.Repeat(attributeA+",", 5000) + `{}]}}`,
		`{"Event":{"Attribute":[{"type":"md5","to_ids":true,"value":"` + md5Hex + `","comment":"` + strings.Repeat("a ", 500_000) + `(confidence level: 5%)"}]}}`,
		`{"response":[` + strings.Repeat(`{"Event":[]},`, 5000) + `{}]}`,
	} {
		readertest.Check(t, Reader{}, text)
	}
}

// TestLarge reads many attributes on one line, and one of 100 MB.
func TestLarge(t *testing.T) {
	bs, err := readertest.ReadBig(t, Reader{}, readertest.Big(10<<20, `{"Event":{"Attribute":[`, attributeA+",", `{}]}}`))
	if err != nil || len(bs) != 1 || len(bs[0].IOCs) < 10<<20/len(attributeA+",") {
		t.Error(len(bs), err)
	}
	bs, err = readertest.ReadBig(t, Reader{}, readertest.Big(100<<20, `{"Event":{"Attribute":[`+attributeA+`,{"type":"malware-sample","data":"`, "aaaaaaaaaaaaaaaa", `"}]}}`))
	if err != nil || len(bs) != 1 || len(bs[0].IOCs) != 1 {
		t.Error(len(bs), err)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(whole)
	f.Add(`{"response":{"Attribute":[` + attributeA + `,]}}`)
	f.Add(`{"` + uuid + `":{"info":"A","date":"x"}}`)
	f.Add(md5Hex + "," + uuid + "\n")
	f.Add(`{"uuid":"` + uuid + `","info":"A","Attribute":[` + attributeA + `]}`)
	f.Fuzz(func(t *testing.T, text string) { readertest.Check(t, Reader{}, text) })
}

// TestObjectsJoin joins what the attributes of an object say of each other: an
// address with its port, a name with the tag of one, and both with the object's
// link.
func TestObjectsJoin(t *testing.T) {
	bs, err := readertest.Read(t, Reader{}, `{"Event": {"info": "Otter", "Object": [
{"name": "domain-ip", "Attribute": [
{"type": "domain", "object_relation": "domain", "value": "panel.example", "to_ids": true},
{"type": "ip-dst", "object_relation": "ip", "value": "192.0.2.1", "to_ids": true},
{"type": "port", "object_relation": "dst-port", "value": "8443"},
{"type": "link", "value": "https://blog.example/2"}]},
{"name": "url", "Attribute": [
{"type": "url", "value": "http://192.0.2.2/", "to_ids": true},
{"type": "link", "value": "https://blog.example/3"}, {"type": "link", "value": "https://blog.example/4"}]}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range readertest.Lines(bs) {
		if !strings.Contains(line, " mention ") {
			got = append(got, line)
		}
	}
	want := []string{
		"3 domain panel.example ref=https://blog.example/2 tags=port 8443",
		"4 ip:port 192.0.2.1:8443 ref=https://blog.example/2",
		"8 url http://192.0.2.2/",
		"3 warning port-left-out: names and blocks with a port are hunted without it; it is kept as a tag: 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTypes(t *testing.T) {
	all, err := readTypes(typesYAML)
	if err != nil || len(all) != 29 || len(all["filename|sha256"]) != 2 || all["ja3-fingerprint-md5"] != nil {
		t.Errorf("%d types, %v", len(all), err)
	}
	for _, bad := range []string{"- a", "ip-src: [adress]"} {
		if _, err := readTypes([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
