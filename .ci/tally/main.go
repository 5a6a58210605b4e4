// Command tally reads the events of "go test -json" on standard input and
// prints what a person wants of them: the line of each package as it comes,
// and everything that a failing or skipped test said. Its last line counts the
// tests, subtests included; the file named by its argument gets the same line.
//
// It ends with 1 when a test failed or was skipped. The one skip it lets pass
// is that of require.Optional, for material that only some machines have.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"quarry/internal/require"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go test -json ./... | tally FILE")
		os.Exit(2)
	}
	sound, err := run(os.Stdin, os.Stdout, os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
	}
	if !sound {
		os.Exit(1)
	}
}

// run reports whether every test passed, and at least one.
func run(in io.Reader, out io.Writer, file string) (sound bool, err error) {
	t := tally{out: out, said: map[test][]string{}, failing: map[string]bool{}}
	if err := t.read(in); err != nil {
		return false, err
	}
	t.tellSkips()
	line := fmt.Sprintf("%d passed, %d failed, %d skipped\n", t.passed, t.failed, len(t.skipped)+len(t.optional))
	fmt.Fprint(out, line)
	if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
		return false, err
	}
	return t.passed > 0 && t.failed == 0 && len(t.skipped) == 0, nil
}

// event is one line of "go test -json"; see "go doc test2json".
type event struct {
	Action, Package, Test, Output string
}

type test struct{ pkg, name string }

type tally struct {
	out               io.Writer
	passed, failed    int
	skipped, optional []string          // each with its reason
	said              map[test][]string // the lines of every test that still runs
	failing           map[string]bool   // packages with a failed test
}

func (t *tally) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				fmt.Fprint(t.out, line) // not an event: the go command's own words
			} else {
				t.note(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the events: %w", err)
		}
	}
}

func (t *tally) note(e event) {
	id := test{e.Package, e.Test}
	switch e.Action {
	case "output":
		switch {
		case e.Test != "":
			t.said[id] = append(t.said[id], e.Output)
		case e.Output != "PASS\n" && e.Output != "FAIL\n" && !strings.HasPrefix(e.Output, "=== "):
			fmt.Fprint(t.out, e.Output)
		}
	case "build-output":
		fmt.Fprint(t.out, e.Output)
	case "pass":
		if e.Test != "" {
			t.passed++
			delete(t.said, id)
		}
	case "fail":
		t.noteFailure(id)
	case "skip":
		if e.Test != "" {
			t.noteSkip(id)
		}
	}
}

// noteFailure shows what the test said. When a package fails, its tests that
// never ended are shown too: one of them panicked or ran out of time.
func (t *tally) noteFailure(id test) {
	if id.name != "" {
		t.failed++
		t.failing[id.pkg] = true
		t.tell(id)
		return
	}
	for _, other := range slices.SortedFunc(maps.Keys(t.said), compareTests) {
		if other.pkg == id.pkg {
			t.tell(other)
		}
	}
	if !t.failing[id.pkg] {
		t.failed++ // it did not build, or ended outside its tests
	}
}

func compareTests(a, b test) int {
	return cmp.Or(cmp.Compare(a.pkg, b.pkg), cmp.Compare(a.name, b.name))
}

func (t *tally) tell(id test) {
	fmt.Fprint(t.out, strings.Join(t.said[id], ""))
	delete(t.said, id)
}

func (t *tally) noteSkip(id test) {
	var reason []string
	for _, line := range t.said[id] {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			reason = append(reason, line)
		}
	}
	delete(t.said, id)
	text := strings.Join(reason, " ")
	told := fmt.Sprintf("%s %s: %s", id.pkg, id.name, text)
	if strings.Contains(text, require.OptionalMark) {
		t.optional = append(t.optional, told)
	} else {
		t.skipped = append(t.skipped, told)
	}
}

func (t *tally) tellSkips() {
	for _, s := range t.optional {
		fmt.Fprintln(t.out, "skipped, as it may be:", s)
	}
	for _, s := range t.skipped {
		fmt.Fprintln(t.out, "SKIPPED, and no skip is allowed here:", s)
	}
}
