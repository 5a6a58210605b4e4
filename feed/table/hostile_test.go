package table

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/feed/internal/readertest"
	"quarry/feed/records"
)

// samples are documents of all shapes.
var samples = []string{
	"Indicator_type,Data,Note\nDescription,IOCs,https://news.example.com/1\nsha256," + sha256Hex + ",x\ndomain,lantern[.]example,C2\nip,192.0.2.7,\nurl,hxxps://cdn[.]example[.]net/a.php,\nURL,b.example.com,\nmutex,m,\n",
	"value,entity_type,description\na.example.com,hostname,\n\"" + sha256Hex + "," + sha1Hex + "," + md5Hex + "\",file,loader\nadmin@example.org,emailwhois,x\n192.0.2.100,ipaddress,x\n",
	"2026-08-16 01:04:58,robin,domain,lantern.example,#phishing #scam,https://x.example.com/1\n2026-08-16 01:04:58,robin,url,\"http://lantern.example/a\"\",b\",,https://x.example.com/2\n",
	"type;value\nip;192.0.2.10\nip:port;192.0.2.10:8080\ndomain;a.example.com.example.net\n",
	"domain\ta.example.com\ndomain\tb.example.com\nip\t192.0.2.10\n",
	"# type,value\nip,192.0.2.10\n# a.example.com\n",
	"uuid,type,value,to_ids\n1,ip-dst|port,192.0.2.1|4430,1\n2,domain|ip,a.example.com|192.0.2.20,0\n3,filename|sha256,a|" + sha256Hex + ",1\n",
	"ioc,note\na.example.com,x\nsetup.exe,y\nupdate.zip,z\n",
	"Malware Family\tMD5\nLantern\t" + md5Hex + "\nType\tIndicator\nDomain\ta.example.com\nIPv4\t192.0.2.100\n",
	"198.51.100.1,443\n198.51.100.2,8443\n198.51.100.3,8080\n",
	"http://a.example.com/x,Lantern\nhttp://b.example.com/y,Lantern\nhttp://c.example.com/z,Otter\n",
}

func keys(iocs []feed.IOC) map[string]bool {
	all := map[string]bool{}
	for _, i := range iocs {
		all[i.Key()] = true
	}
	return all
}

// TestCutAnywhere cuts each document at every byte: what is left gives no IOC
// that the whole does not have, unless a finding says that its row may be cut, and
// all of the rows that are whole once the table can be told.
func TestCutAnywhere(t *testing.T) {
	for n, text := range samples {
		whole := keys(read(t, text).IOCs)
		for cut := range len(text) {
			in, err := feed.NewInput("doc", strings.NewReader(text[:cut]))
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
						t.Errorf("sample %d cut at %d: %s is invented", n, cut, i.Key())
					}
				}
			}
		}
	}
}

func FuzzTable(f *testing.F) {
	for _, s := range samples {
		f.Add(s)
	}
	f.Add(`[{"indicator":"198.51.100.1","type":"ip","a":{"b":["c",{}]}},7,{"indicator"`)
	f.Add("sep=;\ntype;value\n\"a;b\n\"c\"\"\";x\n")
	f.Fuzz(func(t *testing.T, text string) { checkRead(t, text) })
}

// checkRead holds what is true of every document.
func checkRead(t *testing.T, text string) {
	t.Helper()
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
	lines := strings.Count(strings.ReplaceAll(text, "\r\n", "\n"), "\n") + strings.Count(text, "\r") + 1
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
				t.Errorf("finding %d of its code: %v", codes[fd.Code], fd)
			}
		}
	}
}

// discard is a sink that keeps nothing.
type discard struct{ iocs, mentions int }

func (d *discard) Document(*feed.Bulletin) {}

func (d *discard) IOC(i feed.IOC) error {
	if i.Mention {
		d.mentions++
	} else {
		d.iocs++
	}
	return nil
}

// TestHostile reads documents that are made to cost much.
func TestHostile(t *testing.T) {
	const head = "type,value,note\nip,192.0.2.1,x\n"
	for name, r := range map[string]io.Reader{
		"long line":   io.MultiReader(strings.NewReader(head+"ip,192.0.2.2,"), readertest.Big(100<<20, "", "a", ""), strings.NewReader("\nip,192.0.2.3,\n")),
		"long quote":  io.MultiReader(strings.NewReader(head+"ip,192.0.2.2,\""), readertest.Big(8<<20, "", "a\n", ""), strings.NewReader("\nip,192.0.2.3,\n")),
		"many cells":  io.MultiReader(strings.NewReader(head), readertest.Big(2<<20, "", ",", ""), strings.NewReader("\nip,192.0.2.3,\n")),
		"many quotes": io.MultiReader(strings.NewReader(head), readertest.Big(8<<20, "", "\"\n", ""), strings.NewReader("\nip,192.0.2.3,\n")),
		"many values": io.MultiReader(strings.NewReader(head+"domain,\""), readertest.Big(900<<10, "", "a.example.com,", ""), strings.NewReader("\",\nip,192.0.2.3,\n")),
		"one URL":     io.MultiReader(strings.NewReader(head+"url,\"http://"), readertest.Big(900<<10, "", ",", ""), strings.NewReader("\",\nip,192.0.2.3,\n")),
	} {
		t.Run(name, func(t *testing.T) {
			in, err := feed.NewInput("doc", r)
			if err != nil {
				t.Fatal(err)
			}
			var d discard
			if err := (Reader{}).Read(in, &d); err != nil || d.iocs < 2 {
				t.Errorf("%d IOCs, %v", d.iocs, err)
			}
		})
	}
	types := &strings.Builder{}
	for n := range 5000 {
		fmt.Fprintf(types, "t%d,x,\n", n)
	}
	if b := read(t, head+strings.Repeat("ip,192.0.2.1,x\n", sampleRows)+types.String()); len(b.Findings) > records.MaxFindings+2 {
		t.Errorf("%d findings", len(b.Findings))
	}
}

// TestBrokenOff: a document that cannot be read to its end gives what came
// before, and says where it ends.
func TestBrokenOff(t *testing.T) {
	text := "type,value\n" + strings.Repeat("ip,192.0.2.1\n", 40_000)
	in, err := feed.NewInput("doc", io.MultiReader(strings.NewReader(text), iotest.ErrReader(errors.New("the line is dead"))))
	if err != nil {
		t.Fatal(err)
	}
	bs, err := feed.Collect(Reader{}.Read, in)
	if err != nil {
		t.Fatal(err)
	}
	b := bs[0]
	if len(b.IOCs) != 40_000 || len(b.Findings) != 1 || b.Findings[0].Code != "text-cut" || b.Findings[0].Severity != feed.Error {
		t.Errorf("%d IOCs, %v", len(b.IOCs), b.Findings)
	}
}

// TestNobodyWantsMore: the error of the sink ends the reading.
func TestNobodyWantsMore(t *testing.T) {
	enough := errors.New("enough")
	for _, text := range samples {
		in, err := feed.NewInput("doc", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := (Reader{}).Read(in, refusing{enough}); err != enough {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

type refusing struct{ err error }

func (refusing) Document(*feed.Bulletin) {}
func (r refusing) IOC(feed.IOC) error    { return r.err }

func BenchmarkTable(b *testing.B) {
	var text strings.Builder
	text.WriteString("type,value,threat,confidence,first seen\n")
	for n := range 100_000 {
		fmt.Fprintf(&text, "domain,host-%d.example.com,botnet_cc,75,2026-05-01\n", n)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		in, err := feed.NewInput("doc", strings.NewReader(text.String()))
		if err != nil {
			b.Fatal(err)
		}
		if err := (Reader{}).Read(in, &discard{}); err != nil {
			b.Fatal(err)
		}
	}
}
