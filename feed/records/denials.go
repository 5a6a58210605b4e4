package records

import (
	"bytes"
	_ "embed"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed denials.yaml
var denialsYAML []byte

// denials is what denials.yaml says. It is part of the program, and a test holds
// that it can be read.
type denials struct{ Phrases, Alone []string }

var allDenials = sync.OnceValue(func() denials {
	d, _ := readDenials(denialsYAML)
	return d
})

func readDenials(text []byte) (d denials, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	return d, dec.Decode(&d)
}

// Denials are the phrases, in lower case, that say of a value that it is none to
// hunt for: those that do wherever they are said of it, and those that do where they
// are all that is said. Neither list may be changed.
func Denials() (phrases, alone []string) {
	d := allDenials()
	return d.Phrases, d.Alone
}
