package ui

import (
	"flag"
	"os"
	"strings"
	"testing"
)

// TestReadmeListsTheKeys holds the README's table of keys to the list of
// actions; -update writes it.
func TestReadmeListsTheKeys(t *testing.T) {
	const path, begin, end = "../README.md", "<!-- keys -->\n", "<!-- /keys -->"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(readme), begin)
	body, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("README.md has no %s ... %s", strings.TrimSpace(begin), end)
	}
	want := keyTable()
	if body == want {
		return
	}
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("the table of keys in README.md is not that of the actions; go test ./ui -run TestReadme -update writes it:\n%s", want)
}

// keyTable is the table of all actions in Markdown.
func keyTable() string {
	var b strings.Builder
	b.WriteString("| key | where | what |\n|---|---|---|\n")
	for _, a := range actions() {
		where := "everywhere"
		if a.panes != nil {
			names := make([]string, len(a.panes))
			for i, p := range a.panes {
				names[i] = paneNames[p]
			}
			where = strings.Join(names, ", ")
		}
		keys := make([]string, len(a.keys))
		for i, k := range a.keys {
			keys[i] = "`" + keyName(k) + "`"
		}
		if len(keys) == 0 {
			keys = []string{"`:` " + a.name}
		}
		b.WriteString("| " + strings.Join(keys, " ") + " | " + where + " | " + strings.ReplaceAll(a.help, "|", "\\|") + " |\n")
	}
	return b.String()
}
