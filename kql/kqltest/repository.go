package kqltest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// started is where the test binary started: go test starts it in the folder of
// the package under test. It is read before a test can change folder.
var started, startedErr = os.Getwd()

// repository returns the root of this repository: the closest folder above the
// package under test whose go.mod is this module's.
var repository = sync.OnceValues(func() (string, error) {
	if startedErr != nil {
		return "", fmt.Errorf("kqltest: finding the repository: %w", startedErr)
	}
	for folder := started; ; folder = filepath.Dir(folder) {
		text, err := os.ReadFile(filepath.Join(folder, "go.mod"))
		if first, _, _ := bytes.Cut(text, []byte("\n")); string(bytes.TrimSpace(first)) == "module quarry" {
			return folder, nil
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("kqltest: finding the repository: %w", err)
		}
		if folder == filepath.Dir(folder) {
			return "", fmt.Errorf("kqltest: %s is not inside the repository of quarry; run the test with go test", started)
		}
	}
})
