package review

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
)

//go:embed bulletin.yaml
var bulletinYAML []byte

// bulletinWords is bulletin.yaml.
type bulletinWords struct {
	Threats []struct {
		Threat feed.Threat `yaml:"threat"`
		Means  string      `yaml:"means"`
	} `yaml:"threats"`
	Scenarios []builtinScenario `yaml:"scenarios"`
}

// builtinScenario is a scenario of bulletins that this program writes.
type builtinScenario struct {
	Title string `yaml:"title"`
	For   struct {
		Threats  []feed.Threat `yaml:"threats"`
		Types    []feed.Type   `yaml:"types"`
		Families []string      `yaml:"families"`
	} `yaml:"for"`
	Description string `yaml:"description"`
	Filter      string `yaml:"filter"`
}

// ofBulletins reads bulletin.yaml once.
var ofBulletins = sync.OnceValues(func() (*bulletinWords, error) {
	var w bulletinWords
	dec := yaml.NewDecoder(bytes.NewReader(bulletinYAML))
	dec.KnownFields(true)
	if err := dec.Decode(&w); err != nil {
		return nil, fmt.Errorf("bulletin.yaml: %w", err)
	}
	return &w, nil
})

// applies reports whether the scenario is about a bulletin like this.
func (s *builtinScenario) applies(b *feed.Bulletin) bool {
	if len(s.For.Families) > 0 && !slices.ContainsFunc(s.For.Families, func(f string) bool { return strings.EqualFold(f, b.Family) }) {
		return false
	}
	return slices.ContainsFunc(b.IOCs, func(i feed.IOC) bool {
		return (len(s.For.Threats) == 0 || slices.Contains(s.For.Threats, i.Threat)) &&
			(len(s.For.Types) == 0 || slices.Contains(s.For.Types, i.Type))
	})
}

// scenariosFor are the scenarios that apply to a bulletin and can be used as
// they stand on a table that it asks for.
func (w *bulletinWords) scenariosFor(b *feed.Bulletin, catalogue *kql.Catalogue) []feed.Scenario {
	var all []feed.Scenario
	for _, s := range w.Scenarios {
		if !s.applies(b) {
			continue
		}
		one := feed.Scenario{Title: s.Title, Description: s.Description, Filter: s.Filter}
		alone := *b
		alone.Scenarios = []feed.Scenario{one}
		if len(exclusions.Lint(&alone, catalogue)) == 0 {
			all = append(all, one)
		}
	}
	return all
}
