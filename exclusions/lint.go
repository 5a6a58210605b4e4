package exclusions

import (
	"strings"

	"quarry/feed"
	"quarry/kql"
)

// Lint reports the scenarios of a document that cannot be used as they stand,
// each at its line, judged with the document's own IOCs on the tables that it
// asks for and the catalogue knows, at the first target that has them:
//
//	scenario-not-understood   nothing of the filter was understood
//	scenario-no-column        no table can say any of it
//	scenario-no-effect        on every table that can say it, no row could meet it
//	scenario-dangerous        on some table it would hide the malware, or far more than it says
//
// A document without tables is only judged for what is understood.
func Lint(b *feed.Bulletin, tables *kql.Catalogue) []feed.Finding {
	asked := askedFor(b, tables)
	var findings []feed.Finding
	for _, s := range b.Scenarios {
		if f, ok := lintScenario(b, s, asked); ok {
			f.Source = s.Source
			findings = append(findings, f)
		}
	}
	return findings
}

func askedFor(b *feed.Bulletin, tables *kql.Catalogue) []*kql.Table {
	var asked []*kql.Table
	seen := map[string]bool{}
	for _, n := range b.Tables {
		if t, ok := tables.Table(n.Name); ok && !seen[n.Name] {
			seen[n.Name] = true
			asked = append(asked, t)
		}
	}
	return asked
}

func lintScenario(b *feed.Bulletin, s feed.Scenario, asked []*kql.Table) (feed.Finding, bool) {
	title := s.Name()
	r := Read(s)
	if r.Condition == nil {
		text := title + " has no filter; write a condition or leave it out"
		if s.Filter != "" {
			text = title + ": nothing of its filter was understood; write a condition or leave it out"
		}
		return feed.Finding{Code: "scenario-not-understood", Severity: feed.Warning, Text: text}, true
	}
	byFit := map[Fit][]string{}
	reasons := map[Fit]string{}
	for _, t := range asked {
		v := Judge(Case{Reading: r, Table: t, Target: targetOf(t), IOCs: b.IOCs, Families: []string{b.Family}})
		byFit[v.Fit] = append(byFit[v.Fit], t.Name)
		if reasons[v.Fit] == "" {
			reasons[v.Fit] = v.Reason
		}
	}
	switch {
	case len(byFit[Dangerous]) > 0:
		return feed.Finding{Code: "scenario-dangerous", Severity: feed.Error,
			Text: title + " is dangerous on " + listed(byFit[Dangerous], "and") + ": " + reasons[Dangerous]}, true
	case len(asked) > 0 && len(byFit[NoColumn]) == len(asked):
		return feed.Finding{Code: "scenario-no-column", Severity: feed.Warning,
			Text: title + " cannot be said on any table that the document asks for: " + reasons[NoColumn]}, true
	case len(byFit[NoEffect]) > 0 && len(byFit[NoEffect])+len(byFit[NoColumn]) == len(asked):
		return feed.Finding{Code: "scenario-no-effect", Severity: feed.Info,
			Text: title + " leaves nothing out on " + listed(byFit[NoEffect], "and") + ": " + strings.TrimSpace(reasons[NoEffect])}, true
	}
	return feed.Finding{}, false
}

func targetOf(t *kql.Table) kql.Target {
	for _, target := range kql.Targets {
		if t.On(target) {
			return target
		}
	}
	return kql.Targets[0]
}
