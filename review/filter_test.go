package review

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quarry/feed"
)

// mixed is a review of a few IOCs that differ in all that can be filtered and
// sorted by. The numbers in the tests are their positions.
func mixed(t testing.TB) *Review {
	t.Helper()
	day := func(d int) time.Time { return time.Date(2026, 5, d, 10, 30, 0, 0, time.UTC) }
	row := func(kind feed.Type, value string, threat feed.Threat, confidence int, seen time.Time, family, file string) feed.IOC {
		i := indicator(t, kind, value, feed.Source{Name: file, Line: 3})
		i.Threat, i.Confidence, i.FirstSeen, i.Family = threat, confidence, seen, family
		return i
	}
	mention := row(feed.Domain, "cdn.example.net", "", feed.NoConfidence, time.Time{}, "", "b.md")
	mention.Mention, mention.Context = true, "a filter"
	d := &feed.Bulletin{
		Source: feed.Source{Name: "a.md", Line: 1}, Total: feed.NoTotal,
		IOCs: []feed.IOC{
			row(feed.Domain, "lantern.example", feed.BotnetCC, 75, day(20), "Lantern RAT", "a.md"),                       // 0
			row(feed.IPPort, "192.0.2.10:443", feed.BotnetCC, 100, day(22), "Lantern RAT", "a.md"),                       // 1
			row(feed.IP, "192.0.2.9", feed.Payload, 50, day(22).Add(3*hour), "", "b.md"),                                 // 2
			row(feed.URL, "http://files.example.org/A.exe?x=1:2", feed.PayloadDelivery, 0, time.Time{}, "Sable", "a.md"), // 3
			row(feed.SHA256, strings.Repeat("ab", 32), feed.Payload, feed.NoConfidence, day(1), "Sable", "feed-a.md"),    // 4
			row(feed.MD5, strings.Repeat("0c", 16), "", 75, day(21), "", "feed-a.md"),                                    // 5
			row(feed.IPPort, "[2001:db8::5]:443", "Botnet_CC", 25, day(20), "", "a.md"),                                  // 6
		},
		Mentions: []feed.IOC{mention}, // 7
	}
	r := start(t, d)
	decide(t, r, SetVerdict{[]int{0, 4}, Benign}, SetVerdict{[]int{1}, Malicious}, SetVerdict{[]int{3}, Unsure},
		Include{[]int{3, 5}, false}, SetNote{2, "Our CDN - see type:x"}, SetNote{7, "x=1"})
	return r
}

func TestFilter(t *testing.T) {
	all := []int32{0, 1, 2, 3, 4, 5, 6, 7}
	tests := []struct {
		filter string
		want   []int32
	}{
		{"", all}, {"  ", all},
		// Words search value, defanged value, family, note and source.
		{"lantern", []int32{0, 1}}, {"LANTERN", []int32{0, 1}}, {"lantern[.]example", []int32{0}}, {"hxxp://files[.]", []int32{3}},
		{"cdn", []int32{2, 7}}, {"b.md", []int32{2, 7}}, {"feed-a", []int32{4, 5}}, {"lantern.example rat", []int32{0}}, {"rat 443", []int32{1}},
		{"-lantern", []int32{2, 3, 4, 5, 6, 7}}, {"-lantern -cdn", []int32{3, 4, 5, 6}}, {"cdn -our", []int32{7}}, {"-", []int32{2, 4, 5}}, {"--", []int32{0, 1, 3, 6, 7}}, {"nowhere", nil},
		// A colon that belongs to no field is searched for.
		{"http://files.example.org/a.exe?x=1:2", []int32{3}}, {"192.0.2.10:443", []int32{1}}, {"[2001:db8::5]:443", []int32{6}}, {":443", []int32{1, 6}},
		{"-http://files.example.org/", []int32{0, 1, 2, 4, 5, 6, 7}}, {"x=1", []int32{3, 7}}, {"exe?x=1", []int32{3}}, {"=", []int32{3, 7}}, {"type", []int32{2}}, {"conf", nil},
		{"face:b00c::", nil}, {"db8::5", []int32{6}}, {"db8:", []int32{6}}, {"localhost:443", nil}, {"lantern.example:443", nil}, {`c:\windows`, nil}, {"C:/", nil},
		{"http:/", []int32{3}}, {"//files", []int32{3}}, {"typ=domain", nil}, {"1a:zz", nil}, {"severity", nil}, {"ü:x", nil},
		// Fields.
		{"type:domain", []int32{0, 7}}, {"TYPE:Domain", []int32{0, 7}}, {"type=domain", []int32{0, 7}}, {"type:ip", []int32{1, 2, 6}}, {"type:ip:port", []int32{1, 6}},
		{"type:hash", []int32{4, 5}}, {"type=hash", []int32{4, 5}}, {"type:sha", []int32{4}}, {"-type:hash", []int32{0, 1, 2, 3, 6, 7}}, {"type:h", []int32{4, 5}}, {"type:file", nil}, {"type:env", nil},
		{"threat:botnet_cc", []int32{0, 1, 6}}, {"threat:payload", []int32{2, 3, 4}}, {"-threat:payload", []int32{0, 1, 5, 6, 7}}, {"threat:payload_", []int32{3}},
		{"conf:75", []int32{0, 5}}, {"conf=75", []int32{0, 5}}, {"conf:=75", []int32{0, 5}}, {"conf>=75", []int32{0, 1, 5}}, {"conf:>=75%", []int32{0, 1, 5}},
		{"conf>75", []int32{1}}, {"conf<=25", []int32{3, 6}}, {"conf<25", []int32{3}}, {"confidence>=100", []int32{1}}, {"-conf>=75", []int32{2, 3, 4, 6, 7}}, {"conf:0", []int32{3}},
		{"seen:2026-05-20", []int32{0, 6}}, {"seen=2026-05-20", []int32{0, 6}}, {"seen>=2026-05-21", []int32{1, 2, 5}}, {"seen>2026-05-21", []int32{1, 2}},
		{"seen<=2026-05-20", []int32{0, 4, 6}}, {"seen<2026-05-20", []int32{4}}, {"-seen>=2026-05-01", []int32{3, 7}},
		{"verdict:benign", []int32{0, 4}}, {"verdict:mal", []int32{1}}, {"verdict=unsure", []int32{3}}, {"verdict:none", []int32{2, 5, 6, 7}}, {"-verdict:none", []int32{0, 1, 3, 4}},
		{"on:yes", []int32{0, 1, 2, 4, 6}}, {"on:no", []int32{3, 5, 7}}, {"on=y", []int32{0, 1, 2, 4, 6}}, {"-on:true", []int32{3, 5, 7}}, {"on:n", []int32{3, 5, 7}}, {"on:false", []int32{3, 5, 7}},
		{"mention:yes", []int32{7}}, {"mention:no", []int32{0, 1, 2, 3, 4, 5, 6}}, {"-mention:yes", []int32{0, 1, 2, 3, 4, 5, 6}},
		{"family:sable", []int32{3, 4}}, {"family:RAT", []int32{0, 1}}, {"-family:a", []int32{2, 5, 6, 7}}, {"family=sable", []int32{3, 4}},
		{"note:cdn", []int32{2}}, {"note:type:x", []int32{2}}, {"note:x=1", []int32{7}}, {"source:b.md", []int32{2, 7}}, {"source:a.md", []int32{0, 1, 3, 4, 5, 6}}, {"-source:feed", []int32{0, 1, 2, 3, 6, 7}},
		{"type:ip conf>=50 on:yes", []int32{1, 2}}, {"type:hash -verdict:benign", []int32{5}},
	}
	r := mixed(t)
	for _, tt := range tests {
		f, err := ParseFilter(tt.filter)
		if err != nil {
			t.Errorf("ParseFilter(%q): %v", tt.filter, err)
			continue
		}
		got := r.View(f, ByDocument, false)
		if diff := cmp.Diff(tt.want, got); diff != "" && len(tt.want)+len(got) > 0 {
			t.Errorf("%q shows %v, want %v", tt.filter, got, tt.want)
		}
		if f.Text != tt.filter {
			t.Errorf("the text of %q is %q", tt.filter, f.Text)
		}
	}
	if got := r.View(Filter{}, ByDocument, false); !slices.Equal(got, all) {
		t.Errorf("no filter shows %v", got)
	}
}

func TestFilterTags(t *testing.T) {
	tagged := func(value string, tags ...string) feed.IOC {
		return feed.IOC{Type: feed.Domain, Value: value, Confidence: feed.NoConfidence, Tags: tags, Sources: []feed.Source{{Name: "a.csv", Line: 1}}}
	}
	r := start(t, &feed.Bulletin{Source: feed.Source{Name: "a.csv", Line: 1}, Total: feed.NoTotal, IOCs: []feed.IOC{
		tagged("a.example", "ClickFix", "win-0x4679"), tagged("b.example"), tagged("c.example", "tlp:amber", "drb-ra"), tagged("click.example", "two words"),
	}})
	for filter, want := range map[string][]int32{
		"tag:clickfix": {0}, "tag:CLICK": {0}, "tag=ra": {2}, "tag:tlp:amber": {2}, "-tag:a": {0, 1, 3}, "tag:words": {3}, "tag:click click": nil, "tag:nowhere": nil, "tag:i tag:0x": {0},
	} {
		f, err := ParseFilter(filter)
		if err != nil {
			t.Errorf("ParseFilter(%q): %v", filter, err)
			continue
		}
		if diff := cmp.Diff(want, r.View(f, ByDocument, false), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q: %s", filter, diff)
		}
	}
}

func TestFilterErrors(t *testing.T) {
	const (
		value   = "type a value behind the colon"
		ordered = "this field has no order; use a colon"
		number  = "compare with a number from 0 to 100, such as conf>=75"
		date    = "compare with a date, such as seen>=2026-05-01"
		verdict = "use malicious, benign, unsure or none"
		yesNo   = "use yes or no"
	)
	for word, reason := range map[string]string{
		"type:": value, "threat:": value, "family:": value, "tag:": value, "note:": value, "source:=": value, "-type:": value,
		"type>=domain": ordered, "family<x": ordered, "note:>x": ordered, "threat>payload": ordered,
		"conf:": number, "conf>=": number, "conf:high": number, "conf>=101": number, "conf:-1": number, "-conf>x": number, "confidence:7.5": number, "conf>>5": number, "conf:+5": number,
		"seen:": date, "seen>yesterday": date, "seen:2026-13-01": date, "seen:2026-5-1": date,
		"verdict:": verdict, "verdict:x": verdict, "verdict>benign": verdict, "on:": yesNo, "on:maybe": yesNo, "mention>=yes": yesNo,
	} {
		for _, text := range []string{word, "x lantern " + word} {
			f, err := ParseFilter(text)
			var fe *FilterError
			if !errors.As(err, &fe) || fe.Word != word || fe.Reason != reason {
				t.Errorf("ParseFilter(%q) gives %v; want %s: %s", text, err, word, reason)
				continue
			}
			if !strings.Contains(err.Error(), word) || f.Text != "" {
				t.Errorf("%q: %v", text, err)
			}
		}
	}
}

// TestFilterWithSpaces: whoever writes a comparison with spaces is told what to
// write, and what is searched as text stays so.
func TestFilterWithSpaces(t *testing.T) {
	for text, meant := range map[string]string{
		"conf > 75": "conf>75", "conf >75": "conf>75", "conf> 75": "conf>75", "lantern -conf >= 75 x": "-conf>=75", "CONF = 75": "CONF=75",
		"type: domain": "type:domain", "type : domain": "type:domain", "seen < 2026-05-01": "seen<2026-05-01", "verdict = none": "verdict=none", "note: x": "note:x", "-on: yes": "-on:yes",
	} {
		_, err := ParseFilter(text)
		var fe *FilterError
		if !errors.As(err, &fe) || fe.Reason != "leave out the space: "+meant {
			t.Errorf("ParseFilter(%q) gives %v; want %s", text, err, meant)
		}
		if _, err := ParseFilter(meant); err != nil {
			t.Error(err)
		}
	}
	// While one is typed it is no text to search for either.
	for text, meant := range map[string]string{"conf >": "conf>...", "lantern -conf >=": "-conf>=...", "type :": "type:..."} {
		_, err := ParseFilter(text)
		var fe *FilterError
		if !errors.As(err, &fe) || fe.Reason != "leave out the space: "+meant {
			t.Errorf("ParseFilter(%q) gives %v; want %s", text, err, meant)
		}
	}
	for _, text := range []string{"type domain", "type :443", "conf > high", "note", "x > 75", "on -lantern", "source http://x.example/"} {
		if _, err := ParseFilter(text); err != nil {
			t.Errorf("ParseFilter(%q): %v", text, err)
		}
	}
}

func TestUnfinishedFilter(t *testing.T) {
	for text, want := range map[string]string{
		"": "", " ": " ", "lantern": "lantern", "conf": "", "conf ": "", "a -CONF ": "a ", "note x": "note x", "type:domain type": "type:domain ", "con": "con", "note note": "note ",
	} {
		if got := Unfinished(text); got != want {
			t.Errorf("Unfinished(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestUnknownTypes(t *testing.T) {
	const types = " Types: hash ip:port ip cidr domain url sha256_hash sha1_hash md5_hash sha512_hash sha3_384_hash file_name email envelope_from body_from"
	for word, want := range map[string]string{
		"type:domian": "there is no type domian; did you mean domain?", "-type=URLS": "there is no type urls; did you mean url?", "type:sha265": "there is no type sha265.",
		"type:hashes": "there is no type hashes; did you mean hash?", "type:nothing": "there is no type nothing.", "type:md5hash": "there is no type md5hash; did you mean md5_hash?",
	} {
		_, err := ParseFilter(word)
		var fe *FilterError
		if !errors.As(err, &fe) || fe.Word != word || fe.Reason != want+types {
			t.Errorf("ParseFilter(%q) gives %v; want %s", word, err, want+types)
		}
	}
	for _, name := range typeNames() {
		for n := range name {
			if _, err := ParseFilter("type:" + name[:n+1]); err != nil {
				t.Errorf("while %s is typed: %v", name, err)
			}
		}
	}
}

func TestUnknownFields(t *testing.T) {
	const fields = " Fields: type threat conf seen verdict on mention warning family tag note source known diff"
	for word, want := range map[string]string{
		"typ:domain": "there is no field typ; did you mean type?", "-typ:domain": "there is no field typ; did you mean type?",
		"TYPES:domain": "there is no field types; did you mean type?", "tpye:domain": "there is no field tpye; did you mean type?", "ioc_type:domain": "there is no field ioc_type; did you mean type?",
		"threat-type:payload": "there is no field threat-type; did you mean threat?", "thraet:payload": "there is no field thraet; did you mean threat?",
		"confi>=75": "there is no field confi; did you mean conf?", "confidnce<50": "there is no field confidnce; did you mean conf?", "cnf:75": "there is no field cnf; did you mean conf?",
		"first_seen>2026-05-01": "there is no field first_seen; did you mean seen?", "verdikt:benign": "there is no field verdikt; did you mean verdict?", "no:yes": "there is no field no; did you mean on?",
		"mentions:no": "there is no field mentions; did you mean mention?", "familly:x": "there is no field familly; did you mean family?", "notes:x": "there is no field notes; did you mean note?",
		"sorce:x": "there is no field sorce; did you mean source?", "fam:x": "there is no field fam; did you mean family?",
		"severity:high": "there is no field severity.", "score>75": "there is no field score.", "sha256:abcd": "there is no field sha256.", "http:": "there is no field http.", "tags:": "there is no field tags; did you mean tag?",
	} {
		_, err := ParseFilter("lantern " + word)
		var fe *FilterError
		if !errors.As(err, &fe) || fe.Word != word || fe.Reason != want+fields {
			t.Errorf("ParseFilter(%q) gives %v; want %s", word, err, want+fields)
		}
	}
	for _, name := range fieldNames {
		if filterFields[name] == nil {
			t.Errorf("%s is told as a field, but is none", name)
		}
		if near := feed.Nearest(name, fieldNames); near != name {
			t.Errorf("%s is nearest to %s", name, near)
		}
	}
	for name := range filterFields {
		if name != "confidence" && !slices.Contains(fieldNames, name) { // the long form of conf
			t.Errorf("the field %s is not told", name)
		}
	}
}

func TestSort(t *testing.T) {
	r := mixed(t)
	tests := []struct {
		by      Column
		want    []int32
		reverse []int32
	}{
		{ByDocument, []int32{0, 1, 2, 3, 4, 5, 6, 7}, []int32{7, 6, 5, 4, 3, 2, 1, 0}},
		{ByOn, []int32{0, 1, 2, 4, 6, 3, 5, 7}, []int32{3, 5, 7, 0, 1, 2, 4, 6}},
		{ByType, []int32{1, 6, 2, 0, 7, 3, 4, 5}, []int32{5, 4, 3, 0, 7, 2, 1, 6}},
		{ByValue, []int32{2, 1, 6, 5, 4, 7, 3, 0}, []int32{0, 3, 7, 4, 5, 6, 1, 2}},
		{ByThreat, []int32{6, 0, 1, 2, 4, 3, 5, 7}, []int32{5, 7, 3, 2, 4, 0, 1, 6}},
		{ByConfidence, []int32{1, 0, 5, 2, 6, 3, 4, 7}, []int32{4, 7, 3, 6, 2, 0, 5, 1}},
		{BySeen, []int32{2, 1, 5, 0, 6, 4, 3, 7}, []int32{3, 7, 4, 0, 6, 5, 1, 2}},
		{ByVerdict, []int32{1, 0, 4, 3, 2, 5, 6, 7}, []int32{2, 5, 6, 7, 3, 0, 4, 1}},
	}
	if len(tests) != len(Columns) {
		t.Errorf("%d of %d columns are tested", len(tests), len(Columns))
	}
	for i, tt := range tests {
		if Columns[i].Column != tt.by || Columns[i].Name == "" {
			t.Errorf("column %d is %+v", i, Columns[i])
		}
		if got := r.View(Filter{}, tt.by, false); !slices.Equal(got, tt.want) {
			t.Errorf("by %s: %v, want %v", Columns[i].Name, got, tt.want)
		}
		if got := r.View(Filter{}, tt.by, true); !slices.Equal(got, tt.reverse) {
			t.Errorf("by %s, reverse: %v, want %v", Columns[i].Name, got, tt.reverse)
		}
	}
	f, err := ParseFilter("type:ip")
	if err != nil {
		t.Fatal(err)
	}
	if got := r.View(f, ByConfidence, false); !slices.Equal(got, []int32{1, 2, 6}) {
		t.Errorf("filtered and sorted: %v", got)
	}
}

// FuzzParseFilter reads filters that must show some of the IOCs, in order and
// once, or name the word that is wrong.
func FuzzParseFilter(f *testing.F) {
	for _, s := range []string{"type:hash conf>=75 -lantern", "http://x.example/", "-", "seen<2026-05-01 verdict:none", "note:\u00a0:", "on:yes mention:no", "conf>=%", "-\xff:="} {
		f.Add(s)
	}
	r := mixed(f)
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := ParseFilter(text)
		var fe *FilterError
		if err != nil {
			if !errors.As(err, &fe) || !slices.Contains(strings.Fields(text), fe.Word) || fe.Reason == "" {
				t.Errorf("%#v", err)
			}
			return
		}
		shown := r.View(filter, ByDocument, false)
		if !slices.IsSorted(shown) || len(slices.Compact(slices.Clone(shown))) != len(shown) {
			t.Errorf("%v", shown)
		}
		words := strings.Fields(text)
		if len(words) != 1 || strings.HasPrefix(words[0], "-") {
			return
		}
		not, err := ParseFilter("-" + words[0])
		if err != nil {
			t.Fatal(err)
		}
		if rest := r.View(not, ByDocument, false); len(shown)+len(rest) != r.IOCs().Len() {
			t.Errorf("%q shows %v, and its negation %v", text, shown, rest)
		}
	})
}
