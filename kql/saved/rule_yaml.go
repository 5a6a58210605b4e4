package saved

import (
	"bytes"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
	"quarry/kql"
)

var (
	analyticsShape = shape{means: "analytics rules", kind: "rule", ending: "-rule.yaml", scheduled: true}
	huntingShape   = shape{means: "hunting queries", kind: "hunting", ending: "-hunting.yaml"}
)

// AnalyticsRules writes each hunt as a scheduled analytics rule, in the YAML of
// Microsoft's public rules, one file a hunt. The rule alerts when the query
// finds a row. Its severity is that of the worst hit that the hunt can have; its
// entities are columns that the query outputs.
//
// The error is a [*NothingError], [*TargetError], [*TooLongError] or
// [*DataError]; then there are no files.
func AnalyticsRules(hunts []Source, o RuleOptions) ([]File, []feed.Finding, error) {
	return ruleFiles(hunts, o, analyticsShape)
}

// HuntingQueries writes each hunt as a hunting query, in the YAML of
// Microsoft's public ones, one file a hunt. Nothing runs it by itself, so it
// has no schedule, and no length is documented that it may not be over.
//
// The error is a [*NothingError], [*TargetError] or [*DataError]; then there
// are no files.
func HuntingQueries(hunts []Source, o RuleOptions) ([]File, []feed.Finding, error) {
	return ruleFiles(hunts, o, huntingShape)
}

func ruleFiles(hunts []Source, o RuleOptions, as shape) ([]File, []feed.Finding, error) {
	rules, findings, err := newRules(hunts, o, as)
	if err != nil {
		return nil, findings, err
	}
	var files []File
	for i := range rules {
		text, err := rules[i].yaml(as.scheduled)
		if err != nil {
			return nil, findings, err
		}
		files = append(files, File{rules[i].file, text})
	}
	return files, findings, nil
}

// ruleDocument is the YAML of a rule. The pointers are to what a hunting query
// does not have.
type ruleDocument struct {
	ID          string            `yaml:"id"`
	Name        string            `yaml:"name"`
	Description string            `yaml:"description"`
	Severity    string            `yaml:"severity,omitempty"`
	Connectors  []connector       `yaml:"requiredDataConnectors"`
	Frequency   string            `yaml:"queryFrequency,omitempty"`
	Period      string            `yaml:"queryPeriod,omitempty"`
	Operator    string            `yaml:"triggerOperator,omitempty"`
	Threshold   *int              `yaml:"triggerThreshold,omitempty"`
	Tactics     []string          `yaml:"tactics,omitempty"`
	Techniques  []string          `yaml:"relevantTechniques,omitempty"`
	Query       literal           `yaml:"query"`
	Entities    []entityMapping   `yaml:"entityMappings,omitempty"`
	Details     map[string]string `yaml:"customDetails,omitempty"`
	Version     string            `yaml:"version"`
	Kind        string            `yaml:"kind,omitempty"`
}

type connector struct {
	ID        string   `yaml:"connectorId"`
	DataTypes []string `yaml:"dataTypes"`
}

// literal is text that stands in a block of its own, as it is.
type literal string

// MarshalYAML asks for a literal block. The encoder quotes instead what a block
// cannot hold, except for white space at the start, where it would write a block
// that no reader takes.
func (l literal) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.LiteralStyle, Value: string(l)}
	if strings.TrimLeftFunc(n.Value, unicode.IsSpace) != n.Value {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n, nil
}

func (r *rule) yaml(scheduled bool) (string, error) {
	d := ruleDocument{
		ID: r.id, Name: r.name, Description: r.description, Connectors: []connector{},
		Tactics: r.tactics, Techniques: r.techniques, Query: literal(r.query), Entities: r.entities, Version: ruleVersion,
	}
	for _, id := range r.connectors {
		d.Connectors = append(d.Connectors, connector{id, []string{r.table}})
	}
	if scheduled {
		d.Severity, d.Kind, d.Details = r.severity, "Scheduled", r.details
		d.Frequency, d.Period = kql.FormatLookback(r.schedule.every), kql.FormatLookback(r.schedule.period)
		d.Operator, d.Threshold = "gt", new(int)
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(d); err != nil {
		return "", err
	}
	return b.String(), enc.Close()
}
