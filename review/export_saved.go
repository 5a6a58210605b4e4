package review

import (
	"strings"

	"quarry/feed"
	"quarry/kql"
	"quarry/kql/saved"
)

func (r *Review) about(sig Signature) saved.About {
	return saved.About{Title: r.Title(), Family: strings.Join(r.Families(), ", "), Reviewer: sig.Reviewer}
}

// sources are the hunts as rules take them: those that are too long in parts,
// unless they read a watchlist.
func (r *Review) sources() []saved.Source {
	long := r.now.long
	if long == KeepLong {
		long = SplitLong
	}
	p := r.plan(false, long)
	var all []saved.Source
	for i := range p.tables {
		t := &p.tables[i]
		if hunts, ok := p.Hunt(t.Name); ok {
			for _, h := range hunts {
				all = append(all, saved.Source{Table: t.Table, Hunt: h})
			}
		}
	}
	return all
}

func (r *Review) ruleOptions(sig Signature) saved.RuleOptions {
	return saved.RuleOptions{About: r.about(sig), IOCs: r.Included(), Lookback: r.now.lookback}
}

func (r *Review) rules(sig Signature) ([]saved.File, []feed.Finding, error) {
	return saved.AnalyticsRules(r.sources(), r.ruleOptions(sig))
}

func (r *Review) huntingQueries(sig Signature) ([]saved.File, []feed.Finding, error) {
	return saved.HuntingQueries(r.sources(), r.ruleOptions(sig))
}

func (r *Review) template(sig Signature) ([]saved.File, []feed.Finding, error) {
	return saved.Template(r.sources(), r.ruleOptions(sig))
}

func (r *Review) watchlist(sig Signature) ([]saved.File, []feed.Finding, error) {
	return saved.Watchlist(kql.NewSelection(r.includedReady()), r.about(sig))
}

func (r *Review) indicators(sig Signature) ([]saved.File, []feed.Finding, error) {
	return saved.Indicators(r.Included(), saved.IndicatorOptions{About: r.about(sig), Action: saved.Audit, At: sig.At})
}

func (r *Review) bundle(sig Signature) ([]saved.File, []feed.Finding, error) {
	return saved.Bundle(r.Included(), saved.BundleOptions{About: r.about(sig), Created: sig.At, Modified: sig.At})
}
