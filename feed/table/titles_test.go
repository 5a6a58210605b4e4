package table

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPortTitles reads the port beside an address below every title that says so,
// and below no other.
func TestPortTitles(t *testing.T) {
	for title, want := range map[string]string{
		"Port": "ip:port 192.0.2.1:443", "C2 Port": "ip:port 192.0.2.1:443", "Dest Port": "ip:port 192.0.2.1:443", "dst_port": "ip:port 192.0.2.1:443", "Port(s)": "ip:port 192.0.2.1:443", "Ports": "ip:port 192.0.2.1:443",
		"TCP port": "ip:port 192.0.2.1:443", "Port number": "ip:port 192.0.2.1:443", "Port/Protocol": "ip:port 192.0.2.1:443", "dport": "ip:port 192.0.2.1:443", "Ports used": "ip:port 192.0.2.1:443", "Service port": "ip:port 192.0.2.1:443",
		"Source port": "ip 192.0.2.1", "Local port": "ip 192.0.2.1", "Report": "ip 192.0.2.1", "Port of Rotterdam": "ip 192.0.2.1",
	} {
		b := read(t, "ip,"+title+"\n192.0.2.1,443\n192.0.2.2,8443\n")
		if got := fmt.Sprint(b.IOCs[0].Type, " ", b.IOCs[0].Value); got != want {
			t.Errorf("%s: %s, want %s", title, got, want)
		}
	}
	b := read(t, "C2:Port,Note\n192.0.2.1:443,x\n192.0.2.2:8443,y\n")
	if len(b.IOCs) != 2 || b.IOCs[0].Value != "192.0.2.1:443" {
		t.Errorf("%v", b.IOCs)
	}
}

// TestRisk: how bad a value is takes no place of how sure it is, and is none of it by itself.
func TestRisk(t *testing.T) {
	for text, want := range map[string][]string{
		"indicator,type,risk,confidence\na.example,domain,5,80\n":     {"2 domain a.example confidence=80", "1 info unread-column"},
		"indicator,type,risk\na.example,domain,5\n":                   {"2 domain a.example", "1 info unread-column"},
		"Name,Risk,RiskString\na.example,92,2/79\nb.example,5,1/79\n": {"2 domain a.example confidence=92", "3 domain b.example confidence=5", "1 info unread-column"},
	} {
		if diff := cmp.Diff(want, told(t, read(t, text))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	if m, _ := MeaningOf("Risk"); m != Unknown {
		t.Errorf("a title in a text means %q", m)
	}
}

// TestNetblock: the block that a provider has is no value beside addresses.
func TestNetblock(t *testing.T) {
	if diff := cmp.Diff([]string{"2 ip 192.0.2.4", `2 cidr 192.0.2.0/24 (stands in the column "netblock", of which Quarry does not know what it says)`, "1 info unread-column", "1 warning unread-column"},
		told(t, read(t, "ip,asn,netblock\n192.0.2.4,64496,192.0.2.0/24\n"))); diff != "" {
		t.Error(diff)
	}
	if b := read(t, "netblock,country\n192.0.2.0/24,NL\n198.51.100.0/24,NL\n"); len(b.IOCs) != 2 {
		t.Errorf("%v", b.IOCs)
	}
}

// TestMeaningOf is what tables of other formats ask of the vocabulary.
func TestMeaningOf(t *testing.T) {
	for title, want := range map[string]Meaning{
		"IOC": Values, "Destination IP": Values, "Subnet": Values, "Resolved IP": Unknown, "Netblock": Unknown, "TCP Port": Ports, "Date added": FirstSeen, "Weather": Unknown, "": Unknown,
	} {
		if got, _ := MeaningOf(title); got != want {
			t.Errorf("%s: %s, want %s", title, got, want)
		}
	}
	if _, later := MeaningOf("Date added"); !later {
		t.Error("a date of the record does not give way")
	}
	if got := NotHunted("Docker image"); !got.Paths || !got.Hashes {
		t.Errorf("a name of an image is a URL: %+v", got)
	}
	for word, want := range map[string]string{"Docker image": "a container image", "JA3": "a hash of something that is no file, or one that many files share", "mutex": "a mutex", "SHA256": "", "malware": "", "Description": "", "": ""} {
		if got := NotHunted(word).What; got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

// TestNumberTitle: a first title that is the sign of a number alone makes no comment of
// the others, and a comment that only begins so is one.
func TestNumberTitle(t *testing.T) {
	want := []string{"2 ip:port 192.0.2.1:443 family=Otter confidence=90 first_seen=2026-05-01", "3 domain a.example family=Otter confidence=80 first_seen=2026-05-02", "1 info unread-column"}
	for _, by := range []string{"\t", ",", ";", "|"} {
		text := "#,Date,Indicator,Type,Port,Malware,Confidence\n1,2026-05-01,192.0.2.1,ip,443,Otter,90\n2,2026-05-02,a.example,domain,,Otter,80\n"
		if diff := cmp.Diff(want, told(t, read(t, strings.ReplaceAll(text, ",", by)))); diff != "" {
			t.Errorf("%q: %s", by, diff)
		}
	}
	for _, text := range []string{"# ip,port\n192.0.2.1,443\n192.0.2.2,8443\n", "#\tip\tport\n192.0.2.1\t443\n192.0.2.2\t8443\n"} {
		if diff := cmp.Diff([]string{"2 ip:port 192.0.2.1:443", "3 ip:port 192.0.2.2:8443"}, told(t, read(t, text))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
