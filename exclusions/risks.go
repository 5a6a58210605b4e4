package exclusions

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"quarry/kql"
)

//go:embed risks.yaml
var risksYAML []byte

// risks is the file risks.yaml, which describes each part.
type risks struct {
	Columns []struct {
		Lacks  string      `yaml:"lacks"`
		Tell   string      `yaml:"tell"`
		Fields []kql.Field `yaml:"fields"`
	} `yaml:"columns"`
	Rows []struct {
		Says   string      `yaml:"says"`
		Fields []kql.Field `yaml:"fields"`
	} `yaml:"rows"`
	Generic  []string `yaml:"generic"`
	Programs []struct {
		Why   string   `yaml:"why"`
		Names []string `yaml:"names"`
	} `yaml:"programs"`
	Folders []struct {
		Why   string   `yaml:"why"`
		Paths []string `yaml:"paths"`
	} `yaml:"folders"`
	Accounts    []string `yaml:"accounts"`
	SIDs        []string `yaml:"sids"`
	Signers     []string `yaml:"signers"`
	Common      []string `yaml:"common"`
	Commands    []string `yaml:"commands"`
	Networks    []string `yaml:"networks"`
	OwnNetworks []string `yaml:"own_networks"`
}

// known is risks.yaml, which is part of the program; a test reads it. Without
// it fewer risks are seen.
var known = sync.OnceValue(func() *risks {
	k := new(risks)
	_ = decode(risksYAML, k)
	return k
})

// lack says what a table without columns for some fields lacks, such as "has
// no process columns: it cannot tell which process acted".
func (k *risks) lack(fields []kql.Field) string {
	var lacks, tell []string
	for _, c := range k.Columns {
		if slices.ContainsFunc(c.Fields, func(f kql.Field) bool { return slices.Contains(fields, f) }) {
			lacks, tell = append(lacks, "no "+c.Lacks), append(tell, c.Tell)
		}
	}
	return "has " + listed(lacks, "and") + ": it cannot tell " + listed(tell, "or")
}

// says names the rows that a test leaves out, such as "command lines with x".
func (k *risks) says(f kql.Field, value string) string {
	for _, r := range k.Rows {
		if slices.Contains(r.Fields, f) {
			return r.Says + " " + value
		}
	}
	return "rows with " + value
}

// listed joins words as a sentence does.
func listed(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
