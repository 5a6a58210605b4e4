package require_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"quarry/internal/require"
	"quarry/internal/tbtest"
)

func TestWhatIsMissing(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent")
	needs := []struct {
		name string
		need func(testing.TB)
		says []string
	}{
		{"tool", func(t testing.TB) { require.Tool(t, "no-such-program", "apt-get install it") },
			[]string{"no-such-program", "apt-get install it"}},
		{"file", func(t testing.TB) { require.File(t, absent, "npm ci") },
			[]string{absent, "npm ci"}},
	}
	for _, tt := range needs {
		for _, env := range []string{"", "0", "1"} {
			t.Run(tt.name+" with "+env, func(t *testing.T) {
				t.Setenv(require.Env, env)
				got := tbtest.Run(tt.need)
				said, other := got.Skipped, got.Failed
				if env == "1" {
					said, other = other, said
				}
				if other != "" {
					t.Errorf("%s=%q: the wrong ending: %s", require.Env, env, other)
				}
				for _, want := range tt.says {
					if !strings.Contains(said, want) {
						t.Errorf("%s=%q: %q does not name %q", require.Env, env, said, want)
					}
				}
			})
		}
	}
}

func TestOptionalNeverFails(t *testing.T) {
	t.Setenv(require.Env, "1")
	got := tbtest.Run(func(t testing.TB) { require.Optional(t, "absent") })
	if got.Failed != "" || !strings.HasPrefix(got.Skipped, require.OptionalMark) {
		t.Errorf("failed %q, skipped %q, want a skip that starts with %q", got.Failed, got.Skipped, require.OptionalMark)
	}
}

func TestWhatIsThere(t *testing.T) {
	t.Setenv(require.Env, "1")
	folder := t.TempDir()
	program := filepath.Join(folder, "present")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if err := os.WriteFile(program, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder)
	got := tbtest.Run(func(t testing.TB) {
		if path := require.Tool(t, "present", "never"); path != program {
			t.Fatalf("Tool = %q, want %q", path, program)
		}
		require.File(t, folder, "never")
		require.Optional(t, folder)
	})
	if got.Skipped != "" || got.Failed != "" {
		t.Errorf("skipped %q, failed %q, want neither", got.Skipped, got.Failed)
	}
}

func TestToolOutsidePATH(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("windows has no such folders")
	}
	entries, err := os.ReadDir("/usr/sbin")
	if err != nil || len(entries) == 0 {
		t.Skip("this system keeps no programs in /usr/sbin")
	}
	t.Setenv("PATH", t.TempDir())
	for _, e := range entries {
		info, err := os.Stat(filepath.Join("/usr/sbin", e.Name()))
		if err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			continue
		}
		if got, want := require.Tool(t, e.Name(), "never"), filepath.Join("/usr/sbin", e.Name()); got != want {
			t.Errorf("Tool(%q) = %q, want %q", e.Name(), got, want)
		}
		return
	}
	t.Skip("no program in /usr/sbin can be run")
}
