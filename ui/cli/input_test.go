package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/internal/require"
	"quarry/kql/kqltest"
)

// document is a bulletin with so many rows, and prose behind them up to so many
// bytes.
type document struct {
	rows, bytes int
	row, sent   int
	rest        []byte
}

const documentHead = `## IOC Summary

**Malware Family:** Otter RAT
**Total IOCs:** %d

| Type | Value | Threat Type | First Seen | Confidence |
|---|---|---|---|---|
`

var documentProse = strings.Repeat("The detection identifies potential activity, indicating an adversary may be preparing delivery. ", 20) + "\n"

func (d *document) Read(p []byte) (int, error) {
	if len(d.rest) == 0 {
		switch {
		case d.sent == 0:
			d.rest = fmt.Appendf(nil, documentHead, d.rows)
		case d.row < d.rows:
			d.rest = fmt.Appendf(nil, "| domain | host-%d.otter.example | botnet_cc | 2026-05-26 | 75%% |\n", d.row)
			d.row++
		case d.sent < d.bytes:
			d.rest = []byte(documentProse)
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, d.rest)
	d.rest, d.sent = d.rest[n:], d.sent+n
	return n, nil
}

// TestHugeInput reads what no bulletin should be. It prints what that took.
func TestHugeInput(t *testing.T) {
	if testing.Short() {
		t.Skip("reads hundreds of megabytes")
	}
	for _, tt := range []struct {
		name   string
		doc    document
		memory int64 // in MB, at most
	}{
		{"200 MB of prose", document{rows: 1000, bytes: 200 << 20}, 900},
		{"50,000 rows", document{rows: 50_000}, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.Command(builtBinary(t), "iocs", "--json", "-")
			cmd.Stdin = &tt.doc
			stdout, stderr, err := timed(t, cmd, tt.memory)
			if err != nil {
				t.Fatalf("%v: %s", err, stderr)
			}
			if n := strings.Count(stdout, "\n"); n != tt.doc.rows {
				t.Errorf("%d IOCs, want %d", n, tt.doc.rows)
			}
		})
	}
	t.Run("over the limit", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "huge.md")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		line := bytes.Repeat([]byte("A line of prose behind the heading.\n"), 1<<20/36)
		fmt.Fprint(f, "IOC Summary\nMalware Family: Lantern RAT\n")
		for range feed.MaxText/len(line) + 1 {
			if _, err := f.Write(line); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(builtBinary(t), "iocs", path)
		stdout, stderr, _ := timed(t, cmd, 2500)
		want := "quarry: " + path + ": larger than 512 MiB; split it and open the parts together\n"
		if code := cmd.ProcessState.ExitCode(); code != ExitFile || stdout != "" || stderr != want {
			t.Errorf("ended with %d, %q and %q; want %d and %q", code, stdout, stderr, ExitFile, want)
		}
	})
}

// timed runs a command and prints how long it took and how much memory, which
// must be no more than so many megabytes.
func timed(t *testing.T, cmd *exec.Cmd, memory int64) (stdout, stderr string, err error) {
	t.Helper()
	var out, errors strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errors
	start := time.Now()
	err = cmd.Run()
	mb := peakMemory(cmd.ProcessState) >> 20
	t.Logf("%.1f s, %d MB at most", time.Since(start).Seconds(), mb)
	if mb > memory {
		t.Errorf("took %d MB of memory, %d are allowed", mb, memory)
	}
	return out.String(), errors.String(), err
}

// TestCSVHoldsWhatJSONHolds: a spreadsheet and a program read the same, of
// hostile documents too, but for the apostrophe that keeps a cell from being a
// formula.
func TestCSVHoldsWhatJSONHolds(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "*.*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, path := range paths {
		run := func(shape string) []byte {
			out, err := exec.Command(builtBinary(t), "iocs", shape, path).Output()
			if err != nil {
				t.Fatalf("quarry iocs %s %s: %v", shape, path, err)
			}
			return out
		}
		rows, err := csv.NewReader(bytes.NewReader(run("--csv"))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		header, rows := rows[0], rows[1:]
		var want []map[string]string
		for line := range bytes.Lines(run("--json")) {
			want = append(want, cells(t, line, header))
		}
		var got []map[string]string
		for _, row := range rows {
			cell := map[string]string{}
			for i, name := range header {
				cell[name] = row[i]
			}
			cell["on"], cell["verdict"], cell["note"] = "", "", "" // the review's, not the document's
			got = append(got, cell)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: JSON (-) and CSV (+) differ:\n%s", path, diff)
		}
	}
}

// cells are the values of a JSON object as CSV has them.
func cells(t *testing.T, line []byte, header []string) map[string]string {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(line, &object); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range header {
		all[name] = ""
		if v, ok := object[name]; ok {
			all[name] = fmt.Sprint(v)
		}
		if list, ok := object[name].([]any); ok { // of tags without commas
			var tags []string
			for _, tag := range list {
				tags = append(tags, fmt.Sprint(tag))
			}
			all[name] = strings.Join(tags, ",")
		}
		if all[name] != "" && strings.Contains("=+-@\t\r", all[name][:1]) {
			all[name] = "'" + all[name]
		}
	}
	return all
}

// TestPublishedBulletins reads two real bulletins, which are not part of the
// repository.
func TestPublishedBulletins(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "bulletins")
	require.Optional(t, folder)
	paths, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil || len(paths) != 2 {
		t.Fatalf("%d bulletins (%v), want 2", len(paths), err)
	}
	run := func(args ...string) []byte {
		t.Helper()
		out, err := exec.Command(builtBinary(t), append(args, paths...)...).Output()
		if err != nil {
			t.Fatalf("quarry %s: %v", strings.Join(args, " "), err)
		}
		return out
	}
	count := map[string]int{}
	mentions := map[string]bool{}
	for line := range bytes.Lines(run("iocs", "--json")) {
		var i struct {
			Type, Value, Host string
			Port              int
			Mention           bool
		}
		if err := json.Unmarshal(line, &i); err != nil {
			t.Fatal(err)
		}
		if i.Mention {
			mentions[i.Value] = true
			continue
		}
		count[i.Type]++
		if i.Type == "ip:port" && (i.Port == 0 || i.Host == "" || i.Value != fmt.Sprintf("%s:%d", i.Host, i.Port)) {
			t.Errorf("an ip:port without its parts: %s", line)
		}
	}
	if count["domain"] != 5 || count["ip:port"] != 3 || len(count) != 2 {
		t.Errorf("IOCs by type: %v; want 5 domains and 3 ip:port", count)
	}
	for _, name := range []string{"download.microsoft.com", "github.com"} {
		if !mentions[name] {
			t.Errorf("%s is no mention", name)
		}
	}
	asked := []string{"KS500"} // a condition may say contains, as the analyst does
	for _, args := range [][]string{
		{"kql"}, {"kql", "--target", "defender"}, {"kql", "--scenario", "all", "--accept-risks"},
	} {
		target := "sentinel"
		if len(args) == 3 && args[1] == "--target" {
			target = args[2]
		}
		text := strings.TrimSuffix(string(run(args...)), "\n")
		t.Run(strings.Join(args, " "), func(t *testing.T) { kqltest.BindAllowing(t, target, asked, strings.Split(text, "\n\n")...) })
	}
	for _, args := range [][]string{{"iocs"}, {"kql"}, {"scenarios"}, {"export"}} {
		if at := dirt(string(run(args...))); at != "" {
			t.Errorf("quarry %s: %s", args[0], at)
		}
	}
}
