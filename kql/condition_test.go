package kql

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parse reads a condition that a test wrote.
func parse(t testing.TB, text string) Condition {
	t.Helper()
	c, err := ParseCondition(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParseCondition(t *testing.T) {
	is := func(f Field, v ...string) Test { return Test{f, Is, v} }
	tests := []struct {
		text string
		want Condition
	}{
		{`process.name is "a.exe"`, is("process.name", "a.exe")},
		{`process.name is a.exe`, is("process.name", "a.exe")},
		{` PROCESS.Name  IS   'a.exe' `, is("process.name", "a.exe")},
		{`process.name is one of ("a", 'b', c)`, is("process.name", "a", "b", "c")},
		{`process.name is("a","b")`, is("process.name", "a", "b")},
		{`process.name is one`, is("process.name", "one")},
		{`file.path starts with 'C:\Program Files\'`, Test{"file.path", StartsWith, []string{`C:\Program Files\`}}},
		{`file.path ends with ".ps1"`, Test{"file.path", EndsWith, []string{".ps1"}}},
		{`file.path contains "x\\y\n"`, Test{"file.path", Contains, []string{"x\\y\n"}}},
		{"process.command_line contains\tword git", Test{"process.command_line", ContainsWord, []string{"git"}}},
		{`process.command_line matches 'nc(at)? -e'`, Test{"process.command_line", Matches, []string{"nc(at)? -e"}}},
		{`remote.ip in range one of (10.0.0.0/8, 2001:db8::/32, 192.0.2.1)`, Test{"remote.ip", InRange, []string{"10.0.0.0/8", "2001:db8::/32", "192.0.2.1"}}},
		{`remote.ip is 2001:db8::1`, is("remote.ip", "2001:db8::1")},
		{`remote.port is one of (80, 443)`, is("remote.port", "80", "443")},
		{`process.name is a and process.name is b or process.name is c`, Or{And{is("process.name", "a"), is("process.name", "b")}, is("process.name", "c")}},
		{`process.name is a and (process.name is b or process.name is c)`, And{is("process.name", "a"), Or{is("process.name", "b"), is("process.name", "c")}}},
		{`not process.name is a and process.name is b`, And{Not{is("process.name", "a")}, is("process.name", "b")}},
		{`NOT(process.name is a OR not not process.name is b)`, Not{Or{is("process.name", "a"), Not{Not{is("process.name", "b")}}}}},
		{`((process.name is a))`, is("process.name", "a")},
		{`process.name is or or process.name is and`, Or{is("process.name", "or"), is("process.name", "and")}},
	}
	for _, tt := range tests {
		got, err := ParseCondition(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
	}
}

// TestConditionErrors marks with ^ where reading must stop.
func TestConditionErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{`^`, "expected a field"},
		{`^process.nam is a`, "expected a field; did you mean process.name?"},
		{`^foo is a`, "expected a field such as process.name or remote.ip"},
		{`^"a" is b`, "expected a field"},
		{`process.name^`, "expected an operator"},
		{`process.name ^was a`, "expected an operator"},
		{`process.name ^isa`, "expected an operator"},
		{`process.name is ^`, "expected a value"},
		{`process.name is ^"a`, "double quotes is not finished"},
		{`process.name is ^"C:\Windows"`, `write \\ for a backslash`},
		{`process.name is ^'a`, "single quotes is not finished"},
		{`process.name is one of ^"a"`, "expected a list"},
		{`process.name is one of (^)`, "expected a value"},
		{`process.name is one of ("a" ^"b")`, "expected a comma"},
		{`process.name is^ ""`, "empty value"},
		{"process.name is^ \xff", "not valid UTF-8"},
		{`process.name is a ^process.name is b`, "expected and, or, or the end"},
		{`process.name is a^)`, "expected and, or, or the end"},
		{`(process.name is a^`, "closing parenthesis"},
		{`process.name is a and ^`, "expected a field"},
		{`not ^`, "expected a field"},
		{`remote.port is^ http`, "whole number"},
		{`remote.port is^ 2147483648`, "whole number"},
		{`remote.port contains^ 80`, "numbers compare with is only"},
		{`remote.ip is^ 10.0.0.0/8`, "write a block with in range"},
		{`remote.ip is^ fe80::1%eth0`, "is no IP address; leave out %eth0"},
		{`remote.ip in range^ 10.0.0.0/33`, `"10.0.0.0/33" is no range of addresses; behind / stands a number from 0 to 32`},
		{`remote.ip in range^ 10.0.0.300/8`, `"10.0.0.300/8" is no range of addresses; 300 is more than 255`},
		{`remote.ip in range^ (10.0.0.0/8, 10.0.*)`, `"10.0.*" is no range of addresses; write 10.0.0.0/16`},
		{`remote.ip in range^ "10.0.0.0/255.255.0.0"`, "write 10.0.0.0/16"},
		{`remote.ip in range^ "10.0.0.1-10.0.0.9"`, "write the blocks from its first to its last address"},
		{`remote.ip in range^ "2001:db8::/200"`, "a number from 0 to 128"},
		{`remote.ip is^ 10.0.0`, `"10.0.0" is no IP address; an IPv4 address has four numbers, and this has 3`},
		{`^device.hostname is a`, "expected a field; did you mean device.name?"},
		{`^device.hos is a`, "expected a field; did you mean device.name?"},
		{`^user.name is a`, "expected a field; did you mean account.name?"},
		{`^destination.ip is a`, "expected a field; did you mean remote.ip?"},
		{`^remote.quantity is a`, "expected a field; those of remote are remote.ip, remote.port, remote.host, remote.url"},
		{`remote.ip in range^ (10.0.0.0/8, x)`, `"x" is no range of addresses`},
		{`process.name in range^ 10.0.0.0/8`, "only addresses"},
		{`time.of_day in range^ 22:00`, "span of the day such as 22:00-06:00"},
		{`time.of_day in range^ 22:00-22:00`, "span of the day"},
		{`time.of_day in range^ 24:00-06:00`, "span of the day"},
		{`time.of_day in range^ 2:00-06:00`, "span of the day"},
		{`time.of_day in range^ "22:60-+6:00"`, "span of the day"},
		{`time.of_day is^ 22:00-06:00`, "in range only"},
		{`process.name matches^ '('`, "does not compile: missing closing )"},
		{`^é is a`, "expected a field"},
		{strings.Repeat("(", maxNesting+1) + "^(action is a", "too many parentheses"},
		{strings.Repeat("not ", maxNesting) + "not^ action is a", "too many parentheses"},
	}
	for _, tt := range tests {
		text := strings.Replace(tt.text, "^", "", 1)
		_, err := ParseCondition(text)
		var ce *ConditionError
		if !errors.As(err, &ce) {
			t.Errorf("%s: got %v, want a ConditionError", text, err)
			continue
		}
		if !strings.Contains(ce.Reason, tt.want) {
			t.Errorf("%s: got %q, want %q", text, ce.Reason, tt.want)
		}
		if got := text[:ce.Offset] + "^" + text[ce.Offset:]; got != tt.text {
			t.Errorf("reading stops at\n%s, want\n%s", got, tt.text)
		}
		column := fmt.Sprintf("condition, column %d: ", len([]rune(text[:ce.Offset]))+1)
		if !strings.HasPrefix(err.Error(), column) {
			t.Errorf("%s: got %q, want it to begin with %q", text, err, column)
		}
	}
}

func TestFormatCondition(t *testing.T) {
	tests := []struct {
		c    Condition
		want string
	}{
		{nil, ""},
		{Test{"process.name", Is, []string{"a"}}, `process.name is "a"`},
		{Test{"process.name", Is, []string{"a", "it's"}}, `process.name is one of ("a", "it's")`},
		{Test{"file.path", StartsWith, []string{`C:\Program Files\`}}, `file.path starts with 'C:\Program Files\'`},
		{Test{"file.path", StartsWith, []string{`C:\it's`}}, `file.path starts with "C:\\it's"`},
		{Not{Test{"process.name", Is, []string{"a"}}}, `not (process.name is "a")`},
		{And{Or{Test{"action", Is, []string{"a"}}, Test{"action", Is, []string{"b"}}}, Test{"action", Is, []string{"c"}}},
			`(action is "a" or action is "b") and action is "c"`},
		{Or{And{Test{"action", Is, []string{"a"}}, Test{"action", Is, []string{"b"}}}, Test{"action", Is, []string{"c"}}},
			`(action is "a" and action is "b") or action is "c"`},
		{And{Test{"action", Is, []string{"a"}}, Not{Or{And{Test{"action", Is, []string{"b"}}, Test{"action", Is, []string{"c"}}}, Test{"action", Is, []string{"d"}}}}},
			`action is "a" and not ((action is "b" and action is "c") or action is "d")`},
	}
	for _, tt := range tests {
		if got := FormatCondition(tt.c); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// randomCondition makes a condition that the parser could have made: groups
// have at least two members, values suit their field.
func randomCondition(r *rand.Rand, depth int) Condition {
	if depth > 0 {
		switch r.IntN(4) {
		case 0:
			return Not{randomCondition(r, depth-1)}
		case 1:
			return And(randomConditions(r, depth-1))
		case 2:
			return Or(randomConditions(r, depth-1))
		}
	}
	return randomTest(r)
}

func randomConditions(r *rand.Rand, depth int) []Condition {
	cs := make([]Condition, 2+r.IntN(3))
	for i := range cs {
		cs[i] = randomCondition(r, depth)
	}
	return cs
}

func randomTest(r *rand.Rand) Test {
	f := Fields()[r.IntN(len(Fields()))]
	test := Test{Field: f.Field, Op: Operators[r.IntN(len(Operators))]}
	switch {
	case f.Kind == NumberField:
		test.Op = Is
	case f.Kind == TimeField:
		test.Op = InRange
	case f.Kind == IPField && test.Op == Matches, f.Kind != IPField && test.Op == InRange:
		test.Op = Contains
	}
	for range 1 + r.IntN(3) {
		test.Values = append(test.Values, randomValue(r, f.Kind, test.Op))
	}
	return test
}

func randomValue(r *rand.Rand, kind FieldKind, op Operator) string {
	switch {
	case kind == NumberField:
		return fmt.Sprint(r.IntN(65536))
	case kind == IPField && op == Is:
		return []string{"192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"}[r.IntN(3)]
	case kind == TimeField:
		return []string{"22:00-06:00", "09:05-17:30", "00:00-24:00"}[r.IntN(3)]
	case op == InRange:
		return []string{"192.0.2.0/24", "2001:db8::/32", "198.51.100.7"}[r.IntN(3)]
	case op == Matches:
		return []string{`nc(at)?\s-e`, `^"[^"]+"$`, `(?i)a|b`, `[a&&b~~c+--]`, `\pL{2,}?`, `(?P<n>x)+`, `\Qa.b\E`}[r.IntN(7)]
	}
	for {
		v := strings.ToValidUTF8(special[r.IntN(len(special))], "?")
		if v += []string{"", "git", `\x`}[r.IntN(3)]; v != "" {
			return v
		}
	}
}

func TestConditionRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		want := randomCondition(r, 3)
		text := FormatCondition(want)
		got, err := ParseCondition(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", text, diff)
		}
		seen(t, text)
	}
}

func FuzzParseCondition(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		f.Add(FormatCondition(randomCondition(r, 2)))
	}
	f.Add(strings.Repeat("not (", 40) + "action is a")
	f.Add(`process.name is one of ("a" 'b'`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCondition(text)
		if err != nil {
			var ce *ConditionError
			if !errors.As(err, &ce) || ce.Offset < 0 || ce.Offset > len(text) || ce.Error() == "" {
				t.Errorf("%q gives the error %#v", text, err)
			}
			return
		}
		again, err := ParseCondition(FormatCondition(c))
		if err != nil {
			var ce *ConditionError
			if errors.As(err, &ce) && strings.Contains(ce.Reason, "too many") {
				return // what binds without parentheses takes a level more when it is written with them
			}
			t.Fatalf("%q is written as %q: %v", text, FormatCondition(c), err)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Errorf("%q changes (-want +got):\n%s", text, diff)
		}
	})
}

func TestTests(t *testing.T) {
	c := parse(t, `action is a and not (process.name is b or (signer is c)) and task.name is d`)
	var got []Field
	for _, test := range Tests(c) {
		got = append(got, test.Field)
	}
	if diff := cmp.Diff([]Field{"action", "process.name", "signer", "task.name"}, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if Tests(nil) != nil {
		t.Error("no condition has tests")
	}
}

func TestFields(t *testing.T) {
	kinds := map[FieldKind]bool{ProgramField: true, PathField: true, TextField: true, NameField: true, HostField: true,
		URLField: true, IPField: true, NumberField: true, HashField: true, TimeField: true}
	known := map[Field]bool{}
	for _, f := range Fields() {
		if !kinds[f.Kind] || f.Means == "" || known[f.Field] {
			t.Errorf("%+v has an unknown kind, no meaning, or is there twice", f)
		}
		if kind, ok := f.Field.Kind(); !ok || kind != f.Kind {
			t.Errorf("%s is of kind %s, %v", f.Field, kind, ok)
		}
		known[f.Field] = true
	}
	if len(known) < 15 {
		t.Errorf("there are %d fields; fields.yaml was not read", len(known))
	}
	if _, ok := Field("process.nam").Kind(); ok {
		t.Error("process.nam has a kind")
	}
}
