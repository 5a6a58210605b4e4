package feed

import "testing"

func TestNearest(t *testing.T) {
	tables := []string{"CommonSecurityLog", "DnsEvents", "DeviceFileEvents"}
	if got := Nearest("device.ipp", []string{"device", "device.name", "device.ip"}); got != "device.ip" {
		t.Errorf("a name that the word begins with goes before the one that is meant: %q", got)
	}
	for word, want := range map[string]string{
		"dnsevents": "DnsEvents", "DnsEvent": "DnsEvents", "dns": "DnsEvents", "DeviceFilesEvent": "DeviceFileEvents", "common": "CommonSecurityLog", "Events": "", "Syslog": "",
	} {
		if got := Nearest(word, tables); got != want {
			t.Errorf("%s is nearest to %q, want %q", word, got, want)
		}
	}
}

func TestSlips(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ab", 2}, {"ab", "", 2}, {"type", "type", 0}, {"typ", "type", 1}, {"types", "type", 1}, {"tape", "type", 1}, {"tpye", "type", 1}, {"ytpe", "type", 1}, {"sve", "seen", 2}, {"abc", "ca", 3},
	} {
		if got := slips(tt.a, tt.b); got != tt.want {
			t.Errorf("from %q to %q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
