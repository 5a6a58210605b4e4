package kql

import (
	"errors"
	"testing"
)

// TestHostOfURLConditions tells the host from the rest of a URL for every
// operator: a condition that excludes a good host must not hide a bad one.
func TestHostOfURLConditions(t *testing.T) {
	elsewhere := []string{"", "http://c2.test/good.example/gate", "c2.test/good.example", "http://c2.test/?good.example", "http://c2.test/#good.example", "http://good.example@c2.test/",
		"http://good.example:80@c2.test/", "http://c2.test:80/x@good.example/", "http://c2.test/http://good.example/", "c2.test:80", "http://192.0.2.1/good.example"}
	tests := []struct {
		condition       string
		matches, others []string
	}{
		{`remote.host is "good.example"`, []string{"good.example", "http://GOOD.example./x", "https://u@good.example:8080?y"}, []string{"http://a.good.example/", "good.example.test"}},
		{`remote.host contains "good.ex"`, []string{"good.example", "http://www.good.example:443/x", "xgood.example"}, []string{"http://goodxexample/"}},
		{`remote.host contains one of ("good.example", "fine.")`, []string{"good.example.test", "https://x.fine.test./"}, []string{"fine"}},
		{`remote.host contains word "good.example"`, []string{"good.example", "http://a-good.example/", "http://www.good.example.test/", "caf\u00e9.good.example"},
			[]string{"xgood.example", "http://good.examples/", "\u00e9good.example"}},
		{`remote.host contains word "-"`, []string{"a-b.test"}, []string{"ab.test/a-b"}},
		{`remote.host starts with "good."`, []string{"good.example", "http://u@good.example/", "//good.test:1"}, []string{"www.good.example"}},
		{`remote.host ends with "good.example"`, []string{"good.example", "http://xgood.example.:80/", "www.good.example"}, []string{"good.example.test"}},
		{`remote.host ends with "good.example."`, []string{"good.example", "good.example."}, nil},
		{`remote.host matches "good\\.example$"`, []string{"good.example", "http://xgood.example.:80/x", "good.example:443"}, []string{"good.example.test"}},
		{`remote.host matches "^good"`, []string{"http://u:p@good.example/", `"good.example/x"`}, []string{"www.good.example"}},
		{`remote.host matches "80|http"`, []string{"http://a80.test"}, []string{"http://good.test:80/"}},
	}
	for _, tt := range tests {
		clause, err := table(t, "DeviceNetworkEvents").Clause(parse(t, tt.condition), Sentinel)
		if err != nil {
			t.Fatal(err)
		}
		holds := func(v string) bool {
			return evaluate(t, "DeviceNetworkEvents\n| where not("+clause+")", row{"RemoteUrl": v}) == nil
		}
		for _, v := range tt.matches {
			if !holds(v) {
				t.Errorf("%s does not hold for %q:\n%s", tt.condition, v, clause)
			}
		}
		for _, v := range append(elsewhere, tt.others...) {
			if holds(v) {
				t.Errorf("%s holds for %q:\n%s", tt.condition, v, clause)
			}
		}
	}
	for _, v := range []string{"good.example/x", "a@b", "?", "#x", "good.example:80", "a b", "//"} {
		for _, op := range []Operator{Is, Contains, ContainsWord, StartsWith, EndsWith} {
			got, err := table(t, "DeviceNetworkEvents").Clause(Not{Test{"remote.host", op, []string{v}}}, Sentinel)
			if err != nil || got != "false" {
				t.Errorf("not %s %q is %s, %v, want false: no host has it", op, v, got, err)
			}
		}
	}
	var missing *MissingFieldError
	if _, err := table(t, "UrlClickEvents").Clause(parse(t, `remote.host is "a.example"`), Sentinel); !errors.As(err, &missing) {
		t.Errorf("got %v, want that there is no column", err)
	}
}
