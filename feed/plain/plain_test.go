package plain

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/feed/internal/readertest"
	"quarry/feed/records"
)

const (
	md5Hex    = "0123456789abcdef0123456789abcdef"
	sha256Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

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

func told(b *feed.Bulletin) (lines []string) {
	for _, i := range append(append([]feed.IOC{}, b.IOCs...), b.Mentions...) {
		s := fmt.Sprintf("%d %s %s", i.Sources[0].Line, i.Type, i.Value)
		if i.Reference != "" {
			s += " <" + i.Reference + ">"
		}
		if len(i.Tags) > 0 {
			s += " " + fmt.Sprint(i.Tags)
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

// lists are documents of all shapes, with what is read from them.
var lists = []struct {
	name, text string
	sure       feed.Sureness
	want       []string
}{
	{"all types", "\ufeff192[.]0[.]2[.]1\r\n192.0.2.1:443\r\n2001:db8::1\n198.51.100.0/24\nhxxps://cdn[.]example[.]net/a#b\na.example.com\n" + md5Hex + "\n" + strings.ToUpper(sha256Hex) + "\nwho@example.org\n", sureOfEntries, []string{
		"1 ip 192.0.2.1", "2 ip:port 192.0.2.1:443", "3 ip 2001:db8::1", "4 cidr 198.51.100.0/24", "5 url https://cdn.example.net/a#b", "6 domain a.example.com",
		"7 md5_hash " + md5Hex, "8 sha256_hash " + sha256Hex, "9 email who@example.org"}},
	{"comments", "# A list of https://lists.example.org/\n; old\n\na.example.com # panel of Lantern\nb.example.com\t; see c.example.com\n// end\n#d.example.com\n####\n", sureOfEntries, []string{
		"4 domain a.example.com [panel of Lantern]", "5 domain b.example.com [see c.example.com]",
		"1 url https://lists.example.org/ (a comment)", "5 domain c.example.com (a comment)", "7 domain d.example.com (a comment)"}},
	{"quotes, commas, wildcards and ports", "\"a.example.com\",\n'b.example.com';\n*.c.example.com\n.d.example.com\ne.example.com:8443\n", sureOfEntries, []string{
		"1 domain a.example.com", "2 domain b.example.com", "3 domain c.example.com", "4 domain d.example.com", "5 domain e.example.com [port 8443]"}},
	{"URLs with a word behind, too few for a table", "http://a.example.com/x,Lantern\nhttp://b.example.com/x;2026-01-01\n", sureOfParted, []string{
		"1 url http://a.example.com/x,Lantern", "2 url http://b.example.com/x;2026-01-01", "1 warning url-end", "2 warning url-end"}},
	{"a URL with a number behind", "http://a.example.com/x,75\n", sureOfEntries, []string{"1 url http://a.example.com/x,75", "1 warning url-end"}},
	{"two URLs a line", "a.example.com\nhttp://b.example.com/b,http://c.example.com/1,2.html\n", sureOfEntries, []string{
		"1 domain a.example.com", "2 url http://b.example.com/b", "2 url http://c.example.com/1,2.html"}},
	{"a cell among entries", strings.Repeat("a.example.com\n", 10) + md5Hex + ",setup.exe\n", sureOfEntries, append(manyDomains(10),
		"11 md5_hash "+md5Hex+" (text among the entries)", "11 error bad-value")},
	{"hosts file", "# hosts\n127.0.0.1\tlocalhost\n::1 ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\n255.255.255.255 broadcasthost\n0.0.0.0 0.0.0.0\n127.0.0.1\ta.example.com\n0.0.0.0 b.example.com c.example.com # two\n127.0.0.1 x.exe\n192.0.2.9 d.example.com\n0.0.0.0 localhost\n", sureOfKinds, []string{
		"7 domain a.example.com", "8 domain b.example.com [two]", "8 domain c.example.com [two]",
		"10 ip 192.0.2.9 (text among the entries)", "10 domain d.example.com (text among the entries)", "9 error bad-value", "10 warning unread-text"}},
	{"Maltrail", "# Copyright (c) the developers\n\n# Reference: https://news.example.com/1\n# Reference: https://news.example.com/2\n\na.example.com\n192.0.2.1:8080\n/gate.php\n/load/x.bin\n\n# Reference: https://news.example.com/3\n\nb.example.com\nhttp://c.example.com/x\n", sureOfKinds, []string{
		"6 domain a.example.com <https://news.example.com/1 https://news.example.com/2>", "7 ip:port 192.0.2.1:8080 <https://news.example.com/1 https://news.example.com/2>",
		"13 domain b.example.com <https://news.example.com/3>", "14 url http://c.example.com/x <https://news.example.com/3>", "8 info not-an-ioc"}},
	{"filter list", "[Adblock Plus 2.0]\n! Title: Lantern\n||a.example.com^\n||b.example.com^$third-party,doc\n||192.0.2.1^\n@@||c.example.com^\nexample.org##.ad\n||d.example.com/x^\n", sureOfKinds, []string{
		"3 domain a.example.com", "4 domain b.example.com", "5 ip 192.0.2.1", "8 url d.example.com/x", "6 domain c.example.com (an exception of the filter list)", "7 info not-an-ioc"}},
	{"names of files among hosts", "a.example.com\nsetup.exe\nupdate.zip\nb.example.com\nc.example.com\nd.example.com\n", sureOfEntries, []string{
		"1 domain a.example.com", "4 domain b.example.com", "5 domain c.example.com", "6 domain d.example.com", "2 error bad-value", "3 error bad-value"}},
	{"names below a title of files", "# Hosts\nupdate.zip\n# Files\npayload.cab\nsetup.zip\n" + md5Hex + "\n# Domains\nb.example.app\n", sureOfEntries, []string{
		"2 domain update.zip", "6 md5_hash " + md5Hex, "8 domain b.example.app", `4 file_name payload.cab (a name of a file or of a host, below the comment "Files")`, `5 file_name setup.zip (a name of a file or of a host, below the comment "Files")`, "4 warning maybe-file"}},
	{"hosts alone", "a.example.com\nupdate.zip\nkowalski-example.pl\n", sureOfEntries, []string{"1 domain a.example.com", "2 domain update.zip", "3 domain kowalski-example.pl"}},
	{"a line that is none", strings.Repeat("a.example.com\n", 10) + "x.example.com/path\nx/path\n", sureOfEntries, append(manyDomains(10), "11 url x.example.com/path", "12 error bad-value")},
	{"a stated count", "# Number of entries: 3\na.example.com\nb.example.com\n", sureOfEntries, []string{"2 domain a.example.com", "3 domain b.example.com", "1 warning count-differs"}},
	{"hashes to the end", sha256Hex + "\n" + sha256Hex, sureOfEntries, []string{"1 sha256_hash " + sha256Hex, "2 sha256_hash " + sha256Hex}},
	{"a last line without an end", "a.example.com\nb.example.co", sureOfEntries, []string{"1 domain a.example.com", "2 domain b.example.co", "2 warning open-end"}},
	{"a last line that is cut", "a.example.com\nb.example.n", sureOfEntries, []string{"1 domain a.example.com", "2 error bad-value"}},
	{"a last value that is whole", "a.example.com\nb.example.com #", sureOfEntries, []string{"1 domain a.example.com", "2 domain b.example.com"}},
	{"KQL", "// Hunt for cdn.example.org\nlet bad = dynamic([\n  \"a.example.com\", 'hxxp://b.example.com/x',\n  @\"192.0.2.1\", \"powershell.exe\"\n]);\nDnsEvents\n| where Name in (bad) and Client != \"192.0.2.9\"\n", sureOfQuery, []string{
		"3 domain a.example.com", "3 url http://b.example.com/x", "4 ip 192.0.2.1", "1 domain cdn.example.org (a comment)", "7 ip 192.0.2.9 (a literal of the query)",
		"1 info unread-text", "4 info not-an-ioc"}},
	{"KQL that is cut", "let bad = dynamic([\"a.example.com\", \"b.exam", sureOfQuery, []string{"1 domain a.example.com", "1 error text-cut", "1 error text-cut"}},
}

// TestSpared: a list that a query uses only to leave out what it holds gives
// mentions.
func TestSpared(t *testing.T) {
	text := `let allow = dynamic(["good.example.com"]);
let bad = dynamic(["a.example.com"]);
let both = dynamic(["b.example.com"]);
let none = dynamic(["c.example.com"]);
DnsEvents
| where Name in (bad) and Name !in (allow) and Name in~ (both) and not(Name has_any (both))
| where Name !in (dynamic(["d.example.com"])) and not(Name has_any (allow)) and Name !has_any (allow)
`
	want := []string{
		"2 domain a.example.com", "3 domain b.example.com", "4 domain c.example.com", "1 domain good.example.com (a list of what the query leaves out)",
		"7 domain d.example.com (a list of what the query leaves out)", "1 info unread-text",
	}
	if diff := cmp.Diff(want, told(read(t, text))); diff != "" {
		t.Error(diff)
	}
}

func manyDomains(n int) (lines []string) {
	for k := range n {
		lines = append(lines, fmt.Sprintf("%d domain a.example.com", k+1))
	}
	return lines
}

func TestLists(t *testing.T) {
	for _, c := range lists {
		t.Run(c.name, func(t *testing.T) {
			if s := (Reader{}).Sure([]byte(strings.TrimPrefix(c.text, "\ufeff"))); s != c.sure {
				t.Errorf("sure %d, want %d", s, c.sure)
			}
			if diff := cmp.Diff(c.want, told(read(t, c.text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNoList: what is no list is left to others.
func TestNoList(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":   "\n",
		"comments":  "# a.example.com\n",
		"prose":     "Lantern calls a.example.com.\nIt also calls b.example.com.\n",
		"headings":  "Domains\na.example.com\nb.example.com\nHashes\n" + md5Hex + "\n",
		"CSV":       "type,value\nip,192.0.2.1\n",
		"Markdown":  "# T\n\n| Type | Value |\n|---|---|\n| ip | 192.0.2.1 |\n",
		"JSON":      "{\n\"a\": \"a.example.com\"\n}\n",
		"KQL alone": "DnsEvents\n| where Name == \"a.example.com\"\n",
		"words":     "one\ntwo\n",
		"files":     "setup\nupdate\n",
		"cells":     md5Hex + ",setup.exe\n",
	} {
		if s := (Reader{}).Sure([]byte(text)); s != 0 {
			t.Errorf("%s: sure %d", name, s)
		}
	}
}

// TestRules: rules are refused, with what to do instead.
func TestRules(t *testing.T) {
	text := "# threatfox\nalert dns $HOME_NET any -> any any (msg:\"ThreatFox\"; dns.query; content:\"a.example.com\"; sid:91000000; rev:1;)\n"
	if s := (Reader{}).Sure([]byte(text)); s != sureOfRules {
		t.Errorf("sure %d", s)
	}
	in, err := feed.NewInput("doc", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	_, err = feed.Collect(Reader{}.Read, in)
	var bad *feed.InputError
	if !errors.As(err, &bad) || bad.Advice == "" {
		t.Errorf("%v", err)
	}
}

// TestCutAnywhere cuts each list at every byte: what is left gives no IOC that the
// whole does not have, unless a finding says that its line may be cut.
func TestCutAnywhere(t *testing.T) {
	for _, c := range lists {
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
					warned := slices.ContainsFunc(b.Findings, func(f feed.Finding) bool { return f.Code == "open-end" && f.Source == i.Sources[0] })
					if !whole[i.Key()] && !warned {
						t.Errorf("%s cut at %d: %s is invented", c.name, cut, i.Key())
					}
				}
			}
		}
	}
}

func FuzzPlain(f *testing.F) {
	for _, c := range lists {
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
				if len(i.Sources) != 1 || i.Sources[0].Line < 1 || i.Sources[0].Line > lines || i.Mention != (i.Context != "") {
					t.Errorf("%+v", i)
				}
			}
			for _, fd := range b.Findings {
				if codes[fd.Code]++; codes[fd.Code] > records.MaxFindings+1 || fd.Source.Line < 1 || fd.Source.Line > lines || fd.Text == "" || len(fd.Text) > 4000 {
					t.Errorf("%v", fd)
				}
			}
		}
	})
}

// TestSamples reads ESET's lists of hashes where they are at hand: each line is
// an IOC.
func TestSamples(t *testing.T) {
	paths, _ := filepath.Glob("../../../shared/corpora/eset/*/samples.*")
	if len(paths) == 0 {
		t.Skip("the corpora are not here")
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b := read(t, string(raw))
		if want := len(strings.Fields(string(raw))); len(b.IOCs) != want || len(b.Mentions) > 0 || len(b.Findings) > 0 {
			t.Errorf("%s: %d IOCs of %d, %d mentions, %v", path, len(b.IOCs), want, len(b.Mentions), b.Findings)
		}
	}
}

// counting is a sink that keeps nothing.
type counting struct{ iocs int }

func (*counting) Document(*feed.Bulletin) {}

func (c *counting) IOC(i feed.IOC) error {
	if !i.Mention {
		c.iocs++
	}
	return nil
}

func TestHostile(t *testing.T) {
	const head, tail = "192.0.2.1\n", "\n192.0.2.3\n"
	for name, unit := range map[string]string{"long line": "a", "comment": "# a.b ", "cells": "|", "names": "127.0.0.1 a.example.com ", "brackets": "[", "spaces": " ", "quotes": "\""} {
		t.Run(name, func(t *testing.T) {
			in, err := feed.NewInput("doc", io.MultiReader(strings.NewReader(head), readertest.Big(100<<20, "", unit, ""), strings.NewReader(tail)))
			if err != nil {
				t.Fatal(err)
			}
			var c counting
			if err := (Reader{}).Read(in, &c); err != nil || c.iocs < 2 {
				t.Errorf("%d IOCs, %v", c.iocs, err)
			}
		})
	}
	if b := read(t, strings.Repeat("192.0.2.1\n", 20_000)+strings.Repeat("x.y.z\n", 2_000)); len(b.Findings) != records.MaxFindings+1 {
		t.Errorf("%d findings", len(b.Findings))
	}
	if b := read(t, "let a = dynamic("+strings.Repeat("[", 100_000)+"\"a.example.com\""); len(b.IOCs) != 1 {
		t.Errorf("%d IOCs", len(b.IOCs))
	}
}

func TestBrokenOff(t *testing.T) {
	in, err := feed.NewInput("doc", io.MultiReader(strings.NewReader(strings.Repeat("192.0.2.1\n", 40_000)), iotest.ErrReader(errors.New("the line is dead"))))
	if err != nil {
		t.Fatal(err)
	}
	bs, err := feed.Collect(Reader{}.Read, in)
	if err != nil || len(bs[0].IOCs) != 40_000 || len(bs[0].Findings) != 1 || bs[0].Findings[0].Code != "text-cut" {
		t.Errorf("%v, %v", bs, err)
	}
}

type refusing struct{ err error }

func (refusing) Document(*feed.Bulletin) {}

func (r refusing) IOC(feed.IOC) error { return r.err }

func TestNobodyWantsMore(t *testing.T) {
	enough := errors.New("enough")
	for _, c := range lists {
		in, err := feed.NewInput("doc", strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		if err := (Reader{}).Read(in, refusing{enough}); err != enough {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func BenchmarkPlain(b *testing.B) {
	var text strings.Builder
	for n := range 100_000 {
		fmt.Fprintf(&text, "host-%d.example.com\n", n)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		in, err := feed.NewInput("doc", strings.NewReader(text.String()))
		if err != nil {
			b.Fatal(err)
		}
		if err := (Reader{}).Read(in, &counting{}); err != nil {
			b.Fatal(err)
		}
	}
}
