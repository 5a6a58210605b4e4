package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRun(t *testing.T) {
	tests := []struct {
		name, events, want string
		sound              bool
	}{
		{"all pass", `
{"Action":"start","Package":"quarry/feed"}
{"Action":"run","Package":"quarry/feed","Test":"TestA"}
{"Action":"output","Package":"quarry/feed","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"quarry/feed","Test":"TestA","Output":"    a_test.go:1: chat\n"}
{"Action":"pass","Package":"quarry/feed","Test":"TestA","Elapsed":0}
{"Action":"output","Package":"quarry/feed","Output":"PASS\n"}
{"Action":"output","Package":"quarry/feed","Output":"ok  \tquarry/feed\t0.1s\n"}
{"Action":"pass","Package":"quarry/feed","Elapsed":0.1}
`, `ok  	quarry/feed	0.1s
1 passed, 0 failed, 0 skipped
`, true},
		{"a failure and a panic", `
{"Action":"output","Package":"quarry/feed","Test":"TestA","Output":"    a_test.go:1: wrong\n"}
{"Action":"fail","Package":"quarry/feed","Test":"TestA"}
{"Action":"output","Package":"quarry/feed","Test":"TestB","Output":"panic: oh\n"}
{"Action":"output","Package":"quarry/feed","Output":"FAIL\tquarry/feed\t0.1s\n"}
{"Action":"fail","Package":"quarry/feed"}
`, `    a_test.go:1: wrong
FAIL	quarry/feed	0.1s
panic: oh
0 passed, 1 failed, 0 skipped
`, false},
		{"a package that does not build", `
{"Action":"build-output","ImportPath":"quarry/kql","Output":"kql/a.go:1:1: undefined\n"}
{"Action":"build-fail","ImportPath":"quarry/kql"}
{"Action":"pass","Package":"quarry/feed","Test":"TestA"}
{"Action":"fail","Package":"quarry/kql","FailedBuild":"quarry/kql"}
`, `kql/a.go:1:1: undefined
1 passed, 1 failed, 0 skipped
`, false},
		{"skips", `
{"Action":"pass","Package":"quarry/feed","Test":"TestA"}
{"Action":"output","Package":"quarry/feed","Test":"TestB","Output":"=== RUN   TestB\n"}
{"Action":"output","Package":"quarry/feed","Test":"TestB","Output":"    b_test.go:1: optional: x is not on this machine\n"}
{"Action":"output","Package":"quarry/feed","Test":"TestB","Output":"--- SKIP: TestB (0.00s)\n"}
{"Action":"skip","Package":"quarry/feed","Test":"TestB"}
{"Action":"output","Package":"quarry/feed","Test":"TestC","Output":"    c_test.go:1: no time\n"}
{"Action":"skip","Package":"quarry/feed","Test":"TestC"}
{"Action":"skip","Package":"quarry/none"}
`, `skipped, as it may be: quarry/feed TestB: b_test.go:1: optional: x is not on this machine
SKIPPED, and no skip is allowed here: quarry/feed TestC: c_test.go:1: no time
1 passed, 0 failed, 2 skipped
`, false},
		{"only the optional is skipped", `
{"Action":"pass","Package":"quarry/feed","Test":"TestA"}
{"Action":"output","Package":"quarry/feed","Test":"TestB","Output":"optional: x"}
{"Action":"skip","Package":"quarry/feed","Test":"TestB"}
`, `skipped, as it may be: quarry/feed TestB: optional: x
1 passed, 0 failed, 1 skipped
`, true},
		{"words of the go command", "go: no such thing\n", "go: no such thing\n0 passed, 0 failed, 0 skipped\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "counts")
			var out strings.Builder
			sound, err := run(strings.NewReader(strings.TrimPrefix(tt.events, "\n")), &out, file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
			if sound != tt.sound {
				t.Errorf("sound = %v, want %v", sound, tt.sound)
			}
			text, err := os.ReadFile(file)
			if err != nil || !strings.HasSuffix(tt.want, string(text)) {
				t.Errorf("the file holds %q, %v, want the last line", text, err)
			}
		})
	}
}
