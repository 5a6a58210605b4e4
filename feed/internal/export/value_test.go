package export

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed/records"
)

func TestValues(t *testing.T) {
	for _, c := range []struct{ in, text, list string }{
		{`"a,b"`, "a,b", `["a" "b"]`}, {`null`, "", "[]"}, {`""`, "", "[]"}, {`"None"`, "", "[]"}, {`"n/a"`, "", "[]"},
		{`5`, "5", `["5"]`}, {`true`, "true", `["true"]`}, {`["a", null, " b ", 5, "c,d"]`, `["a", null, " b ", 5, "c,d"]`, `["a" "b" "5" "c,d"]`},
		{`" , a ,,b"`, " , a ,,b", `["a" "b"]`}, {`{"a":1}`, `{"a":1}`, `["{\"a\":1}"]`},
	} {
		var v struct {
			A records.Text
			B List
		}
		if err := json.Unmarshal([]byte(`{"A":`+c.in+`,"B":`+c.in+`}`), &v); err != nil {
			t.Errorf("%s: %v", c.in, err)
		}
		if Known(v.A) != c.text || fmt.Sprintf("%q", v.B) != c.list {
			t.Errorf("%s is the text %q and the list %q", c.in, v.A, v.B)
		}
	}
}

func TestTags(t *testing.T) {
	var tags Tags
	for range 2 {
		for _, c := range []struct{ list, more, want string }{
			{"a, b", "", `["a" "b"]`}, {"a, b", "c", `["a" "b" "c"]`}, {"a,C", "c", `["a" "C"]`}, {"None", "", "[]"}, {"", "c", `["c"]`}, {"a, b", "", `["a" "b"]`},
		} {
			if got := fmt.Sprintf("%q", tags.Split(c.list, c.more)); got != c.want {
				t.Errorf("%q and %q are %s, want %s", c.list, c.more, got, c.want)
			}
		}
	}
	for n := range 3 * maxTags {
		tags.Split(fmt.Sprint(n), "")
	}
	if len(tags.known) > maxTags {
		t.Errorf("%d lists are remembered", len(tags.known))
	}
}

func TestKeys(t *testing.T) {
	for _, c := range []struct {
		head string
		want []string
	}{
		{"a,b", nil}, {"", nil}, {" \n[", nil}, {`}{"a":1}`, nil},
		{`{"1":[{"a":1,"2":[2]}],"3":{"a":3}}`, []string{"#", "#.a", "#[]", "#[].#", "#[].#[]", "#[].a"}},
		{"{\"a\":1}\n{\"b\":2}", []string{"a"}},
		{`{"a":"cut`, []string{"a"}}, {`{"a":{"b":1,}`, []string{"a", "a.b"}},
	} {
		if d := cmp.Diff(c.want, slices.Sorted(maps.Keys(Keys([]byte(c.head))))); d != "" {
			t.Errorf("%.100s (-want +got):\n%s", c.head, d)
		}
	}
}
