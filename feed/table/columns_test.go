package table

import "testing"

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
