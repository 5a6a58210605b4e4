package records

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

func TestBlankTrailingCommas(t *testing.T) {
	for _, c := range []struct {
		text, want string
		first, n   int
	}{
		{`[1, 2]`, `[1, 2]`, 0, 0},
		{`[1, 2,]`, `[1, 2 ]`, 1, 1},
		{"{\"a\": [1,\n],\n}", "{\"a\": [1 \n] \n}", 1, 2},
		{"[\",]\",\n\"\\\",]\" ,\n]", "[\",]\",\n\"\\\",]\"  \n]", 2, 1},
		{`[,]`, `[ ]`, 1, 1}, {`[1,,]`, `[1, ]`, 1, 1}, {`["a`, `["a`, 0, 0}, {`["a\`, `["a\`, 0, 0}, {`,`, `,`, 0, 0}, {``, ``, 0, 0},
	} {
		text := []byte(c.text)
		first, n := BlankTrailingCommas(text)
		if string(text) != c.want || first != c.first || n != c.n {
			t.Errorf("%q: %q, line %d, %d commas", c.text, text, first, n)
		}
	}
}

// FuzzBlankTrailingCommas: what is JSON stays as it is.
func FuzzBlankTrailingCommas(f *testing.F) {
	f.Add(`{"a": [1, ",]", "\",}"], "b": {}}`)
	f.Fuzz(func(t *testing.T, text string) {
		b := []byte(text)
		_, n := BlankTrailingCommas(b)
		if json.Valid([]byte(text)) && (n != 0 || string(b) != text) {
			t.Errorf("%q: %q", text, b)
		}
		if strings.Count(text, "\n") != strings.Count(string(b), "\n") || len(b) != len(text) {
			t.Errorf("%q: %q", text, b)
		}
	})
}

// walked lists what [JSON.Object] and [JSON.List] go through.
func walked(text string) (all []string) {
	j := NewJSONText("doc", []byte(text))
	note := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	err := j.Object(func(key string) error {
		if key != "list" {
			note("%d skip %s", j.Line(), key)
			return j.Skip()
		}
		err := j.List(func() error {
			var s Text
			line := j.Line()
			err := j.Decode(&s)
			note("%d %s", line, s)
			return err
		})
		if Soft(err) == nil && err != nil {
			note("%v", err)
		}
		return Soft(err)
	})
	if err == nil {
		err = j.End()
	}
	if err != nil {
		note("%v", err)
	}
	return all
}

func TestWalk(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"{\"a\": 1,\n\"list\": [\"x\",\n7, {\"y\": 1}],\n\"b\": []}\n", []string{"1 skip a", "2 x", "3 7", `3 {"y": 1}`, "4 skip b"}},
		{`{"list": {"a": [1, {}]}, "b": 1}`, []string{"here is a object where something else should be", "1 skip b"}},
		{`{"list": null, "b": 1}`, []string{"here is a null where something else should be", "1 skip b"}},
		{`{"list": "x", "b": 1}`, []string{"here is a string where something else should be", "1 skip b"}},
		{`{"list": 7.5, "b": true}`, []string{"here is a number where something else should be", "1 skip b"}},
		{`{"list": true}`, []string{"here is a bool where something else should be"}},
		{`[1, [2]]`, []string{"here is a array where something else should be"}},
		{`{} {}`, []string{"doc:1: another value stands behind the document; fetch the document again"}},
		{"{\"list\": [1,\n", []string{"1 1", "2 ", "doc:1: the JSON ends in the middle; fetch the document again"}},
		{"{\"list\": {\"a\":\n", []string{"doc:1: the JSON ends in the middle; fetch the document again"}},
	} {
		if diff := cmp.Diff(c.want, walked(c.text)); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
}

func TestText(t *testing.T) {
	var v struct {
		A, B, C, D, E, F Text
		L, M, N, O       Texts
	}
	err := json.Unmarshal([]byte(`{"a":"x\n","b":7.0,"c":true,"d":null,"e":[1, 2],"f":{"x":1},"l":["x",7,null," ",{}],"m":" y ","n":null,"o":["x"]}`), &v)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%q %q", []Text{v.A, v.B, v.C, v.D, v.E, v.F}, []Texts{v.L, v.M, v.N, v.O})
	if want := `["x\n" "7.0" "true" "" "[1, 2]" "{\"x\":1}"] [["x" "7" "{}"] ["y"] [] ["x"]]`; got != want {
		t.Error(got)
	}
	for s, want := range map[Text]bool{"true": true, " True": true, "1": true, "yes": true, "": false, "0": false, "false": false, "11": false} {
		if s.Is() != want {
			t.Error(s)
		}
	}
	if got := Words(" a\n b " + strings.Repeat("é", 10_000)); got != "a b "+strings.Repeat("é", 196)+"..." {
		t.Error(got)
	}
	if got := Tags("a", "A", "", " b\n"); !cmp.Equal(got, []string{"a", "b"}) {
		t.Error(got)
	}
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprint(i))
	}
	if got := Tags(many...); len(got) != maxTags+1 || got[maxTags] != "(36 more tags)" {
		t.Error(got)
	}
	if !WebAddress("https://a.example/") || WebAddress("see https://a.example/") || WebAddress("https://a.example/ x") {
		t.Error("addresses of pages")
	}
}

func TestTally(t *testing.T) {
	var got []string
	find := func(code string, severity feed.Severity, line int, format string, args ...any) {
		got = append(got, fmt.Sprintf("%d %s %s %s", line, severity, code, fmt.Sprintf(format, args...)))
	}
	var y Tally
	y.Report(find)
	for line := range 3 {
		y.Add("not-an-ioc", feed.Info, line+1, "100% regkeys")
	}
	y.Add("other-code", feed.Warning, 9, "100% regkeys")
	y.Report(find)
	y.Report(find)
	if diff := cmp.Diff([]string{"1 info not-an-ioc 100% regkeys: 3", "9 warning other-code 100% regkeys: 1"}, got); diff != "" {
		t.Error(diff)
	}
	got = nil
	for i := range 1000 {
		y.Add("not-an-ioc", feed.Info, 1, fmt.Sprint(i))
	}
	y.Report(find)
	if len(got) != maxKinds+1 || got[maxKinds] != "1 info not-an-ioc and records of further kinds: 900" {
		t.Error(len(got), got[len(got)-1])
	}
}

func TestOutline(t *testing.T) {
	o := NewOutline([]byte("\n" + `{"type": "bundle", "objects": [{"a": 1}, {"type": "x", "id": "x--1"}, [["y"]]], "deep": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}, "cut": [{"off`))
	want := []string{"type", "objects", "objects[]", "objects[].a", "objects[].type", "objects[].id", "objects[][]", "objects[][][]", "deep", "deep.a", "deep.a.b", "deep.a.b.c", "deep.a.b.c.d", "deep.a.b.c.d.e", "cut", "cut[]"}
	if diff := cmp.Diff(want, o.Paths()); diff != "" {
		t.Error(diff)
	}
	if o.Text("type") != "bundle" || o.Text("objects[].id") != "x--1" || !o.Has("x", "cut") || o.Has("off", "x") {
		t.Error(o)
	}
	for _, text := range []string{"", "x", `"x"`, "<a>", "7"} {
		if o := NewOutline([]byte(text)); len(o.Paths()) != 0 {
			t.Error(text, o.Paths())
		}
	}
	for _, text := range []string{strings.Repeat("[", 128<<10), strings.Repeat(`{"a":`, 20_000), "[" + strings.Repeat(`{"a":1},`, 15_000), `{` + strings.Repeat(`"":{},`, 20_000)} {
		if o := NewOutline([]byte(text)); len(o.Paths()) > outlineSize {
			t.Error(len(o.Paths()))
		}
	}
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, `"%d":1,`, i)
	}
	if o := NewOutline([]byte("{" + many.String())); len(o.Paths()) != outlineSize {
		t.Error(len(o.Paths()))
	}
}

func TestThreatOf(t *testing.T) {
	for _, c := range []struct {
		t    feed.Type
		word string
		want feed.Threat
	}{
		{feed.Domain, "C2", feed.BotnetCC}, {feed.IPPort, "Command-and-Control", feed.BotnetCC}, {feed.URL, "command_and_control", feed.BotnetCC},
		{feed.MD5, "C2", ""}, {feed.Email, "C2", ""}, {feed.MD5, "Payload", feed.Payload}, {feed.Domain, "payload", ""},
		{feed.URL, "malware hosting", feed.PayloadDelivery}, {feed.URL, "delivery", ""}, {feed.URL, "phishing", ""}, {feed.URL, "", ""},
		{feed.Domain, "cc_skimming", feed.CCSkimming},
	} {
		if got := ThreatOf(c.t, c.word); got != c.want {
			t.Errorf("%s %s: %q", c.t, c.word, got)
		}
	}
}

func TestBroken(t *testing.T) {
	d := &Document{Bulletin: &feed.Bulletin{}, count: map[string]*counted{}}
	other := fmt.Errorf("of the sink")
	if d.Broken(other) != other || d.Wrong(other) != other || d.Broken(nil) != nil || d.Wrong(nil) != nil || len(d.Findings) > 0 {
		t.Error(d.Findings)
	}
	if err := d.Broken(&feed.InputError{Line: 3, Reason: "it ends", Advice: "fetch it"}); err != nil || d.Findings[0].Code != "text-cut" || d.Findings[0].Source.Line != 3 {
		t.Error(err, d.Findings)
	}
	if err := d.Wrong(&TypeError{Is: "null"}); err != nil || len(d.Findings) != 1 {
		t.Error(err, d.Findings)
	}
	if err := d.Wrong(&TypeError{Is: "array", Line: 4}); err != nil || d.Findings[1].Code != "bad-field" || d.Findings[1].Source.Line != 4 {
		t.Error(err, d.Findings)
	}
}
