package table

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestVerdicts: rows whose own words clear them are mentions, and what an own indicator
// says is to be done about its value is such a word; what a firewall did is none.
func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"what is to be done", "type,value,action,severity\nsha256," + sha256Hex + ",prevent,high\ndomain,a.example.com,Allowed,low\nipv4,192.0.2.1,detect,\nmd5," + md5Hex + ",allow,\n", []string{
			"2 sha256_hash " + sha256Hex + " tags=[prevent high]", "4 ip 192.0.2.1 tags=[detect]",
			"3 domain a.example.com tags=[Allowed low] (the table calls it \"Allowed\")", "5 md5_hash " + md5Hex + " tags=[allow] (the table calls it \"allow\")"}},
		{"what was done is no verdict", "type,value,action\nip,192.0.2.1,allow\nip,192.0.2.2,deny\n", []string{"2 ip 192.0.2.1", "3 ip 192.0.2.2", "1 info unread-column"}},
		{"what was done, without types", "ip,action\n192.0.2.1,allow\n192.0.2.2,allow\n", []string{"2 ip 192.0.2.1", "3 ip 192.0.2.2", "1 info unread-column"}},
		{"Anomali", "value,itype,confidence,status\n192.0.2.1,c2_ip,92,falsepos\n192.0.2.2,c2_ip,92,active\n", []string{
			"3 ip 192.0.2.2 confidence=92 tags=[active]", "2 ip 192.0.2.1 confidence=92 tags=[falsepos] (the table calls it \"falsepos\")", "1 info unread-column"}},
		{"words that clear", "domain,status\na.example.com,safe\nb.example.com,Trusted\nc.example.com,ignore\nd.example.com,excluded\ne.example.com,unsafe\n", []string{
			"6 domain e.example.com tags=[unsafe]", "2 domain a.example.com tags=[safe] (the table calls it \"safe\")", "3 domain b.example.com tags=[Trusted] (the table calls it \"Trusted\")",
			"4 domain c.example.com tags=[ignore] (the table calls it \"ignore\")", "5 domain d.example.com tags=[excluded] (the table calls it \"excluded\")"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, told(t, read(t, c.text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}
