package kqltest

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// CountEnv is the environment variable that names a file to which every query
// that passes [Bind] adds a line: the target, the package under test, and a
// short hash of the query, so that a run over many packages can say how many
// queries, and how many different ones, were bound.
const CountEnv = "QUARRY_KQL_COUNT"

// countFile is opened once a binary. Each line is one small append, so that
// the binaries of several packages can share the file.
var countFile = sync.OnceValues(func() (*os.File, error) {
	name := os.Getenv(CountEnv)
	if name == "" {
		return nil, nil
	}
	return os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
})

func count(target, query string) error {
	file, err := countFile()
	if err != nil {
		return fmt.Errorf("kqltest: opening the file that %s names: %w", CountEnv, err)
	}
	if file == nil {
		return nil
	}
	folder, err := repository()
	if err != nil {
		return err
	}
	pkg, err := filepath.Rel(folder, started)
	if err != nil {
		return fmt.Errorf("kqltest: naming the package under test: %w", err)
	}
	sum := sha256.Sum256([]byte(query))
	if _, err := fmt.Fprintf(file, "%s %s %x\n", target, filepath.ToSlash(pkg), sum[:8]); err != nil {
		return fmt.Errorf("kqltest: counting a query: %w", err)
	}
	return nil
}
