package prose

import (
	"fmt"
	"strings"
	"testing"
)

// TestSetAside: what a heading says to be no IOC is told, where it would be one elsewhere.
func TestSetAside(t *testing.T) {
	const head = "# Lantern\n\n## Indicators\n\n- evil1[.]example\n- evil2[.]example\n- evil3[.]example\n\n"
	tests := []struct{ text, want string }{
		{head + "## Victims\n\n- acme.example\n- 203.0.113.9\n", `info: 2 values stand, from this line on, below "Victims", which says that what follows is no IOC; they are mentions; switch on those that are meant`},
		{head + "## False positives\n\n- cdn[.]example\n", `warning: 1 value stands, from this line on, below "False positives", which says that what follows is no IOC; it is a mention; switch it on if it is meant`},
		{head + "## Victims\n\n- a.example\n- b.example\n- c.example\n", `warning: 3 values stand, from this line on, below "Victims", which says that what follows is no IOC; they are mentions; switch on those that are meant`},
		{head + "## References\n\n- https://blog.example/lantern\n- Report by soc@example.com\n", ""},
		{head + "## References\n\nSee evil.example for more.\n", ""},
		{head, ""},
	}
	for _, tt := range tests {
		if got := findingOf(t, tt.text, "set-aside"); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
	}
	var long strings.Builder
	long.WriteString(head)
	for n := range 3 * mostSetAside {
		fmt.Fprintf(&long, "## %s\n\n- 203.0.113.%d\n\n", []string{"Victims", "References"}[n%2], n)
	}
	b, err := collect(t, long.String())
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, f := range b.Findings {
		if f.Code == "set-aside" {
			told++
		}
	}
	if told != mostSetAside {
		t.Errorf("%d findings, want %d", told, mostSetAside)
	}
}

// TestPlainIOCs: an IOC that is plain where the author defangs may be none.
func TestPlainIOCs(t *testing.T) {
	tests := []struct{ text, want string }{
		{"- evil1[.]example\n- evil2[.]example\n- acme.example\n", `warning: 1 IOC is written plainly, from this line on, where it is acme[.]example, while others of this document are defanged; it is hunted; switch it off if it is not meant`},
		{"- 203[.]0[.]113[.]4\n- 203[.]0[.]113[.]5\n- 203.0.113.6\n- 203.0.113.7\n", `warning: 2 IOCs are written plainly, from this line on, where it is 203[.]0[.]113[.]6, while others of this document are defanged; they are hunted; switch off those that are not meant`},
		{"- evil1[.]example\n- evil2[.]example\n- 203.0.113.6\n", ""}, // addresses are often left plain
		{"- evil1[.]example\n- a.example\n- b.example\n", ""},
		{"- evil1[.]example\n- evil2[.]example\n- " + strings.Repeat("ab", 32) + "\n", ""},
	}
	for _, tt := range tests {
		if got := findingOf(t, "# Lantern\n\n## Indicators\n\n"+tt.text, "plain-ioc"); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
	}
}
