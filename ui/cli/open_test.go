package cli

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"quarry/feed"
)

// TestHashOfEveryFormat: a review is found again by the hash of its documents, which is
// of all their bytes, wherever their reader stops.
func TestHashOfEveryFormat(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	formats := map[string]int{}
	for _, script := range scripts {
		a, err := txtar.ParseFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			for _, behind := range []string{"", "\n \n"} {
				text := append(bytes.TrimSpace(f.Data), behind...)
				in, err := feed.NewInput(f.Name, bytes.NewReader(text))
				if err != nil {
					continue // no document
				}
				docs, err := feed.Collect(registry().Read, in)
				if err != nil {
					continue
				}
				for _, d := range docs {
					formats[d.Format]++
					if want := fmt.Sprintf("%x", sha256.Sum256(text)); d.SHA256 != want {
						t.Errorf("%s in %s, a %s: the hash is %q, want %s", f.Name, script, d.Format, d.SHA256, want)
					}
				}
			}
		}
	}
	for _, want := range strings.Fields("threatfox abuse.ch misp stix otx openioc table list text quarry-export bulletin") {
		if formats[want] == 0 {
			t.Errorf("no document of format %s was read: %v", want, formats)
		}
	}
}

// TestEndThatCannotBeRead: what was read stays, and it is told that the rest is not.
func TestEndThatCannotBeRead(t *testing.T) {
	in, err := feed.NewInput("doc.json", strings.NewReader(`[{"type": "domain", "value": "evil.example"}]`+strings.Repeat(" ", feed.HeadSize)+"\x00"))
	if err != nil {
		t.Fatal(err)
	}
	docs, err := feed.Collect(registry().Read, in)
	if err != nil || len(docs) != 1 || len(docs[0].IOCs) != 1 {
		t.Fatalf("%v, %v", docs, err)
	}
	last := docs[0].Findings[len(docs[0].Findings)-1]
	if want := "the document cannot be read to its end: holds a NUL byte, so it is no text; open the text of the bulletin, saved as UTF-8"; last.Code != "text-cut" || last.Text != want || docs[0].SHA256 != "" {
		t.Errorf("%+v, hash %q", last, docs[0].SHA256)
	}
}
