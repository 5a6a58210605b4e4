package plain

import (
	"fmt"
	"strings"
	"testing"

	"quarry/feed"
)

// TestOwnHosts: a hosts file stays one whatever names of the own network it gives, and
// those are no IOCs.
func TestOwnHosts(t *testing.T) {
	for _, c := range []struct {
		sinks int
		own   []string
	}{
		{8, []string{"10.1.2.3 intranet.corp.example"}},
		{8, []string{"10.1.2.3 intranet.corp.example intranet", "192.168.1.1\trouter", "fe80::1 printer.corp.example # own"}},
		{23, []string{"10.1.2.3 a.corp.example", "10.1.2.4 b.corp.example", "10.1.2.5 c.corp.example"}},
		{3, []string{"10.1.2.3 a.corp.example", "10.1.2.4 b.corp.example"}},
	} {
		for _, first := range []bool{false, true} {
			var text strings.Builder
			own := strings.Join(c.own, "\n") + "\n"
			if first {
				text.WriteString(own)
			}
			for n := range c.sinks {
				fmt.Fprintf(&text, "0.0.0.0 h%d.example\n", n)
			}
			if !first {
				text.WriteString(own)
			}
			if s := (Reader{}).Sure([]byte(text.String())); s != sureOfKinds {
				t.Errorf("%v: sure %d", c, s)
			}
			b := read(t, text.String())
			told := 0
			for _, f := range b.Findings {
				if f.Code == "unread-text" && f.Severity == feed.Info {
					told++
				}
			}
			if len(b.IOCs) != c.sinks || told != len(c.own) {
				t.Errorf("%v: %d IOCs, %v", c, len(b.IOCs), b.Findings)
			}
		}
	}
	for name, text := range map[string]string{
		"most lines are of the own network": "0.0.0.0 a.example\n10.1.2.3 b.corp.example\n10.1.2.4 c.corp.example\n",
		"most lines are words":              "0.0.0.0 a.example\n0.0.0.0 b.example\nSome words here\nand others\n192.0.2.1 and more words of it\n",
	} {
		if s := (Reader{}).Sure([]byte(text)); s != 0 {
			t.Errorf("%s: sure %d", name, s)
		}
	}
}
