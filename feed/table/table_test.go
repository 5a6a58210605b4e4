package table

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

const (
	md5Hex    = "0123456789abcdef0123456789abcdef"
	sha1Hex   = "0123456789abcdef0123456789abcdef01234567"
	sha256Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// read reads a document that stands in a test.
func read(t testing.TB, text string) *feed.Bulletin {
	t.Helper()
	in, err := feed.NewInput("doc", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	bs, err := feed.Collect(Reader{}.Read, in)
	if err != nil || len(bs) != 1 {
		t.Fatalf("%.200q: %d bulletins, %v", text, len(bs), err)
	}
	return bs[0]
}

// told is a bulletin in lines: its IOCs and mentions with line, type, value and
// what else is stated, then the lines and codes of its findings.
func told(t testing.TB, b *feed.Bulletin) (lines []string) {
	t.Helper()
	for _, i := range append(append([]feed.IOC{}, b.IOCs...), b.Mentions...) {
		s := fmt.Sprintf("%d %s %s", i.Sources[0].Line, i.Type, i.Value)
		raw, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"threat", "family", "confidence", "first_seen", "last_seen", "reference", "tags"} {
			if v, ok := all[key]; ok {
				s += fmt.Sprintf(" %s=%v", key, v)
			}
		}
		if i.Mention {
			s += " (" + i.Context + ")"
		}
		lines = append(lines, s)
	}
	for _, f := range b.Findings {
		lines = append(lines, fmt.Sprintf("%d %s %s", f.Source.Line, f.Severity, f.Code))
	}
	return lines
}

func TestTables(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"Sophos, type in Indicator_type", "\ufeffIndicator_type,Data,Note\n" +
			"Description,IOCs of Lantern,https://news.example.com/lantern/ \n" +
			"\ufeffsha256," + sha256Hex + ",\"lantern.dll, signed\"\n" +
			"domain,lantern[.]example,C2\nip,\t192.0.2.7, panel\nurl,hxxps://cdn[.]example[.]net/a.php,\n" +
			"registry_path_key,HKLM\\SYSTEM\\X,\nfilename,lantern.exe,dropped\n,,\n,,\n",
			[]string{
				"3 sha256_hash " + sha256Hex + " reference=https://news.example.com/lantern/ tags=[lantern.dll, signed]",
				"4 domain lantern.example reference=https://news.example.com/lantern/ tags=[C2]",
				"5 ip 192.0.2.7 reference=https://news.example.com/lantern/ tags=[panel]",
				"6 url https://cdn.example.net/a.php reference=https://news.example.com/lantern/",
				"8 file_name lantern.exe reference=https://news.example.com/lantern/ tags=[dropped]",
				"7 info not-an-ioc",
			}},
		{"Sophos, type in Indicator, names called URLs", "Indicator,Data,Note\nURL,lantern[.]example,C2\nURL,cdn.example.net/a/,staging\nURL,192.0.2.7:2222,C2\nURL,www.example.org:8080,\nSHA256," + sha256Hex + ",x\nsha1,0123,short\nip,\"8,217.199.160\",broken\n",
			[]string{
				"2 domain lantern.example tags=[C2]", "3 url cdn.example.net/a/ tags=[staging]", "4 ip:port 192.0.2.7:2222 tags=[C2]", "5 domain www.example.org tags=[port 8080]", "6 sha256_hash " + sha256Hex + " tags=[x]",
				"2 warning type-differs", "4 warning type-differs", "5 warning type-differs", "7 error bad-value", "8 error bad-value",
			}},
		{"value in Indicator", "Indicator,Type,Description\nlantern.example,domain,\"a, b\"\n" + md5Hex + ",FileHash-MD5,\n198.51.100.7,IPv4,c2\n", []string{
			"2 domain lantern.example tags=[a, b]", "3 md5_hash " + md5Hex, "4 ip 198.51.100.7 tags=[c2]"}},
		{"value in IOC, type in Type", "type,ioc\nhostname,a.example.com\nFileHash-SHA256," + sha256Hex + "\nURI,http://a.example.com/x\nCVE,CVE-2026-0001\n", []string{
			"2 domain a.example.com", "3 sha256_hash " + sha256Hex, "4 url http://a.example.com/x", "5 info not-an-ioc"}},
		{"Volexity", "value,entity_type,description\nwho@example.org,emailsender,\"says \"\"hello\"\"\"\nadmin@example.org,emailwhois,registrant\na.example.com,hostname,\n192.0.2.9,ipaddress,\n\"" +
			sha256Hex + "," + sha1Hex + "," + md5Hex + "\",file,loader\nsvc1,mutex,\n", []string{
			`2 email who@example.org tags=[says "hello"]`, "4 domain a.example.com", "5 ip 192.0.2.9", "6 sha256_hash " + sha256Hex + " tags=[loader]",
			"6 sha1_hash " + sha1Hex + " tags=[loader]", "6 md5_hash " + md5Hex + " tags=[loader]",
			"3 email admin@example.org tags=[registrant] (it is the address with which a name was registered)", "7 info not-an-ioc"}},
		{"dates and link", "IOC, Valid From, Valid Until, Link\nlantern.example, 2026-05-01, 2026-06-01, https://news.example.com/1\n192.0.2.1:443, 2026-05-02, , \n", []string{
			"2 domain lantern.example first_seen=2026-05-01 reference=https://news.example.com/1 tags=[valid until 2026-06-01]", "3 ip:port 192.0.2.1:443 first_seen=2026-05-02"}},
		{"several values a row", "SHA256,MD5,SHA1,Domain,IP,File name\n" + sha256Hex + "," + md5Hex + "," + sha1Hex + ",a.example.com,192.0.2.1,x.exe\n,,,b.example.com,,\n", []string{
			"2 sha256_hash " + sha256Hex + " tags=[x.exe]", "2 md5_hash " + md5Hex + " tags=[x.exe]", "2 sha1_hash " + sha1Hex + " tags=[x.exe]",
			"2 domain a.example.com tags=[x.exe]", "2 ip 192.0.2.1 tags=[x.exe]", "3 domain b.example.com"}},
		{"all that can be stated", "type;value;port;threat type;malware;confidence;first seen;last seen;reference;tags\n" +
			"ip;192.0.2.1;8443;botnet_cc;Lantern;75%;2026-05-01;2026-05-02 10:00:00;https://news.example.com;a, b\ndomain;c2.example.net;53;Loader;;high;;;;x\n", []string{
			"2 ip:port 192.0.2.1:8443 threat=botnet_cc family=Lantern confidence=75 first_seen=2026-05-01 last_seen=2026-05-02T10:00:00Z reference=https://news.example.com tags=[a b]",
			"3 domain c2.example.net tags=[x Loader confidence high port 53]", "3 warning bad-confidence"}},
		{"confidence in words", "type,value,confidence\nip,192.0.2.1,high\nip,192.0.2.2,Medium\nip,192.0.2.3,75\nip,192.0.2.4,999\n", []string{
			"2 ip 192.0.2.1 tags=[confidence high]", "3 ip 192.0.2.2 tags=[confidence Medium]", "4 ip 192.0.2.3 confidence=75", "5 ip 192.0.2.4", "2 warning bad-confidence", "5 warning bad-confidence"}},
		{"names of files that are paths, and an address in a block", "type,value\nfile_name,C:\\Users\\Public\\drop.exe\ncidr,203.0.113.5/24\n", []string{
			"2 file_name drop.exe", "3 cidr 203.0.113.0/24", "2 info path-as-name", "3 warning inside-block"}},
		{"tabs", "Type\tIndicator\tNotes\nIP\t192.0.2.1\tone, two\nDomain\ta.example.com\t\n", []string{"2 ip 192.0.2.1 tags=[one, two]", "3 domain a.example.com"}},
		{"dates that give way in the row", "value,date_added,first_seen,updated,last_seen\na.example.com,2026-01-02,,2026-01-03,\nb.example.com,2026-01-02,2025-12-01,2026-01-03,-\nc.example.com,,,,2026-01-04\n", []string{
			"2 domain a.example.com first_seen=2026-01-02 last_seen=2026-01-03", "3 domain b.example.com first_seen=2025-12-01 last_seen=2026-01-03", "4 domain c.example.com last_seen=2026-01-04",
			"1 info unread-column", "1 info unread-column"}},
		{"dates that give way in the object", `[{"indicator":"a.example.com","date":"2026-01-02"},{"indicator":"b.example.com","first_seen":"2026-01-03"}]`, []string{
			"1 domain a.example.com first_seen=2026-01-02", "1 domain b.example.com first_seen=2026-01-03", "1 info unread-column"}},
		{"dates of other forms", "domain,first seen,last seen\na.example.com,1 Oct 2026,20261002\nb.example.com,1790812800,\"Oct 2, 2026\"\nc.example.com,10/01/2026,12\n", []string{
			"2 domain a.example.com first_seen=2026-10-01 last_seen=2026-10-02", "3 domain b.example.com first_seen=2026-10-01 last_seen=2026-10-02", "4 domain c.example.com", "4 warning bad-date", "4 warning bad-date"}},
		{"bars", "type|value|note\nip|192.0.2.1|x\ndomain|a.example.com|y\n", []string{"2 ip 192.0.2.1 tags=[x]", "3 domain a.example.com tags=[y]"}},
		{"sep line of a spreadsheet", "sep=;\r\ntype;value\r\nip;192.0.2.1\r\n", []string{"3 ip 192.0.2.1"}},
		{"header in a comment", "# a list\n# type,value,note\nip,192.0.2.1,see b.example.org\n# was a.example.com\n", []string{
			"3 ip 192.0.2.1 tags=[see b.example.org]", "4 domain a.example.com (a comment)"}},
		{"title above", "Lantern indicators\ntype,value\nip,192.0.2.1\n", []string{"3 ip 192.0.2.1", "1 info unread-text"}},
		{"MISP", "uuid,event_id,category,type,value,comment,to_ids,date\n" +
			"1,7,Payload delivery,filename|sha256,a|b.exe|" + sha256Hex + ",,1,20260501\n2,7,Network activity,ip-dst|port,192.0.2.1|443,,1,\n3,7,Network activity,domain|ip,a.example.com|192.0.2.2,,0,\n" +
			"4,7,Network activity,hostname|port,b.example.com|8080,,1,\n5,7,Network activity,ip-dst,192.0.2.0/28,block,1,\n6,7,x,ja3-fingerprint-md5," + md5Hex + ",,1,\n7,7,x,x509-fingerprint-sha1," + sha1Hex + ",,1,\n8,7,x,filename|md5,none,,1,\n", []string{
			"2 sha256_hash " + sha256Hex + " first_seen=2026-05-01 tags=[Payload delivery a|b.exe]", "3 ip:port 192.0.2.1:443 tags=[Network activity]", "5 domain b.example.com tags=[Network activity port 8080]",
			"6 cidr 192.0.2.0/28 tags=[Network activity block]",
			"4 domain a.example.com tags=[Network activity] (the table says it is not for detection)", "4 ip 192.0.2.2 tags=[Network activity] (the table says it is not for detection)",
			"1 info unread-column", "7 info not-an-ioc", "8 info not-an-ioc", "9 warning short-row"}},
		{"Defender", "indicatorType,indicatorValue,expirationTime,action,severity,title,description,recommendedActions,rbacGroups,category,mitretechniques,GenerateAlert\n" +
			"FileSha256," + sha256Hex + ",2026-08-26T12:00:00.0Z,Audit,High,Lantern,why,,,CommandAndControl,T1071,TRUE\nIpAddress,192.0.2.1,,,,,,,,,,\nDomainName,a.example.com,,,,,,,,,,\nUrl,http://a.example.com/,,,,,,,,,,\n", []string{
			"2 sha256_hash " + sha256Hex + " tags=[Audit High Lantern why CommandAndControl valid until 2026-08-26T12:00:00.0Z]", "3 ip 192.0.2.1", "4 domain a.example.com", "5 url http://a.example.com/", "1 info unread-column"}},
		{"unknown types, and hashes of no files", "type,value\nblob,a.example.com\nblob,b.example.com\ncertificate sha1," + sha1Hex + "\nimphash," + md5Hex + "\nip,192.0.2.1\nimphash," + md5Hex + "\ndomain,\n", []string{
			"6 ip 192.0.2.1", "2 domain a.example.com (a row of a type that Quarry does not know)", "3 domain b.example.com (a row of a type that Quarry does not know)",
			"2 warning unknown-type", "4 info not-an-ioc", "5 info not-an-ioc", "8 warning short-row"}},
		{"OpenCTI", "entity_type,observable_value\nStixFile," + sha256Hex + "\nHostname,a.example.com\nX509-Certificate," + sha1Hex + "\nIPv4-Addr,192.0.2.1\n", []string{
			"2 sha256_hash " + sha256Hex, "3 domain a.example.com", "5 ip 192.0.2.1", "4 info not-an-ioc"}},
		{"no type where a cell is empty", "type,value\nip,192.0.2.1\n,a.example.com\n,setup\n", []string{"2 ip 192.0.2.1", "3 domain a.example.com", "4 error bad-value"}},
		{"roles in the column Type", "Type,IOC\nLoader,a.example.com\nPanel,192.0.2.1:80\n", []string{"2 domain a.example.com tags=[Loader]", "3 ip:port 192.0.2.1:80 tags=[Panel]"}},
		{"file names among values", "ioc,note\na.example.com,x\nsetup.exe,y\nupdate.zip,z\nupdate[.]zip,z\n", []string{
			"2 domain a.example.com tags=[x]", "3 error bad-value", "4 error bad-value", "5 error bad-value"}},
		{"a name like that of a file that is called a URL", "type,value\nurl,update.zip\nurl,a.example.com\ndomain,update.zip\nsha256,update.zip\n", []string{
			"3 domain a.example.com", "4 domain update.zip", "2 error bad-value", "3 warning type-differs", "5 error bad-value"}},
		{"no file names among values", "ioc,note\na.example.com,x\nupdate.zip,z\n", []string{"2 domain a.example.com tags=[x]", "3 domain update.zip tags=[z]"}},
		{"lists in cells", "domain,url\na.example.com; b.example.com,\"http://a.example.com/1,2,http://b.example.com/3\"\n\"c.example.com\nd.example.com\",http://c.example.com/x;y\n", []string{
			"2 domain a.example.com", "2 domain b.example.com", "2 url http://a.example.com/1,2", "2 url http://b.example.com/3",
			"3 domain c.example.com", "3 domain d.example.com", "3 url http://c.example.com/x;y"}},
		{"one column with a title", "sha256\n" + sha256Hex + "\nnone\n" + strings.Repeat(sha256Hex+"\n", 10), append([]string{"2 sha256_hash " + sha256Hex},
			manyHashes(4, 10)...)},
		{"resolutions are mentions", "domain,resolved ip\na.example.com,192.0.2.1\n", []string{"2 domain a.example.com", "2 ip 192.0.2.1 (it is the resolution of a name, as the table says)"}},
		{"a note with a comma", "type,value,note\nip,192.0.2.1,one, two\n", []string{"2 ip 192.0.2.1 tags=[one, two]", "2 info long-row"}},
		{"a value with a comma", "type,note,value\nurl,x,http://a.example.com/?a=1,b\n", []string{"2 url http://a.example.com/?a=1 tags=[x]", "2 warning long-row"}},
		{"stray quote at the end", "type,value,note\nip,192.0.2.1,a\"\ndomain,a.example.com,\"b\n", []string{"2 ip 192.0.2.1 tags=[a\"]", "3 domain a.example.com tags=[\"b]"}},
		{"a second header", "Malware Family\tMD5\tFilename\nLantern\t" + md5Hex + "\ta.exe\nLantern\tnone\tb.exe\tmore\nType\tIndicator\tDescription\nDomain\ta.example.com\tC2\nIPv4\t192.0.2.1\t\nipv4\t192.0.2.2\tC2\n" +
			"Type\tIndicator\tDescription\nURL\thttp://a.example.com/x\t\n", []string{
			"2 md5_hash " + md5Hex + " family=Lantern tags=[a.exe]", "5 domain a.example.com tags=[C2]", "6 ip 192.0.2.1", "7 ip 192.0.2.2 tags=[C2]", "9 url http://a.example.com/x",
			"3 info long-row", "3 warning short-row", "4 info next-table", "8 info next-table"}},
		{"a second header with columns that nobody knows above", "domain,colour\na.example.com,red\nip,port,first seen\n192.0.2.1,443,2026-05-01\n192.0.2.2,80,\n", []string{
			"2 domain a.example.com", "4 ip:port 192.0.2.1:443 first_seen=2026-05-01", "5 ip:port 192.0.2.2:80", "1 info unread-column", "3 info next-table"}},
		{"a row of words that is no header", "type,value,note\ndomain,a.example.com,x\ndomain,host,note\ndomain,b.example.com,x\n", []string{
			"2 domain a.example.com tags=[x]", "4 domain b.example.com tags=[x]", "3 error bad-value"}},
		{"the last row is a header", "ioc,note\na.example.com,x\nb.example.com,x\nip,note\n", []string{"2 domain a.example.com tags=[x]", "3 domain b.example.com tags=[x]", "4 info next-table"}},
		// No titles.
		{"TweetFeed", "2026-08-16 01:04:58,robin,domain,lantern.example,#phishing #scam,https://x.example.com/1\n2026-08-16 01:05:00,robin,url,https://lantern.example/a,,https://x.example.com/2\n" +
			"2026-08-16 01:05:01,robin,md5," + md5Hex + ",,https://x.example.com/3\n2026-08-16 01:05:01,robin,url,\"https://a.example.com/x\"\",#a,@b\",#scam,https://x.example.com/4\n", []string{
			"1 domain lantern.example first_seen=2026-08-16T01:04:58Z reference=https://x.example.com/1 tags=[phishing scam]", "2 url https://lantern.example/a first_seen=2026-08-16T01:05:00Z reference=https://x.example.com/2",
			"3 md5_hash " + md5Hex + " first_seen=2026-08-16T01:05:01Z reference=https://x.example.com/3",
			`4 url https://a.example.com/x",#a,@b first_seen=2026-08-16T01:05:01Z reference=https://x.example.com/4 tags=[scam]`, "1 info unread-column"}},
		{"values and words", "a.example.com,phishing\nb.example.com,c2\nc.example.com,c2\n", []string{"1 domain a.example.com", "2 domain b.example.com", "3 domain c.example.com", "1 info unread-column"}},
		{"addresses and ports", "198.51.100.1,443\n198.51.100.2,8443\n2001:db8::1,22\n", []string{
			"1 ip:port 198.51.100.1:443", "2 ip:port 198.51.100.2:8443", "3 ip:port [2001:db8::1]:22", "1 warning port-guessed"}},
		{"addresses and ports with a protocol", "198.51.100.1,TCP/9443\n198.51.100.2,50123/udp\n198.51.100.3,22/tcp\n", []string{
			"1 ip:port 198.51.100.1:9443", "2 ip:port 198.51.100.2:50123", "3 ip:port 198.51.100.3:22", "1 warning port-guessed"}},
		{"addresses and what is no port of a protocol", "198.51.100.1,TCP/99999\n198.51.100.2,50123/udp\n198.51.100.3,22/tcp\n", []string{
			"1 ip 198.51.100.1", "2 ip 198.51.100.2", "3 ip 198.51.100.3", "1 info unread-column"}},
		{"addresses and small ports with a protocol", "198.51.100.1,tcp/22\n198.51.100.2,tcp/23\n198.51.100.3,tcp/7\n", []string{
			"1 ip:port 198.51.100.1:22", "2 ip:port 198.51.100.2:23", "3 ip:port 198.51.100.3:7", "1 warning port-guessed"}},
		{"one address and its port", "198.51.100.1;8443\n", []string{"1 ip:port 198.51.100.1:8443", "1 warning port-guessed"}},
		{"addresses and numbers of networks", "198.51.100.1,64496\n198.51.100.2,64497\n198.51.100.3,443\n", []string{
			"1 ip 198.51.100.1 tags=[64496]", "2 ip 198.51.100.2 tags=[64497]", "3 ip 198.51.100.3 tags=[443]", "1 warning port-as-tag"}},
		{"addresses and years", "198.51.100.1,2024\n198.51.100.2,2025\n", []string{"1 ip 198.51.100.1 tags=[2024]", "2 ip 198.51.100.2 tags=[2025]", "1 warning port-as-tag"}},
		{"addresses and numbers of hits", "198.51.100.1,1530\n198.51.100.2,3\n198.51.100.3,17\n", []string{
			"1 ip 198.51.100.1 tags=[1530]", "2 ip 198.51.100.2 tags=[3]", "3 ip 198.51.100.3 tags=[17]", "1 warning port-as-tag"}},
		{"addresses and percentages", "198.51.100.1,75\n198.51.100.2,100\n198.51.100.3,80\n", []string{
			"1 ip 198.51.100.1", "2 ip 198.51.100.2", "3 ip 198.51.100.3", "1 info unread-column"}},
		{"addresses and small ports", "198.51.100.1,80\n198.51.100.2,22\n198.51.100.3,53\n", []string{
			"1 ip:port 198.51.100.1:80", "2 ip:port 198.51.100.2:22", "3 ip:port 198.51.100.3:53", "1 warning port-guessed"}},
		{"addresses and what may be ports or percentages", "198.51.100.1,80\n198.51.100.2,80\n198.51.100.3,90\n", []string{
			"1 ip 198.51.100.1 tags=[80]", "2 ip 198.51.100.2 tags=[80]", "3 ip 198.51.100.3 tags=[90]", "1 warning port-as-tag"}},
		{"addresses and counts", "198.51.100.1,443\n198.51.100.2,70000\n198.51.100.3,80\n", []string{
			"1 ip 198.51.100.1", "2 ip 198.51.100.2", "3 ip 198.51.100.3", "1 info unread-column"}},
		{"URLs and words", "http://a.example.com/x,Lantern\nhttp://b.example.com/1;2,Lantern\nhttp://c.example.com/y,Otter\n", []string{
			"1 url http://a.example.com/x", "2 url http://b.example.com/1;2", "3 url http://c.example.com/y", "1 info unread-column", "1 warning url-end"}},
		{"hashes and names of files", md5Hex + ",a.exe\n" + sha1Hex + ",b.exe\n" + sha256Hex + ",c.exe\n", []string{
			"1 md5_hash " + md5Hex, "2 sha1_hash " + sha1Hex, "3 sha256_hash " + sha256Hex, "1 info unread-column"}},
		{"hashes of one file in a row", sha256Hex + "," + sha1Hex + "," + md5Hex + "\n", []string{"1 sha256_hash " + sha256Hex, "1 sha1_hash " + sha1Hex, "1 md5_hash " + md5Hex}},
		// The end.
		{"a last value without an end of line", "type,value\nip,192.0.2.1\ndomain,a.example.co", []string{"2 ip 192.0.2.1", "3 domain a.example.co", "3 warning open-end"}},
		{"a last note that may be cut", "type,value,note\nip,192.0.2.1,\ndomain,a.example.com,x", []string{"2 ip 192.0.2.1", "3 domain a.example.com tags=[x]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if s := (Reader{}).Sure([]byte(c.text)); s == 0 {
				t.Error("it is not taken for a table")
			}
			if diff := cmp.Diff(c.want, told(t, read(t, c.text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func manyHashes(from, n int) (lines []string) {
	for k := range n {
		lines = append(lines, fmt.Sprintf("%d sha256_hash %s", from+k, sha256Hex))
	}
	return lines
}

// TestNoTable: what is not a table of indicators is left to others.
func TestNoTable(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":         " \n",
		"prose":           "Lantern, a loader, calls lantern.example, and then, after a day,\nit fetches http://cdn.example.net/a, which, as we saw, is new.\n",
		"Markdown":        "| Type | Value |\n|---|---|\n| ip | 192.0.2.1 |\n",
		"Markdown inside": "# T\n\nType | Value\n--- | ---\nip | 192.0.2.1\n",
		"bulletin":        "IOC Summary\n| Type | Value | Threat Type | First Seen | Confidence |\n|---|---|---|---|---|\n| ip | 192.0.2.1 | botnet_cc | 2026-05-01 | 75% |\n",
		"XML":             "<ioc>, type, value\n",
		"list":            "a.example.com\nb.example.com\n192.0.2.1\n",
		"lists of types":  "Domains\na.example.com\nHashes\n" + md5Hex + "\n",
		"headed list":     "Domains:\na.example.com\nb.example.com\n",
		"hosts file":      "127.0.0.1\ta.example.com\n127.0.0.1\tb.example.com\n",
		"adblock":         "||a.example.com^\n||b.example.com^\n",
		"KQL":             "let x = dynamic([\"a.example.com\", \"b.example.com\"]);\nDnsEvents | where Name in (x)\n",
		"other table":     "country,capital\nFrance,Paris\n",
		"numbers":         "1,2\n3,4\n",
		"words alone":     "type,value\ncolour,blue\n",
		"one line":        "Data, and much more\n",
		"sentence":        "C2 servers are hxxps://a[.]example/x, b[.]example, 198[.]51[.]100[.]1 and c[.]example.",
		"short sentence":  "C2 is a[.]example, b[.]example\n",
		"semicolons":      "see a[.]example; b[.]example; c[.]example",
		"tabs":            "Host a[.]example\tb[.]example\nfoo c[.]example\td[.]example\n",
		"sentences":       "First a[.]example was seen, then.\nSecond b[.]example was seen, c[.]example\nThird x, d[.]example\n",
		"an alert":        "Host: WS-01, User: bob, RemoteUrl: bad[.]example, 198.51.100.7\n",
		"a greeting":      "Dear team,\nhttp://a.example/x, thanks\n",
		"a report":        "# T\n\n```\ntype,value\ndomain,a.example\nurl,http://b.example/x\n```\n\nThe second stage is at hxxp://c[.]example/x.\n",
		"a block first":   "```\ntype,value\ndomain,a.example\n```\n\nAlso d[.]example.\n",
	} {
		if s := (Reader{}).Sure([]byte(text)); s != 0 {
			t.Errorf("%s: sure %d", name, s)
		}
	}
	in, err := feed.NewInput("doc", strings.NewReader("some words\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := feed.Collect(Reader{}.Read, in); err == nil {
		t.Error("prose is read as a table")
	}
}

// TestLeftOut: what a table has beside its values is not lost.
func TestLeftOut(t *testing.T) {
	const beside = " (stands in the column "
	const unknown = ", of which Quarry does not know what it says)"
	hash384 := strings.Repeat("0123456789abcdef", 6)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"values on one line", "a[.]example, b[.]example, 198.51.100.1\n", []string{"1 domain a.example", "1 domain b.example", "1 ip 198.51.100.1"}},
		{"columns of values without titles", "a1.example,198.51.100.1\na2.example,198.51.100.2\na3.example,198.51.100.3\n", []string{
			"1 domain a1.example", "2 domain a2.example", "3 domain a3.example",
			"1 ip 198.51.100.1" + beside + "2" + unknown, "2 ip 198.51.100.2" + beside + "2" + unknown, "3 ip 198.51.100.3" + beside + "2" + unknown, "1 warning unread-column"}},
		{"a column of payloads without titles", "2026-10-01,198.51.100.1,http://a.example/x\n2026-10-02,198.51.100.2,http://b.example/x\n2026-10-02,198.51.100.3,http://c.example/x\n", []string{
			"1 ip 198.51.100.1 first_seen=2026-10-01", "2 ip 198.51.100.2 first_seen=2026-10-02", "3 ip 198.51.100.3 first_seen=2026-10-02",
			"1 url http://a.example/x" + beside + "3" + unknown, "2 url http://b.example/x" + beside + "3" + unknown, "3 url http://c.example/x" + beside + "3" + unknown, "1 warning unread-column"}},
		{"links to the value's own host", "domain,a.example,http://a.example/x\ndomain,b.example,http://b.example/x\n", []string{
			"1 domain a.example", "2 domain b.example", "1 url http://a.example/x" + beside + "3" + unknown, "2 url http://b.example/x" + beside + "3" + unknown, "1 warning unread-column"}},
		{"titles of further values", "IOC,Related Domain,Parent hash,Analyst\n198.51.100.1,evil.example," + md5Hex + ",robin\n", []string{
			"2 ip 198.51.100.1", "2 domain evil.example" + beside + "\"Related Domain\"" + unknown, "2 md5_hash " + md5Hex + beside + "\"Parent hash\"" + unknown, "1 info unread-column", "1 warning unread-column"}},
		{"titles in other languages", "Indicatif,Remarque\nhxxp://a[.]example/x,mauvais\nb[.]example,mauvais\n", []string{"2 url http://a.example/x", "3 domain b.example", "1 info unread-column"}},
		{"types in other languages", "Tipo;Valor;Descripci\u00f3n\nurl;hxxp://a[.]example/x;malo\ndominio;b[.]example;malo\n", []string{"2 url http://a.example/x tags=[malo]", "3 domain b.example tags=[malo]"}},
		{"what is no harm", "domain,whitelisted,verdict\na.example,true,x\nb.example,false,malicious\nc.example,false,Clean\nd.example,no,\n", []string{
			"3 domain b.example tags=[malicious]", "5 domain d.example",
			"2 domain a.example tags=[x] (the table says it is no harm, in the column \"whitelisted\")", "4 domain c.example tags=[Clean] (the table calls it \"Clean\")"}},
		{"a note that says so", "domain,status\na.example,False positive\nb.example,active\n", []string{"3 domain b.example tags=[active]", "2 domain a.example tags=[False positive] (the table calls it \"False positive\")"}},
		{"notes that say so in a word", "indicator,type,comment\n198.51.100.1,ip,victim\n198.51.100.2,ip,sinkhole\n198.51.100.3,ip,Sinkholed\n198.51.100.4,ip,do not block\n198.51.100.5,ip,sinkhole evasion\n198.51.100.6,ip,victim-facing panel\n", []string{
			"6 ip 198.51.100.5 tags=[sinkhole evasion]", "7 ip 198.51.100.6 tags=[victim-facing panel]",
			"2 ip 198.51.100.1 tags=[victim] (the table calls it \"victim\")", "3 ip 198.51.100.2 tags=[sinkhole] (the table calls it \"sinkhole\")",
			"4 ip 198.51.100.3 tags=[Sinkholed] (the table calls it \"Sinkholed\")", "5 ip 198.51.100.4 tags=[do not block] (the table calls it \"do not block\")"}},
		{"threats and roles that say so", "indicator,threat,role\na.example,sinkhole,\nb.example,botnet_cc,c2\nc.example,,victim\n", []string{
			"3 domain b.example threat=botnet_cc tags=[c2]", "2 domain a.example tags=[sinkhole] (the table calls it \"sinkhole\")", "4 domain c.example tags=[victim] (the table calls it \"victim\")"}},
		{"cells that say nothing", "sha256,md5,domain,first seen\n" + sha256Hex + ",N/A,-,unknown\nnone," + md5Hex + ",Unknown,\n", []string{"2 sha256_hash " + sha256Hex, "3 md5_hash " + md5Hex}},
		{"ports", "ip,port\n198.51.100.1,443/tcp\n198.51.100.2,\"80, 443\"\n198.51.100.3,70000\n198.51.100.4:22,23\n", []string{
			"2 ip:port 198.51.100.1:443", "3 ip 198.51.100.2 tags=[port 80, 443]", "4 ip 198.51.100.3 tags=[port 70000]", "5 ip:port 198.51.100.4:22 tags=[port 23]",
			"3 warning port-as-tag", "4 warning port-as-tag", "5 warning port-differs"}},
		{"ports of other values", "type,value,port\nurl,http://a.example/x,8080\ndomain,b.example,8443\nurl,http://c.example/,80\n", []string{
			"2 url http://a.example/x tags=[port 8080]", "3 domain b.example tags=[port 8443]", "4 url http://c.example/"}},
		{"ranges and wildcards", "type,value\nIP Range,198.51.100.0-198.51.100.255\nIP Range,198.51.100.1-198.51.100.9\nwildcard,*.f.example\nDomain,*.g.example\nHash,abc\n", []string{
			"2 cidr 198.51.100.0/24", "3 ip 198.51.100.1", "3 ip 198.51.100.9", "4 domain f.example", "5 domain g.example", "3 warning range-ends", "6 error bad-value"}},
		{"96 digits", "type,value\nhash," + hash384 + "\nsha3-384," + hash384 + "\n", []string{"2 sha3_384_hash " + hash384, "3 sha3_384_hash " + hash384, "2 warning hash-guessed"}},
		{"text behind the rows", "value,type\na.example,domain\n198.51.100.1,ip\n\nUpdate: also block hxxp://c[.]example/x, d[.]example\nand 198[.]51[.]100[.]9\n", []string{
			"2 domain a.example", "3 ip 198.51.100.1", "5 url http://c.example/x (a row of a type that Quarry does not know)", "5 domain d.example (a row of a type that Quarry does not know)",
			"6 ip 198.51.100.9 (stands in a cell that is no value)", "5 warning unknown-type", "6 error bad-value"}},
		{"all in a block of code", "```csv\ntype,value\ndomain,a.example\n```\n", []string{"3 domain a.example"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if s := (Reader{}).Sure([]byte(c.text)); s == 0 {
				t.Error("it is not taken for a table")
			}
			if diff := cmp.Diff(c.want, told(t, read(t, c.text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestObjects reads objects of JSON as rows, their keys as titles.
func TestObjects(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"indicators with a score", `[{"indicator":"198.51.100.1","type":"ip","score":50,"first_seen":"2026-10-01"},` + "\n" + `{"indicator":"a.example","type":"domain","score":75,"parent":"b.example"}]`, []string{
			"1 ip 198.51.100.1 confidence=50 first_seen=2026-10-01", "2 domain a.example confidence=75",
			"2 domain b.example (stands in the column \"parent\", of which Quarry does not know what it says)", "1 warning unread-column"}},
		{"values", `{"data":[{"type":"domain","value":"a.example","confidence":80,"first_seen":"2026-10-01","threat":"botnet_cc","family":"Lantern","tags":["x","y"]}],"next":null}`, []string{
			"1 domain a.example threat=botnet_cc family=Lantern confidence=80 first_seen=2026-10-01 tags=[x y]"}},
		{"Elastic Common Schema", `{"@timestamp":"2026-10-01","threat":{"indicator":{"type":"ipv4-addr","ip":"198.51.100.1","port":443,"provider":"robin","confidence":"High"}}}` + "\n" +
			`{"threat":{"indicator":{"type":"url","url":{"full":"http://a.example/x","domain":"a.example"}}}}` + "\n" +
			`{"threat":{"indicator":{"type":"file","file":{"hash":{"sha256":"` + sha256Hex + `"}}}}}` + "\n", []string{
			"1 ip:port 198.51.100.1:443 first_seen=2026-10-01 tags=[robin confidence High]", "2 url http://a.example/x", "3 sha256_hash " + sha256Hex,
			"2 domain a.example (beside the value of the type \"url\", in \"threat.indicator.url.domain\")", "1 warning bad-confidence"}},
		{"when a record was taken in", `{"@timestamp":"2026-11-20","threat":{"indicator":{"type":"ipv4-addr","ip":"198.51.100.1","modified_at":"2026-11-19","first_seen":"2026-10-01","last_seen":"2026-10-02"}}}` + "\n", []string{
			"1 ip 198.51.100.1 first_seen=2026-10-01 last_seen=2026-10-02", "1 info unread-column", "1 info unread-column"}},
		{"an unknown type", `[{"indicator":"a.example","type":"domain"},{"indicator":"b.example","type":"blob"},7]`, []string{
			"1 domain a.example", "1 domain b.example (a row of a type that Quarry does not know)", "1 error bad-record", "1 warning unknown-type"}},
		{"cut", "[{\"value\":\"a.example\",\"type\":\"domain\"},\n{\"value\":\"b.exam", []string{"1 domain a.example", "2 error text-cut"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if s := (Reader{}).Sure([]byte(c.text)); s != sureOfObjects {
				t.Errorf("sure %d", s)
			}
			if diff := cmp.Diff(c.want, told(t, read(t, c.text))); diff != "" {
				t.Error(diff)
			}
			checkRead(t, c.text)
		})
	}
	for name, text := range map[string]string{
		"a log":     `{"source":{"ip":"192.0.2.1"},"destination":{"ip":"198.51.100.1"},"url":{"full":"http://a.example/"}}`,
		"other":     `[{"country":"France","capital":"Paris"}]`,
		"a list":    `["a.example","b.example"]`,
		"no JSON":   "{",
		"no record": `[]`,
	} {
		if s := (Reader{}).Sure([]byte(text)); s != 0 {
			t.Errorf("%s: sure %d", name, s)
		}
	}
}

func TestTitleOfDescription(t *testing.T) {
	b := read(t, "Indicator,Data,Note\nDescription,https://news.example.com/1 ,IOCs of Lantern\nDescription,second,more\nip,192.0.2.1,\n")
	if b.Title != "IOCs of Lantern" || b.Text != "second\nmore" || len(b.IOCs) != 1 || b.IOCs[0].Reference != "https://news.example.com/1" {
		t.Errorf("%q %q %+v", b.Title, b.Text, b.IOCs)
	}
}

// TestTweetFeed reads a real week where it is at hand.
func TestTweetFeed(t *testing.T) {
	raw, err := os.ReadFile("../../../shared/corpora/tweetfeed/week.csv")
	if err != nil {
		t.Skip("the corpora are not here")
	}
	b := read(t, string(raw))
	values, types := map[string]bool{}, map[feed.Type]int{}
	for _, i := range b.IOCs {
		if !values[i.Value] {
			types[i.Type]++
		}
		values[i.Value] = true
		if i.FirstSeen.IsZero() || !strings.HasPrefix(i.Reference, "https://x.com/") {
			t.Errorf("%+v", i)
		}
	}
	if len(values) != 1536 || len(b.IOCs) != 1574 || len(b.Mentions) != 0 {
		t.Errorf("%d values in %d IOCs, %d mentions", len(values), len(b.IOCs), len(b.Mentions))
	}
	if len(b.Findings) != 1 || b.Findings[0].Code != "unread-column" {
		t.Errorf("%v", b.Findings)
	}
	t.Log(types)
}
