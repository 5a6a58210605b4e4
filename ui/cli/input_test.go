package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
		args   []string
		memory int64 // in MB, at most
	}{
		{"200 MB of prose", document{rows: 1000, bytes: 200 << 20}, []string{"iocs", "--json", "-"}, 900},
		{"50,000 rows", document{rows: 50_000}, []string{"iocs", "--json", "-"}, 400},
		{"over the limit", document{rows: 10, bytes: 513 << 20}, []string{"iocs", "--json", "-"}, 2500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.Command(builtBinary(t), tt.args...)
			cmd.Stdin = &tt.doc
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			start := time.Now()
			err := cmd.Run()
			mb := peakMemory(cmd.ProcessState) >> 20
			t.Logf("%s: %.1f s, %d MB at most", tt.name, time.Since(start).Seconds(), mb)
			if mb > tt.memory {
				t.Errorf("took %d MB of memory, %d are allowed", mb, tt.memory)
			}
			if tt.doc.sent > 512<<20 {
				if cmd.ProcessState.ExitCode() != ExitInput || !strings.Contains(stderr.String(), "quarry: -: larger than 512 MiB; split it") {
					t.Errorf("ended with %v: %s", err, stderr.String())
				}
				return
			}
			if err != nil {
				t.Fatalf("%v: %s", err, stderr.String())
			}
			if n := bytes.Count(stdout.Bytes(), []byte("\n")); n != tt.doc.rows {
				t.Errorf("%d IOCs, want %d", n, tt.doc.rows)
			}
		})
	}
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
