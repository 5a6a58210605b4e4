package own

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/feed/internal/readertest"
	"quarry/feed/records"
)

const (
	domainLine  = `{"type":"domain","value":"a.example.com","threat":"botnet_cc","family":"Lantern","confidence":0,"first_seen":"2026-05-01","last_seen":"2026-05-02T10:00:00Z","reference":"https://news.example.com/1","tags":["a","b"],"source":"feed.md","line":9,"mention":false,"differs":["threat x and y"]}`
	portLine    = `{"type":"ip:port","value":"[2001:db8::1]:443","host":"2001:db8::1","port":443,"threat":"odd","source":"feed.md","line":10,"mention":false,"warnings":[{"code":"documentation","level":"warn","text":"x","advice":"y"}]}`
	mentionLine = `{"type":"url","value":"http://b.example.com/?a=1&b=<2>","host":"b.example.com","source":"feed.md","line":12,"mention":true,"context":"filter of a scenario"}`
	offLine     = `{"type":"ip","value":"192.0.2.1","mention":false,"on":false,"verdict":"benign","note":"ours"}`
	onLine      = `{"type":"ip","value":"192.0.2.2","mention":true,"context":"hypothesis","on":true,"note":"seen"}`
	leftLine    = `{"type":"ip","value":"192.0.2.3","confidence":50,"mention":false,"on":false,"left_out":"confidence below 80"}`
	header      = "on,type,value,threat,family,confidence,first_seen,verdict,note,mention,source,line\n"
)

var exported = "{\n  \"title\": \"Lantern\",\n  \"families\": [\"Lantern RAT\"],\n  \"reviewer\": \"jk\",\n  \"target\": \"sentinel\",\n  \"lookback\": \"7d\",\n  \"iocs\": [\n    " + domainLine + ",\n    " + offLine + "\n  ],\n" +
	"  \"scenarios\": [{\"title\": \"T\", \"description\": \"D\", \"filter\": \"F\", \"condition\": \"\", \"unparsed\": [], \"attached\": true, \"fit\": {}}],\n" +
	"  \"hunts\": [{\"table\": \"DnsEvents\", \"query\": \"x\"}, {\"table\": \"DnsEvents\"}],\n  \"findings\": []\n}\n"

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

// told is what is read, in JSON without the place, each with all its places,
// then the findings.
func told(t testing.TB, b *feed.Bulletin) (lines []string) {
	t.Helper()
	for _, i := range append(append([]feed.IOC{}, b.IOCs...), b.Mentions...) {
		places := fmt.Sprint(i.Sources)
		i.Sources = nil
		raw, err := i.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, places+" "+string(raw))
	}
	for _, f := range b.Findings {
		lines = append(lines, fmt.Sprintf("%d %s %s", f.Source.Line, f.Severity, f.Code))
	}
	return lines
}

var documents = []struct {
	name, text string
	want       []string
}{
	{"lines", domainLine + "\n" + portLine + "\n\n" + mentionLine + "\n", []string{
		`[feed.md:9 doc:1] {"type":"domain","value":"a.example.com","threat":"botnet_cc","family":"Lantern","confidence":0,"first_seen":"2026-05-01","last_seen":"2026-05-02T10:00:00Z","reference":"https://news.example.com/1","tags":["a","b"],"mention":false,"differs":["threat x and y"]}`,
		`[feed.md:10 doc:2] {"type":"ip:port","value":"[2001:db8::1]:443","host":"2001:db8::1","port":443,"threat":"odd","mention":false}`,
		`[feed.md:12 doc:4] {"type":"url","value":"http://b.example.com/?a=1&b=<2>","host":"b.example.com","mention":true,"context":"filter of a scenario"}`}},
	{"decisions", offLine + "\n" + onLine + "\n" + leftLine + "\n", []string{
		`[doc:2] {"type":"ip","value":"192.0.2.2","tags":["was a mention in hypothesis"],"mention":false}`,
		`[doc:1] {"type":"ip","value":"192.0.2.1","mention":true,"context":"switched off in a review, judged benign: ours"}`,
		`[doc:3] {"type":"ip","value":"192.0.2.3","confidence":50,"mention":true,"context":"left out in a review, confidence below 80"}`,
		"1 info decisions-unread"}},
	{"lines that are broken", domainLine + "\n{\"type\":\n{\"type\":\"blob\",\"value\":\"x\",\"mention\":false}\n{\"type\":\"ip\",\"value\":\"x\",\"mention\":false}\n" + `{"type":"ip","value":"192.0.2.1","mention":false,"confidence":101,"first_seen":"soon"}` + "\n", []string{
		`[feed.md:9 doc:1] {"type":"domain","value":"a.example.com","threat":"botnet_cc","family":"Lantern","confidence":0,"first_seen":"2026-05-01","last_seen":"2026-05-02T10:00:00Z","reference":"https://news.example.com/1","tags":["a","b"],"mention":false,"differs":["threat x and y"]}`,
		`[doc:5] {"type":"ip","value":"192.0.2.1","mention":false}`,
		"2 error bad-record", "3 error bad-record", "4 error bad-value", "5 warning bad-date", "5 warning bad-confidence"}},
	{"an array", "[" + portLine + ",\n" + mentionLine + "\n]\n", []string{
		`[feed.md:10 doc:1] {"type":"ip:port","value":"[2001:db8::1]:443","host":"2001:db8::1","port":443,"threat":"odd","mention":false}`,
		`[feed.md:12 doc:2] {"type":"url","value":"http://b.example.com/?a=1&b=<2>","host":"b.example.com","mention":true,"context":"filter of a scenario"}`}},
	{"indented", "{\n  \"type\": \"ip\",\n  \"value\": \"192.0.2.1\",\n  \"mention\": false\n}\n{\n  \"type\": \"ip\",\n  \"value\": \"192.0.2.2\",\n  \"mention\": false,\n  \"line\": \"x\"\n}\n{\n  \"type\": \"ip\",\n  \"value\": \"192.0.2.3\",\n  \"mention\": false\n}\n", []string{
		`[doc:1] {"type":"ip","value":"192.0.2.1","mention":false}`, `[doc:12] {"type":"ip","value":"192.0.2.3","mention":false}`, "6 error bad-record"}},
	{"an export", exported, []string{
		`[feed.md:9 doc:8] {"type":"domain","value":"a.example.com","threat":"botnet_cc","family":"Lantern","confidence":0,"first_seen":"2026-05-01","last_seen":"2026-05-02T10:00:00Z","reference":"https://news.example.com/1","tags":["a","b"],"mention":false,"differs":["threat x and y"]}`,
		`[doc:9] {"type":"ip","value":"192.0.2.1","mention":true,"context":"switched off in a review, judged benign: ours"}`,
		"1 info decisions-unread", "9 info decisions-unread"}},
	{"CSV", header + "on,domain,a.example.com,botnet_cc,Lantern,75,2026-05-01,,,false,feed.md,9\noff,url,http://b.example.com/,,,,,benign,\"'=x, y\",false,'-,3\non,ip,192.0.2.2,,,,,,,true,feed.md,4\noff,ip,192.0.2.3,,,,,,,true,feed.md,5\n\"on, below 80%\",ip,192.0.2.4,,,50,,,,false,feed.md,6\nx\noff,ip,192.0.2.5,,,y,,,,maybe,,\n", []string{
		`[feed.md:9 doc:2] {"type":"domain","value":"a.example.com","threat":"botnet_cc","family":"Lantern","confidence":75,"first_seen":"2026-05-01","mention":false}`,
		`[feed.md:4 doc:4] {"type":"ip","value":"192.0.2.2","mention":false}`,
		`[-:3 doc:3] {"type":"url","value":"http://b.example.com/","host":"b.example.com","mention":true,"context":"switched off in a review, judged benign: =x, y"}`,
		`[feed.md:5 doc:5] {"type":"ip","value":"192.0.2.3","mention":true,"context":"a mention in the document it comes from"}`,
		`[feed.md:6 doc:6] {"type":"ip","value":"192.0.2.4","confidence":50,"mention":true,"context":"left out in a review, confidence below 80%"}`,
		"3 info decisions-unread", "7 error bad-record", "8 warning bad-confidence", "8 error bad-record"}},
	{"cut in a line", portLine + "\n" + domainLine[:40], []string{
		`[feed.md:10 doc:1] {"type":"ip:port","value":"[2001:db8::1]:443","host":"2001:db8::1","port":443,"threat":"odd","mention":false}`, "2 error text-cut"}},
	{"cut in an array", "[" + portLine + ",\n" + domainLine[:40], []string{
		`[feed.md:10 doc:1] {"type":"ip:port","value":"[2001:db8::1]:443","host":"2001:db8::1","port":443,"threat":"odd","mention":false}`, "2 error text-cut"}},
	{"cut in CSV", header + "on,ip,192.0.2.2,,,,,,,false,feed.md,4\non,ip,192.0.2.3,,,,,,,fal", []string{
		`[feed.md:4 doc:2] {"type":"ip","value":"192.0.2.2","mention":false}`, "3 error text-cut"}},
	{"more behind the end", "[" + portLine + "]\n{}\n", []string{
		`[feed.md:10 doc:1] {"type":"ip:port","value":"[2001:db8::1]:443","host":"2001:db8::1","port":443,"threat":"odd","mention":false}`, "2 info unread-text"}},
}

func TestDocuments(t *testing.T) {
	for _, c := range documents {
		t.Run(c.name, func(t *testing.T) {
			if s := (Reader{}).Sure([]byte(c.text)); s != sureOfOwn {
				t.Errorf("sure %d", s)
			}
			if diff := cmp.Diff(c.want, told(t, read(t, c.text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestExportSaysMore(t *testing.T) {
	b := read(t, exported)
	if b.Title != "Lantern" || b.Family != "Lantern RAT" || len(b.Tables) != 1 || b.Tables[0].Name != "DnsEvents" {
		t.Errorf("%q %q %v", b.Title, b.Family, b.Tables)
	}
	want := []feed.Scenario{{Title: "T", Description: "D", Filter: "F", Source: feed.Source{Name: "doc", Line: 11}}}
	if diff := cmp.Diff(want, b.Scenarios); diff != "" {
		t.Error(diff)
	}
}

func TestForeign(t *testing.T) {
	for _, text := range []string{
		"", "\n", "[]", "{}", "{", "[1]", `{"type":"bundle","objects":[]}`, `{"type":"ip","value":"192.0.2.1"}`, `{"type":"ip","mention":true}`, `{"type":"ipv4","value":"192.0.2.1","mention":true}`,
		`{"title":"x","iocs":[]}`, `{"code":"x","severity":"info","line":1,"text":"y"}`, "type,value\nip,192.0.2.1\n", "on,type,value\n", "a list", `[["x"]]`, strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000),
	} {
		if s := (Reader{}).Sure([]byte(text)); s != 0 {
			t.Errorf("%.60q: sure %d", text, s)
		}
	}
}

func TestCutAnywhere(t *testing.T) {
	for _, c := range documents {
		whole := map[string]bool{}
		for _, i := range read(t, c.text).IOCs {
			whole[i.Key()] = true
		}
		for cut := range len(c.text) {
			in, err := feed.NewInput("doc", strings.NewReader(c.text[:cut]))
			if err != nil {
				continue
			}
			bs, err := feed.Collect(Reader{}.Read, in)
			var bad *feed.InputError
			if err != nil && !errors.As(err, &bad) {
				t.Fatal(err)
			}
			for _, b := range bs {
				for _, i := range b.IOCs {
					if !whole[i.Key()] {
						t.Errorf("%s cut at %d: %s is invented", c.name, cut, i.Key())
					}
				}
			}
		}
	}
}

func FuzzOwn(f *testing.F) {
	for _, c := range documents {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var all [2][]*feed.Bulletin
		for k, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
			in, err := feed.NewInput("doc", r)
			if err != nil {
				return
			}
			Reader{}.Sure(in.Head())
			bs, err := feed.Collect(Reader{}.Read, in)
			var bad *feed.InputError
			if err != nil && !errors.As(err, &bad) {
				t.Fatal(err)
			}
			all[k] = bs
		}
		if diff := cmp.Diff(all[0], all[1]); diff != "" {
			t.Error(diff)
		}
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
		for _, b := range all[0] {
			codes := map[string]int{}
			for _, i := range append(append([]feed.IOC{}, b.IOCs...), b.Mentions...) {
				if v, err := feed.Canonical(i.Type, i.Value); err != nil || v != i.Value {
					t.Errorf("%s %q is not canonical", i.Type, i.Value)
				}
				if last := i.Sources[len(i.Sources)-1]; last.Line < 1 || last.Name == "doc" && len(i.Sources) > 1 && last.Line > lines || i.Mention != (i.Context != "") {
					t.Errorf("%+v", i)
				}
			}
			for _, fd := range b.Findings {
				if codes[fd.Code]++; codes[fd.Code] > records.MaxFindings+2 || fd.Source.Line < 1 || fd.Source.Line > lines || fd.Text == "" || len(fd.Text) > 4000 {
					t.Errorf("%v", fd)
				}
			}
		}
	})
}

// counting is a sink that keeps nothing.
type counting struct{ n int }

func (*counting) Document(*feed.Bulletin) {}

func (c *counting) IOC(feed.IOC) error {
	c.n++
	return nil
}

func TestHostile(t *testing.T) {
	deep := strings.Repeat(`{"a":[`, 100_000)
	for name, r := range map[string]io.Reader{
		"deep line":  strings.NewReader(domainLine + "\n" + deep + "\n" + domainLine + "\n"),
		"deep field": strings.NewReader(domainLine[:len(domainLine)-1] + `,"x":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}\n" + domainLine + "\n"),
		"long line":  io.MultiReader(strings.NewReader(domainLine+"\n{\"type\":\""), readertest.Big(100<<20, "", "a", ""), strings.NewReader("\n"+domainLine+"\n")),
		"long cell":  io.MultiReader(strings.NewReader(header+"on,ip,192.0.2.1,,,,,,,false,a,1\n\""), readertest.Big(16<<20, "", "a\n", ""), strings.NewReader("\non,ip,192.0.2.1,,,,,,,false,a,1\n")),
	} {
		t.Run(name, func(t *testing.T) {
			in, err := feed.NewInput("doc", r)
			if err != nil {
				t.Fatal(err)
			}
			var c counting
			if err := (Reader{}).Read(in, &c); err != nil || c.n != 2 {
				t.Errorf("%d IOCs, %v", c.n, err)
			}
		})
	}
	for _, text := range []string{"[" + domainLine + "," + deep, strings.Replace(exported, `"findings": []`, `"findings": `+deep, 1)} {
		b := read(t, text)
		if len(b.IOCs) != 1 || b.Findings[len(b.Findings)-1].Severity == "" {
			t.Errorf("%d IOCs, %v", len(b.IOCs), b.Findings)
		}
	}
}

type refusing struct{ err error }

func (refusing) Document(*feed.Bulletin) {}

func (r refusing) IOC(feed.IOC) error { return r.err }

func TestNobodyWantsMore(t *testing.T) {
	enough := errors.New("enough")
	for _, c := range documents {
		in, err := feed.NewInput("doc", strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		if err := (Reader{}).Read(in, refusing{enough}); err != enough {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestFieldsAreKnown: no field that an IOC is written with is unknown here.
func TestFieldsAreKnown(t *testing.T) {
	dec := json.NewDecoder(strings.NewReader(domainLine))
	dec.DisallowUnknownFields()
	if err := dec.Decode(new(object)); err != nil {
		t.Error(err)
	}
}
