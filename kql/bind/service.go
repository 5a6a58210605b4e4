package bind

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// The npm package that holds Microsoft's language service, and the version of
// it whose answers this package knows.
const (
	Package = "@kusto/language-service-next"
	Version = "12.4.1"
)

// Service is Microsoft's language service on this machine.
type Service struct {
	// Folder is where the npm package was installed: it holds node_modules.
	Folder string
	// Worlds are what queries are bound against, by target. A target without
	// one is bound against what [NewWorld] knows.
	Worlds map[string]*World
}

// MissingError says that something which the check needs is not installed, or
// is another version.
type MissingError struct {
	What   string // such as "node is not in the PATH"
	Folder string // where the npm package belongs
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s; install Node.js 18 or later, then: %s", e.What, e.Install())
}

// Install is the command that brings the npm package.
func (e *MissingError) Install() string {
	return fmt.Sprintf("npm install --prefix %s %s@%s", e.Folder, Package, Version)
}

// Ready reports whether the service can be asked. The error is a
// [*MissingError], or one of reading the folder.
func (s Service) Ready() error {
	_, err := s.program()
	return err
}

// program is the path of Node, once everything is known to be there.
func (s Service) program() (string, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return "", &MissingError{"node is not in the PATH", s.Folder}
	}
	manifest := filepath.Join(s.Folder, "node_modules", filepath.FromSlash(Package), "package.json")
	text, err := os.ReadFile(manifest)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &MissingError{Package + " is not in " + s.Folder, s.Folder}
	}
	if err != nil {
		return "", err
	}
	var found struct{ Version string }
	if err := json.Unmarshal(text, &found); err != nil {
		return "", &MissingError{manifest + " cannot be read: " + err.Error(), s.Folder}
	}
	if found.Version != Version {
		return "", &MissingError{fmt.Sprintf("%s in %s is version %q, not %s", Package, s.Folder, found.Version, Version), s.Folder}
	}
	return node, nil
}

// world is what queries for a target are bound against.
func (s Service) world(target string) (*World, error) {
	if w := s.Worlds[target]; w != nil {
		return w, nil
	}
	return NewWorld(target)
}
