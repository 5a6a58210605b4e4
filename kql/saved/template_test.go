package saved_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"quarry/kql"
	"quarry/kql/saved"
)

type template struct {
	Schema     string `json:"$schema"`
	Version    string `json:"contentVersion"`
	Parameters map[string]struct {
		Type     string            `json:"type"`
		Metadata map[string]string `json:"metadata"`
	} `json:"parameters"`
	Resources []struct {
		ID         string   `json:"id"`
		Name       string   `json:"name"`
		Type       string   `json:"type"`
		Kind       string   `json:"kind"`
		APIVersion string   `json:"apiVersion"`
		Properties ruleBody `json:"properties"`
	} `json:"resources"`
}

// ruleBody holds the properties of a scheduled rule in version 2023-02-01.
type ruleBody struct {
	Name                string            `json:"displayName"`
	Description         string            `json:"description"`
	Severity            string            `json:"severity"`
	Enabled             *bool             `json:"enabled"`
	Query               string            `json:"query"`
	Frequency           string            `json:"queryFrequency"`
	Period              string            `json:"queryPeriod"`
	Operator            string            `json:"triggerOperator"`
	Threshold           *int              `json:"triggerThreshold"`
	SuppressionDuration string            `json:"suppressionDuration"`
	SuppressionEnabled  *bool             `json:"suppressionEnabled"`
	Tactics             []string          `json:"tactics"`
	Techniques          []string          `json:"techniques"`
	Entities            []mapping         `json:"entityMappings"`
	Details             map[string]string `json:"customDetails"`
	Grouping            struct {
		Kind string `json:"aggregationKind"`
	} `json:"eventGroupingSettings"`
}

func readTemplate(t testing.TB, text string) template {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	var got template
	if err := dec.Decode(&got); err != nil || dec.More() {
		t.Fatalf("%v in\n%s", err, text)
	}
	return got
}

// deployed is what Resource Manager makes of a string: one that begins with [[
// and ends with ] loses the first bracket, and one that begins with [ and ends
// with ] is an expression, which none may be.
func deployed(s string) string {
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		if !strings.HasPrefix(s, "[[") {
			return "expression: " + s
		}
		return s[1:]
	}
	return s
}

var isoSpan = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$`)

func parseISO(t testing.TB, s string) time.Duration {
	t.Helper()
	m := isoSpan.FindStringSubmatch(s)
	if m == nil || strings.HasSuffix(s, "T") || s == "P" {
		t.Fatalf("%q is no duration", s)
	}
	var d time.Duration
	for i, unit := range []string{"d", "h", "m"} {
		if m[i+1] != "" {
			d += parseSpan(m[i+1] + unit)
		}
	}
	return d
}

func TestTemplateSaysWhatTheRulesSay(t *testing.T) {
	hunts := sources(t, sample(), about.Title)
	for _, lookback := range []time.Duration{0, 90 * time.Minute, 36*time.Hour + 5*time.Minute, 30 * 24 * time.Hour} {
		o := saved.RuleOptions{About: about, Lookback: lookback}
		rules, _, err := saved.AnalyticsRules(hunts, o)
		if err != nil {
			t.Fatal(err)
		}
		files, _, err := saved.Template(hunts, o)
		if err != nil || len(files) != 1 || !fileName.MatchString(files[0].Name) {
			t.Fatalf("%v, %v", files, err)
		}
		got := readTemplate(t, files[0].Text)
		if len(got.Parameters) != 1 || got.Parameters["workspace"].Type != "String" || got.Version != "1.0.0.0" || len(got.Resources) != len(hunts) {
			t.Fatalf("%+v", got)
		}
		for i, res := range got.Resources {
			want := readRule(t, rules[i].Text)
			if res.Name != "[concat(parameters('workspace'), '/Microsoft.SecurityInsights/"+want.ID+"')]" || !strings.Contains(res.ID, want.ID) ||
				res.Type != "Microsoft.OperationalInsights/workspaces/providers/alertRules" || res.Kind != "Scheduled" || res.APIVersion != "2023-02-01" {
				t.Errorf("resource %+v", res)
			}
			p := res.Properties
			as := yamlRule{
				ID: want.ID, Name: deployed(p.Name), Description: deployed(p.Description), Severity: p.Severity, Connectors: want.Connectors,
				Frequency: kql.FormatLookback(parseISO(t, p.Frequency)), Period: kql.FormatLookback(parseISO(t, p.Period)),
				Operator: "gt", Threshold: p.Threshold, Tactics: p.Tactics, Techniques: p.Techniques, Query: deployed(p.Query),
				Entities: p.Entities, Details: p.Details, Version: want.Version, Kind: res.Kind,
			}
			if err := as.check(hunts[i].Hunt.Columns, true); err != nil {
				t.Errorf("%s: %v", as.Name, err)
			}
			if as.Name != want.Name || as.Query != want.Query || as.Frequency != want.Frequency || as.Period != want.Period || as.Severity != want.Severity {
				t.Errorf("the template says %+v, the rule %+v", as, want)
			}
			if p.Operator != "GreaterThan" || p.Enabled == nil || !*p.Enabled || p.SuppressionEnabled == nil || *p.SuppressionEnabled ||
				parseISO(t, p.SuppressionDuration) < 5*time.Minute || p.Tactics == nil || p.Techniques == nil || p.Grouping.Kind != "SingleAlert" {
				t.Errorf("properties %+v", p)
			}
		}
	}
}

func TestTemplateSwitchedOff(t *testing.T) {
	files, _, err := saved.Template(sources(t, sample(), "", "DnsEvents"), saved.RuleOptions{About: about, Disabled: true})
	if err != nil || *readTemplate(t, files[0].Text).Resources[0].Properties.Enabled {
		t.Errorf("%v", err)
	}
}
