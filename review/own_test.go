package review

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quarry/feed"
	ownreader "quarry/feed/own"
)

// readOwn reads what was written as the package own does.
func readOwn(t testing.TB, text []byte) *feed.Bulletin {
	t.Helper()
	in, err := feed.NewInput("export", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if s := (ownreader.Reader{}).Sure(in.Head()); s < 95 {
		t.Fatalf("sure %d of\n%.500s", s, text)
	}
	bs, err := feed.Collect(ownreader.Reader{}.Read, in)
	if err != nil || len(bs) != 1 {
		t.Fatalf("%d bulletins, %v, of\n%.500s", len(bs), err, text)
	}
	return bs[0]
}

// published lists the IOCs of a review whose decisions are those of the
// documents, with what each format says: the place that comes first, and of a mention some
// words.
func published(r *Review) (iocs, mentions []feed.IOC) {
	for at := range r.IOCs().Len() {
		i := r.IOCs().At(at)
		i.Sources = i.Sources[:min(1, len(i.Sources))]
		if i.Mention {
			if i.Context == "" {
				i.Context = "a mention in the document it comes from"
			}
			mentions = append(mentions, i)
		} else {
			iocs = append(iocs, i)
		}
	}
	return iocs, mentions
}

// TestOwnJSON: lines and exports are read back as they were written.
func TestOwnJSON(t *testing.T) {
	documents := [][]*feed.Bulletin{{lantern(t)}}
	for seed := range uint64(rounds(t, 20)) {
		documents = append(documents, newMaker(t, seed).documents())
	}
	for k, docs := range documents {
		r := New(docs, builtin(t))
		if r.IOCs().Len() == 0 {
			continue
		}
		var lines, export bytes.Buffer
		enc := json.NewEncoder(&lines)
		enc.SetEscapeHTML(false)
		for at := range r.IOCs().Len() {
			if err := enc.Encode(r.Reviewed(at)); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.WriteJSON(&export, signature); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string][]byte{"lines": lines.Bytes(), "export": export.Bytes()} {
			compareOwn(t, name, k, r, readOwn(t, text), cmp.Options{})
		}
	}
}

// TestOwnCSV: so is CSV, as far as it has columns for it.
func TestOwnCSV(t *testing.T) {
	document := lantern(t)
	document.IOCs[0].LastSeen = time.Date(2026, 6, 2, 10, 30, 0, 0, time.UTC)
	document.IOCs[0].Reference = "https://tracker.example/samples/1,2"
	document.IOCs[0].Tags = []string{"RAT", "c2, seen by \"drb-ra\"", "=tag"}
	document.IOCs[1].Tags = []string{"@one"}
	r := New([]*feed.Bulletin{document}, builtin(t))
	var b bytes.Buffer
	if err := r.WriteCSV(&b, signature); err != nil {
		t.Fatal(err)
	}
	compareOwn(t, "CSV", 0, r, readOwn(t, b.Bytes()), cmp.Options{cmpopts.IgnoreFields(feed.IOC{}, "Context", "Differs")})
}

func compareOwn(t *testing.T, name string, k int, r *Review, b *feed.Bulletin, ignored cmp.Options) {
	t.Helper()
	iocs, mentions := published(r)
	for _, list := range [][]feed.IOC{b.IOCs, b.Mentions} {
		for at := range list {
			places := list[at].Sources
			if last := places[len(places)-1]; last.Name != "export" || last.Line == 0 {
				t.Errorf("%s %d: %v does not name the place in the export", name, k, places)
			}
			list[at].Sources = places[:len(places)-1]
		}
	}
	options := cmp.Options{cmpopts.EquateEmpty(), ignored}
	if diff := cmp.Diff(iocs, b.IOCs, options); diff != "" {
		t.Errorf("%s %d: %s", name, k, diff)
	}
	if diff := cmp.Diff(mentions, b.Mentions, options); diff != "" {
		t.Errorf("%s %d, mentions: %s", name, k, diff)
	}
	for _, f := range b.Findings {
		if f.Code != "decisions-unread" {
			t.Errorf("%s %d: %v", name, k, f)
		}
	}
}

// TestOwnDecisions: what was switched off does not come back as an IOC, and what
// was switched on does.
func TestOwnDecisions(t *testing.T) {
	r := New([]*feed.Bulletin{lantern(t)}, builtin(t))
	off, on := 0, -1
	for at := range r.IOCs().Len() {
		if r.IOCs().At(at).Mention {
			on = at
		}
	}
	decide(t, r, Include{IOCs: []int{off}}, Include{IOCs: []int{on}, On: true})
	var lines, sheet bytes.Buffer
	enc := json.NewEncoder(&lines)
	for at := range r.IOCs().Len() {
		if err := enc.Encode(r.Reviewed(at)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.WriteCSV(&sheet, signature); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"lines": lines.Bytes(), "CSV": sheet.Bytes()} {
		b := readOwn(t, text)
		values := func(list []feed.IOC) (all []string) {
			for _, i := range list {
				all = append(all, i.Value)
			}
			return all
		}
		if all := values(b.IOCs); len(all) != r.IOCs().Len()-1 || !strings.Contains(strings.Join(all, " "), r.IOCs().At(on).Value) {
			t.Errorf("%s: IOCs %v", name, all)
		}
		if all := values(b.Mentions); len(all) != 1 || all[0] != r.IOCs().At(off).Value {
			t.Errorf("%s: mentions %v", name, all)
		}
	}
}
