package exclusions

import "testing"

// The program says nothing when its own files cannot be read, so they must be.
func TestFilesCanBeRead(t *testing.T) {
	if _, err := readLexicon(wordsYAML, softwareYAML); err != nil {
		t.Error(err)
	}
	if err := decode(risksYAML, new(risks)); err != nil {
		t.Error(err)
	}
}
