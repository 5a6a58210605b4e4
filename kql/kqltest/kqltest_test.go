package kqltest

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"quarry/internal/require"
	"quarry/internal/tbtest"
	"quarry/kql/bind"
)

// failed returns what a helper says when it fails the test.
func failed(helper func(testing.TB)) string { return tbtest.Run(helper).Failed }

func TestBindShowsTheQuery(t *testing.T) {
	need(t)
	got := failed(func(t testing.TB) {
		Bind(t, "sentinel",
			"DnsEvents\n| where Name == \"example.com\"",
			"DnsEvents\n| where Nome == \"\U0001F600\" and Name contains \"example\"\n| take 1")
	})
	want := `this query for sentinel has 2 finding(s):
    1 | DnsEvents
    2 | | where Nome == "😀" and Name contains "example"
      |         ^^^^ error KS142: The name 'Nome' does not refer to any known column, table, variable or function.
      |                              ^^^^^^^^ suggestion KS500: Avoid using the 'contains' operator as it has a high compute price. Use the 'has' operator in cases when full term match is desired (see: https://aka.ms/kusto.stringterms).
    3 | | take 1
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestBindAllowing(t *testing.T) {
	need(t)
	const contains = `DnsEvents | where Name contains "example"`
	if got := failed(func(t testing.TB) { BindAllowing(t, "sentinel", []string{"KS500"}, contains) }); got != "" {
		t.Errorf("an allowed hint failed: %s", got)
	}
	if got := failed(func(t testing.TB) { BindAllowing(t, "sentinel", []string{"KS508"}, contains) }); got == "" {
		t.Error("another hint passed")
	}
	if got := failed(func(t testing.TB) { BindAllowing(t, "sentinel", []string{"KS204"}, "Nowhere") }); got == "" {
		t.Error("an error passed because it was allowed")
	}
}

func TestUnknownTarget(t *testing.T) {
	need(t)
	got := failed(func(t testing.TB) { Bind(t, "splunk", "DnsEvents") })
	if !strings.Contains(got, "splunk") || !strings.Contains(got, "sentinel or defender") {
		t.Errorf("got %q, want the target and the two that exist", got)
	}
}

func TestNeed(t *testing.T) {
	folder := t.TempDir()
	for _, env := range []string{"", "1"} {
		t.Run("without node, "+env, func(t *testing.T) {
			t.Setenv(require.Env, env)
			t.Setenv("PATH", folder)
			wantNeed(t, env, folder)
		})
		t.Run("without the package, "+env, func(t *testing.T) {
			require.Tool(t, "node", "Node.js 18 or later")
			t.Setenv(require.Env, env)
			wantNeed(t, env, folder)
		})
	}
}

func wantNeed(t *testing.T, env, folder string) {
	t.Helper()
	got := tbtest.Run(func(t testing.TB) { needIn(t, folder) })
	said, other := got.Skipped, got.Failed
	if env == "1" {
		said, other = other, said
	}
	if !strings.Contains(said, Install) || other != "" {
		t.Errorf("%s=%q: failed %q, skipped %q", require.Env, env, got.Failed, got.Skipped)
	}
}

// patience is how long the child may take.
const patience = 2 * time.Minute

// holdEnv tells this test binary to be the child of TestEndsWithTheBinary.
const holdEnv = "KQLTEST_CHILD"

// TestEndsWithTheBinary starts this test binary once more, lets it ask a
// question and end without closing anything. The child and its node hold the
// writing end of a pipe: it closes when the last of the two is gone.
func TestEndsWithTheBinary(t *testing.T) {
	if os.Getenv(holdEnv) != "" {
		Bind(t, "sentinel", "DnsEvents | take 1")
		return
	}
	if runtime.GOOS == "windows" {
		t.Skip("windows passes no further files to a child")
	}
	need(t)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestEndsWithTheBinary$", "-test.count=1")
	counted := filepath.Join(t.TempDir(), "count")
	child.Env = append(os.Environ(), holdEnv+"=1", CountEnv+"="+counted)
	child.ExtraFiles = []*os.File{writer}
	out, err := child.CombinedOutput()
	writer.Close()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	reader.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.ReadAll(reader); err != nil {
		t.Errorf("node outlived the test binary: %v", err)
	}
	text, err := os.ReadFile(counted)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(text, []byte("sentinel kql/kqltest ")) || bytes.Count(text, []byte("\n")) != 1 {
		t.Errorf("the count is %q, want one line for the one query", text)
	}
}

func TestReportClipsLongLines(t *testing.T) {
	query := "let a = 1;\n" + strings.Repeat("a", 500) + "bad" + strings.Repeat("z", 500) + "\n"
	at := strings.Index(query, "bad")
	got := report("sentinel", query, []Diagnostic{{Severity: bind.Error, Code: "KS1", Message: "no\ngood", Start: at, End: at + 3}})
	for line := range strings.Lines(got) {
		if n := len([]rune(line)); n > shown+12 {
			t.Errorf("a line of %d characters: %s", n, line)
		}
	}
	lines := strings.Split(got, "\n")
	if len(lines) != 5 || !strings.Contains(lines[3], "^^^ error KS1: no good") {
		t.Fatalf("got\n%s", got)
	}
	marked := []rune(lines[2])[len([]rune(lines[3][:strings.Index(lines[3], "^")])):]
	if !strings.HasPrefix(string(marked), "badz") {
		t.Errorf("the mark stands under %q:\n%s", string(marked[:10]), got)
	}
}

func TestReportOfNoText(t *testing.T) {
	got := report("sentinel", "", []Diagnostic{{Severity: bind.Error, Code: "CHK003", Message: "no query"}})
	if !strings.Contains(got, "CHK003: no query") {
		t.Errorf("got %q", got)
	}
}
