package plain

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestComments: a comment over entries that says they are no IOCs makes mentions of
// them, up to the next comment.
func TestComments(t *testing.T) {
	for _, comment := range []string{"# Whitelist", "# Legitimate, do not block", "; false positives", "// Allowed hosts", "## Victims ##", "# --- Sinkholed domains ---", "# Known good:", "# 2. Victims", "# Clean files"} {
		got := told(read(t, "# C2\nevil1.example\n"+comment+"\ngood1.example\ngood2.example\n# Next\nevil2.example\n"))
		title := strings.Trim(comment, "#;/ -:")
		want := []string{"2 domain evil1.example", "7 domain evil2.example", `4 domain good1.example (below the comment "` + title + `")`, `5 domain good2.example (below the comment "` + title + `")`, "3 warning set-aside"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", comment, diff)
		}
	}
	for name, text := range map[string]string{
		"a comment that says more":          "# Whitelist removed in May\nevil1.example\n",
		"a comment behind it":               "# False positives\n# Report them to us\nevil1.example\n",
		"what the entries are":              "# Domains used against victims\nevil1.example\n",
		"an address of who gives it out":    "# Contact\nevil1.example\n",
		"links that are no plain URLs":      "# References\nevil1.example\nhxxp://evil2[.]example/x\n",
		"what a comment names, not a group": "evil1.example # victim of nobody\n",
	} {
		if b := read(t, text); len(b.IOCs) != strings.Count(text, "\n")-strings.Count(text, "# ")+strings.Count(text, "example #") || slices.ContainsFunc(told(b), func(s string) bool { return strings.Contains(s, "set-aside") }) {
			t.Errorf("%s: %q", name, told(b))
		}
	}
}

// TestHeadingsOnly: a report of headings and values is read as such, too.
func TestHeadingsOnly(t *testing.T) {
	text := "# Lantern\n## IOCs\nevil1[.]example\n## References\nhttps://blog.example.com/x\n## Victims\n### Domains\ngood1[.]example\n### Others\n\n192.0.2.7\n### IOCs\nevil2[.]example\n## C2 servers\nevil3[.]example\n"
	want := []string{"3 domain evil1.example", "13 domain evil2.example", "15 domain evil3.example", `5 url https://blog.example.com/x (below the comment "References")`,
		`8 domain good1.example (below the comment "Victims")`, `11 ip 192.0.2.7 (below the comment "Victims")`, "4 warning set-aside", "6 warning set-aside"}
	if diff := cmp.Diff(want, told(read(t, text))); diff != "" {
		t.Error(diff)
	}
}

// TestFilesBelowComments: only a comment that speaks of nothing but files makes names of
// files of entries that may be either, and that is told.
func TestFilesBelowComments(t *testing.T) {
	for comment, file := range map[string]bool{
		"Files": true, "Malicious files": true, "File names": true,
		"Domains that serve malicious files": false, "C2 and payload files": false, "Hosts files by Otter": false, "URLs of files": false,
	} {
		b := read(t, "# "+comment+"\nevil1.zip\nevil2.example\n")
		want := []string{"2 domain evil1.zip", "3 domain evil2.example"}
		if file {
			want = []string{"3 domain evil2.example", `2 file_name evil1.zip (a name of a file or of a host, below the comment "` + comment + `")`, "2 warning maybe-file"}
		}
		if diff := cmp.Diff(want, told(b)); diff != "" {
			t.Errorf("%s: %s", comment, diff)
		}
	}
	if diff := cmp.Diff([]string{"2 domain evil1.zip", "3 domain evil2.example"}, told(read(t, "# Files\n0.0.0.0 evil1.zip\n0.0.0.0 evil2.example\n"))); diff != "" {
		t.Error(diff)
	}
}
