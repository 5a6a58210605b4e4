package prose

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/feed/bulletin"
)

// shared is where documents are that others published and that are no part of
// the project.
var shared = filepath.Join("..", "..", "..", "shared")

func readShared(t *testing.T, parts ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{shared}, parts...)...))
	if os.IsNotExist(err) {
		t.Skip("the documents of others are not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestPublishedHashes holds that ESET's reports give the hashes of ESET's own
// lists, all of them and no other.
func TestPublishedHashes(t *testing.T) {
	for _, report := range []string{"backdoordiplomacy", "badiis", "moustachedbouncer", "powerpool"} {
		t.Run(report, func(t *testing.T) {
			list := readShared(t, "corpora", "eset", report, "samples.sha1")
			var want []string
			for l := range strings.Lines(list) {
				if f := strings.Fields(l); len(f) > 0 {
					want = append(want, strings.ToLower(f[0]))
				}
			}
			b, err := collect(t, readShared(t, "corpora", "eset", report, "README.adoc"))
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, i := range b.IOCs {
				if i.Type.IsHash() {
					got = append(got, i.Value)
				}
			}
			for _, i := range b.Mentions {
				if i.Type.IsHash() {
					t.Errorf("%s is a mention: %s", i.Value, i.Context)
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPublishedEvents compares ESET's reports with the MISP events beside them.
// Where they differ, the two documents do.
func TestPublishedEvents(t *testing.T) {
	for _, c := range []struct {
		report, event      string
		onlyText, onlyMISP int // of addresses, domains, URLs and mail addresses
	}{
		// Names without a path are URLs to the event and names to the reader.
		{"badiis", "misp-badiis.json", 4, 4},
		// The text names the hosts of eleven URLs only, and an address not at all.
		{"moustachedbouncer", "misp-moustachedbouncer.event.json", 0, 12},
		// The address of the report itself.
		{"powerpool", "misp-powerpool.json", 0, 1},
	} {
		t.Run(c.report, func(t *testing.T) {
			event := published(t, readShared(t, "corpora", "eset", c.report, c.event))
			b, err := collect(t, readShared(t, "corpora", "eset", c.report, "README.adoc"))
			if err != nil {
				t.Fatal(err)
			}
			text := map[string]bool{}
			for _, i := range b.IOCs {
				switch i.Type {
				case feed.IP, feed.Domain, feed.URL, feed.Email:
					text[string(i.Type)+" "+i.Value] = true
				}
			}
			if only := without(text, event); len(only) != c.onlyText {
				t.Errorf("only in the text: %q", only)
			}
			if only := without(event, text); len(only) != c.onlyMISP {
				t.Errorf("only in the event: %q", only)
			}
		})
	}
}

func without(a, b map[string]bool) (only []string) {
	for k := range a {
		if !b[k] {
			_, v, _ := strings.Cut(k, " ")
			only = append(only, v)
		}
	}
	slices.Sort(only)
	return only
}

// published is what a MISP event has of the network.
func published(t *testing.T, text string) map[string]bool {
	type attribute struct{ Type, Value string }
	type event struct {
		Event struct {
			Attribute []attribute
			Object    []struct{ Attribute []attribute }
		}
	}
	var one struct {
		event
		Response []event
	}
	if err := json.Unmarshal([]byte(text), &one); err != nil {
		t.Fatal(err)
	}
	e := one.event
	if len(one.Response) > 0 {
		e = one.Response[0]
	}
	all := e.Event.Attribute
	for _, o := range e.Event.Object {
		all = append(all, o.Attribute...)
	}
	types := map[string]feed.Type{"ip-dst": feed.IP, "ip-src": feed.IP, "domain": feed.Domain, "hostname": feed.Domain, "url": feed.URL, "email-src": feed.Email, "email-dst": feed.Email}
	set := map[string]bool{}
	for _, a := range all {
		typ := types[a.Type]
		if typ == "" {
			continue
		}
		v, err := feed.Canonical(typ, a.Value)
		if err != nil {
			v = a.Value
		}
		set[string(typ)+" "+v] = true
	}
	return set
}

// TestBulletinsAsText holds that bulletins read as text give the IOCs of their
// tables and nothing else.
func TestBulletinsAsText(t *testing.T) {
	for _, name := range []string{"000_5e5483882bde812f.txt", "001_b4f42d809ef9bb89.txt"} {
		text := readShared(t, "bulletins", name)
		in, err := feed.NewInput("x", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		want, err := feed.Collect(bulletin.Reader{}.Read, in)
		if err != nil {
			t.Fatal(err)
		}
		got, err := collect(t, text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[0].IOCs, got.IOCs); diff != "" {
			t.Error(name, diff)
		}
	}
}

// TestOwnDocuments holds that nothing in the project's own pages is an IOC.
func TestOwnDocuments(t *testing.T) {
	for _, name := range []string{"README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := collect(t, string(raw))
		if b == nil {
			continue
		}
		for _, i := range b.IOCs {
			t.Errorf("%s: %s %s is an IOC", i.Sources[0], i.Type, i.Value)
		}
	}
}
