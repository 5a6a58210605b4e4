// Package rows makes large documents to measure readers with.
package rows

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// kinds are the types of IOCs in the shares, of a hundred, that an export of
// July 2026 had.
var kinds = []struct {
	name  string
	share int
}{
	{"ip:port", 54}, {"domain", 27}, {"url", 9}, {"sha256_hash", 4}, {"sha1_hash", 3}, {"md5_hash", 3},
}

// families are what a row says of its malware.
var families = []struct{ malware, alias, printable, threat, tags, confidence string }{
	{"win.cobalt_strike", "Agentemis,BEACON,CobaltStrike,cobeacon", "Cobalt Strike", "botnet_cc", "CobaltStrike,drb-ra", "100"},
	{"win.cobalt_strike", "Agentemis,BEACON,CobaltStrike,cobeacon", "Cobalt Strike", "botnet_cc", "cs-watermark-987654321,CobaltStrike", "75"},
	{"win.remcos", "RemcosRAT,Remvio,Socmer", "Remcos", "botnet_cc", "RAT,RemcosRAT", "75"},
	{"js.clearfake", "None", "ClearFake", "payload_delivery", "ClearFake,windows", "100"},
	{"win.vidar", "None", "Vidar", "botnet_cc", "Vidar", "100"},
	{"win.asyncrat", "None", "AsyncRAT", "botnet_cc", "AS64496,AsyncRAT,c2,censys,RAT", "50"},
	{"elf.mirai", "Katana", "Mirai", "botnet_cc", "Mirai", "95"},
	{"win.dcrat", "DarkCrystal RAT", "DCRat", "botnet_cc", "DCRat", "90"},
	{"js.magecart", "None", "magecart", "cc_skimming", "None", "80"},
	{"unknown", "None", "Unknown malware", "payload", "None", "75"},
}

var references = []string{"None", "None", "None", "https://tracker.example/samples/", "https://sandbox.example/analyses/"}

var syllables = []string{"ba", "cor", "del", "fin", "gar", "hol", "ka", "lin", "mo", "net", "or", "pa", "ren", "so", "tur", "vel"}

// Every so many rows one repeats an earlier value under a number of its own, or
// has a fault.
const (
	repeatEvery = 499
	faultEvery  = 19_997
)

// faults are values and types of which no IOC can be made.
var faults = [][2]string{
	{"198.51.100.7:0", "ip:port"}, {"lantern", "domain"}, {"http://lantern.example/a b", "url"}, {"0123456789abcdef", "sha256_hash"}, {"0123456789abcdef", "ja3_fingerprint"},
}

// ThreatFox writes a CSV export with so many rows.
func ThreatFox(w io.Writer, n int) error {
	out := bufio.NewWriterSize(w, 1<<16)
	r := rand.New(rand.NewPCG(1, 2))
	now := time.Date(2026, 7, 24, 14, 0, 0, 0, time.UTC)
	fmt.Fprintf(out, "################################################################\r\n"+
		"# ThreatFox IOCs: additions - CSV format (full dump)           #\r\n"+
		"# Last updated: %s UTC                        #\r\n"+
		"################################################################\r\n#\r\n"+
		`# "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_alias","malware_printable","last_seen_utc","confidence_level","is_compromised","reference","tags","anonymous","reporter"`+"\r\n", now.Format(time.DateTime))
	var earlier [1024][2]string
	for i := range n {
		value, kind := valueOf(r)
		switch {
		case i%faultEvery == faultEvery-1:
			f := faults[i/faultEvery%len(faults)]
			value, kind = f[0], f[1]
		case i%repeatEvery == repeatEvery-1:
			e := earlier[r.IntN(min(i, len(earlier)))]
			value, kind = e[0], e[1]
		default:
			earlier[i%len(earlier)] = [2]string{value, kind}
		}
		f := families[r.IntN(len(families))]
		now = now.Add(-time.Duration(r.IntN(120)) * time.Second)
		last := ""
		if r.IntN(100) < 71 {
			last = now.Add(time.Duration(r.IntN(1_000_000)) * time.Second).Format(time.DateTime)
		}
		compromised := "False"
		if r.IntN(10) == 0 {
			compromised = "True"
		}
		reference := references[r.IntN(len(references))]
		if reference != "None" {
			reference += fmt.Sprintf("%08x", r.Uint32())
		}
		fmt.Fprintf(out, `"%s", "%d", "%s", "%s", "%s", "%s", "%s", "%s", "%s", "%s", "%s", "%s", "%s", "%d", "%s"`+"\r\n",
			now.Format(time.DateTime), 1_000_000+n-i, value, kind, f.threat, f.malware, f.alias, f.printable, last, f.confidence, compromised, reference, f.tags, r.IntN(2), "reporter"+fmt.Sprint(r.IntN(40)))
	}
	fmt.Fprintf(out, "# Number of entries: %d\r\n", n)
	return out.Flush()
}

// valueOf makes a value and says its type.
func valueOf(r *rand.Rand) (value, kind string) {
	pick := r.IntN(100)
	for _, k := range kinds {
		if kind = k.name; pick < k.share {
			break
		}
		pick -= k.share
	}
	switch kind {
	case "ip:port":
		if r.IntN(200) == 0 {
			return fmt.Sprintf("2001:db8:%x::%x:%d", r.IntN(0x10000), 1+r.IntN(0xffff), 1+r.IntN(65535)), kind
		}
		net := []string{"192.0.2", "198.51.100", "203.0.113"}[r.IntN(3)]
		return fmt.Sprintf("%s.%d:%d", net, r.IntN(256), 1+r.IntN(65535)), kind
	case "domain":
		return nameOf(r), kind
	case "url":
		return fmt.Sprintf("https://%s/%s/Load.php?id=%d", nameOf(r), syllables[r.IntN(len(syllables))], r.IntN(1e6)), kind
	}
	sum := make([]byte, map[string]int{"sha256_hash": 32, "sha1_hash": 20, "md5_hash": 16}[kind])
	for i := range sum {
		sum[i] = byte(r.Uint32())
	}
	return hex.EncodeToString(sum), kind
}

// nameOf makes a name.
func nameOf(r *rand.Rand) string {
	name := ""
	for range 3 + r.IntN(4) {
		name += syllables[r.IntN(len(syllables))]
	}
	return name + fmt.Sprint(r.IntN(1000)) + []string{".example", ".test", ".example.com", ".example.net"}[r.IntN(4)]
}
