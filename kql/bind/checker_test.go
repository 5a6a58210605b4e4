package bind

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"quarry/internal/require"
)

// repositoryService is the service of this repository's tests. Package kqltest
// cannot be used here: it imports this one.
func repositoryService(t testing.TB) Service {
	t.Helper()
	const install = "npm ci --prefix kql/kqltest/check"
	folder := filepath.Join("..", "kqltest", "check")
	require.Tool(t, "node", "Node.js 18 or later, then "+install)
	require.File(t, filepath.Join(folder, "node_modules", filepath.FromSlash(Package), "package.json"), install)
	return Service{Folder: folder}
}

func TestConcurrentUse(t *testing.T) {
	c := Checker{Service: repositoryService(t)}
	defer c.Close()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			query := fmt.Sprintf("DnsEvents | project C%d = Name", i)
			result, err := c.Check("sentinel", query)
			if err != nil {
				t.Error(err)
				return
			}
			if want := fmt.Sprintf("C%d", i); len(result.Columns) != 1 || result.Columns[0].Name != want {
				t.Errorf("%s: got %v, want the column %s", query, result.Columns, want)
			}
		})
	}
	all.Wait()
}

func TestStartsAgainAfterItsEnd(t *testing.T) {
	c := Checker{Service: repositoryService(t)}
	if _, err := c.Lex("a"); err != nil {
		t.Fatal(err)
	}
	if err := c.node.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Lex("a"); err == nil {
		t.Error("a dead process answered")
	}
	if _, err := c.Lex("a"); err != nil {
		t.Errorf("no new process after the end of the old one: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("a quiet end is no error: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func TestByteOffsets(t *testing.T) {
	const text = "aé€😀z" // 1, 2, 3 and 4 bytes; the last but one is a pair of units
	offset := byteOffsets(text)
	for units, want := range map[int]int{-1: 0, 0: 0, 1: 1, 2: 3, 3: 6, 4: 6, 5: 10, 6: 11, 7: 11} {
		if got := offset(units); got != want {
			t.Errorf("offset(%d) = %d, want %d", units, got, want)
		}
	}
}

// TestVersion keeps the version in step with that of the tests.
func TestVersion(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "kqltest", "check", "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ Dependencies map[string]string }
	if err := json.Unmarshal(text, &manifest); err != nil || manifest.Dependencies[Package] != Version {
		t.Errorf("the tests install %v, %v, want %s %s", manifest.Dependencies, err, Package, Version)
	}
}

func TestMissing(t *testing.T) {
	empty, old, broken := t.TempDir(), t.TempDir(), t.TempDir()
	for folder, text := range map[string]string{old: `{"version": "1.2.3"}`, broken: `{`} {
		at := filepath.Join(folder, "node_modules", filepath.FromSlash(Package))
		if err := os.MkdirAll(at, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(at, "package.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ name, folder, want string }{
		{"no package", empty, "is not in " + empty},
		{"another version", old, `version "1.2.3", not ` + Version},
		{"a broken package", broken, "cannot be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Tool(t, "node", "Node.js 18 or later")
			wantMissing(t, Service{Folder: tt.folder}, tt.want)
		})
	}
	t.Run("no node", func(t *testing.T) {
		t.Setenv("PATH", empty)
		wantMissing(t, Service{Folder: empty}, "node is not in the PATH")
	})
}

func wantMissing(t *testing.T, s Service, want string) {
	t.Helper()
	c := Checker{Service: s}
	_, asked := c.Lex("a")
	for _, err := range []error{s.Ready(), asked, s.All([]Question{{"sentinel", "print 1"}}, nil)} {
		var missing *MissingError
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "npm install --prefix "+s.Folder+" "+Package+"@"+Version) {
			t.Errorf("got %v, want %s and the command", err, want)
		}
	}
}

// TestWorlds binds against tables of one's own.
func TestWorlds(t *testing.T) {
	w, err := NewWorld("sentinel")
	if err != nil {
		t.Fatal(err)
	}
	if !w.Knows("DnsEvents") || !w.Knows("_Im_Dns") || w.Knows("Proxy_CL") {
		t.Error("the world of sentinel does not know what it must")
	}
	w.AddTable("Proxy_CL", map[string]string{"TimeGenerated": "datetime", "Ip": "string"})
	w.AddFunction("Our_Im", "(since:datetime=datetime(null))", map[string]string{"Ip": "string"})
	s := repositoryService(t)
	s.Worlds = map[string]*World{"sentinel": w}
	questions := []Question{
		{"sentinel", `Proxy_CL | where Ip == "192.0.2.1"`},
		{"sentinel", `Proxy_CL | where Host == "192.0.2.1"`},
		{"sentinel", `Our_Im(since=ago(1d)) | where Ip == "192.0.2.1"`},
		{"sentinel", "DnsEvents | take 1"},
		{"defender", "Proxy_CL | take 1"},
	}
	want := [][]string{nil, {"KS142"}, nil, nil, {"KS204"}}
	got := make([][]string, len(questions))
	if err := s.All(questions, func(n int, r Result) { got[n] = r.Codes() }); err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(want, got, slices.Equal[[]string]) {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := s.All(append(questions, Question{"splunk", "print 1"}), func(int, Result) {}); err == nil || !strings.Contains(err.Error(), `unknown target "splunk"`) {
		t.Errorf("got %v, want that there is no such target", err)
	}
	if err := s.All(nil, nil); err != nil {
		t.Errorf("no question: %v", err)
	}
}

// BenchmarkCheck is the cost of one hunt of ordinary size.
func BenchmarkCheck(b *testing.B) {
	const query = "let Ioc = dynamic([\"192.0.2.4\", \"192.0.2.8\"]);\nCommonSecurityLog\n| where TimeGenerated > ago(14d)\n" +
		"| where DestinationIP in (Ioc) or SourceIP in (Ioc)\n| project TimeGenerated, SourceIP, DestinationIP, DestinationPort"
	c := Checker{Service: repositoryService(b)}
	defer c.Close()
	for b.Loop() {
		if _, err := c.Check("sentinel", query); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLex is the cost of reading one literal.
func BenchmarkLex(b *testing.B) {
	c := Checker{Service: repositoryService(b)}
	defer c.Close()
	for b.Loop() {
		if _, err := c.Lex(`"example.com"`); err != nil {
			b.Fatal(err)
		}
	}
}
