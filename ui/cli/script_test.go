package cli

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"quarry/kql/kqltest"
)

func TestMain(m *testing.M) {
	testscript.Main(withBinary{m}, map[string]func(){
		"quarry": func() { os.Exit(Run(os.Args[1:], nil)) },
	})
}

// TestScripts runs the verbs as an analyst would, a file for each thing they
// promise. The documents of ../../testdata are in the folder docs; $ODD is a
// file name with an escape sequence and a character that turns text round,
// $ONLY_QUARRY a PATH with no other program.
// Beside testscript's own commands there are:
//
//	exit CODE PROGRAM ARG...  runs the program, which must end with the code
//	write FILE GO-STRING      writes a file that a script cannot hold
//	utf16 little|big FILE     rewrites a file in UTF-16 with a byte order mark
//	clean stdout|stderr       nothing in it controls or reorders a terminal
//	json stdout COUNT         it is so many JSON objects, one a line
//	keys stdout KEY...        each of the objects has these keys and no other
//	threatfox FILE            starts a server that answers as ThreatFox with a
//	                          file, and $QUARRY_THREATFOX_URL names it
//	proxy                     starts a proxy that lets nothing through, and
//	                          $HTTPS_PROXY names it
//	asked FILE                writes what servers were asked so far to a file
func TestScripts(t *testing.T) { testscript.Run(t, scripts("testdata/script", nil)) }

// TestHuntsBind runs scripts whose queries are then bound by Microsoft's
// language service. One more command is
//
//	bind TARGET CODE...  keeps the queries on stdout for that; hints with
//	                     these codes are allowed
//
// The scripts find the service where quarry tables --check looks for it.
func TestHuntsBind(t *testing.T) {
	kqltest.Check(t, "sentinel", "print 1") // where that cannot be done, this skips
	type bound struct {
		where, target, query string
		allowed              []string
	}
	var mu sync.Mutex
	var all []bound
	bind := func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) == 0 {
			ts.Fatalf("usage: bind TARGET CODE...")
		}
		mu.Lock()
		defer mu.Unlock()
		queries := strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\n"), "\n\n")
		for _, q := range queries {
			all = append(all, bound{ts.Name(), args[0], q, args[1:]})
		}
	}
	params := scripts("testdata/bind", bind)
	setup, checker := params.Setup, kqltest.Folder(t)
	params.Setup = func(env *testscript.Env) error {
		at := filepath.Join(env.WorkDir, "data", "quarry")
		return errors.Join(setup(env), os.MkdirAll(at, 0o755), os.Symlink(checker, filepath.Join(at, "checker")))
	}
	t.Run("scripts", func(t *testing.T) { testscript.Run(t, params) })
	for i, b := range all {
		t.Run(b.where+" "+strconv.Itoa(i), func(t *testing.T) { kqltest.BindAllowing(t, b.target, b.allowed, b.query) })
	}
	if len(all) == 0 {
		t.Error("no query was bound")
	}
}

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

func scripts(folder string, bind scriptCommand) testscript.Params {
	return testscript.Params{
		Dir: folder,
		Setup: func(env *testscript.Env) error {
			env.Setenv("QUARRY_REVIEWER", "Robin Example")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector's second at the end of each program
			env.Setenv("ODD", "a\x1b[31m\u202e.txt")
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
			// The documents of the scripts are all examples, and get older.
			config := filepath.Join(env.WorkDir, "quiet")
			env.Setenv("XDG_CONFIG_HOME", config)
			if err := os.MkdirAll(filepath.Join(config, "quarry"), 0o700); err != nil {
				return err
			}
			quiet := "warnings: {rules: {documentation-address: off, old: off, low-confidence: off}}\n"
			if err := os.WriteFile(filepath.Join(config, "quarry", "config.yaml"), []byte(quiet), 0o600); err != nil {
				return err
			}
			quarry, err := exec.LookPath("quarry")
			if err != nil {
				return err
			}
			env.Setenv("ONLY_QUARRY", filepath.Dir(quarry))
			return os.CopyFS(filepath.Join(env.WorkDir, "docs"), os.DirFS("../../testdata"))
		},
		Cmds: map[string]scriptCommand{
			"exit": exitWith, "write": writeQuoted, "utf16": toUTF16, "clean": isClean, "json": isJSON, "keys": hasKeys, "bind": bind,
			"threatfox": startThreatFox, "proxy": startProxy, "asked": writeAsked,
		},
	}
}

func exitWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE PROGRAM ARG...")
	}
	code := 0
	var ended *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &ended):
		code = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("ended with %d, want %s", code, args[0])
	}
}

func writeQuoted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: write FILE GO-STRING")
	}
	text, err := strconv.Unquote(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}

func toUTF16(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: utf16 little|big FILE")
	}
	var order binary.AppendByteOrder = binary.LittleEndian
	if args[0] == "big" {
		order = binary.BigEndian
	}
	var b []byte
	for _, unit := range utf16.Encode([]rune("\uFEFF" + ts.ReadFile(args[1]))) {
		b = order.AppendUint16(b, unit)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b, 0o666))
}

func isClean(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: clean stdout|stderr")
	}
	if at := dirt(ts.ReadFile(args[0])); at != "" {
		ts.Fatalf("%s", at)
	}
}

// dirt says where a text has what a terminal would not show but do: controls
// other than the line feed, invisible and reordering characters, and bytes
// that are not UTF-8.
func dirt(text string) string {
	for n, line := range strings.Split(text, "\n") {
		if !utf8.ValidString(line) {
			return "line " + strconv.Itoa(n+1) + " is not UTF-8: " + strconv.Quote(line)
		}
		for _, r := range line {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) {
				return "line " + strconv.Itoa(n+1) + " has " + strconv.QuoteRune(r) + ": " + strconv.Quote(line)
			}
		}
	}
	return ""
}

func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: json FILE COUNT")
	}
	if n := len(objects(ts, args[0])); strconv.Itoa(n) != args[1] {
		ts.Fatalf("%d objects, want %s", n, args[1])
	}
}

func hasKeys(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: keys FILE KEY...")
	}
	for i, o := range objects(ts, args[0]) {
		for _, k := range args[1:] {
			if _, ok := o[k]; !ok {
				ts.Fatalf("object %d has no key %s", i+1, k)
			}
			delete(o, k)
		}
		for k := range o {
			ts.Fatalf("object %d has the key %s", i+1, k)
		}
	}
}

// objects reads a JSON object from each line.
func objects(ts *testscript.TestScript, file string) (all []map[string]any) {
	for line := range strings.Lines(ts.ReadFile(file)) {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			ts.Fatalf("%v in %s", err, line)
		}
		all = append(all, o)
	}
	return all
}
