package prose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// decided is the values of a document that are IOCs, each with a star, and those
// that are mentions.
func decided(t *testing.T, text string) []string {
	t.Helper()
	b, err := collect(t, text)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, i := range b.IOCs {
		all = append(all, "* "+i.Value)
	}
	for _, i := range b.Mentions {
		all = append(all, "  "+i.Value)
	}
	return all
}

// TestNotesOfBenign: a note denies where its first clause consists of such words, not where they stand somewhere in it.
func TestNotesOfBenign(t *testing.T) {
	for _, c := range []struct {
		note string
		on   bool
	}{
		{" - malicious DLL loaded by the legitimate OneDrive.exe", true},
		{" (clean.exe)", true},
		{" (clean-up script)", true},
		{" - used to deliver legitimate remote tools", true},
		{" - C2 that allow attackers to run commands", true},
		{" # not yet sinkholed", true},
		{" (registered to look legitimate)", true},
		{" (used against the victim)", true},
		{" - legit hosting provider, attacker VPS", true},
		{" (victim-facing panel)", true},
		{" (allowed by most proxies)", true},
		{" (impersonates a legitimate site)", true},
		{" (legitimate-looking copy)", true},
		{" - compromised, now clean", true},
		{" - legitimate WordPress site hosting Otter", true},
		{" - legitimate file sharing service hosting the payload", true},
		{" - legitimate site used for malware delivery", true},
		{" - whitelisted by many vendors, hosts stage 2", true},
		{" - known good domain fronted by Otter", true},
		{" - do not block before takedown", true},
		{" - false positive rate low", true},
		{" - legitimate Otter tool used for remote access", true},
		{" - legit domain hijacking", true},
		{" (legitimate domain contacted by the malware)", false},
		{" (legitimate x.exe)", false},
		{" - do not block", false},
		{" (sinkholed, not malicious)", false},
		{" - whitelisted", false},
		{" (was sinkholed on 2026-01-01)", false},
		{" (benign)", false},
		{" - false positive in our rules", false},
		{" (known-good)", false},
		{" - legitimate OneDrive.exe used for sideloading", false},
		{" (victim)", false},
		{" # victim host", false},
		{" (victim VPN)", false},
		{" (clean)", false},
		{" - not malicious by itself", false},
	} {
		for _, value := range []string{"x.example", md5Hex} {
			got := decided(t, lines("## Indicators", "- "+value+c.note, "- 192.0.2.1"))
			if on := got[0] == "* "+value; on != c.on {
				t.Errorf("%s%s: %q", value, c.note, got)
			}
		}
		row := strings.Trim(c.note, " -#()")
		got := decided(t, lines("## Indicators", "| Domain | Comment |", "|---|---|", "| x.example | "+row+" |"))
		if on := got[0] == "* x.example"; on != c.on {
			t.Errorf("comment of a row %q: %q", row, got)
		}
	}
}

// TestClausesOfHarm: what any clause of a comment calls harmful is an IOC whatever the
// first one says, and is told of.
func TestClausesOfHarm(t *testing.T) {
	for _, c := range []struct {
		item string
		on   bool
	}{
		{"x.example - legitimate domain, fronting for C2", true},
		{"x.example - legitimate domain, fronting", true},
		{"x.example (legitimate domain; hosted the payload)", true},
		{"x.example (legitimate domain), serves malware", true},
		{"x.example (legitimate), used for fronting", true},
		{"legitimate site: x.example - payload delivery", true},
		{"legitimate domain, fronting: x.example", true},
		{"x.example (legitimate domain, contacted by the malware)", false},
		{"x.example (benign, no payload)", false},
		{"x.example (victim), 192.0.2.9 (C2, payload)", false},
		{"x.example (sinkholed, target of the attack)", false},
		{"x.example - legitimate domain, not malware", false},
	} {
		b, err := collect(t, lines("## Indicators", "- "+c.item, "- 192.0.2.1"))
		if err != nil {
			t.Fatal(err)
		}
		on := slices.ContainsFunc(b.IOCs, func(i feed.IOC) bool { return i.Value == "x.example" })
		told := slices.ContainsFunc(b.Findings, func(f feed.Finding) bool { return f.Code == "maybe-benign" })
		if on != c.on || told != c.on {
			t.Errorf("%s: on %t, told %t", c.item, on, told)
		}
	}
	got := decided(t, lines("## Indicators", "| Domain | Comment |", "|---|---|", "| x.example | Legitimate domain, used for fronting |", "| y.example | Legitimate domain |"))
	if diff := cmp.Diff([]string{"* x.example", "  y.example"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestSentencesOfBenign: what a sentence right beside a value calls it.
func TestSentencesOfBenign(t *testing.T) {
	for _, c := range []struct {
		text string
		on   bool
	}{
		{"The legitimate OneDrive.exe (SHA256: " + sha256Hex + ") was used to load the malicious DLL.", false},
		{"It is loaded by the legitimate Windows tool x.exe, " + sha256Hex, true},
		{"The legitimate OneDrive.exe loads other.dll (" + sha256Hex + ")", true},
		{"They compromised the legitimate site a[.]example first.", true},
		{"It mimics the legitimate site a[.]example there.", true},
		{"It also asks the legitimate site a[.]example first.", false},
		{"We saw 192.0.2.10 as the victim.", false},
		{"The address 192.0.2.10 was sinkholed by others.", false},
		{"The address 192.0.2.10 was legitimate until May.", true},
		{"The address 192.0.2.10 is a victim-facing panel.", true},
		{"Malicious DLL side-loaded by legitimate vlc.exe: " + sha256Hex, true},
		{"The malicious DLL is loaded by the legitimate OneDrive.exe (SHA256: " + sha256Hex + ")", true},
		{"A malicious version of the legitimate FileZilla (192.0.2.77) calls home", true},
		{"The page copied from legitimate Booking (a[.]example) steals cards", true},
		{"via legitimate Telegram a[.]example", true},
		{"DLL hijack of legitimate Zoom a[.]example", true},
		{"not legitimate Zoom a[.]example", true},
		{"Not the legitimate Zoom: a[.]example", true},
		{"posing as the legitimate Zoom: a[.]example", true},
		{"imitating legitimate Notepad++: a[.]example", true},
		{"Bundled with legitimate Zoom: a[.]example", true},
		{"Loaded by malware, the legitimate OneDrive.exe (SHA256: " + sha256Hex + ") runs.", false},
		{`{"hashes": {"sha256": ["` + sha256Hex + `"]}, "benign": []}`, true},
	} {
		got := decided(t, lines("Indicators of Compromise", "", c.text))
		if on := strings.HasPrefix(got[0], "*"); on != c.on {
			t.Errorf("%s: %q", c.text, got)
		}
	}
}

// TestHeadingsOfBenign: a heading speaks of what is no IOC where all of it does.
func TestHeadingsOfBenign(t *testing.T) {
	for _, c := range []struct {
		heading string
		on      bool
	}{
		{"Legitimate tools abused by the attacker", true},
		{"Domains used against victims", true},
		{"Victim-facing leak sites", true},
		{"Compromised legitimate websites used as C2", true},
		{"Excluded from takedown", true},
		{"Registry keys and file hashes", true},
		{"YARA rule hits (SHA256)", true},
		{"User agents and domains", true},
		{"Named pipes, mutexes, domains", true},
		{"Bitcoin wallets and payment sites", true},
		{"Mutex / C2", true},
		{"Malicious samples (signed with stolen certificates)", true},
		{"Legitimate tools", false},
		{"Legitimate domains contacted by the malware", false},
		{"False positives and exclusions", false},
		{"Known victims", false},
		{"Victims of the attackers", false},
		{"Victim IP addresses", false},
		{"Sinkholed domains", false},
		{"Allowed hosts", false},
		{"SSL certificates (SHA1)", false},
		{"Certificate thumbprints and serial numbers", false},
	} {
		got := decided(t, lines("# Otter malware", "", "## Indicators of compromise", "- 192.0.2.1", "", "### "+c.heading, "", "- "+sha1Hex))
		if on := len(got) > 1 && got[1] == "* "+sha1Hex; on != c.on {
			t.Errorf("%s: %q", c.heading, got)
		}
	}
	if got := decided(t, lines("## Indicators", "- 192.0.2.1", "### Yara rules and hunting queries", "- a.example")); got[1] != "  a.example" {
		t.Errorf("%q", got)
	}
}

// TestHashesOfOtherThings: a heading, label or column over hashes of something else
// takes only those of their length, and none of a type that it names, too.
func TestHashesOfOtherThings(t *testing.T) {
	for _, c := range []struct {
		heading           string
		md5, sha1, sha256 bool
	}{
		{"Imphashes and SHA256", false, true, true},
		{"SHA256 and imphash", false, true, true},
		{"Hashes (SHA256, imphash)", false, true, true},
		{"Hashes / JA3", false, true, true},
		{"JA3 hashes", false, true, true},
		{"JA3 and JARM", false, true, true},
		{"Imphash, SHA1", false, true, true},
		{"MD5, SHA256 and imphash", true, true, true},
		{"SSL certificates (SHA1)", false, false, false},
		{"Hashes", true, true, true},
	} {
		want := map[string]bool{md5Hex: c.md5, sha1Hex: c.sha1, sha256Hex: c.sha256}
		for value, on := range want {
			for _, text := range []string{
				lines("# Otter malware", "## Indicators of compromise", "- 192.0.2.1", "### "+c.heading, "- "+value),
				lines("# Otter malware", "", "Indicators of compromise", "192.0.2.1", "", c.heading+":", value),
			} {
				if got := slices.Contains(decided(t, text), "* "+value); got != on {
					t.Errorf("%s: %s is %t", c.heading, value, got)
				}
			}
		}
	}
	table := lines("# Otter malware", "## Indicators of compromise", "| Imphash | x |", "|---|---|", "| "+md5Hex+" | y |", "| "+sha256Hex+" | y |")
	if diff := cmp.Diff([]string{"* " + sha256Hex}, decided(t, table)); diff != "" {
		t.Error(diff)
	}
}

// TestDoubt: what stays on although its note has such a word is told.
func TestDoubt(t *testing.T) {
	b, err := collect(t, lines("## Indicators", "- x.example - used to deliver legitimate remote tools", "- y.example (impersonates a legitimate site)",
		"- Loaded by the legitimate x.exe: "+md5Hex, "- Legitimate Otter download: z.example", "- a.dll - legitimate DLL hijack",
		"", "| Domain | Comment |", "|---|---|", "| v.example | legitimate site hosting Otter |"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range b.Findings {
		if f.Severity != feed.Info || f.Code != "from-prose" {
			got = append(got, fmt.Sprintf("%d %s %s %s", f.Source.Line, f.Severity, f.Code, strings.Split(f.Text, ",")[0]))
		}
	}
	if diff := cmp.Diff([]string{"2 info maybe-benign 5 IOCs"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestHeadingsOfOtherLanguages: a heading that is, from end to end, one of references or
// of what is no IOC takes what is below it off in any language, and one that only holds
// such a word does not.
func TestHeadingsOfOtherLanguages(t *testing.T) {
	for _, heading := range []string{
		"Referencias", "FUENTES", "Más información", "Références", "Liens utiles", "Referências", "Riferimenti", "Fonti", "Ссылки", "Источники", "ДЖЕРЕЛА", "Quellen",
		"Weiterführende Links", "参考情報", "参考文献", "参考链接", "참고 자료", "Bronnen", "Źródła", "Kontakt", "Opfer", "Betroffene Systeme", "Víctimas", "Жертвы",
		"Dominios legítimos", "Legitime Domains", "受害者", "白名单",
	} {
		for _, text := range [][]string{
			{"# Otter", "", "## IOCs", "- b[.]example", "", "## " + heading, "- https://blog.example/otter"},
			{"IOCs", "", "b[.]example", "", heading, "https://blog.example/otter"},
			{"IOCs", "", "b[.]example", heading + "：", "https://blog.example/otter"},
			{"IOCs:", "b[.]example", "", "4. " + heading, "https://blog.example/otter"},
		} {
			if diff := cmp.Diff([]string{"* b.example", "  https://blog.example/otter"}, decided(t, lines(text...))); diff != "" {
				t.Errorf("%q: %s", text, diff)
			}
		}
	}
	for _, heading := range []string{"Fuentes de los ataques", "Источники атак", "Liens malveillants", "Domaines contactés par les victimes"} {
		if got := decided(t, lines("# Otter IOCs", "", "## IOCs", "- b[.]example", "", "### "+heading, "- https://c.example/otter")); !slices.Contains(got, "* https://c.example/otter") {
			t.Errorf("%s: %q", heading, got)
		}
	}
	// Letters of some scripts have no upper case, by which a line is told from a sentence.
	got := decided(t, lines("附录 IOC", "192.0.2.9:8443", "http://b.example/a.php", "参考链接", "https://blog.example/otter", "https://www.example.com/otter"))
	if diff := cmp.Diff([]string{"* 192.0.2.9:8443", "* http://b.example/a.php", "  https://blog.example/otter", "  https://www.example.com/otter"}, got); diff != "" {
		t.Error(diff)
	}
}
