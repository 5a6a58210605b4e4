package mail

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed words.yaml
var wordsFile []byte

// lexicon is the content of words.yaml.
type lexicon struct {
	Known    []string `yaml:"known"`
	Others   []string `yaml:"others"`
	Unlooked []string `yaml:"unlooked"`
	Pictures []string `yaml:"pictures"`
	Hashing  []string `yaml:"hashing"`
}

// readWords reads a lexicon.
func readWords(raw []byte) (*lexicon, error) {
	var l lexicon
	err := yaml.Unmarshal(raw, &l)
	return &l, err
}

// words is the lexicon. That the embedded file can be read, a test shows.
var words = sync.OnceValue(func() *lexicon {
	l, _ := readWords(wordsFile)
	return l
})

// isField reports whether a word names a field of a header.
func (l *lexicon) isField(name string) bool {
	return strings.Contains(name, "-") || slices.Contains(l.Known, name) || slices.Contains(l.Others, name)
}

// isPicture reports whether a part of a type is a picture, a sound or a signature.
func (l *lexicon) isPicture(kind string) bool {
	return slices.ContainsFunc(l.Pictures, func(start string) bool { return strings.HasPrefix(kind, start) })
}
