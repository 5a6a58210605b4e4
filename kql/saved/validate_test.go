package saved_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"go.yaml.in/yaml/v3"
)

// yamlRule is everything that a rule may hold.
type yamlRule struct {
	ID          string `yaml:"id"`
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	Severity    string `yaml:"severity"`
	Connectors  []struct {
		ID        string   `yaml:"connectorId"`
		DataTypes []string `yaml:"dataTypes"`
	} `yaml:"requiredDataConnectors"`
	Frequency  string            `yaml:"queryFrequency"`
	Period     string            `yaml:"queryPeriod"`
	Operator   string            `yaml:"triggerOperator"`
	Threshold  *int              `yaml:"triggerThreshold"`
	Tactics    []string          `yaml:"tactics"`
	Techniques []string          `yaml:"relevantTechniques"`
	Query      string            `yaml:"query"`
	Entities   []mapping         `yaml:"entityMappings"`
	Details    map[string]string `yaml:"customDetails"`
	Version    string            `yaml:"version"`
	Kind       string            `yaml:"kind"`
}

type mapping struct {
	Type   string `yaml:"entityType" json:"entityType"`
	Fields []struct {
		Identifier string `yaml:"identifier" json:"identifier"`
		Column     string `yaml:"columnName" json:"columnName"`
	} `yaml:"fieldMappings" json:"fieldMappings"`
}

// readRule reads one document that holds nothing unknown.
func readRule(t testing.TB, text string) yamlRule {
	t.Helper()
	dec := yaml.NewDecoder(strings.NewReader(text))
	dec.KnownFields(true)
	var r yamlRule
	if err := dec.Decode(&r); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		t.Fatalf("a second document follows (%v) in\n%s", err, text)
	}
	if bytes.Contains([]byte(text), []byte("\x00")) {
		t.Fatal("there is a NUL")
	}
	return r
}

var (
	guid        = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	columnName  = regexp.MustCompile(`^[a-zA-Z_]+\w*$`)
	detailName  = regexp.MustCompile(`^[a-zA-Z]+\w*$`)
	version     = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	severities  = []string{"Informational", "Low", "Medium", "High"}
	hiddenRunes = regexp.MustCompile(`[\x00-\x1f\x7f-\x9f\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}]`)
)

// required are the identifiers of an entity of which one set must be there.
var required = map[string][]string{
	"IP": {"Address"}, "URL": {"Url"}, "DNS": {"DomainName"}, "FileHash": {"Algorithm+Value"}, "File": {"Name"},
	"Host":    {"FullName", "HostName", "NetBiosName", "AzureID", "OMSAgentID"},
	"Account": {"FullName", "Name", "Sid", "AadUserId", "PUID", "ObjectGuid"},
	"Mailbox": {"MailboxPrimaryAddress"}, "MailMessage": {"NetworkMessageId", "Recipient"},
	"Process": {"CommandLine", "ProcessId"}, "CloudApplication": {"AppId", "Name"}, "AzureResource": {"ResourceId"},
}

// techniques are those of ATT&CK's enterprise matrix that belong to a tactic, as
// far as they concern indicators.
var techniques = map[string][]string{
	"InitialAccess":     {"T1078", "T1091", "T1133", "T1189", "T1190", "T1195", "T1199", "T1200", "T1566", "T1659"},
	"Execution":         {"T1047", "T1053", "T1059", "T1106", "T1129", "T1203", "T1204", "T1559", "T1569"},
	"Collection":        {"T1005", "T1039", "T1056", "T1074", "T1113", "T1114", "T1115", "T1119", "T1185", "T1557", "T1560"},
	"CommandAndControl": {"T1001", "T1008", "T1071", "T1090", "T1095", "T1102", "T1104", "T1105", "T1132", "T1219", "T1568", "T1571", "T1572", "T1573"},
}

func utf16Len(s string) int { return len(utf16.Encode([]rune(s))) }

// check collects what is wrong with a rule by section 6 of the facts about
// Sentinel's rules. output are the columns of its query.
func (r *yamlRule) check(output []string, scheduled bool) error {
	var errs []error
	wrong := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	wrong(!guid.MatchString(r.ID), "id %q", r.ID)
	wrong(r.Name == "" || utf16Len(r.Name) > 256 || hiddenRunes.MatchString(r.Name), "name %q", r.Name)
	wrong(r.Description == "" || utf16Len(r.Description) > 5_000 || hiddenRunes.MatchString(r.Description), "description %q", r.Description)
	wrong(r.Connectors == nil, "requiredDataConnectors is missing")
	for _, c := range r.Connectors {
		wrong(c.ID == "" || len(c.DataTypes) == 0, "connector %+v", c)
	}
	wrong(r.Query == "", "there is no query")
	wrong(!version.MatchString(r.Version) || len(r.Version) > 20, "version %q", r.Version)
	errs = append(errs, checkAttack(r.Tactics, r.Techniques), checkEntities(r.Entities, output))
	wrong(len(r.Details) > 20, "%d custom details", len(r.Details))
	for k, v := range r.Details {
		wrong(len(k) > 20 || !detailName.MatchString(k) || !columnName.MatchString(v) || len(v) > 500 || !slices.Contains(output, v), "custom detail %q: %q", k, v)
	}
	if !scheduled {
		wrong(r.Severity+r.Frequency+r.Period+r.Operator+r.Kind != "" || r.Threshold != nil, "a hunting query has %+v", r)
		return errors.Join(errs...)
	}
	wrong(utf16Len(r.Query) > 10_000, "the query has %d characters", utf16Len(r.Query))
	wrong(!slices.Contains(severities, r.Severity), "severity %q", r.Severity)
	wrong(r.Operator != "gt" || r.Threshold == nil || *r.Threshold != 0, "trigger %s %v", r.Operator, r.Threshold)
	wrong(r.Kind != "Scheduled", "kind %q", r.Kind)
	return errors.Join(append(errs, checkSchedule(parseSpan(r.Frequency), parseSpan(r.Period)))...)
}

func checkAttack(tactics, ids []string) error {
	for _, id := range ids {
		if !slices.ContainsFunc(tactics, func(tactic string) bool { return slices.Contains(techniques[tactic], id) }) {
			return fmt.Errorf("%s belongs to none of %v", id, tactics)
		}
	}
	for i, tactic := range tactics {
		if techniques[tactic] == nil || slices.Contains(tactics[:i], tactic) {
			return fmt.Errorf("tactics %v", tactics)
		}
	}
	return nil
}

func checkEntities(ms []mapping, output []string) error {
	if ms != nil && len(ms) == 0 || len(ms) > 10 {
		return fmt.Errorf("%d entity mappings", len(ms))
	}
	for _, m := range ms {
		if len(m.Fields) < 1 || len(m.Fields) > 3 {
			return fmt.Errorf("%s has %d identifiers", m.Type, len(m.Fields))
		}
		var ids []string
		for _, f := range m.Fields {
			if !columnName.MatchString(f.Column) || len(f.Column) > 500 || !slices.Contains(output, f.Column) {
				return fmt.Errorf("%s maps %q, which the query does not return", m.Type, f.Column)
			}
			if slices.Contains(ids, f.Identifier) {
				return fmt.Errorf("%s has %s twice", m.Type, f.Identifier)
			}
			ids = append(ids, f.Identifier)
		}
		if !slices.ContainsFunc(required[m.Type], func(set string) bool {
			return !slices.ContainsFunc(strings.Split(set, "+"), func(id string) bool { return !slices.Contains(ids, id) })
		}) {
			return fmt.Errorf("%s has %v, not an identifier that it needs", m.Type, ids)
		}
	}
	return nil
}

// parseSpan reads 5m, 36h or 14d; anything else is 0.
func parseSpan(s string) time.Duration {
	var n int
	var unit string
	if k, err := fmt.Sscanf(s, "%d%s", &n, &unit); k != 2 || err != nil {
		return 0
	}
	return time.Duration(n) * map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[unit]
}

func checkSchedule(every, period time.Duration) error {
	inside := func(d time.Duration) bool { return d >= 5*time.Minute && d <= 14*24*time.Hour }
	if !inside(every) || !inside(period) || period < every || every < time.Hour && period >= 48*time.Hour {
		return fmt.Errorf("it runs every %s over %s", every, period)
	}
	return nil
}
