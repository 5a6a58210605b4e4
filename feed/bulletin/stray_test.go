package bulletin

import (
	"encoding/json"
	"quarry/feed"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStrayLine puts a line where none belongs, between any two lines of each
// document. It must turn up somewhere: as a part of the bulletin or in a
// finding; and it must not cost an IOC.
func TestStrayLine(t *testing.T) {
	for _, name := range documents {
		doc, bs := readDocument(t, name)
		lines := strings.Split(strings.TrimSuffix(doc, "\n"), "\n")
		for _, stray := range []string{"A stray sentence of five words.", "stray", "- stray | with | pipes", "> A stray “quote”"} {
			for at := range len(lines) + 1 {
				text := strings.Join(lines[:at], "\n") + "\n" + stray + "\n" + strings.Join(lines[at:], "\n")
				got := readNamed(t, name, text)
				all, err := json.Marshal(plain(got))
				if err != nil {
					t.Fatal(err)
				}
				if quoted, _ := json.Marshal(stray); !strings.Contains(string(all), strings.Trim(string(quoted), `"`)) {
					t.Errorf("%s: %q before line %d is lost", name, stray, at+1)
				}
				if diff := cmp.Diff(values(bs), values(got)); diff != "" {
					t.Errorf("%s: %q before line %d changes the IOCs: %s", name, stray, at+1, diff)
				}
			}
		}
	}
}

func values(bs []*feed.Bulletin) (out []string) {
	for _, i := range flat(bs) {
		out = append(out, i.Key())
	}
	return out
}
