package mail

import (
	"encoding/base64"
	"mime/quotedprintable"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/feed/internal/readertest"
	"quarry/feed/plain"
	"quarry/feed/prose"
	"quarry/feed/table"
)

var reader = Reader{Parts: feed.NewRegistry(table.Reader{}, plain.Reader{}, prose.Reader{})}

const sha256Hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// body is a text whose values quoted-printable breaks or changes.
const body = "Indicators:\n\n" +
	"hxxps://evil1[.]example/secure/login.php?session=abcdefabcdef&user=victim&campaign=otter2026-10\n" +
	"SHA256 of the loader sample: " + sha256Hex + "\n" +
	"evil2[.]example\n"

const head = "From: cert@cert.example.org\nTo: soc@bank.example.com\nSubject: Otter\nMIME-Version: 1.0\n"

func quoted(s string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return strings.ReplaceAll(b.String(), "\r\n", "\n")
}

func inBase64(s string) string {
	s = base64.StdEncoding.EncodeToString([]byte(s))
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\n")
		s = s[76:]
	}
	return b.String() + s + "\n"
}

// read reads a mail and returns its IOCs and mentions, and its findings but those of
// how text was read.
func read(t *testing.T, text string) []string {
	t.Helper()
	readertest.Check(t, reader, text)
	bs, err := readertest.Read(t, reader, text)
	if err != nil {
		return []string{err.Error()}
	}
	var all []string
	for _, l := range readertest.Lines(bs) {
		if !strings.Contains(l, "from-prose") {
			all = append(all, l)
		}
	}
	return all
}

func part(header, body string) string { return "--B\n" + header + "\n\n" + body + "\n" }

func TestEncoded(t *testing.T) {
	values := func(lines ...string) []string {
		return []string{
			lines[0] + " url https://evil1.example/secure/login.php?session=abcdefabcdef&user=victim&campaign=otter2026-10",
			lines[1] + " sha256_hash " + sha256Hex,
			lines[2] + " domain evil2.example",
			`1 mention email cert@cert.example.org (header "from")`,
			`2 mention email soc@bank.example.com (header "to")`,
		}
	}
	told := func(line string) string {
		return line + " info mail-part: the text stands encoded (base64) from this line on; its lines are those of the mail that hold it"
	}
	html := "<div>" + strings.ReplaceAll(body, "\n", "<br>\n") + "</div>"
	for name, c := range map[string]struct {
		mail string
		want []string
	}{
		"as it stands":      {head + "Content-Type: text/plain\n\n" + body, values("9", "10", "11")},
		"quoted-printable":  {head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + quoted(body), values("10", "12", "14")},
		"in capitals, CRLF": {strings.ReplaceAll(head+"CONTENT-TYPE: TEXT/PLAIN\nCONTENT-TRANSFER-ENCODING: QUOTED-PRINTABLE\n\n"+quoted(body), "\n", "\r\n"), values("10", "12", "14")},
		"base64":            {head + "Content-Type: text/plain;\n charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\n" + inBase64(body), append(values("9", "10", "12"), told("9"))},
		"UTF-16 in base64":  {head + "Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\n" + inBase64(wide(body)), append(values("8", "11", "15"), told("8"))},
		"HTML":              {head + "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n" + quoted(html), values("10", "12", "14")},
		"of several forms":  {head + "Content-Type: multipart/alternative; boundary=\"B\"\n\n" + part("Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable", quoted(body)) + part("Content-Type: text/html", html) + "--B--\n", values("13", "15", "17")},
		"HTML before":       {head + "Content-Type: multipart/alternative; boundary=B\n\n" + part("Content-Type: text/html", "<p>x</p>") + part("Content-Type: text/plain", body) + "--B--\n", values("16", "17", "18")},
		"only HTML is read": {head + "Content-Type: multipart/alternative; boundary=B\n\n" + part("Content-Type: text/plain", "See the page.") + part("Content-Type: text/html", html) + "--B--\n", values("16", "17", "18")},
		"a mail in a mail":  {head + "Content-Type: multipart/mixed; boundary=C\n\n--C\nContent-Type: message/rfc822\n\nSubject: x\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n" + quoted(body) + "\n--C--\n", values("16", "18", "20")},
		"a mailbox":         {"From x Mon Nov 23 00:00:00 2026\n" + strings.Replace(head, "MIME-Version: 1.0\n", "Content-Transfer-Encoding: quoted-printable\n", 1) + "\n" + quoted(body), nil},
		"From in the text":  {head + "X-Mailer: x\n\nFrom me:\n\n" + body, values("11", "12", "13")},
	} {
		if c.want == nil {
			c.want = values("9", "11", "13")
			c.want[3], c.want[4] = "2"+c.want[3][1:], "3"+c.want[4][1:]
		}
		if diff := cmp.Diff(c.want, read(t, c.mail)); diff != "" {
			t.Errorf("%s:\n%s\n%s", name, c.mail, diff)
		}
	}
}

// TestDecodedAlready holds that a body that is decoded already is read as it stands,
// and that what only looks so is told of.
func TestDecodedAlready(t *testing.T) {
	const (
		quotedHead = "From: a\nTo: b\nSubject: c\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nIndicators:\n\n"
		stands     = `9 warning mail-damaged: the part "text/plain" says that it is quoted-printable, but no encoder writes "=4F", so it is read as it stands; check the values that hold an equals sign`
		doubted    = `9 warning mail-damaged: the part "text/plain" is quoted-printable, but no encoder writes "=4F"; it is decoded all the same, so check the values of the line`
	)
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"a parameter", "hxxp://evil1[.]example/gate.php?id=4F2A", []string{"9 url http://evil1.example/gate.php?id=4F2A", stands}},
		{"small letters", "hxxp://evil1[.]example/gate.php?id=4f2a", []string{"9 url http://evil1.example/gate.php?id=4f2a", strings.Replace(stands, "4F", "4f", 1)}},
		{"no charset of the text", "hxxp://evil1[.]example/?x=AB\nhxxp://evil2[.]example/?x=B", []string{"9 url http://evil1.example/?x=AB", "10 url http://evil2.example/?x=B", strings.Replace(stands, "4F", "AB", 1)}},
		{"an equals sign is encoded", "hxxp://evil1[.]example/?q=3D1\nevil2[.]example", []string{"9 url http://evil1.example/?q=1", "10 domain evil2.example"}},
		{"both", "hxxp://evil1[.]example/?id=4F2A\nhxxp://evil2[.]example/?q=3D1", []string{"9 url http://evil1.example/?idO2A", "10 url http://evil2.example/?q=1", doubted}},
		{"a name without a value", "hxxps://evil1[.]example/login?email=\nevil2[.]example\n203[.]0[.]113[.]4", []string{"9 url https://evil1.example/login?email=", "10 domain evil2.example", "11 ip 203.0.113.4", strings.Replace(stands, "=4F", "email=", 1)}},
		{"at the end", "evil2[.]example\nhxxps://evil1[.]example/login?email=\n", []string{"9 domain evil2.example", "10 url https://evil1.example/login?email=", strings.Replace(strings.Replace(stands, "=4F", "email=", 1), "9 w", "10 w", 1)}},
		{"a year", "hxxps://evil1[.]example/?a=1&year=2024-11\nevil2[.]example", []string{"9 url https://evil1.example/?a=1&year=2024-11", "10 domain evil2.example", strings.Replace(stands, "=4F", "=20", 1)}},
		{"a slash", "evil1[.]example/x?id=2f00\nevil2[.]example", []string{"9 url evil1.example/x?id=2f00", "10 domain evil2.example", "9 info no-scheme: 1 name or address with a path behind it, from this line on, is read as a URL without a scheme; hunts find it with http and with https", strings.Replace(stands, "=4F", "=2f", 1)}},
		{"a zero", "hxxps://evil1[.]example/?t=00\nhxxps://evil2[.]example/?q=20", []string{"9 url https://evil1.example/?t=00", "10 url https://evil2.example/?q=20", strings.Replace(stands, "=4F", "=00", 1)}},
		{"base64 beside it", "Body: dGVzdA==\nhxxps://evil1[.]example/?id=4F2A\nevil2[.]example", []string{"10 url https://evil1.example/?id=4F2A", "11 domain evil2.example", strings.Replace(stands, "=4F", "dGVzdA==", 1)}},
		{"a broken line", "The loader asks for orders, and later on for a second stage, hxxps://evil=\n1[.]example/a\nevil2[.]example", []string{"9 url https://evil1.example/a", "11 domain evil2.example"}},
		{"words with a tab", "evil1[.]example=09C2 =\n\nevil2[.]example=20", []string{"9 domain evil1.example", "11 domain evil2.example", strings.Replace(doubted, `"=4F"`, `"="`, 1)}},
		{"all of it is encoded", "=65=76=69=6C=31[.]example\n=46rom here on: caf=C3=A9, evil2[.]example", []string{"9 domain evil1.example", "10 domain evil2.example"}},
		{"signs that encoders write", "evil1[=2E]example=20\nevil2[.]example", []string{"9 domain evil1.example", "10 domain evil2.example"}},
	} {
		if diff := cmp.Diff(c.want, read(t, quotedHead+c.body+"\n")); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

// wide is ASCII as UTF-16.
func wide(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.Write([]byte{c, 0})
	}
	return b.String()
}

func TestParts(t *testing.T) {
	const mixed = "From: a\nSubject: Otter\nContent-Type: multipart/mixed; boundary=B\n\n"
	for name, c := range map[string]struct {
		mail string
		want []string
	}{
		"a list": {
			mixed + part("Content-Type: text/plain", "See the list.") + part("Content-Type: application/octet-stream; name=iocs.csv\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"=?utf-8?q?iocs=2Ecsv?=\"", inBase64("ip,port\n203.0.113.4,8443\n203.0.113.5,443\n")) + "--B--\n",
			[]string{
				"14 ip:port 203.0.113.4:8443", "14 ip:port 203.0.113.5:443",
				`14 info mail-part: the attachment "iocs.csv" is read, too, as table; its lines are those of the mail`,
			},
		},
		"no text": {
			mixed + part("Content-Type: text/plain", "evil1[.]example\nevil2[.]example") + part("Content-Type: application/pdf; name=\"report.pdf\"\nContent-Transfer-Encoding: base64", inBase64("%PDF-1.7 x")) +
				part("Content-Type: application/vnd.ms-excel; name=iocs.xlsx\nContent-Transfer-Encoding: base64", inBase64("PK\x03\x04")) + part("Content-Type: image/png; name=logo.png\nContent-Transfer-Encoding: base64", "AAAA") +
				part("Content-Type: application/gzip; name=iocs.gz\nContent-Transfer-Encoding: base64", inBase64("\x1f\x8b\x08")) + part("Content-Type: text/x-uu; name=iocs.uu\nContent-Transfer-Encoding: x-uuencode", "begin") + "--B--\n",
			[]string{
				"8 domain evil1.example", "9 domain evil2.example",
				`14 warning attachment-unread: the part "report.pdf" is not read: this is a PDF; copy its text into a file, or export it as text`,
				`20 warning attachment-unread: the part "iocs.xlsx" is not read: this is a zip archive or an office document; unpack it, or export it as text`,
				`26 info attachment-unread: the part "logo.png" is not read: it is no text but "image/png"`,
				`31 warning attachment-unread: the part "iocs.gz" is not read: it is compressed with gzip; save and open it by itself`,
				`37 warning attachment-unread: the part "iocs.uu" is not read: it is encoded as "x-uuencode", which is not read; save it by itself`,
			},
		},
		"nothing in an attachment": {
			mixed + part("Content-Type: text/plain", "evil1[.]example\nevil2[.]example") + part("Content-Type: text/plain; name=notes.txt", "nothing") + "--B--\n",
			[]string{
				"8 domain evil1.example", "9 domain evil2.example",
				`13 warning attachment-unread: the part "notes.txt" is not read: nothing in it looks like an IOC; Quarry reads bulletins, feeds and text in which addresses, domains, URLs, mail addresses or hashes stand; check that it is the right file`,
			},
		},
		"only in HTML": {
			strings.Replace(mixed, "mixed", "alternative", 1) + part("Content-Type: text/plain", "evil1[.]example\nevil2[.]example") + part("Content-Type: text/html", `<ul><li>evil1[.]example<li>203.0.113[.]4</ul><a href="http://evil3.example/x">evil1[.]example</a>`) + "--B--\n",
			[]string{
				"8 domain evil1.example", "9 domain evil2.example",
				"13 mention ip 203.0.113.4 (only in another form of the text of the mail)", "13 mention url http://evil3.example/x (target of the link \"evil1[.]example\")",
				"13 warning mail-forms: the mail has its text in several forms, and what stands only in another form than the one that is read are mentions: 1 value, such as 203[.]0[.]113[.]4; switch on what you want to hunt",
			},
		},
		"cut": {
			mixed + "--B\nContent-Type: text/plain\n\nevil1[.]example\nevil2[.]example\n",
			[]string{
				"8 domain evil1.example", "9 domain evil2.example",
				"9 error text-cut: the mail ends within one of its parts, so what follows is missing; save it again",
			},
		},
		"no boundary": {
			mixed + "evil1[.]example\nevil2[.]example\n",
			[]string{
				"5 domain evil1.example", "6 domain evil2.example",
				"5 warning mail-damaged: nothing in the mail is parted as its header says, so all of it is read as text",
			},
		},
		"text outside": {
			mixed + "203.0.113[.]7\n" + part("Content-Type: text/plain", "evil1[.]example\nevil2[.]example") + "--B--\n",
			[]string{
				"9 domain evil1.example", "10 domain evil2.example",
				"5 warning unread-text: text outside of the parts of the mail holds what looks like an IOC; nothing is taken from it",
			},
		},
		"damaged base64": {
			head + "Content-Transfer-Encoding: base64\n\n" + inBase64("evil1[.]example\nevil2[.]example\n203.0.113[.]4\n") + "____\nlist footer\n",
			[]string{
				"7 domain evil1.example", "7 domain evil2.example", "7 ip 203.0.113.4",
				`1 mention email cert@cert.example.org (header "from")`, `2 mention email soc@bank.example.com (header "to")`,
				`8 error mail-damaged: the part "text/plain" is damaged: it is no base64 from here on, so what follows is missing; save the mail again`,
				"7 info mail-part: the text stands encoded (base64) from this line on; its lines are those of the mail that hold it",
			},
		},
		"an empty mail": {head + "\nHello.\n", []string{
			`1 mention email cert@cert.example.org (header "from")`, `2 mention email soc@bank.example.com (header "to")`,
		}},
		"nothing": {"From: Bob\nTo: Eve\nSubject: x\n\nHello.\n", []string{"doc: nothing in this mail looks like an IOC; check that it is the right one"}},
		"encoded words": {"From: =?iso-8859-1?q?B=F6b?= <bob@example.com>\nSubject: =?utf-8?b?ZXZpbDFbLl1leGFtcGxl?=\nDate: x\nMessage-ID: <a@b.example>\nReceived: from x.example.net\n (192.0.2.9)\n\nevil[.]example\nevil2[.]example\n", []string{
			"8 domain evil.example", "9 domain evil2.example", `1 mention email bob@example.com (header "from")`, `2 mention domain evil1.example (header "subject")`,
			`5 mention domain x.example.net (header "received")`, `5 mention ip 192.0.2.9 (header "received")`,
			`2 warning mail-subject: the subject holds what is written as an IOC and the mail itself has no such one, so it is a mention: 1 value, such as evil1[.]example; switch on what you want to hunt`,
		}},
		"a subject of an attached mail": {mixed + part("Content-Type: text/plain", "evil1[.]example\nevil2[.]example") + part("Content-Type: message/rfc822", "From: a\nSubject: C2 evil1[.]example\n\nSee above.") + "--B--\n", []string{
			"8 domain evil1.example", "9 domain evil2.example", `14 mention domain evil1.example (header "subject")`,
		}},
		"a number in a subject": {"From: a\nTo: b\nSubject: Ticket " + sha256Hex[:32] + "\n\nevil1[.]example\nevil2[.]example\n", []string{
			"5 domain evil1.example", "6 domain evil2.example", `3 mention md5_hash ` + sha256Hex[:32] + ` (header "subject")`,
		}},
		"a hash in a subject": {"From: a\nTo: b\nSubject: Sample " + sha256Hex[:32] + "\n\nevil1[.]example\nevil2[.]example\n", []string{
			"5 domain evil1.example", "6 domain evil2.example", `3 mention md5_hash ` + sha256Hex[:32] + ` (header "subject")`,
			`3 warning mail-subject: the subject holds what is written as an IOC and the mail itself has no such one, so it is a mention: 1 value, such as ` + sha256Hex[:32] + `; switch on what you want to hunt`,
		}},
		"a subject": {"From: a\nTo: b\nSubject: C2 evil9[.]example, evil1[.]example, www.example.com and\n " + sha256Hex + "\n\nevil1[.]example\nevil2[.]example\n", []string{
			"6 domain evil1.example", "7 domain evil2.example", `3 mention domain evil9.example (header "subject")`, `3 mention domain evil1.example (header "subject")`, `3 mention domain www.example.com (header "subject")`, `3 mention sha256_hash ` + sha256Hex + ` (header "subject")`,
			`3 warning mail-subject: the subject holds what is written as an IOC and the mail itself has no such one, so it is a mention: 2 values, such as evil9[.]example; switch on what you want to hunt`,
		}},
	} {
		if diff := cmp.Diff(c.want, read(t, c.mail)); diff != "" {
			t.Errorf("%s:\n%s\n%s", name, c.mail, diff)
		}
	}
}

func TestSure(t *testing.T) {
	for text, want := range map[string]feed.Sureness{
		head + "\nx":          sureOfMail,
		"\n\n" + head + "\nx": sureOfMail,
		"From: a\nSent: b\nTo: c\nSubject: d\n\n":                 sureOfMail,
		"Return-Path: a\nX-Spam: b\nReceived: c\n d\nDate: e\n\n": sureOfMail,
		"From: a\nSubject: c\nDate: d\nC2: evil[.]example\n\nx":   0,
		"Date: 2026-10-01\nSubject: x\nReference: y\n\nx":         0,
		"Subject: x\nDate: y\n\nx":                                0,
		"From: a\nTo: b\nSubject: c\nevil[.]example\n\nx":         0,
		"From here on\n\nFrom: a\nhttps://a.example\n":            0,
		"Indicators:\n\n" + head + "\nx":                          0,
		"{\"From\": 1}":                                           0,
	} {
		if got := (Reader{}).Sure([]byte(text)); got != want {
			t.Errorf("%q: %d", text, got)
		}
	}
}

func TestWords(t *testing.T) {
	l, err := readWords(wordsFile)
	if err != nil || len(l.Known) == 0 || len(l.Others) == 0 || len(l.Unlooked) == 0 || len(l.Pictures) == 0 || len(l.Hashing) == 0 {
		t.Fatalf("%+v, %v", l, err)
	}
}
