package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// walk goes through a document, all arrays and objects to a depth, and writes
// down what is where: "LINE KEY=VALUE".
func walk(j *JSON, depth int) (seen []string, err error) {
	var value func(at string, depth int) error
	value = func(at string, depth int) error {
		line := j.Line()
		if depth == 0 {
			var v any
			if err := j.Decode(&v); err != nil {
				return err
			}
			text, err := json.Marshal(v)
			seen = append(seen, fmt.Sprintf("%d %s=%s", line, at, text))
			return err
		}
		d, err := j.Enter()
		if err != nil {
			return err
		}
		for n := 0; j.More(); n++ {
			key := fmt.Sprint(n)
			if d == '{' {
				line := j.Line()
				if key, err = j.Key(); err != nil {
					return err
				}
				seen = append(seen, fmt.Sprintf("%d %s", line, key))
			}
			if err := value(at+"/"+key, depth-1); err != nil {
				return err
			}
		}
		return j.Leave()
	}
	for j.More() {
		if err := value("", depth); err != nil {
			return seen, err
		}
	}
	return seen, nil
}

func TestJSON(t *testing.T) {
	for _, c := range []struct {
		name, text string
		depth      int
		want       []string
	}{
		{"pretty", "{\n  \"a\": [\n    1,\n    {\n      \"b\": 2\n    }\n  ],\n  \"c\": []\n}\n", 2,
			[]string{"2 a", "3 /a/0=1", `4 /a/1={"b":2}`, "8 c"}},
		{"minified", `{"a":[1,{"b":2}],"c":[]}`, 2,
			[]string{"1 a", "1 /a/0=1", `1 /a/1={"b":2}`, "1 c"}},
		{"value under its key", "{\"a\"\n:\n\n[1\n,\n2]}", 2,
			[]string{"1 a", "4 /a/0=1", "6 /a/1=2"}},
		{"space everywhere", "\n\n[\n\n\n1\n\n,\n\n2\n\n]\n\n", 1, []string{"6 /0=1", "10 /1=2"}},
		{"lines inside a value", "[\n[\n1\n],\n2]", 1, []string{"2 /0=[1]", "5 /1=2"}},
		{"a value a line", "{\"a\":1}\n\n{\"a\":2}\n{\"a\":3}", 0,
			[]string{`1 ={"a":1}`, `3 ={"a":2}`, `4 ={"a":3}`}},
		{"far apart", "[1," + strings.Repeat("\n", 5000) + "2" + strings.Repeat(" ", 5000) + ",\n3]", 1,
			[]string{"1 /0=1", "5001 /1=2", "5002 /2=3"}},
		{"nothing inside", "[]", 1, nil},
	} {
		for _, byByte := range []bool{false, true} {
			got, err := walk(NewJSON(input(t, c.text, byByte)), c.depth)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%s, byte by byte %v (-want +got):\n%s", c.name, byByte, d)
			}
		}
	}
}

// TestJSONLines: wherever the ends of blocks fall, each value has its line.
func TestJSONLines(t *testing.T) {
	for _, pad := range []int{0, 1, 400, 511, 512, 513, 2000} {
		var text strings.Builder
		text.WriteString("{\n")
		var want []string
		for n := range 3000 {
			if n > 0 {
				text.WriteString(",\n")
			}
			fmt.Fprintf(&text, "  \"%d\"\n: [\n%*d]", n, n%9+pad*(n%2), n)
			want = append(want, fmt.Sprintf("%d %d", 2+3*n, n), fmt.Sprintf("%d /%d=[%d]", 3+3*n, n, n))
		}
		text.WriteString("\n}")
		got, err := walk(NewJSON(input(t, text.String(), false)), 1)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("padded by %d (-want +got):\n%.1000s", pad, d)
		}
	}
}

func TestBrokenJSON(t *testing.T) {
	for _, c := range []struct {
		name, text string
		depth      int
		want       string
		seen       int
	}{
		{"ends in a value", "[1,\n{\"a\":\n", 1, "doc:2: the JSON ends in the middle; fetch the document again", 1},
		{"ends in a string", "[1,\n\"a\nb", 1, "doc:2: broken JSON: invalid character '\\n' in string literal; fetch the document again", 1},
		{"ends behind a value", "[1,\n2\n", 1, "doc:2: the JSON ends in the middle; fetch the document again", 2},
		{"ends behind a comma", "[1,\n2,", 1, "doc:2: the JSON ends in the middle; fetch the document again", 2},
		{"ends behind a key", "{\"a\"\n", 1, "doc:1: the JSON ends in the middle; fetch the document again", 1},
		{"ends at once", "[", 1, "doc:1: the JSON ends in the middle; fetch the document again", 0},
		{"broken in a value", "[1,\n{\"a\":\n\n}]", 1, "doc:4: broken JSON: invalid character '}' looking for beginning of value; fetch the document again", 1},
		{"broken later", "[1,\n\n{\"a\":1,}]", 1, "doc:3: broken JSON: invalid character '}' looking for beginning of object key string; fetch the document again", 1},
		{"no comma", "[1\n2]", 1, "doc:2: broken JSON: expected comma after array element; fetch the document again", 1},
		{"a trailing comma", "[1\n,\n]", 1, "doc:3: broken JSON: invalid character ']' looking for beginning of value; fetch the document again", 1},
		{"closed by the other", "[1}", 1, "doc:1: broken JSON: invalid character '}' after array element; fetch the document again", 1},
		{"a key that is none", "{\"a\":1,\n2:3}", 1, "doc:2: broken JSON: invalid character '2' looking for beginning of object key string; fetch the document again", 2},
		{"a string", "\n\"a\\u001b\"", 1, `doc:2: here is "a\x1b" where an object or a list should be; fetch the document again`, 0},
		{"a number", "[1]", 2, "doc:1: here is 1 where an object or a list should be; fetch the document again", 0},
		{"null", "null", 1, "doc:1: here is null where an object or a list should be; fetch the document again", 0},
		{"too deep", strings.Repeat("[", 100_000), 1, "doc:1: broken JSON: invalid character '[' exceeded max depth; fetch the document again", 0},
	} {
		for _, byByte := range []bool{false, true} {
			seen, err := walk(NewJSON(input(t, c.text, byByte)), c.depth)
			var bad *feed.InputError
			if !errors.As(err, &bad) || err.Error() != c.want || len(seen) != c.seen {
				t.Errorf("%s, byte by byte %v: %d values and the error\n%v, want %d and\n%s", c.name, byByte, len(seen), err, c.seen, c.want)
			}
		}
	}
}

func TestJSONOfOtherKinds(t *testing.T) {
	j := NewJSON(input(t, "[\n{\"a\":\n{\"b\":1}}, 5,\n{\"a\":{\"b\":\"x\"}},\n\"y\"]", false))
	if _, err := j.Enter(); err != nil {
		t.Fatal(err)
	}
	type record struct {
		A struct {
			B string `json:"b"`
		} `json:"a"`
	}
	var got []string
	for j.More() {
		var r record
		err := j.Decode(&r)
		var kind *TypeError
		if errors.As(err, &kind) {
			got = append(got, fmt.Sprintf("%d %v", kind.Line, kind))
		} else {
			got = append(got, fmt.Sprint(r.A.B, err))
		}
	}
	want := []string{
		`2 the field "a.b" is a number, which it should not be`, "3 here is a number where something else should be",
		"x<nil>", "5 here is a string where something else should be",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if err := j.Leave(); err != nil || j.More() {
		t.Errorf("at the end: %v, and more", err)
	}
	if err := j.Decode(new(any)); err != io.EOF {
		t.Errorf("behind the end: %v", err)
	}
}

func TestJSONBehindABrokenFile(t *testing.T) {
	gone := errors.New("the disk is gone")
	text := "[" + strings.Repeat("1,\n", feed.HeadSize)
	in, err := feed.NewInput("doc", io.MultiReader(strings.NewReader(text), &failing{gone}))
	if err != nil {
		t.Fatal(err)
	}
	seen, err := walk(NewJSON(in), 1)
	if !errors.Is(err, gone) || len(seen) != feed.HeadSize {
		t.Errorf("%d values and %v", len(seen), err)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func TestSkip(t *testing.T) {
	j := NewJSON(input(t, "{\"a\":[1,\n2],\n\"b\":3}", false))
	if _, err := j.Enter(); err != nil {
		t.Fatal(err)
	}
	if key, err := j.Key(); key != "a" || err != nil {
		t.Error(key, err)
	}
	if err := j.Skip(); err != nil {
		t.Error(err)
	}
	if line, next := j.Line(), j.Next(); line != 3 || next != '"' {
		t.Errorf("line %d, %q", line, next)
	}
	if key, err := j.Key(); key != "b" || err != nil {
		t.Error(key, err)
	}
	if next := j.Next(); next != '3' {
		t.Errorf("%q", next)
	}
	if err := errors.Join(j.Skip(), j.Leave()); err != nil || j.Next() != 0 {
		t.Errorf("%v, %q", err, j.Next())
	}
}

// TestJSONWindow: what was gone through is not held.
func TestJSONWindow(t *testing.T) {
	element := []byte(`{"a":"` + strings.Repeat("x", 10_000) + "\"},\n")
	const n = 3000
	r := io.MultiReader(strings.NewReader("["), io.LimitReader(&cycle{text: element}, int64(n*len(element))), strings.NewReader("0]"))
	in, err := feed.NewInput("doc", r)
	if err != nil {
		t.Fatal(err)
	}
	j := NewJSON(in)
	if _, err := j.Enter(); err != nil {
		t.Fatal(err)
	}
	line := 0
	for j.More() {
		line = j.Line()
		if err := j.Skip(); err != nil {
			t.Fatal(err)
		}
		if len(j.win.buf) > 1<<20 {
			t.Fatalf("on line %d it holds %d bytes", line, len(j.win.buf))
		}
	}
	if err := j.Leave(); err != nil || line != n+1 {
		t.Errorf("line %d, %v", line, err)
	}
}

// cycle is a text over and over.
type cycle struct {
	text []byte
	at   int
}

func (a *cycle) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m := copy(p[n:], a.text[a.at:])
		n += m
		a.at = (a.at + m) % len(a.text)
	}
	return n, nil
}

// FuzzJSON: every line is that of the value, however the bytes come, and what
// is broken ends with an error that has a line.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,{"b":2}]}`, "[\n1\n,\n2]\n[3]", "[{},\n", "{\"a\" 1}", "[[[[", "\"\\ud800\"", "{}}", "[1,]", "nul",
	} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, text string, depth int) {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r") || strings.TrimSpace(text) == "" || strings.HasPrefix(text, "\ufeff") {
			t.Skip()
		}
		in, err := feed.NewInput("doc", strings.NewReader(text))
		if err != nil {
			t.Skip()
		}
		depth = min(max(depth, 0), 3)
		whole, err := walk(NewJSON(in), depth)
		slow, slowErr := walk(NewJSON(input(t, text, true)), depth)
		if fmt.Sprint(err) != fmt.Sprint(slowErr) {
			t.Errorf("%v, and byte by byte %v", err, slowErr)
		}
		if d := cmp.Diff(whole, slow); d != "" {
			t.Errorf("byte by byte (-whole +slow):\n%s", d)
		}
		lines := strings.Count(text, "\n") + 1
		if err != nil {
			var bad *feed.InputError
			if !errors.As(err, &bad) || bad.Line < 1 || bad.Line > lines {
				t.Errorf("the error is %v", err)
			}
		} else if depth == 0 && json.Valid([]byte(text)) && len(whole) != 1 {
			t.Errorf("%d values in %q", len(whole), text)
		}
		last := 1
		for _, s := range whole {
			var line int
			fmt.Sscan(s, &line)
			if line < last || line > lines {
				t.Errorf("line %d of %d after %d: %s", line, lines, last, s)
			}
			last = line
		}
	})
}

func BenchmarkJSON(b *testing.B) {
	text := []byte("[" + strings.Repeat("{\"a\": \"b\",\n \"c\": [1, 2, 3]},\n", 50_000) + "0]")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		in, err := feed.NewInput("doc", bytes.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		if seen, err := walk(NewJSON(in), 1); err != nil || len(seen) != 50_001 {
			b.Fatal(err)
		}
	}
}
