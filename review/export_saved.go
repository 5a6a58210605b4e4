package review

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/kql"
	"quarry/kql/saved"
)

func (r *Review) about(sig Signature) saved.About {
	return saved.About{Title: r.Title(), Reviewer: r.reviewers(sig)}
}

// signed is who reviewed, and when: whoever decided, and at the last decision
// where that was somebody else than who exports it. A review that nobody decided
// anything in since it was opened again is still that of who exported it.
func (r *Review) signed(sig Signature) Signature {
	var deciders []string
	for _, e := range r.entries[:r.done] {
		if e.Who != "" && !slices.Contains(deciders, e.Who) {
			deciders = append(deciders, e.Who)
		}
	}
	switch {
	case len(deciders) > 0:
		if at := r.entries[r.done-1].At; !slices.Contains(deciders, sig.Reviewer) && !at.IsZero() {
			sig.At = at
		}
		sig.Reviewer = strings.Join(deciders, ", ")
	case r.continues():
		last := r.resumed[len(r.resumed)-1]
		sig.Reviewer, sig.At = last.Reviewer, last.At
	}
	return sig
}

// forRules plans the hunts as rules take them: those that are too long in parts,
// unless they read a watchlist.
func (r *Review) forRules() *Plan {
	long := r.now.long
	if long == KeepLong {
		long = SplitLong
	}
	return r.plan(false, long)
}

// sources are the hunts of a plan, to be saved.
func (r *Review) sources(p *Plan) []saved.Source {
	var all []saved.Source
	for i := range p.tables {
		t := &p.tables[i]
		if hunts, ok := p.Hunt(t.Name); ok {
			for n, h := range hunts {
				found := p.finds(t, n)
				all = append(all, saved.Source{Table: t.Table, Hunt: h, IOCs: found, Family: r.familiesOf(found).String()})
			}
		}
	}
	return all
}

// ruleWriter writes hunts in a shape of the package saved.
type ruleWriter func([]saved.Source, saved.RuleOptions) ([]saved.File, []feed.Finding, error)

// saveHunts saves the hunts, and says of them what their plan says.
func (r *Review) saveHunts(write ruleWriter, sig Signature) ([]saved.File, []feed.Finding, error) {
	p := r.forRules()
	files, findings, err := write(r.sources(p), saved.RuleOptions{About: r.about(sig), Lookback: r.now.lookback})
	return files, slices.Concat(findings, p.Findings()), err
}

// with adds to the findings of a format what is so in every one.
func (r *Review) with(findings []feed.Finding) []feed.Finding {
	return slices.Concat(r.benignOn(), findings, r.LeftOut())
}

func (r *Review) rules(sig Signature) ([]saved.File, []feed.Finding, error) {
	return r.saveHunts(saved.AnalyticsRules, sig)
}

func (r *Review) huntingQueries(sig Signature) ([]saved.File, []feed.Finding, error) {
	return r.saveHunts(saved.HuntingQueries, sig)
}

func (r *Review) template(sig Signature) ([]saved.File, []feed.Finding, error) {
	return r.saveHunts(saved.Template, sig)
}

func (r *Review) watchlist(sig Signature) ([]saved.File, []feed.Finding, error) {
	files, findings, err := saved.Watchlist(kql.NewSelection(r.includedReady()), r.about(sig))
	if err == nil {
		findings = append(findings, feed.Finding{Code: "watchlist-alias", Severity: feed.Info, Text: "upload it under the alias " + r.Alias() +
			" with " + saved.WatchlistKey + " as the search key; hunts that are too long for a rule read it when that is chosen for them"})
	}
	return files, slices.Concat(r.tooMany(), r.with(findings)), err
}

func (r *Review) indicators(sig Signature) ([]saved.File, []feed.Finding, error) {
	files, findings, err := saved.Indicators(r.Included(), saved.IndicatorOptions{About: r.about(sig), TitleOf: r.titleOf, Action: saved.Audit, At: sig.At})
	return files, r.with(findings), err
}

func (r *Review) bundle(sig Signature) ([]saved.File, []feed.Finding, error) {
	files, findings, err := saved.Bundle(r.Included(), saved.BundleOptions{About: r.about(sig), Created: sig.At, Modified: sig.At})
	return files, r.with(findings), err
}
