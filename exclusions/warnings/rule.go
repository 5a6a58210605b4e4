package warnings

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Level is how loud a rule is.
type Level string

// The levels.
const (
	Warn   Level = "warn"   // marked wherever the IOC is listed
	Inform Level = "inform" // told where the IOC is looked at
	Off    Level = "off"    // not looked for
)

// ParseLevel reads warn, inform or off.
func ParseLevel(s string) (Level, error) {
	if l := Level(strings.ToLower(s)); l == Warn || l == Inform || l == Off {
		return l, nil
	}
	return "", fmt.Errorf("%q is no level; use warn, inform or off", s)
}

// Rule is one thing that makes an IOC suspicious.
type Rule struct {
	Code   string `yaml:"code"`   // stable, in kebab-case
	Level  Level  `yaml:"level"`  // unless told otherwise
	Means  string `yaml:"means"`  // what it is about, in the plural
	Advice string `yaml:"advice"` // what to do about an IOC
}

//go:embed rules.yaml
var rulesYAML []byte

var builtinRules = sync.OnceValues(func() ([]Rule, error) {
	var rules []Rule
	if err := decode("rules.yaml", rulesYAML, &rules); err != nil {
		return nil, err
	}
	for _, r := range rules {
		if r.Code == "" || r.Means == "" || r.Advice == "" || r.Level != Warn && r.Level != Inform && r.Level != Off {
			return nil, fmt.Errorf("rules.yaml: the rule %q lacks something", r.Code)
		}
	}
	return rules, nil
})

// Rules lists all rules, those that say most first. The error is that of the
// program's own data.
func Rules() ([]Rule, error) {
	rules, err := builtinRules()
	return slices.Clone(rules), err
}

// decode reads data of the program strictly.
func decode(file string, text []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// The rules that the program itself refers to.
const (
	commonFileRule           = "common-file"
	publicSuffixRule         = "public-suffix"
	sharedSuffixRule         = "shared-suffix"
	sharedHostRule           = "shared-host"
	sharedURLHostRule        = "shared-url-host"
	documentationAddressRule = "documentation-address"
	largeBlockRule           = "large-block"
	oldRule                  = "old"
	expiredRule              = "expired"
	lowConfidenceRule        = "low-confidence"
	noPathRule               = "url-without-path"
	scenarioRule             = "scenario-names-it"
	listRule                 = "warning-list"
)
