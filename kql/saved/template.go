package saved

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"quarry/feed"
)

// Names of Azure Resource Manager.
const (
	armSchema  = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
	armType    = "Microsoft.OperationalInsights/workspaces/providers/alertRules"
	armVersion = "2023-02-01"
)

// noSuppression stands where a duration is demanded although nothing is
// suppressed; it is the portal's own.
const noSuppression = 5 * time.Hour

// Template writes the analytics rules of [AnalyticsRules] as one Azure
// Resource Manager template, which Sentinel Repositories and the portal's
// import deploy. The workspace is its parameter; the rules have the ids that
// they have in YAML.
//
// The errors are those of [AnalyticsRules].
func Template(hunts []Source, o RuleOptions) ([]File, []feed.Finding, error) {
	rules, findings, err := newRules(hunts, o, analyticsShape)
	if err != nil {
		return nil, findings, err
	}
	t := armTemplate{
		Schema: armSchema, Version: "1.0.0.0",
		Parameters: map[string]armParameter{"workspace": {"String", map[string]string{
			"description": "Name of the Log Analytics workspace that has Microsoft Sentinel",
		}}},
	}
	for i := range rules {
		t.Resources = append(t.Resources, rules[i].resource(!o.Disabled))
	}
	text, err := indented(t)
	if err != nil {
		return nil, findings, err
	}
	return []File{{Alias(o.clean().Title) + "-rules.json", text}}, findings, nil
}

type armTemplate struct {
	Schema     string                  `json:"$schema"`
	Version    string                  `json:"contentVersion"`
	Parameters map[string]armParameter `json:"parameters"`
	Resources  []armResource           `json:"resources"`
}

type armParameter struct {
	Type     string            `json:"type"`
	Metadata map[string]string `json:"metadata"`
}

type armResource struct {
	ID         string  `json:"id"`   // an expression
	Name       string  `json:"name"` // an expression
	Type       string  `json:"type"`
	Kind       string  `json:"kind"`
	APIVersion string  `json:"apiVersion"`
	Properties armRule `json:"properties"`
}

type armRule struct {
	DisplayName         armText            `json:"displayName"`
	Description         armText            `json:"description"`
	Severity            armText            `json:"severity"`
	Enabled             bool               `json:"enabled"`
	Query               armText            `json:"query"`
	QueryFrequency      isoDuration        `json:"queryFrequency"`
	QueryPeriod         isoDuration        `json:"queryPeriod"`
	TriggerOperator     string             `json:"triggerOperator"`
	TriggerThreshold    int                `json:"triggerThreshold"`
	SuppressionDuration isoDuration        `json:"suppressionDuration"`
	SuppressionEnabled  bool               `json:"suppressionEnabled"`
	Tactics             []string           `json:"tactics"`
	Techniques          []string           `json:"techniques"`
	EventGrouping       armGrouping        `json:"eventGroupingSettings"`
	EntityMappings      []entityMapping    `json:"entityMappings,omitempty"`
	CustomDetails       map[string]armText `json:"customDetails,omitempty"`
}

// armGrouping makes one alert of all rows of a run.
type armGrouping struct {
	AggregationKind string `json:"aggregationKind"`
}

// armText is text that must not be read as an expression. One begins with [ and
// ends with ]; another [ before it makes it text, and would be taken for a part
// of any other text.
type armText string

// MarshalJSON writes the text as a template says it.
func (s armText) MarshalJSON() ([]byte, error) {
	text := string(s)
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		text = "[" + text
	}
	return plainJSON(text)
}

// isoDuration is a duration of whole minutes in ISO 8601.
type isoDuration time.Duration

// MarshalJSON writes PT1H, P7D or P1DT12H30M.
func (d isoDuration) MarshalJSON() ([]byte, error) {
	minutes := int(time.Duration(d) / time.Minute)
	days, hours, minutes := minutes/(24*60), minutes/60%24, minutes%60
	text := "P"
	if days > 0 {
		text += fmt.Sprintf("%dD", days)
	}
	if hours+minutes > 0 {
		text += "T"
	}
	if hours > 0 {
		text += fmt.Sprintf("%dH", hours)
	}
	if minutes > 0 {
		text += fmt.Sprintf("%dM", minutes)
	}
	return json.Marshal(text)
}

func (r *rule) resource(enabled bool) armResource {
	details := map[string]armText{}
	for k, v := range r.details {
		details[k] = armText(v)
	}
	return armResource{
		ID: "[concat(resourceId('Microsoft.OperationalInsights/workspaces/providers', parameters('workspace'), 'Microsoft.SecurityInsights'), '/alertRules/" +
			r.id + "')]",
		Name: "[concat(parameters('workspace'), '/Microsoft.SecurityInsights/" + r.id + "')]",
		Type: armType, Kind: "Scheduled", APIVersion: armVersion,
		Properties: armRule{
			DisplayName: armText(r.name), Description: armText(r.description), Severity: armText(r.severity), Enabled: enabled,
			Query: armText(r.query), QueryFrequency: isoDuration(r.schedule.every), QueryPeriod: isoDuration(r.schedule.period),
			TriggerOperator: "GreaterThan", SuppressionDuration: isoDuration(noSuppression),
			Tactics: append([]string{}, r.tactics...), Techniques: append([]string{}, r.techniques...),
			EventGrouping: armGrouping{"SingleAlert"}, EntityMappings: r.entities, CustomDetails: details,
		},
	}
}
