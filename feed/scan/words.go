package scan

import (
	_ "embed"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed words.yaml
var wordsFile []byte

// lexicon is the content of words.yaml.
type lexicon struct {
	FileTLDs    set `yaml:"file_tlds"`
	FieldRoots  set `yaml:"field_roots"`
	FieldLeaves set `yaml:"field_leaves"`
	CodeRoots   set `yaml:"code_roots"`
	CodeLeaves  set `yaml:"code_leaves"`
	Products    set `yaml:"products"`
	Reserved    set `yaml:"reserved"`
	OtherRoots  set `yaml:"other_roots"`
	Versions    set `yaml:"versions"`
	Versioned   set `yaml:"versioned"`
	Builds      set `yaml:"builds"`
	Editions    set `yaml:"editions"`
	Protocols   set `yaml:"protocols"`

	versionedEnds set // the last words of the names of Versioned
}

// set is a set of words.
type set map[string]bool

// UnmarshalYAML reads a list of words.
func (s *set) UnmarshalYAML(n *yaml.Node) error {
	var list []string
	if err := n.Decode(&list); err != nil {
		return err
	}
	*s = make(set, len(list))
	for _, w := range list {
		(*s)[w] = true
	}
	return nil
}

// read reads a lexicon.
func read(raw []byte) (*lexicon, error) {
	var l lexicon
	err := yaml.Unmarshal(raw, &l)
	l.versionedEnds = set{}
	for name := range l.Versioned {
		l.versionedEnds[name[strings.LastIndexByte(name, ' ')+1:]] = true
	}
	return &l, err
}

// words is the lexicon. That the one in the program can be read, a test holds.
var words = sync.OnceValue(func() *lexicon {
	l, _ := read(wordsFile)
	return l
})
