//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"quarry/ui/termtest"
)

// environ is the environment of a plain terminal, with folders of the test.
func environ(t testing.TB, variables ...string) []string {
	t.Helper()
	state := t.TempDir()
	return termtest.Environ(append([]string{
		"HOME=" + state, "XDG_STATE_HOME=" + state, "XDG_DATA_HOME=" + state,
		"LC_ALL=C.UTF-8", "QUARRY_REVIEWER=Robin Example",
	}, variables...)...)
}

// quarry is the built program with arguments, in a plain terminal's environment.
func quarry(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(builtBinary(t), args...)
	cmd.Env = environ(t)
	return cmd
}

// sample is the path of a document in testdata.
func sample(t testing.TB, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// queries are the sequences that a terminal answers.
var queries = regexp.MustCompile(strings.Join([]string{
	`\x1b\](?:4;\d+|1\d);\?`, // colours
	`\x1b\]52;[^;]*;\?`,      // the clipboard
	`\x1b\[[>=]?\d*c`,        // device attributes
	`\x1b\[\??\d+n`,          // device status
	`\x1b\[\??\d+\$p`,        // modes
	`\x1bP[+$]q`,             // capabilities, settings
	`\x1b\[>\d*q`,            // name and version
	`\x1b\[\?u`,              // keyboard
	`\x1b\[\d+t`,             // window
}, "|"))

func TestQueriesAreKnown(t *testing.T) {
	for name, sequence := range map[string]string{
		"background": ansi.RequestBackgroundColor, "foreground": ansi.RequestForegroundColor, "cursor colour": ansi.RequestCursorColor,
		"palette": "\x1b]4;1;?\a", "clipboard": ansi.RequestSystemClipboard,
		"primary": ansi.RequestPrimaryDeviceAttributes, "secondary": ansi.RequestSecondaryDeviceAttributes, "tertiary": ansi.RequestTertiaryDeviceAttributes,
		"cursor": ansi.RequestCursorPositionReport, "extended cursor": ansi.RequestExtendedCursorPositionReport, "status": "\x1b[5n",
		"synchronized output": ansi.RequestModeSynchronizedOutput, "XTGETTCAP": ansi.RequestTermcap("RGB"), "DECRQSS": "\x1bP$qm\x1b\\",
		"version": ansi.RequestNameVersion, "keyboard": ansi.RequestKittyKeyboard, "window": "\x1b[18t",
	} {
		if !queries.MatchString(sequence) {
			t.Errorf("%s: %q is not seen as a query", name, sequence)
		}
	}
	for _, sequence := range []string{"\x1b[31m", "\x1b[0m", "\x1b[2;3H", "\x1b]52;c;eA==\a", "\x1b]0;title\a", "\x1b[?25h"} {
		if queries.MatchString(sequence) {
			t.Errorf("%q is seen as a query", sequence)
		}
	}
}

// TestVerbsAskTheTerminalNothing: an answer would come late over SSH, and the
// shell would read it. The terminal of the test answers nothing, so what waits
// for an answer would not end.
func TestVerbsAskTheTerminalNothing(t *testing.T) {
	doc := sample(t, "sample.md")
	for name, tt := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no verb's help":   {[]string{"--help"}, ExitDone, "--ascii"},
		"help":             {[]string{"help", "kql"}, ExitDone, "--min-confidence"},
		"a verb's help":    {[]string{"export", "-h"}, ExitDone, "--output"},
		"version":          {[]string{"--version"}, ExitDone, "quarry version"},
		"iocs":             {[]string{"iocs", doc}, ExitDone, "lantern-cdn[.]example"},
		"kql":              {[]string{"kql", "--table", "DnsEvents", "--target", "sentinel", doc}, ExitDone, "order by TimeGenerated"},
		"scenarios":        {[]string{"scenarios", doc}, ExitDone, "condition"},
		"lint":             {[]string{"lint", doc}, ExitFindings, "no-time-filter"},
		"export":           {[]string{"export", doc}, ExitDone, "# Reviewed"},
		"tables":           {[]string{"tables"}, ExitDone, "UrlClickEvents"},
		"doctor":           {[]string{"doctor"}, ExitDone, "80 x 24 cells"},
		"a wrong flag":     {[]string{"iocs", "--frob", doc}, ExitUsage, "--frob is no flag of quarry iocs"},
		"a wrong verb":     {[]string{"frob"}, ExitUsage, "frob is no verb"},
		"a missing file":   {[]string{"missing.md"}, ExitFile, "missing.md: no such file; check the path"},
		"a file of no use": {[]string{"kql", os.DevNull}, ExitFile, "the file is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			p := termtest.StartPty(t, 80, 24, quarry(t, tt.args...))
			if code := exitCodeOf(t, p.Wait()); code != tt.code {
				t.Errorf("ended with %d, want %d", code, tt.code)
			}
			if !strings.Contains(ansi.Strip(p.Output()), tt.want) {
				t.Errorf("no %q in the output:\n%s", tt.want, p.Output())
			}
			if q := queries.FindString(p.Output()); q != "" {
				t.Errorf("the terminal was asked %q", q)
			}
			if left := p.LeftOn(); len(left) > 0 {
				t.Errorf("the terminal was left with %v", left)
			}
		})
	}
}

// exitCodeOf is the exit code of a command that has ended.
func exitCodeOf(t testing.TB, err error) int {
	t.Helper()
	switch err := err.(type) {
	case nil:
		return 0
	case *exec.ExitError:
		if s, ok := err.Sys().(syscall.WaitStatus); ok && s.Signaled() {
			t.Errorf("killed by %s", s.Signal())
		}
		return err.ExitCode()
	default:
		t.Fatal(err)
		return -1
	}
}

// TestHelpFitsTheTerminal: it is coloured where colours are shown, no line is
// wider than the terminal, and no text is in the colour of either background.
func TestHelpFitsTheTerminal(t *testing.T) {
	for _, width := range []int{80, 100, 200} {
		for _, verb := range []string{"", "iocs", "kql", "scenarios", "lint", "export", "diff", "fetch", "tables", "reviews", "reviews resume", "memory", "memory forget", "memory import", "config", "serve", "doctor"} {
			p := termtest.StartPty(t, width, 24, quarry(t, strings.Fields("help "+verb)...))
			if err := p.Wait(); err != nil {
				t.Fatal(err)
			}
			out := p.Output()
			for line := range strings.Lines(ansi.Strip(out)) {
				if n := ansi.StringWidth(strings.TrimRight(line, " \r\n")); n > width {
					t.Errorf("help %s: a line has %d cells of %d: %s", verb, n, width, line)
				}
			}
			if !strings.Contains(out, "\x1b[") || strings.Contains(out, "\x1b[30m") || strings.Contains(out, "\x1b[37m") {
				t.Errorf("help %s: the colours are %q", verb, out)
			}
		}
	}
	cmd := quarry(t, "--help")
	cmd.Env = append(cmd.Env, "NO_COLOR=1")
	p := termtest.StartPty(t, 80, 24, cmd)
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`\x1b\[[\d;]*(?:3|4|9|10)\dm`).MatchString(p.Output()) {
		t.Errorf("with NO_COLOR the colours of the help are %q", p.Output())
	}
}

// Sizes that a terminal should not have, but that are met.
func TestHelpOnStrangeTerminals(t *testing.T) {
	for _, width := range []int{0, 1, 3, 10} {
		p := termtest.StartPty(t, max(width, 1), 1, quarry(t, "--help"))
		if err := p.Wait(); err != nil {
			t.Errorf("%d cells: %v", width, err)
		}
	}
}
