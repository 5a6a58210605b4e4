package prose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAnalyses: links to analyses are references, whether or not they are defanged; one to
// a site from which anybody's files are fetched is an IOC.
func TestAnalyses(t *testing.T) {
	const other = ") reference to a site about threats"
	text := lines("Lantern campaign", "", "C2:", "192[.]0[.]2[.]1", "", "Samples:", sha256Hex,
		"https://bazaar.abuse[.]ch/sample/"+sha256Hex+"/", "hxxps://tria[.]ge/260511-abcde", "hxxps[://]www[.]virustotal[.]com/gui/file/"+sha256Hex, "- app.any[.]run/tasks/1234", "- urlscan[.]io",
		"hxxps://pastebin[.]com/raw/abcdef", "hxxps://virustotal.com.a[.]example/x", "evil-any[.]run", "", "| Sample | Analysis |", "|---|---|", "| a[.]example | hxxps://tria[.]ge/260511-fghij |")
	b, err := collect(t, text)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"4 ip 192.0.2.1 | botnet_cc", "7 sha256_hash " + sha256Hex, "13 url https://pastebin.com/raw/abcdef", "14 url https://virustotal.com.a.example/x", "15 domain evil-any.run", "19 domain a.example",
		"8 (url https://bazaar.abuse.ch/sample/" + sha256Hex + "/" + other, "9 (url https://tria.ge/260511-abcde" + other, "10 (url https://www.virustotal.com/gui/file/" + sha256Hex + other, "11 (url app.any.run/tasks/1234" + other, "12 (domain urlscan.io" + other,
		"19 (url https://tria.ge/260511-fghij" + other, "17 unread-column",
	}
	if diff := cmp.Diff(want, described(b)); diff != "" {
		t.Error(diff)
	}
	for _, host := range []string{"pastebin.com", "paste.ee", "rentry.co", "github.com", "raw.githubusercontent.com", "t.me", "drive.google.com", "transfer.sh", "filebin.net", "telegra.ph", "steamcommunity.com", "docs.google.com", "microsoft.com", "cdn.discordapp.com"} {
		if words().ReferenceHosts.holdsHost(host) {
			t.Errorf("%s: anybody's files are fetched there", host)
		}
	}
}
