package stix

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/feed/internal/readertest"
)

const id = "00000000-0000-4000-8000-0000000000"

// whole is a bundle of STIX 2.1 with something of everything.
const whole = `{"type": "bundle", "id": "bundle--` + id + `00", "objects": [
 {"type": "identity", "spec_version": "2.1", "id": "identity--` + id + `01", "name": "Publisher"},
 {"type": "relationship", "id": "relationship--` + id + `02", "relationship_type": "indicates", "source_ref": "indicator--` + id + `10", "target_ref": "malware--` + id + `03"},
 {"type": "relationship", "id": "relationship--` + id + `04", "relationship_type": "indicates", "source_ref": "indicator--` + id + `10", "target_ref": "threat-actor--` + id + `05"},
 {"type": "indicator", "spec_version": "2.1", "id": "indicator--` + id + `10", "name": "Panel", "description": "Seen\n in June", "pattern_type": "stix",
  "pattern": "[domain-name:value = 'panel.example' OR network-traffic:dst_ref.value = '192.0.2.7' AND network-traffic:dst_port = 443]",
  "valid_from": "2026-05-01T10:00:00.5Z", "valid_until": "2026-11-01T00:00:00Z", "confidence": 85, "indicator_types": ["malicious-activity"], "labels": ["C2"],
  "kill_chain_phases": [{"kill_chain_name": "lockheed-martin-cyber-kill-chain", "phase_name": "command-and-control"}],
  "object_marking_refs": ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", "marking-definition--` + id + `07"],
  "external_references": [{"source_name": "mitre-attack", "external_id": "T1071"}, {"source_name": "blog", "url": "https://blog.example/1"}, {"source_name": "blog", "url": "https://blog.example/2"}]},
 {"type": "indicator", "id": "indicator--` + id + `11", "pattern_type": "stix", "pattern": "[file:hashes.'SHA-256' = '` + sha256Hex + `' AND file:name = 'a.exe' AND file:size = 3]", "labels": ["payload"]},
 {"type": "indicator", "id": "indicator--` + id + `12", "pattern_type": "yara", "pattern": "rule a { condition: true }"},
 {"type": "indicator", "id": "indicator--` + id + `13", "pattern_type": "stix", "pattern": "[domain-name:value = ]"},
 {"type": "indicator", "id": "indicator--` + id + `14", "pattern_type": "stix", "pattern": "[domain-name:value = 'no domain']"},
 {"type": "indicator", "id": "indicator--` + id + `15", "pattern_type": "stix", "pattern": "[url:value = 'http://old.example/']", "revoked": true},
 {"type": "indicator", "id": "indicator--` + id + `16", "pattern_type": "stix", "pattern": "[url:value = 'http://good.example/']", "indicator_types": ["benign"]},
 {"type": "indicator", "id": "indicator--` + id + `17", "pattern_type": "stix", "pattern": "[url:value LIKE 'http://%'] FOLLOWEDBY [domain-name:value != 'x.example' AND ipv4-addr:value = '192.0.2.9']"},
 {"type": "indicator", "id": "indicator--` + id + `18", "pattern_type": "stix", "pattern": "[network-traffic:dst_ref.value = 'c2.example' AND network-traffic:dst_port = 8080]"},
 {"type": "malware", "id": "malware--` + id + `03", "name": "Otter RAT", "sample_refs": ["file--` + id + `20"]},
 {"type": "threat-actor", "id": "threat-actor--` + id + `05", "name": "Wet Panda"},
 {"type": "marking-definition", "id": "marking-definition--` + id + `07", "definition_type": "statement", "definition": {"statement": "Copyright"}, "name": "Copyright"},
 {"type": "file", "id": "file--` + id + `20", "name": "b.exe", "hashes": {"MD5": "` + md5Hex + `", "SSDEEP": "3:a:b"}},
 {"type": "ipv4-addr", "id": "ipv4-addr--` + id + `21", "value": "198.51.100.4"},
 {"type": "network-traffic", "id": "network-traffic--` + id + `22", "dst_ref": "ipv4-addr--` + id + `21", "dst_port": 8443, "protocols": ["tcp"]},
 {"type": "observed-data", "id": "observed-data--` + id + `23", "first_observed": "2026-04-01T00:00:00Z", "last_observed": "2026-04-02T00:00:00Z", "object_refs": ["domain-name--` + id + `24"]},
 {"type": "domain-name", "id": "domain-name--` + id + `24", "value": "seen.example"},
 {"type": "x509-certificate", "id": "x509-certificate--` + id + `25", "hashes": {"SHA-1": "` + sha1Hex + `"}},
 {"type": "vulnerability", "id": "vulnerability--` + id + `26", "name": "CVE-2026-0001"},
 {"type": "report", "id": "report--` + id + `27", "name": "Otters in June", "description": "What they do.", "object_refs": []}
]}
`

// lines are those of documents, with the hashes of this file by name.
func lines(bs []*feed.Bulletin) []string {
	all := readertest.Lines(bs)
	r := strings.NewReplacer(sha256Hex, "SHA256", sha1Hex, "SHA1", md5Hex, "MD5")
	for i := range all {
		all[i] = r.Replace(all[i])
	}
	return all
}

func TestBundle(t *testing.T) {
	bs, err := readertest.Read(t, Reader{}, whole)
	if err != nil || len(bs) != 1 {
		t.Fatal(len(bs), err)
	}
	const words = "tags=C2,malicious-activity,command-and-control,Wet Panda,tlp:amber,Copyright,mitre-attack T1071,valid until 2026-11-01T00:00:00Z,Seen in June"
	const all = " threat=botnet_cc family=Otter RAT confidence=85 first=2026-05-01T10:00:00.5Z ref=https://blog.example/1 "
	want := []string{
		"5 domain panel.example" + all + strings.Replace(words, "Seen", "Panel,Seen", 1),
		"5 ip:port 192.0.2.7:443" + all + strings.Replace(words, "Seen", "Panel,Seen", 1),
		"11 sha256_hash SHA256 threat=payload tags=payload",
		"18 domain c2.example tags=port 8080",
		"22 md5_hash MD5 family=Otter RAT",
		"11 mention file_name a.exe threat=payload tags=payload (the name of a file whose hash is an indicator)",
		"15 mention url http://old.example/ (an indicator that the source has revoked)",
		"16 mention url http://good.example/ tags=benign (an indicator that the source calls benign)",
		"17 mention ip 192.0.2.9 (part of a pattern that asks for more than this value)",
		"22 mention file_name b.exe family=Otter RAT (the name of a file whose hash is an indicator)",
		"23 mention ip 198.51.100.4 (an object of the bundle, beside its indicators)",
		"24 mention ip:port 198.51.100.4:8443 (an object of the bundle, beside its indicators)",
		"26 mention domain seen.example first=2026-04-01 last=2026-04-02 (observed, which does not say that it is malicious)",
		`13 error bad-pattern: the pattern "[domain-name:value = ]" cannot be read ("]" stands where a value should be at character 22), so no IOC is made of it`,
		`14 error bad-value: "no domain" is no domain (a name has at least two labels, such as example.com), so no IOC is made of it`,
		"5 info more-references: objects name more references than one, of which the first is kept: 1",
		`11 info not-an-ioc: comparisons of "file:size" are no IOCs that Quarry hunts: 1`,
		"11 warning narrower-condition: indicators ask for more than the value, which is hunted alone: 1",
		"11 info beside-hash: names of files whose hash is an indicator are mentions: 1",
		`12 info not-an-ioc: indicators with a pattern of the type "yara" name no IOC that Quarry hunts: 1`,
		`17 info not-exact: comparisons of "url:value" by LIKE name no single value, so no IOC is made of them: 1`,
		`17 info negated-value: values that a pattern rules out, of "domain-name:value", are no IOCs: 1`,
		"17 info pattern-limits: patterns say when, how often or in which order something happens, which is not hunted for: 1",
		"17 info part-of-condition: values of patterns that ask for more than one thing at once are mentions: 1",
		"18 warning port-left-out: values with a port that they cannot have, or that a client was given, are hunted without it: 1",
		`22 info not-an-ioc: hashes by "SSDEEP" are no IOCs that Quarry hunts: 1`,
		`27 info not-an-ioc: objects of the type "x509-certificate" are no IOCs that Quarry hunts: 1`,
		`28 info not-an-ioc: objects of the type "vulnerability" are no IOCs that Quarry hunts: 1`,
	}
	if diff := cmp.Diff(want, lines(bs)); diff != "" {
		t.Error(diff)
	}
	b := bs[0]
	if b.Title != "Otters in June" || b.Text != "What they do." || b.Family != "Otter RAT" || b.Source.Line != 1 || b.Total != feed.NoTotal {
		t.Errorf("%+v", b)
	}
	readertest.Check(t, Reader{}, whole)
}

func TestDocuments(t *testing.T) {
	for _, c := range []struct {
		what, text string
		want       []string
	}{
		{"STIX 2.0", `{"type":"bundle","id":"bundle--` + id + `00","spec_version":"2.0","objects":[
{"type":"indicator","id":"indicator--` + id + `01","labels":["malicious-activity"],"pattern":"[file:hashes.MD5 = '` + md5Hex + `']","valid_from":"2018-03-01T00:00:00Z"},
{"type":"observed-data","id":"observed-data--` + id + `02","first_observed":"2018-01-01T00:00:00Z","objects":{"10":{"type":"mutex","name":"m"},"2":{"type":"network-traffic","dst_ref":"0","dst_port":80},"0":{"type":"ipv4-addr","value":"192.0.2.1"},"1":null}},
{"type":"observed-data","id":"observed-data--` + id + `03","objects":[]}]}`,
			[]string{
				"2 md5_hash MD5 first=2018-03-01 tags=malicious-activity",
				"3 mention ip 192.0.2.1 first=2018-01-01 (observed, which does not say that it is malicious)",
				"3 mention ip:port 192.0.2.1:80 first=2018-01-01 (observed, which does not say that it is malicious)",
				"4 warning bad-field: the objects of this observed data cannot be read",
				`3 info not-an-ioc: objects of the type "mutex" are no IOCs that Quarry hunts: 1`,
			}},
		{"observables alone", `{"type":"bundle","id":"bundle--` + id + `00","objects":[
{"type":"ipv6-addr","id":"ipv6-addr--` + id + `01","value":"2001:DB8::1/128"},
{"type":"url","id":"url--` + id + `02","value":"hxxp://a[.]example/"},
{"type":"email-addr","id":"email-addr--` + id + `03","value":"a@example.org"},
{"type":"artifact","id":"artifact--` + id + `04","hashes":{"SHA-512":"x"}},
{"type":"hostname","id":"hostname--` + id + `05","value":"c2.example"}]}`,
			[]string{"2 ip 2001:db8::1", "3 url http://a.example/", "4 email a@example.org", "6 domain c2.example", `5 error bad-value: "x" is no sha512_hash (it has 1 characters, the hash has 128), so no IOC is made of it`}},
		{"values of other types", `[{"type":"indicator","id":"indicator--` + id + `01","pattern":"[domain-name:value = 'b3.example/path']"},
{"type":"indicator","id":"indicator--` + id + `02","pattern":"[url:value = '192.0.2.1:8080']"},
{"type":"indicator","id":"indicator--` + id + `03","pattern":"[file:name = 'C:\\\\Users\\\\Public\\\\drop.exe']"}]`,
			[]string{"1 url b3.example/path", "2 ip:port 192.0.2.1:8080", "3 file_name drop.exe",
				`1 warning type-differs: the source says that "b3.example/path" is of the type domain; it is read as url, which it is by its looks`,
				`2 warning type-differs: the source says that "192.0.2.1:8080" is of the type url; it is read as ip:port, which it is by its looks`,
				`3 info path-as-name: the path "C:\\Users\\Public\\drop.exe" is read as the name of the file, "drop.exe", which is what a hunt compares`}},
		{"infrastructure", `[{"type":"relationship","id":"relationship--` + id + `01","relationship_type":"consists-of","source_ref":"infrastructure--` + id + `02","target_ref":"ipv4-addr--` + id + `03"},
{"type":"infrastructure","id":"infrastructure--` + id + `02","name":"Holt"},
{"type":"indicator","id":"indicator--` + id + `04","pattern":"[url:value = 'http://a.example/']"},
{"type":"ipv4-addr","id":"ipv4-addr--` + id + `03","value":"192.0.2.3"}]`,
			[]string{"3 url http://a.example/", "4 ip 192.0.2.3 tags=Holt"}},
		{"TAXII", `{"more":false,"objects":[{"type":"indicator","id":"indicator--` + id + `01","pattern":"[url:value = 'http://a.example/']"}]}`, []string{"1 url http://a.example/"}},
		{"one object a line", `{"type":"indicator","id":"indicator--` + id + `01","pattern":"[url:value = 'http://a.example/']"}` + "\n" + `{"type":"indicator","id":"indicator--` + id + `02","pattern":"[url:value = 'http://b.example/']"}` + "\n",
			[]string{"1 url http://a.example/", "2 url http://b.example/"}},
		{"bundles", `[{"type":"bundle","objects":[{"type":"indicator","id":"i","pattern":"[url:value = 'http://a.example/']"}]},
{"type":"bundle","objects":[{"type":"indicator","id":"j","pattern":"[url:value = 'http://b.example/']"}]}]`,
			[]string{"1 url http://a.example/", "2 url http://b.example/"}},
		{"an object without a type, a comma too many, fields of other kinds", `{"type":"bundle","objects":[{"id":"x"},
{"type":"indicator","id":"i","name":["x"],"pattern":"[url:value = 'http://a.example/']","confidence":"high",},
{"type":"identity","name":{}}, 7, null]}`,
			[]string{
				"2 url http://a.example/ tags=[\"x\"]",
				"2 warning trailing-comma: a comma stands before a closing bracket, which JSON does not allow; it is read without it",

				`2 warning bad-confidence: "high" is no percentage from 0 to 100, so "http://a.example/" has no confidence`,
				"1 info not-an-ioc: objects without a type are left out: 3",
			}},
		{"no list", `{"type":"bundle","objects":{"a":1}}`, []string{"1 warning bad-field: here is a object where something else should be, so it is not read"}},
		{"more behind", `{"type":"bundle","objects":[{"type":"indicator","id":"i","pattern":"[url:value = 'http://a.example/']"}]}` + "\n}",
			[]string{"1 url http://a.example/", "2 error text-cut: the document cannot be read beyond this place, and what follows is missing: broken JSON: invalid character '}' looking for beginning of value; fetch the document again"}},
		{"a pattern of 2.1 without a type of its own", `{"type":"bundle","objects":[{"type":"indicator","id":"i","pattern":"alert tcp any any"}]}`,
			[]string{`1 info not-an-ioc: indicators with a pattern of the type "unknown" name no IOC that Quarry hunts: 1`}},
	} {
		t.Run(c.what, func(t *testing.T) {
			bs, err := readertest.Read(t, Reader{}, c.text)
			if err != nil {
				t.Fatal(err)
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
		{whole, sureOfBundle},
		{whole[:700], sureOfBundle},
		{`{"objects":[{"type":"url","id":"url--1"}]}`, sureOfObjects},
		{`{"type":"url","id":"url--1"}`, sureOfObjects},
		{`<?xml version="1.0"?><stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1">`, sureOfOld},
		{`{"id":"x","version":"1.1.1","stix_header":{},"observables":{}}`, sureOfOld},
		{`{"objects":[{"type":"url","id":"1"}]}`, 0},
		{`{"type":"FeatureCollection","objects":[]}`, 0},
		{`{"Event":{}}`, 0}, {`[]`, 0}, {`{`, 0}, {`type,id`, 0}, {`<html>STIX_Package`, 0}, {"", 0},
	} {
		if got := (Reader{}).Sure([]byte(c.text)); got != c.want {
			t.Errorf("%.60s: %d, want %d", c.text, got, c.want)
		}
	}
	for _, text := range []string{`<stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1"/>`, `{"id":"x","version":"1.2","stix_header":{}}`} {
		if _, err := readertest.Read(t, Reader{}, text); err == nil || !strings.Contains(err.Error(), "this is STIX 1, which is not read; export it as STIX 2.1") {
			t.Error(err)
		}
	}
	if _, err := readertest.Read(t, Reader{}, "{}"); err == nil {
		t.Error("an empty object is read")
	}
}

func TestCut(t *testing.T) {
	readertest.Cut(t, Reader{}, `{"type":"bundle","id":"bundle--1","objects":[
{"type":"indicator","id":"indicator--1","pattern":"[url:value = 'http://a.example/']","revoked":false},
{"type":"indicator","id":"indicator--2","pattern":"[url:value = 'http://b.example/' OR ipv4-addr:value = '192.0.2.1']"}]}`)
}

func TestHostile(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	for _, text := range []string{
		`{"type":"bundle","objects":` + deep, `{"type":"bundle","objects":[` + strings.Repeat(`{"a":`, 100_000),
		`{"type":"bundle","objects":[{"type":"indicator","id":"i","pattern":"` + strings.Repeat("(", 100_000) + `"}]}`,
		`{"type":"bundle","objects":[{"type":"indicator","id":"i","pattern":"[file:` + strings.Repeat("a_ref.", 100_000) + `x = 'y']"}]}`,
		`{"type":"bundle","objects":[{"type":"indicator","id":"i","labels":["` + strings.Repeat(`a","b","`, 50_000) + `"],"pattern":"[` + strings.Repeat(`ipv4-addr:value = '192.0.2.1' OR `, 20_000) + `ipv4-addr:value = '192.0.2.2']"}]}`,
		`{"type":"bundle","objects":[` + strings.Repeat(`{"type":"indicator","id":"i","pattern":"["},`, 5000) + `{}]}`,
		`{"type":"bundle","objects":[` + strings.Repeat(`{"type":"x-`+strings.Repeat("z", 100)+`"},`, 5000) + `{}]}`,
	} {
		readertest.Check(t, Reader{}, text)
	}
}

// TestLarge reads many objects on one line, and one of 100 MB.
func TestLarge(t *testing.T) {
	const object = `{"type":"indicator","id":"indicator--1","pattern":"[url:value = 'http://a.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']"},`
	bs, err := readertest.ReadBig(t, Reader{}, readertest.Big(10<<20, `{"type":"bundle","objects":[`, object, `{}]}`))
	if err != nil || len(bs) != 1 || len(bs[0].IOCs) < 10<<20/len(object) {
		t.Error(len(bs), err)
	}
	bs, err = readertest.ReadBig(t, Reader{}, readertest.Big(100<<20, `{"type":"bundle","objects":[`+object+`{"type":"x","a":"`, "aaaaaaaaaaaaaaaa", `"}]}`))
	if err != nil || len(bs) != 1 || len(bs[0].IOCs) != 1 {
		t.Error(len(bs), err)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(whole)
	f.Add(`[{"type":"indicator","id":"indicator--1","pattern":"[url:value = 'http://a.example/']",},]`)
	f.Add(`{"objects":[{"type":"file","id":"file--1","hashes":{"MD5":"` + md5Hex + `"}},{"type":"network-traffic","id":"network-traffic--1","dst_ref":"x","dst_port":"1"}]}`)
	f.Fuzz(func(t *testing.T, text string) { readertest.Check(t, Reader{}, text) })
}

// TestMadeAtOnce: the moment in which a program made all of a bundle is not when
// its indicators were seen.
func TestMadeAtOnce(t *testing.T) {
	const made, other = "2026-06-01T09:30:00.000Z", "2026-05-01T00:00:00.000Z"
	text := func(created, from string) string {
		return `{"type":"bundle","id":"bundle--` + id + `01","objects":[{"type":"identity","id":"identity--` + id + `02","name":"robin","created":"` + made + `"},` +
			`{"type":"indicator","id":"indicator--` + id + `03","created_by_ref":"identity--` + id + `02","created":"` + created + `","valid_from":"` + from + `","pattern_type":"stix","pattern":"[domain-name:value = 'a.example']"}]}`
	}
	for _, c := range []struct{ created, from, want string }{
		{made, made, "1 domain a.example"}, {made, other, "1 domain a.example first=2026-05-01"}, {other, other, "1 domain a.example first=2026-05-01"},
	} {
		bs, err := readertest.Read(t, Reader{}, text(c.created, c.from))
		if err != nil || len(bs) != 1 {
			t.Fatal(len(bs), err)
		}
		if got := lines(bs)[0]; got != c.want {
			t.Errorf("%s from %s: %s, want %s", c.created, c.from, got, c.want)
		}
	}
}
