package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"quarry/internal/require"
)

// withBinary removes the built program after the tests.
type withBinary struct{ *testing.M }

func (m withBinary) Run() int {
	defer func() { _ = os.RemoveAll(binaryFolder) }()
	return m.M.Run()
}

var binaryFolder string

var build = sync.OnceValues(func() (output []byte, err error) {
	if binaryFolder, err = os.MkdirTemp("", "quarry"); err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "build", "-o", binaryPath(), "../..")
	return cmd.CombinedOutput()
})

func binaryPath() string {
	name := "quarry"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(binaryFolder, name)
}

// builtBinary is the path of the program as a user runs it, built once.
func builtBinary(t testing.TB) string {
	t.Helper()
	require.Tool(t, "go", "see https://go.dev/doc/install")
	if output, err := build(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	return binaryPath()
}
