package openioc

import (
	"fmt"
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

func entry(condition, search, content string) string {
	return fmt.Sprintf(`<IndicatorItem id="x" condition="%s"><Context document="d" search="%s" type="mir"/><Content type="string">%s</Content></IndicatorItem>`+"\n", condition, search, content)
}

const (
	head10 = `<?xml version="1.0" encoding="us-ascii"?>
<ioc xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="00000000-0000-4000-8000-000000000001" last-modified="2026-06-01T00:00:00" xmlns="http://schemas.mandiant.com/2010/ioc">
<short_description>Otters in June</short_description><description>What
they do &amp; where.</description><keywords>otter</keywords><authored_by>Publisher</authored_by><authored_date>2026-06-01T00:00:00</authored_date>
<links><link rel="family">Otter RAT</link><link rel="threatgroup">Wet Panda</link><link rel="report" href="https://blog.example/1"/></links>
<definition><Indicator operator="OR" id="1">
`
	tail10 = "</Indicator></definition></ioc>\n"
)

func TestDocument(t *testing.T) {
	text := head10 +
		entry("contains", "Network/DNS", "panel[.]example") +
		entry("is", "PortItem/remoteIP", "192.0.2.7") +
		entry("is", "PortItem/remoteIP", "192.0.2.8:443") +
		entry("is", "RouteEntryItem/Destination", "198.51.100.0/24") +
		entry("is", "RouteEntryItem/Destination", "c2.example") +
		entry("contains", "Network/URI", "/gate.php") +
		entry("is", "UrlHistoryItem/URL", "http://a.example/x?a=1&amp;b=2") +
		entry("is", "FileItem/Md5sum", md5Hex) +
		entry("is", "FileItem/FileName", "a.exe") +
		entry("contains", "FileItem/FileName", "svc") +
		entry("isnot", "FileItem/Sha1sum", sha1Hex) +
		entry("is", "RegistryItem/Path", `HKLM\x`) +
		entry("contains", "RegistryItem/Path", `HKLM\y`) +
		entry("is", "Email/From", "a@example.org") +
		entry("is", "FileItem/Sha256sum", "1234") +
		strings.Replace(entry("is", "DnsEntryItem/Host", "b.example"), "</Content>", "</Content><Comment>Fallback</Comment>", 1) +
		`<Indicator operator="AND">` + entry("is", "FileItem/Sha256sum", sha256Hex) + entry("is", "FileItem/FileName", "b.exe") + entry("is", "FileItem/SizeInBytes", "7") + "</Indicator>\n" +
		`<Indicator operator="AND">` + entry("is", "PortItem/remoteIP", "203.0.113.5") + entry("is", "PortItem/remotePort", "8443") + "</Indicator>\n" +
		`<Indicator operator="AND"><Indicator operator="OR">` + entry("is", "Network/DNS", "d.example") + entry("is", "Network/DNS", "e.example") + "</Indicator>" + entry("is", "FileItem/FileName", "c.exe") + "</Indicator>\n" +
		`<Indicator operator="AND">` + entry("is", "Network/DNS", "f.example") + "</Indicator>\n" +
		tail10
	bs, err := readertest.Read(t, Reader{}, text)
	if err != nil || len(bs) != 1 {
		t.Fatal(len(bs), err)
	}
	const all = " family=Otter RAT ref=https://blog.example/1 tags=otter,threatgroup Wet Panda"
	want := []string{
		"7 domain panel.example" + all, "8 ip 192.0.2.7" + all, "9 ip:port 192.0.2.8:443" + all, "10 cidr 198.51.100.0/24" + all, "11 domain c2.example" + all,
		"13 url http://a.example/x?a=1&b=2" + all, "14 md5_hash MD5" + all, "15 file_name a.exe" + all, "20 email a@example.org" + all,
		"22 domain b.example" + all + ",Fallback",
		"23 sha256_hash SHA256" + all, "27 ip:port 203.0.113.5:8443" + all, "34 domain f.example" + all,
		"24 mention file_name b.exe" + all + " (the name of a file whose hash is an indicator)",
		"30 mention domain d.example" + all + " (part of a group that asks for more than this value)",
		"31 mention domain e.example" + all + " (part of a group that asks for more than this value)",
		"32 mention file_name c.exe" + all + " (part of a group that asks for more than this value)",
		`21 error bad-value: "1234" is no sha256_hash (it has 4 characters, the hash has 64), so no IOC is made of it`,
		"7 info condition-widened: values that are looked for as a part of something are read as the whole: 1",
		`12 info not-an-ioc: values of "Network/URI" that are parts of URLs or other texts are no IOCs: 1`,
		`16 info not-exact: items that search for "FileItem/FileName" by "contains" name no single value, so no IOC is made of them: 1`,
		`17 info negated-value: values that a condition rules out, of "FileItem/Sha1sum", are no IOCs: 1`,
		`18 info not-an-ioc: items that search for "RegistryItem/Path" are no IOCs that Quarry hunts: 2`,
		`25 info not-an-ioc: items that search for "FileItem/SizeInBytes" are no IOCs that Quarry hunts: 1`,
		"23 warning narrower-condition: indicators ask for more than the value, which is hunted alone: 1",
		"24 info beside-hash: names of files whose hash is an indicator are mentions: 1",
		"30 info part-of-condition: values of groups that ask for more than one thing at once are mentions: 3",
	}
	if diff := cmp.Diff(want, lines(bs)); diff != "" {
		t.Error(diff)
	}
	b := bs[0]
	if b.Title != "Otters in June" || b.Text != "What\nthey do & where." || b.Family != "Otter RAT" || b.Source.Line != 2 {
		t.Errorf("%+v", b)
	}
	readertest.Check(t, Reader{}, text)
}

// TestURLsWithoutScheme: what a condition says of URLs is read as what it is.
func TestURLsWithoutScheme(t *testing.T) {
	bs, err := readertest.Read(t, Reader{}, head10+entry("is", "UrlHistoryItem/URL", "a.example/gate")+entry("is", "Network/URI", "b.example")+entry("is", "Network/String", "otter")+tail10)
	if err != nil || len(bs) != 1 {
		t.Fatal(len(bs), err)
	}
	const all = " family=Otter RAT ref=https://blog.example/1 tags=otter,threatgroup Wet Panda"
	want := []string{
		"7 url a.example/gate" + all, "8 domain b.example" + all,
		`8 warning type-differs: the source says that "b.example" is of the type url; it is read as domain, which it is by its looks`,
		`9 info not-an-ioc: values of "Network/String" that are parts of URLs or other texts are no IOCs: 1`,
	}
	if diff := cmp.Diff(want, lines(bs)); diff != "" {
		t.Error(diff)
	}
}

func TestVersion11(t *testing.T) {
	const text = `<?xml version='1.0' encoding='UTF-8' standalone='yes'?>
<OpenIOC xmlns="http://openioc.org/schemas/OpenIOC_1.1" id="x" last-modified="2026-06-01T00:00:00" published-date="0001-01-01T00:00:00">
<metadata><short_description>Otters</short_description><keywords/><links><link rel="family">Otter RAT</link></links></metadata>
<criteria><Indicator id="1" operator="OR">
<IndicatorItem id="2" condition="is" preserve-case="false" negate="false"><Context document="dnsLookupEvent" search="dnsLookupEvent/hostname" type="event"/><Content type="string">panel.example</Content></IndicatorItem>
<IndicatorItem id="3" condition="is" preserve-case="false" negate="true"><Context search="dnsLookupEvent/hostname"/><Content type="string">good.example</Content></IndicatorItem>
<IndicatorItem id="4" condition="matches"><Context search="urlMonitorEvent/hostname"/><Content>^a</Content></IndicatorItem>
<IndicatorItem id="5" condition="starts-with"><Context search="urlMonitorEvent/hostname"/><Content>a</Content></IndicatorItem>
<Indicator operator="AND"><IndicatorItem condition="is"><Context search="ipv4NetworkEvent/remoteIP"/><Content>192.0.2.7</Content></IndicatorItem><IndicatorItem condition="is"><Context search="ipv4NetworkEvent/remotePort"/><Content>443</Content></IndicatorItem></Indicator>
</Indicator></criteria><parameters/></OpenIOC>`
	bs, err := readertest.Read(t, Reader{}, text)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"5 domain panel.example family=Otter RAT",
		"9 ip:port 192.0.2.7:443 family=Otter RAT",
		`6 info negated-value: values that a condition rules out, of "dnsLookupEvent/hostname", are no IOCs: 1`,
		`7 info not-exact: items that search for "urlMonitorEvent/hostname" by "matches" name no single value, so no IOC is made of them: 1`,
		`8 info not-exact: items that search for "urlMonitorEvent/hostname" by "starts-with" name no single value, so no IOC is made of them: 1`,
	}
	if diff := cmp.Diff(want, lines(bs)); diff != "" {
		t.Error(diff)
	}
	readertest.Check(t, Reader{}, text)
}

func TestSure(t *testing.T) {
	for _, c := range []struct {
		text string
		want feed.Sureness
	}{
		{head10, sure},
		{`<!-- x --><OpenIOC xmlns="http://openioc.org/schemas/OpenIOC_1.1">`, sure},
		{`<o:ioc xmlns:o="http://schemas.mandiant.com/2010/ioc">`, sure},
		{`<ioc xmlns="http://example.com/ioc">`, 0}, {`<ioc>`, 0}, {`<html>`, 0}, {"ioc", 0}, {"{}", 0}, {"<", 0}, {"", 0},
	} {
		if got := (Reader{}).Sure([]byte(c.text)); got != c.want {
			t.Errorf("%.60s: %d, want %d", c.text, got, c.want)
		}
	}
	if _, err := readertest.Read(t, Reader{}, "<html/>"); err == nil {
		t.Error("a page is read")
	}
}

func TestCut(t *testing.T) {
	readertest.Cut(t, Reader{}, `<ioc xmlns="http://schemas.mandiant.com/2010/ioc"><definition><Indicator operator="OR">
`+entry("is", "Network/DNS", "a.example")+`<Indicator operator="AND">`+entry("is", "FileItem/Md5sum", md5Hex)+entry("is", "FileItem/SizeInBytes", "7")+`</Indicator>
`+entry("is", "Network/DNS", "b.example")+`</Indicator></definition></ioc>`)
}

func TestHostile(t *testing.T) {
	const head = `<ioc xmlns="http://schemas.mandiant.com/2010/ioc">`
	item := entry("is", "Network/DNS", "a.example")
	for _, c := range []struct {
		text string
		iocs int
		code string // of a finding
	}{
		{head + strings.Repeat("<Indicator>", 100_000), 0, "text-cut"},
		{head + item + strings.Repeat("<a>", 100_000), 1, "text-cut"},
		{`<!DOCTYPE a [<!ENTITY b "` + strings.Repeat("x", 1000) + `"><!ENTITY c "&b;&b;&b;">]>` + head + item + `<description>&c;</description></ioc>`, 1, "text-cut"},
		{`<!DOCTYPE a SYSTEM "file:///etc/passwd">` + head + item + `</ioc>`, 1, ""},
		{head + `<Indicator operator="AND">` + strings.Repeat(item, maxGroup+5) + `</Indicator></ioc>`, 0, "complex-condition"},
		// What is left out of a group asks for more than what is kept.
		{head + `<Indicator operator="AND"><Indicator operator="OR">` + strings.Repeat(item, maxGroup) + `</Indicator>` + entry("is", "x", "y") + `</Indicator></ioc>`, 0, "complex-condition"},
		{head + strings.Repeat(strings.Replace(item, "a.example", "x", 1), 5000) + `</ioc>`, 0, "bad-value"},
		{head + strings.Repeat("<keywords>a</keywords>", 50_000) + strings.Repeat(item, 100) + `</ioc>`, 100, ""},
		{head + "</IndicatorItem></ioc>", 0, "text-cut"},
		{head + "<Indicator/><Content>x</Content></ioc><ioc>", 0, "text-cut"},
	} {
		readertest.Check(t, Reader{}, c.text)
		bs, err := readertest.Read(t, Reader{}, c.text)
		if err != nil || len(bs) != 1 || len(bs[0].IOCs) != c.iocs {
			t.Fatalf("%.80s: %v %v", c.text, err, lines(bs))
		}
		found := c.code == ""
		for _, f := range bs[0].Findings {
			found = found || f.Code == c.code
		}
		if !found {
			t.Errorf("%.80s: %v", c.text, bs[0].Findings)
		}
	}
}

// TestLarge reads many items on one line, and a text of 100 MB, which is not
// held.
func TestLarge(t *testing.T) {
	const head = `<ioc xmlns="http://schemas.mandiant.com/2010/ioc"><Indicator operator="OR">`
	item := strings.TrimSpace(entry("is", "Network/DNS", "a.example"))
	bs, err := readertest.ReadBig(t, Reader{}, readertest.Big(10<<20, head, item, `</Indicator></ioc>`))
	if err != nil || len(bs) != 1 || len(bs[0].IOCs) < 10<<20/len(item) || len(bs[0].Findings) > 0 {
		t.Error(len(bs), err)
	}
	for _, around := range []string{"<description>", `<description a="`, "<"} {
		bs, err = readertest.ReadBig(t, Reader{}, readertest.Big(100<<20, head+item+around, "aaaaaaaaaaaaaaaa", ""))
		if err != nil || len(bs) != 1 || len(bs[0].IOCs) != 1 || bs[0].Findings[0].Code != "text-cut" || !strings.Contains(bs[0].Findings[0].Text, "longer than 16 MiB") {
			t.Error(err, lines(bs))
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(head10 + entry("is", "Network/DNS", "a.example") + `<Indicator operator="AND">` + entry("is", "PortItem/remoteIP", "192.0.2.1") + entry("is", "PortItem/remotePort", "80") + "</Indicator>" + tail10)
	f.Add(`<OpenIOC xmlns="http://openioc.org/schemas/OpenIOC_1.1"><criteria><Indicator><IndicatorItem negate="true" condition="contains"><Context search="FileItem/Md5sum"/><Content>&lt;</Content>`)
	f.Fuzz(func(t *testing.T, text string) { readertest.Check(t, Reader{}, text) })
}
