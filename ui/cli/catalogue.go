package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"

	"quarry/kql"
)

// tablesFile is where an analyst describes tables of their own.
func tablesFile() string { return filepath.Join(xdg.ConfigHome, "quarry", "tables.yaml") }

// loadCatalogue is the built-in catalogue with the analyst's own tables.
func loadCatalogue() (*kql.Catalogue, error) {
	catalogue, err := kql.Builtin()
	if err != nil {
		return nil, err
	}
	own, err := ownTables()
	if err != nil {
		return nil, err
	}
	return catalogue.With(own...), nil
}

// ownTables reads the analyst's own tables. No file is no table; a mistake in
// it is an error, since a hunt without the table would look like one that found
// nothing.
func ownTables() ([]kql.Table, error) {
	text, err := os.ReadFile(tablesFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return kql.ReadTables(tablesFile(), text)
}
