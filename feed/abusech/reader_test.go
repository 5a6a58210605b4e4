package abusech

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
	"quarry/feed/threatfox"
)

const (
	md5Hex    = "0123456789abcdef0123456789abcdef"
	sha1Hex   = md5Hex + "01234567"
	sha256Hex = md5Hex + md5Hex
	otherHex  = "fedcba98" + md5Hex + "76543210fedcba9876543210"

	urlhaus = "################################################################\r\n" +
		"# abuse.ch URLhaus Database Dump (CSV - recent URLs only)      #\r\n" +
		"# Last updated: 2026-07-24 13:50:06 (UTC)                      #\r\n" +
		"################################################################\r\n#\r\n" +
		"# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\r\n" +
		`"3","2026-07-24 13:50:06","http://192.0.2.1:8080/bin.sh","online","2026-07-24 13:50:06","malware_download","elf,Mozi","https://urlhaus.example/url/3/","robin"` + "\r\n" +
		`"2","2026-07-24 13:40:06","http://Lantern.example/A.exe?x=1,2","offline","","malware_download","None","https://urlhaus.example/url/2/","robin"` + "\r\n"

	bazaar = "################################################################\r\n" +
		"# MalwareBazaar recent malware samples (CSV)                   #\r\n" +
		"################################################################\r\n#\r\n" +
		`# "first_seen_utc","sha256_hash","md5_hash","sha1_hash","reporter","file_name","file_type_guess","mime_type","signature","clamav","vtpercent","imphash","ssdeep","tlsh"` + "\r\n" +
		`"2026-07-24 13:50:06", "` + sha256Hex + `", "` + md5Hex + `", "` + sha1Hex + `", "robin", "Invoice 7.exe", "exe", "application/x-dosexec", "Vidar", "n/a", "35.21", "` + md5Hex + `", "3072:abc", "T1ABC"` + "\r\n" +
		`"2026-07-24 13:40:06", "` + otherHex + `", "n/a", "n/a", "robin", "n/a", "elf", "n/a", "n/a", "n/a", "n/a", "n/a", "n/a", "n/a"` + "\r\n" +
		"# Number of entries: 2\r\n"

	feodo = "# Feodo Tracker Botnet C2 IP Blocklist (CSV)                   #\r\n" +
		"# first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware\r\n" +
		`"2026-01-17 07:30:05","192.0.2.205","443","online","2026-01-18","Dridex"` + "\r\n" +
		`"2026-01-16 07:30:05","198.51.100.7","0","offline","","Emotet"` + "\r\n" +
		"# END (2) entries\r\n"

	certificates = "# abuse.ch SSLBL SSL Certificate Blacklist (SHA1 Fingerprints) #\r\n" +
		"# Listingdate,SHA1,Listingreason\r\n" +
		"2026-01-17 07:30:05," + sha1Hex + ",Dridex C2\r\n2026-01-17 07:30:05," + sha1Hex + ",Vidar C2\r\n# END 2 entries\r\n"

	addresses = "# abuse.ch SSLBL Botnet C2 IP Blacklist (CSV)                  #\r\n" +
		"# Firstseen,DstIP,DstPort\r\n2026-01-17 07:30:05,192.0.2.9,449\r\n2026-01-17 07:30:06,2001:db8::5,443\r\n# END 2 entries\r\n"

	feodoJSON = `[
    {
        "ip_address": "192.0.2.246",
        "port": 8080,
        "status": "offline",
        "hostname": null,
        "as_number": 64496,
        "country": "US",
        "first_seen": "2022-06-04 21:24:53",
        "last_online": "2026-03-07",
        "malware": "Emotet"
    },
    { "ip_address": "192.0.2.211", "port": 443, "status": "online", "hostname": "host-211.provider.example", "first_seen": "2025-12-30 13:56:31", "last_online": "2026-03-12", "malware": "QakBot" }
]`
)

var documents = []struct {
	name, text string
	want       []string
	err        string
}{
	{"URLhaus table", urlhaus, []string{
		`document "abuse.ch URLhaus Database Dump (CSV - recent URLs only)"`,
		"7 url http://192.0.2.1:8080/bin.sh threat=payload_delivery first=2026-07-24T13:50:06Z last=2026-07-24T13:50:06Z ref=https://urlhaus.example/url/3/ tags=elf,Mozi,online",
		"8 url http://Lantern.example/A.exe?x=1,2 threat=payload_delivery first=2026-07-24T13:40:06Z ref=https://urlhaus.example/url/2/ tags=offline",
	}, ""},
	{"URLhaus table of eight columns", "# id,dateadded,url,url_status,threat,tags,urlhaus_link,reporter\n" + `"3","2019-07-24 13:50:06","http://lantern.example/","offline","phishing","x","https://urlhaus.example/url/3/","robin"` + "\n", []string{
		`document ""`,
		"2 url http://lantern.example/ threat=phishing first=2019-07-24T13:50:06Z ref=https://urlhaus.example/url/3/ tags=x,offline",
		`2 warning unknown-threat: "phishing" is not a threat type of ThreatFox; it is kept as it stands`,
	}, ""},
	{"URLhaus export", `{"3":[{"dateadded":"2026-07-24 13:50:06 UTC","url":"http://lantern.example/a","url_status":"online","last_online":null,"threat":"malware_download","tags":["elf","Mozi"],"urlhaus_link":"https://urlhaus.example/url/3/","reporter":"robin"}],
"2":[{"dateadded":"2026-07-24 13:50:06 UTC","url":"http://lantern.example/b","url_status":"offline","tags":null}]}`, []string{
		`document ""`,
		"1 url http://lantern.example/a threat=payload_delivery first=2026-07-24T13:50:06Z ref=https://urlhaus.example/url/3/ tags=elf,Mozi,online",
		"2 url http://lantern.example/b first=2026-07-24T13:50:06Z tags=offline",
	}, ""},
	{"URLhaus answer of URLs", `{"query_status":"ok","urls":[
{"id":"3","urlhaus_reference":"https://urlhaus.example/url/3/","url":"http://lantern.example/a","url_status":"online","host":"lantern.example","date_added":"2026-07-24 13:50:06 UTC","threat":"malware_download","blacklists":{"spamhaus_dbl":"not listed"},"tags":["elf"]},
{"id":"4"}]}`, []string{
		`document ""`,
		"2 url http://lantern.example/a threat=payload_delivery first=2026-07-24T13:50:06Z ref=https://urlhaus.example/url/3/ tags=elf,online",
		`3 error bad-record: the record states no indicator, so no IOC is made of it`,
	}, ""},
	{"URLhaus answer about a URL", `{"query_status":"ok","id":"3","urlhaus_reference":"https://urlhaus.example/url/3/","url":"http://lantern.example/a","url_status":"offline","date_added":"2026-07-24 13:50:06 UTC","tags":["elf"],
"payloads":[{"firstseen":"2026-07-25","filename":"a.bin","file_type":"elf","response_md5":"` + md5Hex + `","response_sha256":"` + sha256Hex + `","signature":"Mozi","imphash":null}]}`, []string{
		`document ""`,
		`2 sha256_hash ` + sha256Hex + ` threat=payload family=Mozi first=2026-07-25`,
		`2 md5_hash ` + md5Hex + ` threat=payload family=Mozi first=2026-07-25`,
		"1 url http://lantern.example/a first=2026-07-24T13:50:06Z ref=https://urlhaus.example/url/3/ tags=elf,offline",
		`2 mention file_name a.bin threat=payload family=Mozi first=2026-07-25 (the file name of the sample "` + sha256Hex + `")`,
	}, ""},
	{"URLhaus answer about a payload", `{"query_status":"ok","md5_hash":"` + md5Hex + `","sha256_hash":"` + sha256Hex + `","signature":"Mozi","firstseen":"2026-07-25","urls":[{"url":"http://lantern.example/a","url_status":"offline","filename":"a"}]}`, []string{
		`document ""`,
		"1 url http://lantern.example/a tags=offline",
		`1 sha256_hash ` + sha256Hex + ` threat=payload family=Mozi first=2026-07-25`,
		`1 md5_hash ` + md5Hex + ` threat=payload family=Mozi first=2026-07-25`,
	}, ""},
	{"answer without a result", `{"query_status":"no_results"}`, []string{`document ""`, `1 info no-result: abuse.ch answers "no_results", so there is no IOC`}, ""},
	{"answer without a key", `{"query_status":"unknown_auth_key"}`, []string{`document ""`}, `doc:1: abuse.ch answers "unknown_auth_key"; ask again, with an Auth-Key and a question that it takes`},
	{"URLhaus hosts", "# abuse.ch URLhaus Host file\n# Last updated: 2026-07-12 15:59:29 (UTC)\n127.0.0.1\tlantern.example\n# Number of entries: 1\n", []string{
		`document "abuse.ch URLhaus Host file" of 1`, "3 domain lantern.example",
	}, ""},
	{"MalwareBazaar table", bazaar, []string{
		`document "MalwareBazaar recent malware samples (CSV)"`,
		`6 sha256_hash ` + sha256Hex + ` threat=payload family=Vidar first=2026-07-24T13:50:06Z`,
		`6 sha1_hash ` + sha1Hex + ` threat=payload family=Vidar first=2026-07-24T13:50:06Z`,
		`6 md5_hash ` + md5Hex + ` threat=payload family=Vidar first=2026-07-24T13:50:06Z`,
		`7 sha256_hash ` + otherHex + ` threat=payload first=2026-07-24T13:40:06Z`,
		`6 mention file_name Invoice 7.exe threat=payload family=Vidar first=2026-07-24T13:50:06Z (the file name of the sample "` + sha256Hex + `")`,
		"0 info not-an-ioc: imphashes, of the functions that a program imports: 1; no IOC is made of them",
		"0 info not-an-ioc: ssdeep hashes, of likeness: 1; no IOC is made of them",
		"0 info not-an-ioc: TLSH hashes, of likeness: 1; no IOC is made of them",
	}, ""},
	{"MalwareBazaar answer", `{"query_status":"ok","data":[{"sha256_hash":"` + sha256Hex + `","sha3_384_hash":"` + sha256Hex + md5Hex + `","sha1_hash":null,"md5_hash":"` + md5Hex + `","first_seen":"2026-07-24 13:50:06","file_name":"a.exe","signature":null,"tags":["exe"]}]}`, []string{
		`document ""`,
		`1 sha256_hash ` + sha256Hex + ` threat=payload first=2026-07-24T13:50:06Z tags=exe`,
		`1 md5_hash ` + md5Hex + ` threat=payload first=2026-07-24T13:50:06Z tags=exe`,
		`1 sha3_384_hash ` + sha256Hex + md5Hex + ` threat=payload first=2026-07-24T13:50:06Z tags=exe`,
		`1 mention file_name a.exe threat=payload first=2026-07-24T13:50:06Z tags=exe (the file name of the sample "` + sha256Hex + `")`,
	}, ""},
	{"Feodo Tracker table", feodo, []string{
		`document "Feodo Tracker Botnet C2 IP Blocklist (CSV)" of 2`,
		"3 ip:port 192.0.2.205:443 threat=botnet_cc family=Dridex first=2026-01-17T07:30:05Z last=2026-01-18 tags=online",
		"4 ip 198.51.100.7 threat=botnet_cc family=Emotet first=2026-01-16T07:30:05Z tags=offline",
	}, ""},
	{"Feodo Tracker list", feodoJSON, []string{
		`document ""`,
		"2 ip:port 192.0.2.246:8080 threat=botnet_cc family=Emotet first=2022-06-04T21:24:53Z last=2026-03-07 tags=offline",
		"13 ip:port 192.0.2.211:443 threat=botnet_cc family=QakBot first=2025-12-30T13:56:31Z last=2026-03-12 tags=online",
		`13 mention domain host-211.provider.example family=QakBot first=2025-12-30T13:56:31Z last=2026-03-12 tags=online (the name of "192.0.2.211", which may be one of its provider)`,
	}, ""},
	{"Feodo Tracker list, cut", feodoJSON[:strings.Index(feodoJSON, "192.0.2.211")], []string{
		`document ""`,
		"2 ip:port 192.0.2.246:8080 threat=botnet_cc family=Emotet first=2022-06-04T21:24:53Z last=2026-03-07 tags=offline",
		"13 error text-cut: the document cannot be read beyond this place, and what follows is missing: the JSON ends in the middle; fetch the document again",
	}, ""},
	{"SSLBL certificates", certificates, []string{
		`document "abuse.ch SSLBL SSL Certificate Blacklist (SHA1 Fingerprints)"`,
		"0 info not-an-ioc: SHA-1 hashes of TLS certificates, not of files: 2; no IOC is made of them",
	}, ""},
	{"a column that is newer than the program", strings.Replace(strings.Replace(addresses, "DstPort", "DstPort,JARM", 1), ",449", ",449,x", 1), []string{
		`document "abuse.ch SSLBL Botnet C2 IP Blacklist (CSV)" of 2`,
		"3 ip:port 192.0.2.9:449 threat=botnet_cc first=2026-01-17T07:30:05Z",
		"4 ip:port [2001:db8::5]:443 threat=botnet_cc first=2026-01-17T07:30:06Z",
		`1 info unread-column: nothing is taken from the column "jarm", which is newer than this program`,
		`4 warning short-row: the row "2026-01-17 07:30:06,2001:db8::5,443" has 3 of 4 fields, and the IOC lacks what the others would say`,
	}, ""},
	{"SSLBL addresses", addresses, []string{
		`document "abuse.ch SSLBL Botnet C2 IP Blacklist (CSV)" of 2`,
		"3 ip:port 192.0.2.9:449 threat=botnet_cc first=2026-01-17T07:30:05Z",
		"4 ip:port [2001:db8::5]:443 threat=botnet_cc first=2026-01-17T07:30:06Z",
	}, ""},
	{"SSLBL JA3", "# ja3_md5,Firstseen,Lastseen,Listingreason\n" + md5Hex + ",2026-01-17 07:30:05,2026-01-17 07:30:05,Vidar\n# END 7 entries\n", []string{
		`document ""`,
		"3 warning count-differs: the export states 7 entries and has 1 row; fetch it again, for some are missing or were added",
		"0 info not-an-ioc: JA3 fingerprints of TLS clients: 1; no IOC is made of them",
	}, ""},
	{"a banner alone", "# abuse.ch SSLBL Botnet C2 IP Blacklist\n#\n# ATTENTION: This list has been deprecated on 2025-01-03\n#\n", []string{
		`document "abuse.ch SSLBL Botnet C2 IP Blacklist"`,
	}, ""},
}

func TestRead(t *testing.T) {
	for _, c := range documents {
		t.Run(c.name, func(t *testing.T) {
			bs, err := readertest.Read(t, Reader{}, c.text)
			got := readertest.Described(bs)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if is := fmt.Sprint(err); is != c.err && (err != nil || c.err != "") {
				t.Errorf("the error is %v, want %s", err, c.err)
			}
			readertest.Check(t, Reader{}, c.text)
			mine, other := (Reader{}).Sure([]byte(c.text)), (threatfox.Reader{}).Sure([]byte(c.text))
			if mine < 55 || other > mine && !strings.HasPrefix(c.name, "answer without") {
				t.Errorf("only %d sure, and ThreatFox %d", mine, other)
			}
		})
	}
}

func TestSure(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"prose", "URLhaus is a project of abuse.ch.\n\nIt has IOCs such as lantern[.]example."},
		{"any CSV", "type,value\ndomain,lantern.example"},
		{"a CSV of URLs", "url,status\nhttp://lantern.example/,200"},
		{"a CSV of hashes", "sha1,file\n" + sha1Hex + ",a.exe"},
		{"any hosts file", "# my hosts\n127.0.0.1 lantern.example"},
		{"a plain list under a banner", "# Feodo Tracker Botnet C2 IP Blocklist (TXT)\n192.0.2.1\n"},
		{"MISP", `{"Event":{"info":"x","Attribute":[{"type":"domain","value":"lantern.example"}]}}`},
		{"ThreatFox export", `{"1":[{"ioc_value":"a.example","ioc_type":"domain"}]}`},
		{"ThreatFox answer", `{"query_status":"ok","data":[{"ioc":"a.example","ioc_type":"domain"}]}`},
		{"no JSON", "{"},
		{"a vendor's CSV", "dst_ip,port,domain,malware,confidence\n198.51.100.8,443,c8.example,Lantern,80\n"},
		{"a vendor's CSV of samples", "sha256_hash,md5_hash,malware\n" + sha256Hex + "," + md5Hex + ",Lantern\n"},
		{"a vendor's CSV of fingerprints", "ja3_md5,domain\n" + md5Hex + ",a.example\n"},
		{"a log", "Timestamp,SrcIP,DstIP,DstPort,Domain,URL\n2026-01-17,192.0.2.1,198.51.100.8,443,a.example,http://a.example/\n"},
	} {
		if sure := (Reader{}).Sure([]byte(c.text)); sure > 0 {
			t.Errorf("%s: %d sure", c.name, sure)
		}
	}
}

func TestTruncated(t *testing.T) {
	for _, c := range documents {
		if c.err == "" && !strings.Contains(c.name, "without") && !strings.Contains(c.name, "certificates") && !strings.Contains(c.name, "JA3") && !strings.Contains(c.name, "alone") {
			t.Run(c.name, func(t *testing.T) { readertest.Within(t, Reader{}, c.text) })
		}
	}
}

func TestHostile(t *testing.T) {
	const row = `[{"ip_address":"192.0.2.1","port":1,"malware":"x"},`
	for _, c := range []struct {
		name string
		text io.Reader
	}{
		{"nested list", strings.NewReader(row + strings.Repeat("[", 100_000))},
		{"nested item", strings.NewReader(row + strings.Repeat(`{"tags":`, 100_000))},
		{"nested answer", strings.NewReader(`{"query_status":"ok","urls":[{"url":"http://a.example/"}],"x":` + strings.Repeat("[", 100_000))},
		{"one long line", io.MultiReader(strings.NewReader(urlhaus+`"`), readertest.Big(100<<20, "", "x", ""))},
		{"a long string", io.MultiReader(strings.NewReader(row+`{"ip_address":"`), readertest.Big(100<<20, "", "x", ""))},
		{"faults without end", io.MultiReader(strings.NewReader(feodo), readertest.Big(800_000, "", "a,b\n", ""))},
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
				if len(b.Findings) > 5000 || len(b.IOCs) > 2 {
					t.Errorf("%d findings and %d IOCs", len(b.Findings), len(b.IOCs))
				}
			}
		})
	}
}

func TestRealDocument(t *testing.T) {
	f, err := os.Open("../../../shared/corpora/abusech/feodo-ipblocklist.json")
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	in, err := feed.NewInput("feodo", f)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := feed.Collect(Reader{}.Read, in)
	if err != nil || len(docs) != 1 {
		t.Fatal(docs, err)
	}
	b := docs[0]
	if len(b.IOCs) != 5 || len(b.Mentions) != 3 || len(b.Findings) != 0 || b.IOCs[4].Sources[0].Line != 50 {
		t.Errorf("%d IOCs, %d mentions, findings %v, the last on line %v", len(b.IOCs), len(b.Mentions), b.Findings, b.IOCs[4].Sources)
	}
}

func FuzzReader(f *testing.F) {
	for _, c := range documents {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) { readertest.Check(t, Reader{}, text) })
}
