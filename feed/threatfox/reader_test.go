package threatfox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/feed/internal/readertest"
)

const (
	md5Hex    = "0123456789abcdef0123456789abcdef"
	sha256Hex = md5Hex + md5Hex

	banner = "################################################################\r\n" +
		"# ThreatFox IOCs: recent additions - CSV format                #\r\n" +
		"# Last updated: 2026-07-04 22:19:04 UTC                        #\r\n" +
		"#                                                              #\r\n" +
		"# Terms Of Use: https://threatfox.abuse.ch/faq/#tos            #\r\n" +
		"################################################################\r\n#\r\n"
	header15 = `# "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_alias","malware_printable","last_seen_utc","confidence_level","is_compromised","reference","tags","anonymous","reporter"` + "\r\n"
	header14 = `# "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_alias","malware_printable","last_seen_utc","confidence_level","reference","tags","anonymous","reporter"` + "\r\n"
	domain15 = `"2026-07-04 22:19:04", "1844855", "panel.lantern.example", "domain", "payload_delivery", "js.clearfake", "None", "ClearFake", "", "100", "False", "None", "ClearFake,win-0x4679,windows", "1", "anonymous"` + "\r\n"
	port15   = `"2026-07-04 21:46:30", "1844853", "192.0.2.36:5555", "ip:port", "botnet_cc", "win.cobalt_strike", "Agentemis,BEACON", "Cobalt Strike", "2026-07-04 22:46:23", "75", "False", "https://lantern.example/a", "CobaltStrike", "0", "abuse_ch"` + "\r\n"
	url14    = `"2026-07-04 19:15:03", "1844827", "https://drill.lantern.example/path?q=a,b", "url", "payload_delivery", "unknown", "None", "Unknown malware", "", "50", "None", "None", "1", "anonymous"` + "\r\n"
	foot     = "# Number of entries: %d\r\n"

	domainLine = "ioc domain panel.lantern.example threat=payload_delivery family=ClearFake confidence=100 first=2026-07-04T22:19:04Z tags=ClearFake,win-0x4679,windows"
	portLine   = "ioc ip:port 192.0.2.36:5555 threat=botnet_cc family=Cobalt Strike confidence=75 first=2026-07-04T21:46:30Z last=2026-07-04T22:46:23Z ref=https://lantern.example/a tags=CobaltStrike"
)

// exported is a JSON export, in short.
const exported = `{
    "1856791": [
        {
            "ioc_value": "https://sup.lantern.example/",
            "ioc_type": "url",
            "threat_type": "botnet_cc",
            "malware": "win.vidar",
            "malware_alias": null,
            "malware_printable": "Vidar",
            "first_seen_utc": "2026-07-24 13:50:06",
            "last_seen_utc": null,
            "confidence_level": 100,
            "is_compromised": true,
            "reference": null,
            "tags": "vidar,c2",
            "anonymous": 0,
            "reporter": "robin"
        }
    ],
    "1856790": [
        {
            "ioc_value": "2001:db8:1::5:40669", "ioc_type": "ip:port", "threat_type": "botnet_cc",
            "malware": "unknown", "malware_printable": "Unknown malware",
            "first_seen_utc": "2026-07-24 13:50:05", "last_seen_utc": "2026-07-24 14:00:00",
            "confidence_level": "75", "is_compromised": false, "reference": "", "tags": null, "anonymous": "0"
        }
    ]
}
`

// answered is an answer of the API.
const answered = `{
  "query_status": "ok",
  "data": [
    {
      "id": "1337",
      "ioc": "192.0.2.104:443",
      "threat_type": "payload_delivery",
      "threat_type_desc": "Indicator that identifies a malware distribution server (payload delivery)",
      "ioc_type": "ip:port",
      "malware": "win.cobalt_strike",
      "malware_printable": "Cobalt Strike",
      "malware_alias": "Agentemis,BEACON,CobaltStrike,cobeacon",
      "malware_malpedia": "https://malpedia.example/details/win.cobalt_strike",
      "confidence_level": 50,
      "first_seen": "2021-01-04 15:22:41 UTC",
      "last_seen": null,
      "reference": "https://lantern.example/report",
      "is_compromised": "true",
      "comment": null,
      "credits": [{"credits_from": "ThreatFox", "credits_amount": "5"}],
      "tags": ["CobaltStrike", "c2"],
      "malware_samples": [
        {"time_stamp": "2021-03-23 08:18:06 UTC", "md5_hash": "` + md5Hex + `", "sha256_hash": "` + sha256Hex + `", "malware_bazaar": "https://bazaar.example/sample/1/"}
      ]
    },
    {"id": 1338, "ioc": "A.Lantern.Example", "ioc_type": "domain", "threat_type": "botnet_cc", "tags": null, "malware_samples": null}
  ]
}`

const one = `{"id":"1","ioc":"192.0.2.5:443","ioc_type":"ip:port","threat_type":"botnet_cc","malware":"win.vidar","malware_printable":"Vidar","confidence_level":75,"first_seen":"2026-07-24 13:50:05 UTC","tags":["a"]}`

const oneLine = "ioc ip:port 192.0.2.5:443 threat=botnet_cc family=Vidar confidence=75 first=2026-07-24T13:50:05Z tags=a"

// documents are of every form, with what is read of them: "ioc" stands for the
// line of the only one.
var documents = []struct {
	name, text string
	want       []string
	err        string
}{
	{"export", exported, []string{
		`document ""`,
		"3 url https://sup.lantern.example/ threat=botnet_cc family=Vidar confidence=100 first=2026-07-24T13:50:06Z tags=vidar,c2,compromised",
		"21 ip:port [2001:db8:1::5]:40669 threat=botnet_cc confidence=75 first=2026-07-24T13:50:05Z last=2026-07-24T14:00:00Z",
	}, ""},
	{"export in one line", `{"1":[{"ioc_value":"a.example","ioc_type":"domain"},{"ioc_value":"b.example","ioc_type":"domain"}],"2":{"ioc_value":"c.example","ioc_type":"domain"}}`, []string{
		`document ""`, "1 domain a.example", "1 domain b.example", "1 domain c.example",
	}, ""},
	{"export with faults", `{"1":[{"ioc_value":"a.example","ioc_type":"domain","first_seen_utc":"soon","confidence_level":120,"threat_type":"spam"}],
"2":[{"ioc_value":"ja3","ioc_type":"ja3_fingerprint"}],
"3":[{"ioc_value":"198.51.100.1:0","ioc_type":"ip:port"}],
"4":[{"ioc_value":null,"ioc_type":"domain"}],
"5":[5, null, {}],
"6":null,
"7":[{"ioc_value":{"a":1},"ioc_type":"domain"}]}`, []string{
		`document ""`, "1 domain a.example threat=spam",
		`1 warning unknown-threat: "spam" is not a threat type of ThreatFox; it is kept as it stands`,
		`1 warning bad-date: "soon" is no date, so "a.example" has no first seen`,
		`1 warning bad-confidence: "120" is no percentage from 0 to 100, so "a.example" has no confidence`,
		`2 error unknown-type: Quarry does not know the type "ja3_fingerprint", so no IOC is made of "ja3"`,
		`3 error bad-value: "198.51.100.1:0" is no ip:port (the port is not a number from 1 to 65535), so no IOC is made of it`,
		`4 error bad-record: the record states no value, so no IOC is made of it`,
		`7 error bad-value: "{\"a\":1}" is no domain (a name has at least two labels, such as example.com), so no IOC is made of it`,
		"0 info not-an-ioc: entries that state no indicator: 4, as in a list of types, tags or families; no IOC is made of them",
	}, ""},
	{"export that breaks off", exported[:strings.Index(exported, `"malware": "unknown"`)], []string{
		`document ""`,
		"3 url https://sup.lantern.example/ threat=botnet_cc family=Vidar confidence=100 first=2026-07-24T13:50:06Z tags=vidar,c2,compromised",
		"23 error text-cut: the document cannot be read beyond this place, and what follows is missing: the JSON ends in the middle; fetch the document again",
	}, ""},
	{"answer", answered, []string{
		`document ""`,
		"4 ip:port 192.0.2.104:443 threat=payload_delivery family=Cobalt Strike confidence=50 first=2021-01-04T15:22:41Z ref=https://lantern.example/report tags=CobaltStrike,c2,compromised",
		"26 domain a.lantern.example threat=botnet_cc",
		`4 mention sha256_hash ` + sha256Hex + ` family=Cobalt Strike first=2021-03-23T08:18:06Z ref=https://bazaar.example/sample/1/ (a malware sample that ThreatFox names with "192.0.2.104:443")`,
		`4 mention md5_hash ` + md5Hex + ` family=Cobalt Strike first=2021-03-23T08:18:06Z ref=https://bazaar.example/sample/1/ (a malware sample that ThreatFox names with "192.0.2.104:443")`,
	}, ""},
	{"answer about one", `{"data":` + one + `,"query_status":"ok"}`, []string{`document ""`, "1 " + oneLine}, ""},
	{"answer without a result", "{\n\"query_status\": \"no_result\", \"data\": \"Your search did not yield any result\"}", []string{
		`document ""`, `2 info no-result: ThreatFox answers "no_result: Your search did not yield any result", so there is no IOC`,
	}, ""},
	{"answer of words", `{"query_status":"ok","data":"try later"}`, []string{`document ""`, `1 warning no-result: ThreatFox answers "try later" in place of data, so there is no IOC`}, ""},
	{"answer of nothing", `{"query_status":"ok","data":[]}`, []string{`document ""`}, ""},
	{"answer of null", `{"query_status":"ok","data":null}`, []string{`document ""`}, ""},
	{"answer to a wrong question", `{"query_status":"illegal_search_term","data":"Use another"}`, []string{`document ""`}, `doc:1: ThreatFox answers "illegal_search_term: Use another"; ask again, with an Auth-Key and a question that it takes`},
	{"answer without a key", `{"error": "Unauthorized"}`, []string{`document ""`}, `doc:1: ThreatFox answers "Unauthorized"; ask again, with an Auth-Key and a question that it takes`},
	{"answer to types", `{"query_status":"ok","data":{"1":{"ioc_type":"url","fk_threat_type":"payload_delivery"},"2":{"ioc_type":"domain"}}}`, []string{
		`document ""`, "0 info not-an-ioc: entries that state no indicator: 2, as in a list of types, tags or families; no IOC is made of them",
	}, ""},
	{"list", "[\n" + one + ",\n" + one + "]", []string{`document ""`, "2 " + oneLine, "3 " + oneLine}, ""},
	{"a record a line", one + "\n\n{\"ioc\":\n5\n{\"ioc_value\":\"a.example\",\"ioc_type\":\"domain\"}\n{}\n" + one, []string{
		`document ""`, "1 " + oneLine, "5 domain a.example", "7 " + oneLine,
		`3 error bad-record: "{\"ioc\":" is no record, so no IOC is made of it`,
		`4 error bad-record: "5" is no record, so no IOC is made of it`,
		`6 error bad-record: the record "{}" states no indicator, so no IOC is made of it`,
	}, ""},
	{"a record a line, cut", one + "\n" + one[:20], []string{
		`document ""`, "1 " + oneLine,
		`2 error text-cut: the text ends in the middle of the record "{\"id\":\"1\",\"ioc\":\"192", so no IOC is made of it, and what follows is missing`,
	}, ""},
	{"table", banner + header15 + domain15 + port15 + fmt.Sprintf(foot, 2), []string{
		`document "ThreatFox IOCs: recent additions - CSV format" of 2`, "9 " + domainLine, "10 " + portLine,
	}, ""},
	{"table of 14 columns", banner + header14 + url14 + fmt.Sprintf(foot, 1), []string{
		`document "ThreatFox IOCs: recent additions - CSV format" of 1`,
		"9 ioc url https://drill.lantern.example/path?q=a,b threat=payload_delivery confidence=50 first=2026-07-04T19:15:03Z",
	}, ""},
	{"compromised", header15 + strings.Replace(domain15, "False", "True", 1) + fmt.Sprintf(foot, 1), []string{
		`document "" of 1`, "2 " + domainLine + ",compromised",
	}, ""},
	{"wrong count", header15 + domain15 + fmt.Sprintf(foot, 3), []string{
		`document "" of 3`, "2 " + domainLine,
		"3 warning count-differs: the export states 3 entries and has 1 row; fetch it again, for some are missing or were added",
	}, ""},
	{"no count", header15 + domain15, []string{
		`document ""`, "2 " + domainLine,
		"2 warning text-cut: the export does not end with the number of its entries, so rows may be missing; fetch it again",
	}, ""},
	{"count that is none", header15 + domain15 + "# Number of entries: many\n", []string{
		`document ""`, "2 " + domainLine,
		`3 warning bad-total: "many" is no number of entries, so the rows cannot be checked against it`,
		"2 warning text-cut: the export does not end with the number of its entries, so rows may be missing; fetch it again",
	}, ""},
	{"two exports in one file", header15 + domain15 + fmt.Sprintf(foot, 1) + header14 + url14 + fmt.Sprintf(foot, 1), []string{
		`document "" of 2`, "2 " + domainLine,
		"5 ioc url https://drill.lantern.example/path?q=a,b threat=payload_delivery confidence=50 first=2026-07-04T19:15:03Z",
	}, ""},
	{"rows alone", domain15 + port15, []string{`document ""`, "1 " + domainLine, "2 " + portLine}, ""},
	{"rows of 14 alone", url14, []string{`document ""`, "1 ioc url https://drill.lantern.example/path?q=a,b threat=payload_delivery confidence=50 first=2026-07-04T19:15:03Z"}, ""},
	{"header as a row", strings.TrimPrefix(header15, "# ") + strings.ReplaceAll(domain15, `", "`, `","`), []string{
		`document ""`, "2 " + domainLine,
		"2 warning text-cut: the export does not end with the number of its entries, so rows may be missing; fetch it again",
	}, ""},
	{"short rows", header15 + `"2026-07-04 22:19:04", "1", "a.example", "domain"` + "\n" + `"2026-07-04 22:19:04", "1"` + "\n" + fmt.Sprintf(foot, 2), []string{
		`document "" of 2`, "2 domain a.example first=2026-07-04T22:19:04Z",
		`2 warning short-row: the row "2026-07-04 22:19:04,1,a.example,domain" has 4 of 15 fields, and the IOC lacks what the others would say`,
		`3 warning short-row: the row "2026-07-04 22:19:04,1" has 2 of 15 fields, and the IOC lacks what the others would say`,
		`3 error short-row: the row "2026-07-04 22:19:04,1,,,,,,,,,,,,," has no value, so no IOC is made of it`,
	}, ""},
	{"cut in the tags", header15 + domain15 + port15[:strings.Index(port15, `", "0", "abuse_ch`)] + ",x,y", []string{
		`document ""`, "2 " + domainLine,
		`3 error text-cut: the text ends in the row "2026-07-04 21:46:30,1844853,192.0.2.36:5555,ip:port,botnet_cc,win.cobalt_strike,"..., which may lack its end, so no IOC is made of it, and what follows is missing`,
		"3 warning text-cut: the export does not end with the number of its entries, so rows may be missing; fetch it again",
	}, ""},
	{"hosts", banner + "127.0.0.1\tpanel.lantern.example\r\n0.0.0.0 Drill.lantern.example\r\n127.0.0.1\tlocalhost\r\nnonsense\r\n# Number of entries: 4\r\n", []string{
		`document "ThreatFox IOCs: recent additions - CSV format" of 4`,
		"8 domain panel.lantern.example", "9 domain drill.lantern.example",
		`10 error bad-value: "localhost" is no domain (a name has at least two labels, such as example.com), so no IOC is made of it`,
		`11 error bad-record: the line "nonsense" is not that of a name in a hosts file, so no IOC is made of it`,
	}, ""},
	{"a banner alone", banner, []string{`document "ThreatFox IOCs: recent additions - CSV format"`}, ""},
}

func TestRead(t *testing.T) {
	for _, c := range documents {
		t.Run(c.name, func(t *testing.T) {
			for i, w := range c.want {
				c.want[i] = strings.Replace(w, " ioc ", " ", 1)
			}
			bs, err := readertest.Read(t, Reader{}, c.text)
			got := readertest.Described(bs)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if is := fmt.Sprint(err); is != c.err && (err != nil || c.err != "") {
				t.Errorf("the error is %v, want %s", err, c.err)
			}
			readertest.Check(t, Reader{}, c.text)
			if sure := (Reader{}).Sure([]byte(c.text)); sure < sureOfEmpty {
				t.Errorf("only %d sure", sure)
			}
		})
	}
}

func TestSure(t *testing.T) {
	for _, c := range []struct {
		name, text string
		most       feed.Sureness
	}{
		{"prose", "ThreatFox is a project of abuse.ch.\n\nIt has IOCs such as lantern[.]example.", 0},
		{"any CSV", "type,value\ndomain,lantern.example", 0},
		{"any hosts file", "# my hosts\n127.0.0.1 lantern.example", 0},
		{"MISP", `{"Event":{"info":"ThreatFox IOCs for 2026-07-24","Attribute":[{"type":"domain","value":"lantern.example"}]}}`, 0},
		{"STIX", `{"type":"bundle","objects":[{"type":"indicator"}]}`, 0},
		{"URLhaus export", `{"1":[{"dateadded":"2026-07-24","url":"http://lantern.example/"}]}`, 0},
		{"URLhaus answer", `{"query_status":"ok","urls":[{"url":"http://lantern.example/"}]}`, 0},
		{"Feodo Tracker", `[{"ip_address":"192.0.2.1","port":8080,"malware":"Emotet"}]`, 0},
		{"a program's log", `{"error":"x","level":"warn","ioc":"y"}`, 0},
		{"no JSON", "{", 0},
	} {
		if sure := (Reader{}).Sure([]byte(c.text)); sure > c.most {
			t.Errorf("%s: %d sure", c.name, sure)
		}
	}
}

func TestTruncated(t *testing.T) {
	for _, c := range documents {
		switch c.name {
		case "export", "answer", "table", "table of 14 columns", "list", "a record a line", "hosts", "rows alone", "rows of 14 alone", "header as a row":
			t.Run(c.name, func(t *testing.T) { readertest.Within(t, Reader{}, c.text) })
		}
	}
}

// TestHostile: no document takes long, or memory without bound.
func TestHostile(t *testing.T) {
	deep := strings.Repeat(`{"1":[`, 50_000)
	for _, c := range []struct {
		name string
		text io.Reader
	}{
		{"nested export", strings.NewReader(`{"1":[{"ioc_value":"a.example","ioc_type":"domain"}],"2":` + deep)},
		{"nested record", strings.NewReader(`{"1":[{"ioc_value":"a.example","ioc_type":"domain","tags":` + strings.Repeat("[", 100_000))},
		{"nested list", strings.NewReader(strings.Repeat("[", 100_000))},
		{"one long line", io.MultiReader(strings.NewReader(banner+header15+`"`), readertest.Big(100<<20, "", "x", ""))},
		{"one long row", io.MultiReader(strings.NewReader(banner+header15), readertest.Big(20<<20, "", `"x", `, ""))},
		{"a long string", io.MultiReader(strings.NewReader(`{"1":[{"ioc_value":"a.example","ioc_type":"domain"},{"ioc_value":"`), readertest.Big(100<<20, "", "x", ""))},
		{"faults without end", io.MultiReader(strings.NewReader(banner+header15), readertest.Big(800_000, "", "a,b\n", ""))},
		{"quotes without end", io.MultiReader(strings.NewReader(banner+header15), readertest.Big(800_000, "", "\"a\n", ""))},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, err := feed.NewInput("doc", c.text)
			if err != nil {
				t.Fatal(err)
			}
			bulletins, err := feed.Collect(Reader{}.Read, in)
			var bad *feed.InputError
			if err != nil && !errors.As(err, &bad) {
				t.Error(err)
			}
			for _, b := range bulletins {
				if len(b.Findings) > 5000 || len(b.IOCs) > 1 {
					t.Errorf("%d findings and %d IOCs", len(b.Findings), len(b.IOCs))
				}
			}
		})
	}
}

// TestRealDocuments reads what ThreatFox gave out, where it is at hand.
func TestRealDocuments(t *testing.T) {
	const folder = "../../../shared/corpora/threatfox/"
	read := func(t *testing.T, name string) []*feed.Bulletin {
		f, err := os.Open(folder + name)
		if err != nil {
			t.Skip(err)
		}
		defer f.Close()
		in, err := feed.NewInput(name, f)
		if err != nil {
			t.Fatal(err)
		}
		if s := (Reader{}).Sure(in.Head()); s < 95 {
			t.Errorf("%d sure", s)
		}
		docs, err := feed.Collect(Reader{}.Read, in)
		if err != nil {
			t.Fatal(err)
		}
		return docs
	}
	t.Run("export", func(t *testing.T) {
		b := read(t, "recent-export.json")[0]
		types, threats, tagged, last := map[feed.Type]int{}, map[feed.Threat]int{}, 0, 0
		for _, i := range b.IOCs {
			types[i.Type]++
			threats[i.Threat]++
			if len(i.Tags) > 0 {
				tagged++
			}
			if !i.LastSeen.IsZero() {
				last++
			}
		}
		want := map[feed.Type]int{feed.IPPort: 2412, feed.Domain: 1207, feed.URL: 408, feed.SHA256: 169, feed.SHA1: 146, feed.MD5: 146}
		if d := cmp.Diff(want, types); d != "" {
			t.Errorf("types (-want +got):\n%s", d)
		}
		if d := cmp.Diff(map[feed.Threat]int{feed.BotnetCC: 3352, feed.PayloadDelivery: 665, feed.Payload: 461, feed.CCSkimming: 10}, threats); d != "" {
			t.Errorf("threats (-want +got):\n%s", d)
		}
		if len(b.IOCs) != 4488 || len(b.Findings) != 0 || last != 4488-1296 || tagged < 4488-511 {
			t.Errorf("%d IOCs, %d tagged, %d with last seen, findings %v", len(b.IOCs), tagged, last, b.Findings)
		}
	})
	t.Run("rows", func(t *testing.T) {
		b := read(t, "export-rows.csv")[0]
		if len(b.IOCs) != 5 || len(b.Findings) != 0 || b.Total != 5 || b.IOCs[1].Sources[0].Line != 10 {
			t.Errorf("%v, findings %v", b.IOCs, b.Findings)
		}
	})
	t.Run("answer", func(t *testing.T) {
		b := read(t, "api-search_ioc.json")[0]
		if len(b.IOCs) != 1 || len(b.Findings) != 0 || b.IOCs[0].Family != "Cobalt Strike" || b.IOCs[0].Confidence != 50 {
			t.Errorf("%v, findings %v", b.IOCs, b.Findings)
		}
	})
}

func FuzzReader(f *testing.F) {
	for _, c := range documents {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) { readertest.Check(t, Reader{}, text) })
}
