package saved_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql/saved"
)

func TestBundleGolden(t *testing.T) {
	files, findings, err := saved.Bundle(sample(), saved.BundleOptions{About: about, Created: written})
	if err != nil || findings != nil {
		t.Fatalf("%v, %v", findings, err)
	}
	golden(t, files)
	checkBundle(t, files[0].Text)
}

func TestBundleHoldsEveryIOC(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 10 {
		iocs := randomIOCs(r, 300)
		o := saved.BundleOptions{About: saved.About{Title: pick(r, hostile), Reviewer: pick(r, hostile)}, Created: written, Modified: written.Add(time.Hour)}
		files, findings, err := saved.Bundle(iocs, o)
		if err != nil {
			t.Fatal(err)
		}
		patterns := checkBundle(t, files[0].Text)
		if got := len(patterns) + count(t, findings) + count(t, findings, "same-indicator"); got != len(iocs) {
			t.Fatalf("%d IOCs, %d are accounted for", len(iocs), got)
		}
		for _, i := range iocs {
			v, err := feed.Canonical(i.Type, i.Value)
			if p, ok := saved.Pattern(i); err == nil && v == i.Value && (!ok || !slices.Contains(patterns, p)) {
				t.Errorf("%s %q is not in the bundle", i.Type, i.Value)
			}
		}
	}
}

func TestBundleIDs(t *testing.T) {
	ids := func(o saved.BundleOptions) []string {
		files, _, err := saved.Bundle(sample(), o)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, m := range regexp.MustCompile(`"id": "([^"]+)"`).FindAllStringSubmatch(files[0].Text, -1) {
			all = append(all, m[1])
		}
		return all
	}
	first := ids(saved.BundleOptions{About: about, Created: written})
	if diff := cmp.Diff(first, ids(saved.BundleOptions{About: about, Created: written, Modified: written.Add(time.Hour)})); diff != "" {
		t.Errorf("a later export has other ids:\n%s", diff)
	}
	other := about
	other.Reviewer = "B. Analyst"
	for _, id := range ids(saved.BundleOptions{About: other, Created: written}) {
		if slices.Contains(first, id) {
			t.Errorf("two reviewers made %s", id)
		}
	}
	if _, _, err := saved.Bundle(sample(), saved.BundleOptions{About: about}); err == nil {
		t.Error("a time was made up")
	}
	files, _, err := saved.Bundle([]feed.IOC{{Type: feed.Domain, Value: "a.example", Confidence: feed.NoConfidence}}, saved.BundleOptions{Created: written})
	if err != nil || !strings.Contains(files[0].Text, `"valid_from": "2026-06-01T09:30:00.000Z"`) || !strings.Contains(files[0].Text, `"name": "Quarry"`) {
		t.Errorf("%v, %v", files, err)
	}
	for _, absent := range []string{"malware--", "confidence", "labels"} {
		if strings.Contains(files[0].Text, absent) {
			t.Errorf("%s is invented", absent)
		}
	}
	nothing := new(saved.NothingError)
	if files, _, err := saved.Bundle(nil, saved.BundleOptions{Created: written}); files != nil || !errors.As(err, &nothing) {
		t.Errorf("%v", err)
	}
}

var (
	stixID   = regexp.MustCompile(`^([a-z][a-z-]+)--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	stixTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
)

// stixProperties are the properties of each type: true for those that must be
// there. Common ones are in the entry "".
var stixProperties = map[string]map[string]bool{
	"":             {"type": true, "spec_version": true, "id": true, "created": true, "modified": true, "created_by_ref": false, "labels": false, "confidence": false},
	"identity":     {"name": true, "identity_class": false},
	"malware":      {"name": true, "is_family": true},
	"relationship": {"relationship_type": true, "source_ref": true, "target_ref": true},
	"indicator":    {"name": false, "indicator_types": false, "pattern": true, "pattern_type": true, "pattern_version": false, "valid_from": true},
}

// checkBundle reads a bundle by the rules of STIX 2.1 and returns its patterns.
func checkBundle(t testing.TB, text string) []string {
	t.Helper()
	var bundle struct {
		Type    string           `json:"type"`
		ID      string           `json:"id"`
		Objects []map[string]any `json:"objects"`
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&bundle); err != nil || dec.More() {
		t.Fatalf("%v in\n%s", err, text)
	}
	if m := stixID.FindStringSubmatch(bundle.ID); bundle.Type != "bundle" || m == nil || m[1] != "bundle" {
		t.Errorf("bundle %s %s", bundle.Type, bundle.ID)
	}
	ids := map[string]bool{}
	for _, o := range bundle.Objects {
		id, _ := o["id"].(string)
		if ids[id] {
			t.Errorf("%s is there twice", id)
		}
		ids[id] = true
	}
	var patterns []string
	for _, o := range bundle.Objects {
		if err := checkObject(o, ids); err != nil {
			t.Errorf("%v: %v", o, err)
		}
		if p, ok := o["pattern"].(string); ok {
			patterns = append(patterns, p)
		}
	}
	return patterns
}

func checkObject(o map[string]any, ids map[string]bool) error {
	text := func(key string) string { s, _ := o[key].(string); return s }
	kind := text("type")
	for key := range o {
		_, common := stixProperties[""][key]
		if _, own := stixProperties[kind][key]; !common && !own {
			return fmt.Errorf("%s has no property %s", kind, key)
		}
	}
	for _, of := range []string{"", kind} {
		for key, must := range stixProperties[of] {
			if v, ok := o[key]; must && (!ok || v == "") {
				return fmt.Errorf("%s needs %s", kind, key)
			}
		}
	}
	if m := stixID.FindStringSubmatch(text("id")); m == nil || m[1] != kind || text("spec_version") != "2.1" || stixProperties[kind] == nil {
		return fmt.Errorf("id %s", text("id"))
	}
	if !stixTime.MatchString(text("created")) || !stixTime.MatchString(text("modified")) || text("modified") < text("created") {
		return fmt.Errorf("created %s, modified %s", text("created"), text("modified"))
	}
	for key := range o {
		if strings.HasSuffix(key, "_ref") && !ids[text(key)] {
			return fmt.Errorf("%s is not in the bundle", text(key))
		}
	}
	if hiddenRunes.MatchString(text("name")) {
		return fmt.Errorf("name %q", text("name"))
	}
	if c, ok := o["confidence"].(float64); ok && (c < 0 || c > 100) {
		return fmt.Errorf("confidence %v", c)
	}
	switch kind {
	case "indicator":
		if !stixTime.MatchString(text("valid_from")) || text("pattern_type") != "stix" || text("pattern_version") != "2.1" || !cmp.Equal(o["indicator_types"], any([]any{"malicious-activity"})) {
			return fmt.Errorf("an indicator otherwise than all")
		}
		_, err := parsePattern(text("pattern"))
		return err
	case "relationship":
		if text("relationship_type") != "indicates" || !strings.HasPrefix(text("source_ref"), "indicator--") || !strings.HasPrefix(text("target_ref"), "malware--") {
			return fmt.Errorf("it relates otherwise than an indicator to malware")
		}
	case "malware":
		if o["is_family"] != true {
			return fmt.Errorf("it is no family")
		}
	}
	return nil
}

// comparison is one test of a pattern.
type comparison struct{ path, op, value string }

var (
	objectPath = regexp.MustCompile(`^[a-z0-9-]+:[a-z0-9_]+(?:\.(?:[A-Za-z0-9_]+|'[A-Za-z0-9-]+'))* `)
	operator   = regexp.MustCompile(`^(?:=|ISSUBSET) `)
	stixString = regexp.MustCompile(`^'(?:[^'\\]|\\'|\\\\)*'`)
	stixNumber = regexp.MustCompile(`^[0-9]+`)
)

// parsePattern reads [path op value AND path op value ...] by the grammar of
// STIX patterns.
func parsePattern(s string) ([]comparison, error) {
	rest, ok := strings.CutPrefix(s, "[")
	var all []comparison
	take := func(re *regexp.Regexp) string {
		m := re.FindString(rest)
		ok = ok && m != ""
		rest = rest[len(m):]
		return strings.TrimSuffix(m, " ")
	}
	for ok {
		c := comparison{path: take(objectPath), op: take(operator)}
		if strings.HasPrefix(rest, "'") {
			c.value = take(stixString)
			c.value = strings.NewReplacer(`\\`, `\`, `\'`, `'`).Replace(strings.TrimSuffix(strings.TrimPrefix(c.value, "'"), "'"))
		} else {
			c.value = take(stixNumber)
		}
		all = append(all, c)
		if rest == "]" && ok {
			return all, nil
		}
		rest, ok = strings.CutPrefix(rest, " AND ")
	}
	return nil, fmt.Errorf("%q is no pattern at %q", s, rest)
}

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		ty          feed.Type
		value, want string
	}{
		{feed.Domain, "c2.example.net", `[domain-name:value = 'c2.example.net']`},
		{feed.IP, "192.0.2.1", `[ipv4-addr:value = '192.0.2.1']`},
		{feed.IP, "2001:db8::1", `[ipv6-addr:value = '2001:db8::1']`},
		{feed.IPPort, "192.0.2.1:443", `[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 443]`},
		{feed.IPPort, "[2001:db8::1]:8080", `[network-traffic:dst_ref.type = 'ipv6-addr' AND network-traffic:dst_ref.value = '2001:db8::1' AND network-traffic:dst_port = 8080]`},
		{feed.CIDR, "198.51.100.0/24", `[ipv4-addr:value ISSUBSET '198.51.100.0/24']`},
		{feed.CIDR, "2001:db8::/32", `[ipv6-addr:value ISSUBSET '2001:db8::/32']`},
		{feed.URL, `http://example.com/it's\?a="b"`, `[url:value = 'http://example.com/it\'s\\?a="b"']`},
		{feed.MD5, "d41d8cd98f00b204e9800998ecf8427e", `[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']`},
		{feed.SHA1, "a", `[file:hashes.'SHA-1' = 'a']`},
		{feed.SHA256, "a", `[file:hashes.'SHA-256' = 'a']`},
		{feed.SHA512, "a", `[file:hashes.'SHA-512' = 'a']`},
		{feed.SHA3384, "a", `[file:hashes.'SHA3-384' = 'a']`},
		{feed.FileName, `'] OR [file:name = 'x`, `[file:name = '\'] OR [file:name = \'x']`},
		{feed.EnvelopeFrom, "a@example.com", `[email-addr:value = 'a@example.com']`},
	} {
		got, ok := saved.Pattern(feed.IOC{Type: c.ty, Value: c.value})
		if !ok || got != c.want {
			t.Errorf("%s %s: %s", c.ty, c.value, got)
		}
		if _, err := parsePattern(got); err != nil {
			t.Error(err)
		}
	}
	for _, i := range []feed.IOC{{Type: "odd", Value: "x"}, {Type: feed.IP, Value: "x"}, {Type: feed.IPPort, Value: "x:1"}, {Type: feed.CIDR, Value: "x"}} {
		if p, ok := saved.Pattern(i); ok {
			t.Errorf("%v: %s", i, p)
		}
	}
}

// A value never leaves its quotes, and a reader finds it again.
func FuzzPattern(f *testing.F) {
	for n, v := range hostile {
		f.Add(n, v)
	}
	for n, i := range sample() {
		f.Add(n, i.Value)
	}
	f.Fuzz(func(t *testing.T, n int, raw string) {
		ty := feed.Types[(n%len(feed.Types)+len(feed.Types))%len(feed.Types)]
		v, err := feed.Canonical(ty, raw)
		if err != nil {
			ty, v = feed.FileName, strings.ToValidUTF8(raw, "\uFFFD") // the widest type, and what no reader lets through
		}
		i := feed.IOC{Type: ty, Value: v}
		p, ok := saved.Pattern(i)
		if !ok {
			t.Fatalf("%s %q has no pattern", ty, v)
		}
		cs, err := parsePattern(p)
		if err != nil {
			t.Fatal(err)
		}
		if ty == feed.IPPort {
			addr, err := netip.ParseAddr(cs[1].value)
			port, _ := strconv.Atoi(cs[2].value)
			if err != nil || len(cs) != 3 || netip.AddrPortFrom(addr, uint16(port)).String() != v {
				t.Fatalf("%s of %q", p, v)
			}
			return
		}
		if len(cs) != 1 || cs[0].value != v {
			t.Fatalf("%s of %q", p, v)
		}
	})
}
