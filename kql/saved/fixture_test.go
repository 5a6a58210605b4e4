package saved_test

import (
	"encoding/csv"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql"
	"quarry/kql/saved"
)

var update = flag.Bool("update", false, "write the golden files of this package anew")

// golden compares files with those of testdata.
func golden(t *testing.T, files []saved.File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join("testdata", f.Name)
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(f.Text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v; go test ./kql/saved -update writes it", err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(f.Text, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

var (
	seen    = time.Date(2026, 5, 26, 0, 0, 0, 0, time.UTC)
	written = time.Date(2026, 6, 1, 9, 30, 0, 0, time.UTC)
	about   = saved.About{Title: "Example RAT, May 2026", Reviewer: "A. Analyst"}
)

func ioc(ty feed.Type, value string, threat feed.Threat, confidence int) feed.IOC {
	return feed.IOC{
		Type: ty, Value: value, Threat: threat, Confidence: confidence, Family: "Example RAT",
		FirstSeen: seen, Sources: []feed.Source{{Name: "bulletin.md", Line: 9}},
	}
}

// sample has an IOC of every type.
func sample() []feed.IOC {
	hex := strings.Repeat("0123456789abcdef", 8)
	return []feed.IOC{
		ioc(feed.IPPort, "192.0.2.10:443", feed.BotnetCC, 100),
		ioc(feed.IPPort, "192.0.2.10:8080", feed.BotnetCC, 75),
		ioc(feed.IPPort, "[2001:db8::5]:443", feed.BotnetCC, 50),
		ioc(feed.IP, "198.51.100.7", feed.PayloadDelivery, feed.NoConfidence),
		ioc(feed.IP, "10.1.2.3", feed.BotnetCC, 50),
		ioc(feed.CIDR, "203.0.113.0/24", feed.BotnetCC, 25),
		ioc(feed.CIDR, "2001:db8::/32", "", 25),
		ioc(feed.Domain, "c2.example.net", feed.BotnetCC, 100),
		ioc(feed.Domain, "-odd.example", feed.CCSkimming, 75),
		ioc(feed.URL, "http://files.example.org/a'b\\c?x=\"1\",2", feed.PayloadDelivery, 75),
		ioc(feed.SHA256, hex[:64], feed.Payload, 100),
		ioc(feed.SHA1, hex[:40], feed.Payload, 100),
		ioc(feed.MD5, hex[:32], feed.Payload, 100),
		ioc(feed.SHA512, hex, feed.Payload, 100),
		ioc(feed.SHA3384, hex[:96], feed.Payload, 100),
		ioc(feed.FileName, `=cmd|'/c calc'!A1.exe`, feed.Payload, 75),
		ioc(feed.Email, "billing@example.com", "", 60),
		ioc(feed.EnvelopeFrom, "bounce@example.com", feed.PayloadDelivery, 60),
		ioc(feed.BodyFrom, "@odd@example.com", feed.PayloadDelivery, 60),
	}
}

// hostile texts try to leave their place.
var hostile = []string{
	"=HYPERLINK(\"http://example.com\")", "+1", "-1", "@SUM(A1)", "'; DROP", "\"quoted\" 'single'",
	"line\nbreak\r\nand\rmore", "separator\u2028and\u2029next\u0085end", "bidi \u202Eevil\u202C\u2066x\u2069",
	"nul\x00bell\a", "[concat('a')]", "[[x]", "[open", "pipe | where 1==1", "key: value", "- item", "# comment", "---\nid: x",
	"{{evil}}", "&anchor *alias !tag", "\t=tab", "＝wide", "\xff\xfe broken", "yes", "null", "1e3", "%TAG", "~", "emoji 😀 ünï",
	strings.Repeat("long ", 2_000), "\ufeffbom", "</script>", "${x} `cmd`", "trailing \\", "", "   ",
}

// selection makes IOCs ready for a hunt.
func selection(iocs []feed.IOC) *kql.Selection { return kql.NewSelection(kql.NewIndicators(iocs)) }

// catalogue is the builtin catalogue.
func catalogue(t testing.TB) *kql.Catalogue {
	t.Helper()
	c, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sources are the hunts for the IOCs in all tables of Sentinel, or in those
// named, that can carry one.
func sources(t testing.TB, iocs []feed.IOC, title string, names ...string) []saved.Source {
	t.Helper()
	var all []saved.Source
	tables := catalogue(t).Tables()
	for i := range tables {
		tb := &tables[i]
		if names != nil && !strings.Contains(" "+strings.Join(names, " ")+" ", " "+tb.Name+" ") {
			continue
		}
		parts, err := tb.Parts(selection(iocs), kql.Options{Target: kql.Sentinel, Title: title}, kql.RuleChars)
		if e := new(kql.NothingToHuntError); err != nil && !errors.As(err, &e) && tb.On(kql.Sentinel) {
			t.Fatal(err)
		}
		for _, p := range parts {
			s := saved.Source{Table: tb, Hunt: p.Hunt}
			for _, x := range p.Indicators {
				s.IOCs = append(s.IOCs, x.IOC)
			}
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		t.Fatal("no table carries the IOCs")
	}
	return all
}

// records reads CSV files and checks that each begins with the header.
func records(t testing.TB, files []saved.File, header []string) [][]string {
	t.Helper()
	var all [][]string
	for _, f := range files {
		rows, err := csv.NewReader(strings.NewReader(f.Text)).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if len(rows) < 2 || !cmp.Equal(rows[0], header) {
			t.Fatalf("%s: begins with %q and has %d rows", f.Name, rows[0], len(rows))
		}
		all = append(all, rows[1:]...)
	}
	return all
}

var counted = regexp.MustCompile(`^(\d+) IOCs? `)

// count adds up the IOCs that findings with one of the codes speak of; without
// a code, those that are left out.
func count(t testing.TB, findings []feed.Finding, codes ...string) int {
	t.Helper()
	n := 0
	for _, f := range findings {
		m := counted.FindStringSubmatch(f.Text)
		wanted := codes == nil && strings.Contains(f.Text, " left out, ") || codes != nil && strings.Contains(strings.Join(codes, " "), f.Code)
		if !wanted {
			continue
		}
		if m == nil {
			t.Fatalf("%q says no number", f.Text)
		}
		k, _ := strconv.Atoi(m[1])
		n += k
	}
	return n
}

// randomIOCs are what readers return, and some that none of them would.
func randomIOCs(r *rand.Rand, n int) []feed.IOC {
	all := make([]feed.IOC, 0, n)
	for len(all) < n {
		ty := feed.Types[r.IntN(len(feed.Types))]
		value := randomValue(r, ty)
		if r.IntN(20) == 0 {
			value = hostile[r.IntN(len(hostile))]
		}
		all = append(all, feed.IOC{
			Type: ty, Value: value, Threat: feed.Threat(pick(r, []string{"botnet_cc", "payload", "payload_delivery", "cc_skimming", "", "=odd\n"})),
			Family: pick(r, append([]string{"Example RAT", "Other, \"Loader\""}, hostile...)), Confidence: r.IntN(102) - 1,
			FirstSeen: seen.Add(time.Duration(r.IntN(1e6)) * time.Second),
			Sources:   []feed.Source{{Name: pick(r, append([]string{"a.md"}, hostile...)), Line: r.IntN(99)}},
		})
	}
	return all
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

func randomValue(r *rand.Rand, ty feed.Type) string {
	const hex = "0123456789abcdef"
	digits := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = hex[r.IntN(16)]
		}
		return string(b)
	}
	ip := "192.0.2." + strconv.Itoa(r.IntN(256))
	if r.IntN(4) == 0 {
		ip = pick(r, []string{"10.0.0.1", "127.0.0.1", "169.254.1.1", "224.0.0.1", "2001:db8::1", "fe80::1", "192.168.3.4"})
	}
	name := pick(r, []string{"a", "b", "-c", "_d"}) + digits(2) + ".example.com"
	switch ty {
	case feed.IP:
		return ip
	case feed.IPPort:
		if strings.Contains(ip, ":") {
			ip = "[" + ip + "]"
		}
		return ip + ":" + strconv.Itoa(1+r.IntN(3))
	case feed.CIDR:
		return pick(r, []string{"192.0.2.0/24", "198.51.100.128/25", "2001:db8::/32"})
	case feed.Domain:
		return name
	case feed.URL:
		return "http://" + name + "/" + pick(r, []string{"", "'", "\\", "\"", ",", "a'\\'b", strings.Repeat("x", 6_000)})
	case feed.FileName:
		return pick(r, []string{"=", "+", "@", "", "'", "a\\", "x y", "[", "a,\"b\""}) + digits(3) + ".exe"
	case feed.Email, feed.EnvelopeFrom, feed.BodyFrom:
		return pick(r, []string{"=", "+", "-", "", "'", "o'"}) + digits(3) + "@example.com"
	case feed.MD5:
		return digits(32)
	case feed.SHA1:
		return digits(40)
	case feed.SHA3384:
		return digits(96)
	case feed.SHA512:
		return digits(128)
	}
	return digits(64)
}
