package plain

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDnsmasq: names that a resolver answers with nothing are entries, those that it
// answers or asks others for are not.
func TestDnsmasq(t *testing.T) {
	text := "# Lantern\naddress=/evil1.example/0.0.0.0\naddress=/evil2.example/\naddress=/evil3.example/evil4.example/#\nlocal=/evil5.example/\nserver=/evil6.example/\naddress=/.evil7.example/::\naddress=/evil8.example/127.0.0.1 # two\n" +
		"server=/good1.example/192.0.2.53\naddress=/good2.example/192.0.2.7\n"
	if s := (Reader{}).Sure([]byte(text)); s != sureOfKinds {
		t.Errorf("sure %d", s)
	}
	want := []string{
		"2 domain evil1.example", "3 domain evil2.example", "4 domain evil3.example", "4 domain evil4.example", "5 domain evil5.example", "6 domain evil6.example", "7 domain evil7.example", "8 domain evil8.example [two]",
		"9 domain good1.example (a name that others answer for)", "10 domain good2.example (a name that others answer for)"}
	if diff := cmp.Diff(want, told(read(t, text))); diff != "" {
		t.Error(diff)
	}
	if s := (Reader{}).Sure([]byte("address=/\naddress=//\nserver=192.0.2.53\n")); s != 0 {
		t.Errorf("sure %d", s)
	}
}
