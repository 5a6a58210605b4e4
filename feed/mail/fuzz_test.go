package mail

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/feed/internal/readertest"
)

func FuzzReader(f *testing.F) {
	f.Add(head + "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n" + quoted(body))
	f.Add(head + "Content-Type: text/html; charset=utf-16le\nContent-Transfer-Encoding: base64\n\n" + inBase64(wide("<p>evil1[.]example</p>")))
	f.Add("From x\n" + head + "Content-Type: multipart/alternative; boundary=B\n\n" + part("Content-Type: text/plain", body) + part("Content-Type: text/html", "<p>evil3[.]example") + "--B--\n\nFrom y\n" + head + "\n192.0.2.1\n")
	f.Add(head + "Content-Type: multipart/mixed; boundary=B\n\n203.0.113.1\n" + part("Content-Type: message/rfc822", head+"\nevil[.]example") + part("Content-Type: text/csv; name=\"=?utf-8?q?a=2Ecsv?=\"\nContent-Transfer-Encoding: x", "ip,port\n192.0.2.1,80") + "--B--\n")
	f.Fuzz(func(t *testing.T, text string) { readertest.Check(t, reader, text) })
}

// TestCut holds that a mail that was cut gives nothing that the whole does not have,
// but for what the cut goes through.
func TestCut(t *testing.T) {
	mail := head + "Content-Type: multipart/alternative; boundary=B\n\n" +
		part("Content-Type: text/plain\nContent-Transfer-Encoding: base64", inBase64("Indicators:\n\nevil1[.]example.\nevil2[.]example.\n203.0.113[.]47.\n")) +
		part("Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable", quoted("<ul><li>evil1[.]example<li>evil2[.]example</ul>")) + "--B--\n"
	whole, err := readertest.Read(t, reader, mail)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, i := range append(whole[0].IOCs, whole[0].Mentions...) {
		known[i.Key()] = true
	}
	for end := range mail {
		readertest.Check(t, reader, mail[:end])
		in, err := feed.NewInput("doc", strings.NewReader(mail[:end]))
		if err != nil {
			continue
		}
		bs, err := feed.Collect(reader.Read, in)
		if err != nil {
			continue
		}
		for _, b := range bs {
			for _, i := range append(b.IOCs, b.Mentions...) {
				if !known[i.Key()] && i.Sources[0].Line < strings.Count(mail[:end], "\n") {
					t.Errorf("cut at byte %d it has %s", end, i.Value)
				}
			}
		}
	}
}

// TestHostile reads what would take forever, or all memory, if anything were looked
// at twice for each line or part.
func TestHostile(t *testing.T) {
	const size = 1 << 20
	multipart := "From: a\nSubject: b\nContent-Type: multipart/mixed; boundary=B\n\n"
	var deep strings.Builder
	for n := range 2000 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=B%d\n\n--B%d\n", n, n)
	}
	mails := strings.Repeat("Content-Type: message/rfc822\n\n", 2000)
	for _, c := range []struct{ head, unit, tail string }{
		{head, "X-A: b\n", "\nevil1[.]example\nevil2[.]example\n"},
		{head, " a@b.example\n", "\nevil1[.]example\n"},
		{head + "Content-Type: ", "a;", "\n\nevil1[.]example\n"},
		{head + "Content-Type: multipart/mixed; boundary=", "B", "\n\nevil1[.]example\n"},
		{multipart, "--B\n", ""}, {multipart, "--B\n\n192.0.2.1\n", ""}, {multipart, "--B--\n", ""}, {multipart, "--B", ""}, {multipart, "--B\nContent-Type: image/png\n\nx\n", ""},
		{multipart, "--B\nContent-Type: multipart/mixed; boundary=C\n\n", "192.0.2.1"},
		{multipart + "--B\nContent-Type: multipart/alternative; boundary=C\n\n", "--C\n\n192.0.2.1\n", ""},
		{"From: a\nSubject: b\n" + deep.String(), "192.0.2.1\n", ""},
		{"From: a\nSubject: b\n" + mails, "192.0.2.1\n", ""},
		{"From x\n" + head + "\n", "192.0.2.1\n\nFrom x\n", ""}, {"From x\n", head + "\n192.0.2.1\n\nFrom x\n", ""},
		{head + "Content-Transfer-Encoding: base64\n\n", "A", ""}, {head + "Content-Transfer-Encoding: base64\n\n", "QQ==\n", ""}, {head + "Content-Transfer-Encoding: base64\n\n", "=", ""}, {head + "Content-Transfer-Encoding: base64\n\n", "A\n", ""},
		{head + "Content-Transfer-Encoding: quoted-printable\n\n", "=\n", ""}, {head + "Content-Transfer-Encoding: quoted-printable\n\n", "=0A", ""}, {head + "Content-Transfer-Encoding: quoted-printable\n\n", "=zz\n", ""}, {head + "Content-Transfer-Encoding: quoted-printable\n\n", "=", ""},
		{head + "Subject: ", "=?utf-8?q?a?= ", "\n\n192.0.2.1\n"},
	} {
		bs, err := readertest.ReadBig(t, reader, readertest.Big(size, c.head, c.unit, c.tail))
		if err != nil && !errors.As(err, new(*feed.InputError)) {
			t.Errorf("%.40q %q: %v", c.head, c.unit, err)
		}
		n := 0
		for _, b := range bs {
			n += len(b.Findings)
		}
		if n > 2000 {
			t.Errorf("%.40q %q: %d findings", c.head, c.unit, n)
		}
	}
}

// TestLarge reads a mail of 100 MB of which little is text.
func TestLarge(t *testing.T) {
	start := head + "Content-Type: multipart/mixed; boundary=B\n\n" + part("Content-Type: text/plain", "IOCs:\n\n192.0.2.1\nevil[.]example") + "--B\nContent-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\n"
	bs, err := readertest.ReadBig(t, reader, readertest.Big(100<<20, start, inBase64(strings.Repeat("\x00", 57)), "--B--\n"))
	if err != nil || len(bs) != 1 || len(bs[0].IOCs) != 2 || bs[0].Findings[len(bs[0].Findings)-1].Code != "attachment-unread" {
		t.Fatalf("%v, %v", readertest.Lines(bs), err)
	}
}
