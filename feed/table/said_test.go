package table

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSaid: a list of objects that says what harm its values do, how sure it is or
// nothing but a value is one of indicators, all of it; another's values are all mentions,
// with their ports.
func TestSaid(t *testing.T) {
	const unsaid = " (no key of its object says that it is an indicator)"
	two := []string{"1 ip:port 198.51.100.1:8443", "1 ip:port 198.51.100.2:443"}
	for _, c := range []struct {
		text string
		want []string
	}{
		{`[{"ip":"198.51.100.1","port":8443,"malware":"L"},{"ip":"198.51.100.2","port":443,"malware":"L"}]`, []string{two[0] + " family=L", two[1] + " family=L"}},
		{`{"data":[{"ip":"198.51.100.1","port":8443,"confidence":80},{"ip":"198.51.100.2","port":443,"confidence":80}]}`, []string{two[0] + " confidence=80", two[1] + " confidence=80"}},
		{`[{"ip":"198.51.100.1","threat_type":"botnet_cc"}]`, []string{"1 ip 198.51.100.1 threat=botnet_cc"}},
		{`{"ip":"198.51.100.1","port":8443,"hostname":"a.example","timestamp":"2026-10-01","scan_uri":"http://198.51.100.1:8443/x","confidence":100,"malware_name":"L"}` + "\n" +
			`{"ip":"198.51.100.2","port":443,"hostname":"","timestamp":"2026-10-01","scan_uri":"","confidence":80,"malware_name":"L"}` + "\n", []string{
			"1 ip:port 198.51.100.1:8443 family=L confidence=100 first_seen=2026-10-01", "1 domain a.example family=L confidence=100 first_seen=2026-10-01 tags=[port 8443]",
			"2 ip:port 198.51.100.2:443 family=L confidence=80 first_seen=2026-10-01",
			`1 url http://198.51.100.1:8443/x (stands in the column "scan_uri", of which Quarry does not know what it says)`, "1 warning unread-column"}},
		{`[{"ip":"198.51.100.1","port":8443},{"ip":"198.51.100.2","port":443}]`, two},
		{`{"iocs":[{"domain":"a.example","comment":"C2","action":"block"}]}`, []string{"1 domain a.example tags=[C2]", "1 info unread-column"}},
		{`[{"md5":"` + sha256Hex[:32] + `","sha256":"` + sha256Hex + `"}]`, []string{"1 md5_hash " + sha256Hex[:32], "1 sha256_hash " + sha256Hex, "1 warning unsaid-indicators"}},
		{`{"sha256":"` + sha256Hex + `","file_name":"a.exe"}` + "\n" + `{"sha256":"` + sha256Hex + `","file_name":"b.exe"}`, []string{
			"1 sha256_hash " + sha256Hex + " tags=[a.exe]", "2 sha256_hash " + sha256Hex + " tags=[b.exe]", "1 warning unsaid-indicators"}},
		{`[{"host":"a.example","port":443,"c2":"Cobalt Strike"}]`, []string{"1 domain a.example family=Cobalt Strike tags=[port 443]"}},
		{`[{"domain":"a.example","c2":"198.51.100"}]`, []string{"1 domain a.example", "1 error bad-value", "1 warning unsaid-indicators"}},
		{`[{"domain":"a.example","ip":"198.51.100.1"}]`, []string{"1 domain a.example", "1 ip 198.51.100.1", "1 warning unsaid-indicators"}},
		{`[{"domain":"a.example","file_name":"a.exe"}]`, []string{"1 domain a.example tags=[a.exe]" + unsaid, "1 warning unsaid-indicators"}},
		{`[{"domain":"a.example"},{"domain":"b.example"}]`, []string{"1 domain a.example", "1 domain b.example", "1 warning unsaid-indicators"}},
		{`[{"url":"http://a.example/x","host":"a.example"}]`, []string{"1 url http://a.example/x", "1 domain a.example", "1 warning unsaid-indicators"}},
		{`{"results":[{"hostname":"a.example","ip":"198.51.100.1"}]}`, []string{"1 domain a.example" + unsaid, "1 ip 198.51.100.1" + unsaid, "1 warning unsaid-indicators"}},
		{`{"results":[{"hostname":"a.example","ip":"198.51.100.1","port":8443}]}`, []string{"1 domain a.example tags=[port 8443]", "1 ip:port 198.51.100.1:8443", "1 warning unsaid-indicators"}},
		{`{"items":[{"email":"bob@example.org","ip":"198.51.100.1"}]}`, []string{"1 email bob@example.org" + unsaid, "1 ip 198.51.100.1" + unsaid, "1 warning unsaid-indicators"}},
		{`{"results":[{"hostname":"a.example","sha256":"` + sha256Hex + `"}]}`, []string{"1 domain a.example" + unsaid, "1 sha256_hash " + sha256Hex + unsaid, "1 warning unsaid-indicators"}},
		{`{"iocs":[{"hostname":"a.example","ip":"198.51.100.1"}]}`, []string{"1 domain a.example", "1 ip 198.51.100.1"}},
		{`{"indicators":[{"src_ip":"192.0.2.1","user":"bob","url":"https://www.example.com/a"}]}`, []string{
			"1 url https://www.example.com/a" + unsaid, `1 ip 192.0.2.1 (stands in the column "src_ip", of which Quarry does not know what it says)`, "1 warning unsaid-indicators", "1 info unread-column", "1 warning unread-column"}},
		{`[{"src_ip":"192.0.2.1","url":"https://www.example.com/a","ioc_hits":0}]`, []string{
			"1 url https://www.example.com/a" + unsaid, `1 ip 192.0.2.1 (stands in the column "src_ip", of which Quarry does not know what it says)`, "1 warning unsaid-indicators", "1 info unread-column", "1 warning unread-column"}},
		{`[{"indicator":"a.example","src_ip":"192.0.2.1"}]`, []string{"1 domain a.example", `1 ip 192.0.2.1 (stands in the column "src_ip", of which Quarry does not know what it says)`, "1 warning unread-column"}},
		{`[{"ip":"198[.]51.100.1","port":8443,"country":"NL"},{"ip":"198.51.100.2","port":443,"country":"NL"}]`, append(two[:2:2], "1 info unread-column")},
		{`[{"ip":"198.51.100.1","port":8443,"first_seen":"2026-10-01"},{"ip":"198.51.100.2","port":443,"first_seen":"2026-10-01"}]`, []string{
			two[0] + " first_seen=2026-10-01" + unsaid, two[1] + " first_seen=2026-10-01" + unsaid, "1 warning unsaid-indicators"}},
		{`{"ts":"2026-10-01","host":"a.example","ip":"198.51.100.1"}` + "\n" + `{"ts":"2026-10-01","host":"b.example","ip":"198.51.100.2"}`, []string{
			"1 domain a.example" + unsaid, "1 ip 198.51.100.1" + unsaid, "2 domain b.example" + unsaid, "2 ip 198.51.100.2" + unsaid, "1 warning unsaid-indicators", "1 info unread-column"}},
		{`[{"src_ip":"192.0.2.1","dest_ip":"198.51.100.1","dest_port":443,"threat_name":"L","action":"allow"}]`, []string{
			"1 ip:port 198.51.100.1:443 family=L" + unsaid, `1 ip 192.0.2.1 (stands in the column "src_ip", of which Quarry does not know what it says)`, "1 warning unsaid-indicators", "1 info unread-column", "1 warning unread-column"}},
		{`[{"source":{"ip":"192.0.2.1"},"destination":{"ip":"198.51.100.1"},"confidence":5}]`, []string{
			"1 ip 192.0.2.1 confidence=5" + unsaid, "1 ip 198.51.100.1 confidence=5" + unsaid, "1 warning unsaid-indicators"}},
	} {
		t.Run(c.text, func(t *testing.T) {
			if s := (Reader{}).Sure([]byte(c.text)); s == 0 {
				t.Error("it is not taken for a table")
			}
			if diff := cmp.Diff(c.want, told(t, read(t, c.text))); diff != "" {
				t.Error(diff)
			}
			checkRead(t, c.text)
		})
	}
	for name, text := range map[string]string{
		"posts":            `[{"url":"https://social.example.org/1","text":"C2 at a[.]example"},{"url":"https://social.example.org/2","text":"x"}]`,
		"an object":        `{"domains":["a.example","b.example"],"author":"robin"}`,
		"objects of words": `[{"country":"France","capital":"Paris"}]`,
	} {
		if s := (Reader{}).Sure([]byte(text)); s != 0 {
			t.Errorf("%s: sure %d", name, s)
		}
	}
}

// TestControllers: a column called c2 is one of values, of names of malware, or answers
// whether a value is one.
func TestControllers(t *testing.T) {
	const late = `198.51.100.1:443 (stands in the column "c2", which holds names of malware)`
	for text, want := range map[string][]string{
		"domain,ip,c2\na.example,198.51.100.1,yes\nb.example,198.51.100.2,No\n": {
			"2 domain a.example", "2 ip 198.51.100.1", "3 domain b.example", "3 ip 198.51.100.2", "1 warning unread-column"},
		"sha256,c2\n" + sha256Hex + ",not observed\n" + sha1Hex + ",primary\n": {"2 sha256_hash " + sha256Hex, "3 sha1_hash " + sha1Hex, "1 warning unread-column", "3 warning type-differs"},
		"sha256,c2\n" + strings.Repeat(sha256Hex+",none seen\n", sampleRows) + sha256Hex + ",a.example\n": append(slices.Repeat([]string{"sha256_hash " + sha256Hex}, sampleRows+1),
			`domain a.example (stands in the column "c2", of which Quarry does not know what it says)`, "warning unread-column"),
		"sha256,c2\n" + strings.Repeat(sha256Hex+",Otter\n", sampleRows) + sha256Hex + ",198.51.100.1:443\n" + sha256Hex + ",Otter 4.1\n": append(
			append(slices.Repeat([]string{"sha256_hash " + sha256Hex + " family=Otter"}, sampleRows), "sha256_hash "+sha256Hex, "sha256_hash "+sha256Hex+" family=Otter 4.1"), "ip:port "+late, "warning unread-column"),
		`[{"domain":"a.example","c2":true},{"domain":"b.example","c2":false}]`: {
			"1 domain a.example (no key of its object says that it is an indicator)", "1 domain b.example (no key of its object says that it is an indicator)", "1 warning unsaid-indicators", "1 warning unread-column"},
		"domain,c2\na.example,Otter\nb.example,no\n": {"2 domain a.example", "3 domain b.example", "1 warning unread-column"},
		"domain,c2\na.example,Otter\nb.example,\n":   {"2 domain a.example family=Otter", "3 domain b.example"},
		"domain,c2\na.example,198.51.100.1\nb.example,Otter\n": {
			"2 domain a.example", "2 ip 198.51.100.1", "3 domain b.example", "3 error bad-value"},
	} {
		got := told(t, read(t, text))
		if len(got) > sampleRows {
			for n := range got {
				_, got[n], _ = strings.Cut(got[n], " ")
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.80q: %s", text, diff)
		}
	}
}

// TestListsBeside: what stands beside the list that is read is a mention, and told, as is
// a second document in which nothing is read.
func TestListsBeside(t *testing.T) {
	const list = `{"indicators":[{"domain":"a.example","comment":"C2"}],`
	const on = "1 domain a.example tags=[C2]"
	beside := func(key string) string { return ` (stands under the key "` + key + `", beside the list that is read)` }
	for text, want := range map[string][]string{
		list + `"files":[{"sha256":"` + sha256Hex + `","comment":"x"},{"md5":"` + md5Hex + `"}]}`: {on, "1 sha256_hash " + sha256Hex + beside("files"), "1 md5_hash " + md5Hex + beside("files"), "1 warning unread-list"},
		list + "\n" + `"ips":["198.51.100.1",` + "\n" + `"198.51.100.2"]}`:                        {on, "2 ip 198.51.100.1" + beside("ips"), "3 ip 198.51.100.2" + beside("ips"), "2 warning unread-list"},
		list + `"sha256":"` + sha256Hex + `","pages":1,"next":null,"tags":[]}`:                    {on, "1 sha256_hash " + sha256Hex + beside("sha256"), "1 warning unread-list"},
		list + `"meta":{"c2":{"host":"b.example","ports":[80,443]}}}`:                             {on, "1 domain b.example" + beside("meta"), "1 warning unread-list"},
		list + `"victims":[{"name":"Acme"}]}`:                                                     {on, "1 info unread-list"},
		`{"indicators":[{"type":"domain","value":"a.example"}],"observables":[{"type":"domain","value":"b.example"}]}`: {
			"1 domain a.example", "1 domain b.example" + beside("observables"), "1 warning unread-list"},
		list[:len(list)-1] + "}\n" + list[:len(list)-1] + "}":                               {on, "2 domain a.example tags=[C2]"},
		`[{"indicator":"a.example"}]` + "\n" + `{"files":[{"sha256":"` + sha256Hex + `"}]}`: {"1 domain a.example", "2 warning bad-field"},
		`[{"indicator":"a.example"}]` + "\nthe end":                                         {"1 domain a.example", "2 error text-cut"},
	} {
		if diff := cmp.Diff(want, told(t, read(t, text))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		checkRead(t, text)
	}
}

// TestConfidenceParts: of a column with parts of one, 1 is all of it.
func TestConfidenceParts(t *testing.T) {
	for text, want := range map[string][]string{
		"indicator,confidence\na.example,0.9\nb.example,1\nc.example,0.5\nd.example,0\ne.example,\nf.example,high\n": {
			"2 domain a.example confidence=90", "3 domain b.example confidence=100", "4 domain c.example confidence=50", "5 domain d.example confidence=0", "6 domain e.example",
			"7 domain f.example tags=[confidence high]", "2 info confidence-as-part", "7 warning bad-confidence"},
		"indicator;score\na.example;1,0\nb.example;0,875\nc.example;.3\n": {"2 domain a.example confidence=100", "3 domain b.example confidence=88", "4 domain c.example confidence=30", "2 info confidence-as-part"},
		"indicator,confidence\na.example,1\nb.example,80\n":               {"2 domain a.example confidence=1", "3 domain b.example confidence=80"},
		"indicator,confidence\na.example,1\nb.example,0\n":                {"2 domain a.example confidence=1", "3 domain b.example confidence=0"},
		"indicator,confidence\na.example,0.5\nb.example,80\nc.example,1\n": {
			"2 domain a.example", "3 domain b.example confidence=80", "4 domain c.example tags=[confidence 1]", "2 warning bad-confidence", "4 warning bad-confidence"},
		"indicator,confidence\na.example,0.5\nb.example,80\n": {"2 domain a.example", "3 domain b.example confidence=80", "2 warning bad-confidence"},
		`[{"indicator":"a.example","confidence":1},{"indicator":"b.example","confidence":0.25}]`: {
			"1 domain a.example confidence=100", "1 domain b.example confidence=25", "1 info confidence-as-part"},
	} {
		if diff := cmp.Diff(want, told(t, read(t, text))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// TestEvidence: cells of JSON beside values are no sentences, and "Name" heads values
// where nothing else does.
func TestEvidence(t *testing.T) {
	const evidence = `"{""EvidenceDetails"": [{""Rule"": ""Recent C2"", ""EvidenceString"": ""seen at a.example""}]}"`
	unknown := func(column string) string {
		return " (stands in the column " + column + ", of which Quarry does not know what it says)"
	}
	for text, want := range map[string][]string{
		"\"Name\",\"Risk\",\"RiskString\",\"EvidenceDetails\"\n\"198.51.100.1\",\"99\",\"2/79\"," + evidence + "\n\"198.51.100.2\",\"5\",\"1/79\",\"{\"\"EvidenceDetails\"\": []}\"\n": {
			"2 ip 198.51.100.1 confidence=99", "3 ip 198.51.100.2 confidence=5", "2 domain a.example" + unknown(`"EvidenceDetails"`), "1 info unread-column", "1 warning unread-column"},
		"Thing,Why\n198.51.100.1," + evidence + "\n198.51.100.2," + evidence + "\n": {
			"2 ip 198.51.100.1", "3 ip 198.51.100.2", "2 domain a.example" + unknown(`"Why"`), "3 domain a.example" + unknown(`"Why"`), "1 warning unread-column"},
		"name,domain\nLantern,a.example\nb.example,c.example\n":      {"2 domain a.example tags=[Lantern]", "3 domain c.example tags=[b.example]"},
		"name,description\na.example,C2\nb.example,C2\n":             {"2 domain a.example tags=[C2]", "3 domain b.example tags=[C2]"},
		"name,ioc\na.example,198.51.100.1\nb.example,198.51.100.2\n": {"2 ip 198.51.100.1 tags=[a.example]", "3 ip 198.51.100.2 tags=[b.example]"},
	} {
		if s := (Reader{}).Sure([]byte(text)); s == 0 {
			t.Errorf("%q is not taken for a table", text)
			continue
		}
		if diff := cmp.Diff(want, told(t, read(t, text))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	if s := (Reader{}).Sure([]byte("Name,Capital\nFrance,Paris\nSpain,Madrid\n")); s != 0 {
		t.Errorf("names of countries: sure %d", s)
	}
}

func TestSaidWords(t *testing.T) {
	if s, err := readSaid(saidYAML); err != nil || len(s.Values) == 0 || len(s.Events) == 0 {
		t.Errorf("%v, %v", s, err)
	}
}
