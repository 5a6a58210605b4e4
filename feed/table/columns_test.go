package table

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUnreadColumnsInWords: one column is one in the sentence about it too.
func TestUnreadColumnsInWords(t *testing.T) {
	for text, want := range map[string]string{
		"ioc,colour\na.example,red\nb.example,blue\n":            `nothing is taken from the column "colour", of which Quarry does not know what it says`,
		"ioc,colour,size\na.example,red,1\nb.example,blue,2\n":   `nothing is taken from the columns "colour", "size", of which Quarry does not know what they say`,
		"ioc,date,first seen\na.example,2026-05-02,2026-05-01\n": `nothing is taken from the column "date", for another says when an indicator was seen`,
		"ioc,parent\na.example,b.example\nc.example,d.example\n": `of the column "parent" Quarry does not know what it says, so what looks like an indicator there is listed and off; name it, such as domain or reference, if you know`,
		"a.example,phishing\nb.example,phishing\nc.example,c2\n": `nothing is taken from the column 2, of which Quarry does not know what it says`,
	} {
		b := read(t, text)
		if len(b.Findings) != 1 || b.Findings[0].Text != want {
			t.Errorf("%q: %v", text, b.Findings)
		}
	}
}

// TestForeignTitles: titles and types in French and German are read.
func TestForeignTitles(t *testing.T) {
	want := []string{
		"2 domain a.example family=Lantern confidence=80 first_seen=2026-10-01 last_seen=2026-10-22 tags=[x]",
		"3 sha256_hash " + sha256Hex + " family=Lantern confidence=80 first_seen=2026-10-01 last_seen=2026-10-22 tags=[x]"}
	for _, c := range []struct{ titles, domain, hash string }{
		{"Indicateur,Type,Première vue,Dernière vue,Famille,Confiance,Commentaire", "Nom de domaine", "Hash"},
		{"Indicateur,Type,PREMIERE VUE,Derniere vue,Famille de malware,Niveau de confiance,Remarques", "Domaine", "SHA-256"},
		{"Indikator,Typ,Erstmals gesehen,Zuletzt gesehen,Malware-Familie,Konfidenz,Bemerkung", "Domäne", "Hashwert"},
		{"Wert,Typ,Datum,Letzte Sichtung,Schadsoftware,Konfidenz,Kommentar", "Domänenname", "Hash"},
	} {
		text := c.titles + "\na.example," + c.domain + ",2026-10-01,2026-10-22,Lantern,80,x\n" + sha256Hex + "," + c.hash + ",2026-10-01,2026-10-22,Lantern,80,x\n"
		if diff := cmp.Diff(want, told(t, read(t, text))); diff != "" {
			t.Errorf("%s: %s", c.titles, diff)
		}
	}
}

// TestFilePaths: a path is read as the name of the file, whatever its type is called.
func TestFilePaths(t *testing.T) {
	for _, word := range []string{"FilePath", "file_path", "File Path", "filename", "Full path"} {
		text := "Indicator type,Indicator,Description\nIPv4,198.51.100.1,\n" + word + ",C:\\x y\\drop.exe,dropper\n" + word + ",/tmp/.x/run,\n" + word + ",C:\\x\\,\nMutex,Global\\abc,\n"
		want := []string{"2 ip 198.51.100.1", "3 file_name drop.exe tags=[dropper]", "4 file_name run", "3 info path-as-name", "4 info path-as-name", "5 error bad-value", "6 info not-an-ioc"}
		if diff := cmp.Diff(want, told(t, read(t, text))); diff != "" {
			t.Errorf("%s: %s", word, diff)
		}
	}
}

// TestDateOrder: a date of numbers is read where another one of the table says which of
// them is the day.
func TestDateOrder(t *testing.T) {
	for text, want := range map[string][]string{
		"ioc,first seen,last seen\na.example,10/01/2026,10/22/2026\nb.example,1/2/2026 10:20,\n": {
			"2 domain a.example first_seen=2026-10-01 last_seen=2026-10-22", "3 domain b.example first_seen=2026-01-02T10:20:00Z", "2 info date-order"},
		"ioc;date\na.example;05.10.2026\nb.example;22.10.2026 10:20:30\n": {
			"2 domain a.example first_seen=2026-10-05", "3 domain b.example first_seen=2026-10-22T10:20:30Z", "2 info date-order"},
		"ioc;date\na.example;05.10.2026\nb.example;06.10.2026\n":                        {"2 domain a.example", "3 domain b.example", "2 warning bad-date", "3 warning bad-date"},
		"ioc,date\na.example,10/22/2026\nb.example,22/10/2026\nc.example,Oct 22 2026\n": {"2 domain a.example", "3 domain b.example", "4 domain c.example first_seen=2026-10-22", "2 warning bad-date", "3 warning bad-date"},
		"ioc,date\na.example,22/13/2026\nb.example,31/02/2026\n":                        {"2 domain a.example", "3 domain b.example", "2 warning bad-date", "3 warning bad-date"},
		"ioc,date,note\na.example,03/04/2026,22/10/2026\n":                              {"2 domain a.example tags=[22/10/2026]", "2 warning bad-date"},
	} {
		if diff := cmp.Diff(want, told(t, read(t, text))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
