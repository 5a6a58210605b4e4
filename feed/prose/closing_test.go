package prose

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// signature is the end of a letter.
var signature = []string{"Bob Miller", "SOC Analyst", "bob@corp.example.com", "www.corp.example.com", "Web: https://www.corp.example.com", "Bob Miller | SOC | bob@corp.example.com | www.corp.example.com"}

// TestClosings: behind the words that end a letter or a page, plain names are those of
// who wrote it; what is defanged and what is no name is as before.
func TestClosings(t *testing.T) {
	for _, closing := range []string{"Kind regards", "Best regards,", "Thanks!", "Thanks, Bob", "Many thanks", "Cheers", "Mit freundlichen Grüßen", "--", "Share this article", "Subscribe to our newsletter", "Regards - Bob"} {
		for _, head := range [][]string{{"IOCs:", "b[.]example"}, {"## Indicators of compromise", "", "- b[.]example"}, {"Please block the following IOCs:", "", "b[.]example"}} {
			text := lines(slices.Concat(head, []string{"", closing}, signature, []string{"c[.]example", "192.0.2.7", md5Hex})...)
			b, err := collect(t, text)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, i := range b.IOCs {
				got = append(got, i.Value)
			}
			if want := []string{"b.example", "c.example", "192.0.2.7", md5Hex}; !slices.Equal(got, want) {
				t.Errorf("%q: %q", closing, got)
			}
			if !strings.Contains(findingOf(t, text, "not-defanged"), "switch on") {
				t.Errorf("%q: no finding", closing)
			}
		}
	}
	if got := decided(t, lines("IOCs:", "a.example", "--", "b.example", "--", "c.example")); !slices.Equal(got, []string{"* a.example", "* b.example", "* c.example"}) {
		t.Errorf("%q", got)
	}
	for _, no := range []string{"Thanks to the team", "Thanks for the domains", "Best", "Regards the domains"} {
		if got := decided(t, lines("IOCs:", no, "a.example", "b.example")); no != "Best" && got[0] != "* a.example" {
			t.Errorf("%q: %q", no, got)
		}
	}
	if got := decided(t, lines("Thanks,", "Bob", "", "IOCs:", "a.example", "", "Domains:", "b.example")); !slices.Equal(got, []string{"* a.example", "* b.example"}) {
		t.Errorf("%q", got)
	}
}

// TestClosingsBeforeValues: what would end a letter, with a list of values or a forwarded
// mail behind it, ends none.
func TestClosingsBeforeValues(t *testing.T) {
	want := []string{"* evil1.example", "* http://evil3.example/a", "* evil2.example"}
	values := []string{"evil1.example", "http://evil3.example/a", "evil2.example"}
	for _, closing := range []string{"Thanks!", "Share on", "--", "Kind regards"} {
		for _, parted := range [][]string{nil, {""}} {
			text := lines(slices.Concat([]string{"Please block the indicators below.", "", closing}, parted, values)...)
			if got := decided(t, text); !slices.Equal(got, want) {
				t.Errorf("%s: %q", closing, got)
			}
		}
	}
	for _, begin := range []string{"-----Original Message-----", "---------- Forwarded message ---------", "From: Bob <bob@corp.example.com>"} {
		text := lines(slices.Concat([]string{"See below.", "", "Kind regards", "Alice", "www.corp.example.com", "", begin, "Subject: indicators", "", "Please block the indicators below."}, values)...)
		if got := decided(t, text); !slices.Equal(got[:3], want) || !slices.Contains(got, "  www.corp.example.com") {
			t.Errorf("%s: %q", begin, got)
		}
	}
}

// TestClosingsBehindIOCs: what stands below the end of a letter or page is none where the
// IOCs above are defanged and it is not, where it is what signatures have, and, below the
// end of a page, where any IOC stands above.
func TestClosingsBehindIOCs(t *testing.T) {
	defanged := []string{"Indicators of Compromise", "", "evil1[.]example", "203[.]0[.]113[.]4", ""}
	plain := []string{"Indicators of Compromise", "", "evil1.example", "203.0.113.4", ""}
	names := []string{"good1.example", "good2.example/feed", "good3.example"}
	for _, c := range []struct {
		head, closing, below []string
		on                   bool
	}{
		{defanged, []string{"Follow us on", ""}, []string{"twitter.com/acme", "linkedin.com/company/acme", "youtube.com/acme"}, false},
		{nil, []string{"Share this article", ""}, []string{"facebook.com", "twitter.com", "linkedin.com"}, false},
		{plain, []string{"Subscribe to our newsletter"}, names, false},
		{plain, []string{"Get in touch"}, names, false},
		{defanged, []string{"Kind regards,", "", "Jane Doe"}, names, false},
		{defanged, []string{"Thanks!"}, names, false},
		{plain, []string{"Thanks!"}, names, true},
		{nil, []string{"Thanks!"}, []string{"http://evil2.example/a", "http://evil3.example/b", "http://evil4.example/c"}, true},
		{nil, []string{"Thanks!"}, []string{"https://good1.example", "https://www.good2.example/", "https://linkedin.com/in/jane"}, false},
		{plain, []string{"Kind regards", "Jane Doe", "", "--- This mail is confidential ---", ""}, names[:2], false},
		{plain, []string{"Kind regards", "Jane Doe", "From: the SOC team"}, names[:2], false},
		{plain, []string{"Kind regards", "Jane Doe", "From: Bob Miller", "Sent: Monday"}, names[:2], true},
	} {
		text := lines(slices.Concat(c.head, c.closing, c.below)...)
		got := decided(t, text)
		for _, v := range c.below {
			if on := slices.ContainsFunc(got, func(s string) bool {
				return s[0] == '*' && strings.Contains(s, strings.TrimSuffix(v, "/"))
			}); on != c.on {
				t.Errorf("%q: %q", c.closing, got)
				break
			}
		}
	}
}

// TestPlainAmongDefanged: in a text that defangs its IOCs, a plain name that stands alone
// outside of headings about them is a mention, and told.
func TestPlainAmongDefanged(t *testing.T) {
	head := []string{"Lantern asks hxxps://a[.]example/x, b[.]example and 203[.]0[.]113[.]8 for orders.", ""}
	for _, c := range []struct {
		name string
		text []string
		want []string
	}{
		{"lines", []string{"www.corp.example.com", "bob@corp.example.com", "https://blog.example.com/post"}, []string{"  www.corp.example.com", "  bob@corp.example.com", "  https://blog.example.com/post"}},
		{"items", []string{"- www.corp.example.com", "- https://blog.example.com/post"}, []string{"  www.corp.example.com", "  https://blog.example.com/post"}},
		{"addresses and hashes", []string{"192.0.2.7", md5Hex, "", "- 192.0.2.8"}, []string{"* 192.0.2.7", "* " + md5Hex, "* 192.0.2.8"}},
		{"below a heading", []string{"## C2 servers", "- c.example", "d.example"}, []string{"* c.example", "* d.example"}},
		{"behind a label", []string{"C2: c.example", "- C2 domain: d.example"}, []string{"* c.example", "* d.example"}},
		{"below a heading of another type", []string{"## IP addresses", "192[.]0[.]2[.]7", "", "More about it is in the portal.", "https://portal.example.com", "", "## IPs and domains", "c.example", "", "## URLs", "d.example", "", "## Domains", "bob@corp.example.com"},
			[]string{"* 192.0.2.7", "* c.example", "* d.example", "  https://portal.example.com", "  bob@corp.example.com"}},
		{"among defanged ones", []string{"- c[.]example", "- d.example", "- hxxp://e.example/x", "", "f[.]example", "g.example", "https://t.example/12345", "", "www.corp.example.com", "https://blog.example.com/post"},
			[]string{"* c.example", "* d.example", "* http://e.example/x", "* f.example", "* g.example", "  https://t.example/12345", "  www.corp.example.com", "  https://blog.example.com/post"}},
		{"many plain ones", []string{"- c.example", "- d.example", "- e.example", "- f.example", "- g.example"}, []string{"* c.example", "* d.example", "* e.example", "* f.example", "* g.example"}},
	} {
		got := decided(t, lines(append(slices.Clone(head), c.text...)...))
		got = slices.DeleteFunc(got, func(s string) bool { return s == "* https://a.example/x" || s == "* b.example" || s == "* 203.0.113.8" })
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if got := decided(t, lines("- a.example", "- b[.]example", "", "Words.", "", "- c.example")); strings.Contains(strings.Join(got, "\n"), "  ") {
		t.Errorf("one defanged: %q", got)
	}
}

// TestUnpartedHeadings: what ends a list of values without an empty line before it is a
// heading where its words leave no doubt.
func TestUnpartedHeadings(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"references", lines("IOCs", "evil1[.]example", "REFERENCES", "https://blog.example.com/post", "www.blog.example.com", "evil2[.]example"), []string{"* evil1.example", "* evil2.example", "  https://blog.example.com/post", "  www.blog.example.com"}},
		{"references behind words", lines("IOCs", "evil1[.]example", "It was seen in October.", "Further reading", "https://blog.example.com/post"), []string{"* evil1.example", "  https://blog.example.com/post"}},
		{"victims", lines("IOCs", "evil1[.]example", "Victims", "good1[.]example", "192.0.2.7", "C2 servers", "evil2[.]example"), []string{"* evil1.example", "* evil2.example", "  good1.example", "  192.0.2.7"}},
		{"names that are legitimate", lines("IOCs:", "- evil1[.]example", "Legitimate domains", "- good1[.]example"), []string{"* evil1.example", "  good1.example"}},
		{"a list", lines("IOCs", "203.0.113.4", "Allowlist", "192.0.2.7"), []string{"* 203.0.113.4", "  192.0.2.7"}},
		{"what is said of a value", lines("IOCs", "evil1[.]example", "Victim", "evil2[.]example", "Sinkhole", "evil3[.]example", "legitimate domains", "evil4[.]example"), []string{"* evil1.example", "* evil2.example", "* evil3.example", "* evil4.example"}},
		{"rows of one cell", lines("IOCs", "Value", "evil1[.]example", "Notes", "C2", "Value", "evil2[.]example", "Reference", "https://blog.example.com/post", "Value", "evil3[.]example"), []string{"* evil1.example", "* evil2.example", "* evil3.example", "  https://blog.example.com/post"}},
		{"words of a sentence", lines("IOCs", "Otter asks for", "Victims", "evil1[.]example"), []string{"* evil1.example"}},
	} {
		if got := decided(t, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	if f := findingOf(t, lines("IOCs", "evil1[.]example", "Victims", "good1[.]example"), "unparted-heading"); !strings.HasPrefix(f, "warning") || !strings.Contains(f, `"Victims"`) {
		t.Errorf("%q", f)
	}
}

// TestFlattenedTables: where a value and what is said of it are a line each, what is said
// is no heading over the values below, and told.
func TestFlattenedTables(t *testing.T) {
	want := []string{"* evil1.example", "* evil2.example", "* evil3.example", "* 203.0.113.4"}
	for _, said := range []string{
		"Sinkholed domain", "Legitimate website", "Legitimate service", "Legitimate software", "Legitimate Domain", "Victim website", "Victim IP", "Victim server", "Victim address",
		"Sinkhole server", "Benign file", "Excluded", "Sinkholed", "Sinkholed domains", "Legitimate services",
	} {
		for _, part := range []string{"\n", "\n\n"} {
			text := "Lantern malware report\n\nIndicators of Compromise\n\nevil1[.]example\nC2 server" + part + "evil2[.]example\n" + said + part + "evil3[.]example\nC2 server" + part + "203.0.113.4\n"
			if got := decided(t, text); !slices.Equal(got, want) {
				t.Errorf("%s: %q", said, got)
			}
			if f := findingOf(t, text, "maybe-benign"); !strings.HasPrefix(f, "warning") || !strings.Contains(f, said) {
				t.Errorf("%s: %q", said, f)
			}
		}
	}
	for _, heading := range []string{"Victims", "Victims of the attack", "Sinkholed domains", "Allowlist", "Legitimate infrastructure", "Legitimate software", "Legitimate traffic", "Excluded"} {
		text := lines("IOCs", "evil1[.]example", "C2 servers", "evil2[.]example", heading, "good1[.]example")
		if got := decided(t, text); !slices.Equal(got, []string{"* evil1.example", "* evil2.example", "  good1.example"}) {
			t.Errorf("%s: %q", heading, got)
		}
	}
	for _, labels := range [][]string{{"C2:", "Loader:"}, {"C2", "Loader"}, {"C2 servers:", "SHA-256:"}} {
		for _, heading := range []string{"Legitimate services", "Victims"} {
			text := lines("Lantern malware report", "", "Indicators of Compromise", "", labels[0], "evil1[.]example", labels[1], sha256Hex, heading, "good1.example", "good2.example")
			if got := decided(t, text); !slices.Equal(got, []string{"* evil1.example", "* " + sha256Hex, "  good1.example", "  good2.example"}) {
				t.Errorf("%q, %s: %q", labels, heading, got)
			}
		}
	}
}

// TestFingerprints: the fingerprint of a key or a certificate is no hash of a file.
func TestFingerprints(t *testing.T) {
	for _, line := range []string{
		"PGP: 0xAABBCCDDEEFF0011 fingerprint " + sha1Hex, "PGP Fingerprint: " + sha1Hex, "GPG key: " + sha1Hex, "- Key fingerprint = " + sha1Hex, "Fingerprint: " + sha1Hex,
		"### TLS\n- Fingerprint: " + md5Hex, "### Certificate\n- Fingerprint: " + md5Hex, "### TLS and SSH\n- Fingerprint: " + md5Hex, "The certificate with the fingerprint " + md5Hex + " is its own.",
		"https://www.cert.example.org | PGP: 0xAABBCCDDEEFF0011 fingerprint " + sha1Hex,
	} {
		got := decided(t, lines("IOCs:", "b[.]example", "", line))
		if slices.Contains(got, "* "+sha1Hex) {
			t.Errorf("%s: %q", line, got)
		}
	}
	for _, line := range []string{"### Network\n- Fingerprint: ", "### Host indicators\n- Fingerprint: ", "The file with the fingerprint ", "The sample with the id "} {
		if got := decided(t, lines("## Indicators of compromise", "", "b[.]example", "", line+md5Hex)); !slices.Contains(got, "* "+md5Hex) {
			t.Errorf("%s: %q", line, got)
		}
	}
	if got := decided(t, lines("IOCs:", "It asks for the key. "+md5Hex)); got[0] != "* "+md5Hex {
		t.Errorf("%q", got)
	}
	signed := lines("-----BEGIN PGP SIGNED MESSAGE-----", "Hash: SHA256", "", "Lantern drops these:", "", md5Hex, sha1Hex, "", "-----BEGIN PGP SIGNATURE-----", "iQIzBAEBCgAdFiEE")
	if got := decided(t, signed); !slices.Equal(got, []string{"* " + md5Hex, "* " + sha1Hex}) {
		t.Errorf("%q", got)
	}
	if got := decided(t, lines("IOCs:", "- File fingerprint (SHA-1): "+sha1Hex, "- Sample: "+md5Hex)); len(got) != 2 || got[0] != "* "+sha1Hex {
		t.Errorf("%q", got)
	}
}

// TestLabelsOfFiles: a hash behind what names a file is on whatever word follows, and one
// behind a word that may be that of a key is told.
func TestLabelsOfFiles(t *testing.T) {
	for _, c := range []struct {
		label    string
		on, told bool
	}{
		{"Binary fingerprint: ", true, false}, {"Loader fingerprint: ", true, false}, {"VT ID ", true, false}, {"VirusTotal ID: ", true, false},
		{"MalwareBazaar ID ", true, false}, {"Implant ID: ", false, true}, {"Sample ID: ", true, false}, {"Fingerprint: ", true, true},
		{"HASSH fingerprint: ", false, true}, {"RSA fingerprint: ", false, true}, {"TLS client fingerprint: ", false, true}, {"Favicon fingerprint: ", false, true},
		{"Banner fingerprint: ", false, true}, {"HTTP fingerprint: ", false, true}, {"Network fingerprint: ", false, true}, {"Session fingerprint: ", false, true},
		{"PGP fingerprint: ", false, true}, {"SSL fingerprint: ", false, true}, {"Token: ", false, true}, {"Bot ID: ", false, true},
	} {
		for _, hash := range []string{md5Hex, sha256Hex} {
			text := lines("## Indicators of compromise", "", "b[.]example", "", c.label+hash)
			if got := decided(t, text); slices.Contains(got, "* "+hash) != c.on {
				t.Errorf("%s%d: %q", c.label, len(hash), got)
			}
			dropped := findingOf(t, text, "not-an-ioc")
			if f := findingOf(t, text, "maybe-key"); (f != "" || dropped != "") != c.told || f != "" && !strings.HasPrefix(f, "warning") {
				t.Errorf("%s%d: %q", c.label, len(hash), f)
			}
		}
	}
	if f := findingOf(t, lines("IOCs:", "b[.]example", "", "Fingerprint: "+sha1Hex), "maybe-key"); !strings.Contains(f, "Fingerprint") {
		t.Errorf("%q", f)
	}
}

// TestCountedHeadings: a line that says how many of what follow is a heading without empty
// lines around it.
func TestCountedHeadings(t *testing.T) {
	report := []string{"Malware Analysis Report", "Submitted Files (1)", sha256Hex + " (lantern.exe)", "Domains (1)", "evil1.example", "IPs (2)", "192.0.2.1", "192.0.2.2"}
	for _, c := range []struct{ more, want []string }{
		{nil, nil},
		{[]string{"Mutexes (1)", "evil2.example"}, []string{"  evil2.example"}},
		{[]string{"URLs (1)", "http://evil2.example/x"}, []string{"* http://evil2.example/x"}},
		{[]string{"Certificates (1)", sha1Hex}, nil},
		{[]string{"Text (1) of it", "Domains (a)", "Findings (1)", "See evil2.example there."}, []string{"  evil2.example"}},
	} {
		want := append([]string{"* " + sha256Hex, "* evil1.example", "* 192.0.2.1", "* 192.0.2.2"}, c.want...)
		got := slices.DeleteFunc(decided(t, lines(append(report[:len(report):len(report)], c.more...)...)), func(s string) bool { return s == "  lantern.exe" })
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q", c.more, got)
		}
	}
	if got := decided(t, lines("Text ends with domains", "Domains 1", "evil1.example and more")); !slices.Equal(got, []string{"  evil1.example"}) {
		t.Errorf("%q", got)
	}
}
