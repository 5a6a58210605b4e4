package saved

import (
	"bytes"
	_ "embed"
	"regexp"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
)

// threats is what threats.yaml says.
type threats struct {
	Threats    []threat `yaml:"threats"`
	Tactics    []string `yaml:"tactics"`
	Severities []string `yaml:"severities"`
	Confidence []struct {
		Below int `yaml:"below"`
		Steps int `yaml:"steps"`
	} `yaml:"confidence"`
	Unstated int `yaml:"unstated"`
}

type threat struct {
	Threat   feed.Threat `yaml:"threat"`
	Severity string      `yaml:"severity"`
	Category string      `yaml:"category"`
	Attack   []struct {
		Tactic     string   `yaml:"tactic"`
		Techniques []string `yaml:"techniques"`
	} `yaml:"attack"`
}

//go:embed threats.yaml
var threatsYAML []byte

var builtinThreats = sync.OnceValues(func() (*threats, error) { return readThreats(threatsYAML) })

var techniqueID = regexp.MustCompile(`^T\d{4}$`)

func readThreats(text []byte) (*threats, error) {
	const file = "threats.yaml"
	var t threats
	if err := decodeStrictly(text, &t); err != nil {
		return nil, &DataError{file, err.Error()}
	}
	known := map[feed.Threat]bool{}
	for _, th := range t.Threats {
		if known[th.Threat] || th.Threat != "" && !th.Threat.Known() {
			return nil, &DataError{file, "threat " + feed.Quote(string(th.Threat)) + " is unknown or there twice"}
		}
		known[th.Threat] = true
		if !slices.Contains(t.Severities, th.Severity) {
			return nil, &DataError{file, feed.Quote(th.Severity) + " is no severity"}
		}
		for _, a := range th.Attack {
			if !slices.Contains(t.Tactics, a.Tactic) {
				return nil, &DataError{file, feed.Quote(a.Tactic) + " is not among the tactics"}
			}
			for _, id := range a.Techniques {
				if !techniqueID.MatchString(id) {
					return nil, &DataError{file, feed.Quote(id) + " is no technique such as T1071"}
				}
			}
		}
	}
	if !known[""] {
		return nil, &DataError{file, `the entry for threat "" is missing`}
	}
	return &t, nil
}

func decodeStrictly(text []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	return dec.Decode(into)
}

// of is the entry for a threat; that for none where the threat is unknown.
func (t *threats) of(name feed.Threat) *threat {
	var none *threat
	for i := range t.Threats {
		switch t.Threats[i].Threat {
		case name:
			return &t.Threats[i]
		case "":
			none = &t.Threats[i]
		}
	}
	return none
}

// level is the position in Severities of a hit on the IOC.
func (t *threats) level(i feed.IOC) int {
	steps := 0
	if i.Confidence == feed.NoConfidence {
		steps = t.Unstated
	} else {
		for _, c := range t.Confidence {
			if i.Confidence < c.Below {
				steps = c.Steps
				break
			}
		}
	}
	return max(0, slices.Index(t.Severities, t.of(i.Threat).Severity)-steps)
}

// severity is that of the worst hit that a hunt for the IOCs can have. Of no
// IOCs nothing is known, as of one without a threat.
func (t *threats) severity(iocs []feed.IOC) string {
	if len(iocs) == 0 {
		return t.of("").Severity
	}
	worst := 0
	for _, i := range iocs {
		worst = max(worst, t.level(i))
	}
	return t.Severities[worst]
}

// attack lists the tactics and techniques that hits on the IOCs are evidence
// of, each once, in the order of the tactics.
func (t *threats) attack(iocs []feed.IOC) (tactics, techniques []string) {
	seen := map[feed.Threat]bool{}
	byTactic := map[string][]string{}
	for _, i := range iocs {
		seen[i.Threat] = true
	}
	for _, th := range t.Threats {
		if !seen[th.Threat] {
			continue
		}
		for _, a := range th.Attack {
			byTactic[a.Tactic] = append(byTactic[a.Tactic], a.Techniques...)
		}
	}
	for _, tactic := range t.Tactics {
		if ids := byTactic[tactic]; len(ids) > 0 {
			tactics = append(tactics, tactic)
			techniques = append(techniques, ids...)
		}
	}
	slices.Sort(techniques)
	return tactics, slices.Compact(techniques)
}
