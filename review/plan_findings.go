package review

import (
	"fmt"
	"slices"

	"quarry/feed"
	"quarry/kql"
	"quarry/kql/saved"
)

// Findings say what the hunts are worth and what is left out of them: chosen
// tables without a hunt, attached scenarios that are in no hunt or wait for
// their risks to be accepted, included IOCs that no chosen table can carry, and
// those that the minimum confidence leaves out.
func (p *Plan) Findings() []feed.Finding {
	return p.findings(func(t *plannedTable) ([]feed.Finding, bool) {
		if p.write(t); t.err != nil {
			return []feed.Finding{noHunt("no-hunt", feed.Error, t.err)}, false
		}
		return findingsOf(t.hunts), true
	})
}

// OfUnion says what [Plan.Union] itself is worth, or why there is none.
func (p *Plan) OfUnion() []feed.Finding {
	hunts, _ := p.Union()
	if err := p.union.err; err != nil {
		return []feed.Finding{{Code: "no-hunt", Severity: feed.Error, Text: err.Error() + ", so there is no query over all tables"}}
	}
	return findingsOf(hunts)
}

// UnionFindings say of [Plan.Union] all that [Plan.Findings] says of the hunts.
func (p *Plan) UnionFindings() []feed.Finding {
	all := p.OfUnion()
	united := p.union.err == nil
	return append(all, p.findings(func(*plannedTable) ([]feed.Finding, bool) { return nil, united })...)
}

// findings are those of the tables that can have a hunt, which tell whether they
// have, and what is said of the others and of what no hunt looks for.
func (p *Plan) findings(of func(*plannedTable) ([]feed.Finding, bool)) (all []feed.Finding) {
	if p.tooMany != nil {
		return slices.Concat(p.tooMany, p.benign, p.leftOut)
	}
	carried := make([]bool, len(p.ready))
	for i := range p.tables {
		t := &p.tables[i]
		switch {
		case !t.On(t.options.Target):
			all = append(all, noHunt("no-table", feed.Warning, &kql.NoTableError{Table: t.Name, Target: t.options.Target}))
			continue
		case !t.carries:
			all = append(all, noHunt("no-hunt", feed.Info, &kql.NothingToHuntError{Table: t.Name}))
			continue
		}
		said, hunted := of(t)
		if all = append(all, said...); !hunted {
			continue
		}
		carries := t.CarriedWith(&t.options)
		for i, x := range p.ready {
			carried[i] = carried[i] || carries.Has(x.Shape)
		}
	}
	return slices.Concat(all, p.readsWatchlist(), p.benign, p.unused, p.leftOut, p.shared, p.suspects.findings(p.ready), uncarried(p.ready, carried, p.portRequired()))
}

// portRequired reports whether hunts take rows with the port of an IOC only.
func (p *Plan) portRequired() bool {
	return len(p.tables) > 0 && p.tables[0].options.Port == kql.RequirePort
}

// readsWatchlist says what must be there for hunts that read a watchlist. Only
// of hunts that were written is it known.
func (p *Plan) readsWatchlist() []feed.Finding {
	reads := slices.ContainsFunc(p.union.hunts, func(h kql.Hunt) bool { return h.Watchlist != "" })
	for i := range p.tables {
		reads = reads || slices.ContainsFunc(p.tables[i].hunts, func(h kql.Hunt) bool { return h.Watchlist != "" })
	}
	if !reads {
		return nil
	}
	return []feed.Finding{{
		Code: "watchlist-needed", Severity: feed.Warning,
		Text: "hunts read the watchlist " + p.alias + " and find nothing without it: export the watchlist and upload it under this alias, with " + saved.WatchlistKey + " as the search key",
	}}
}

func findingsOf(hunts []kql.Hunt) (all []feed.Finding) {
	for _, h := range hunts {
		all = append(all, h.Findings...)
	}
	return all
}

// noHunt says why a chosen table has no hunt.
func noHunt(code string, severity feed.Severity, why error) feed.Finding {
	return feed.Finding{Code: code, Severity: severity, Text: why.Error() + ", so it has no hunt"}
}

// MaxHunted is how many IOCs and mentions may be on for hunts to be written:
// with more no query is short enough to be run.
const MaxHunted = 100_000

// tooMany says that more is on than hunts are written for.
func (r *Review) tooMany() []feed.Finding {
	on := r.Hunted()
	if on.Sum() <= MaxHunted {
		return nil
	}
	return []feed.Finding{{
		Code: "too-many-iocs", Severity: feed.Error,
		Text: fmt.Sprintf("%s are on, and hunts are written for %s at most: switch some off (a filter and a), set a minimum confidence, or open fewer documents", on, feed.Thousands(MaxHunted)),
	}}
}

// benignOn reports what is hunted and judged benign: a verdict switches nothing
// off, and what is saved for others says nothing of verdicts.
func (r *Review) benignOn() []feed.Finding {
	var all []int
	for i, v := range r.now.verdicts {
		if v.verdict() == Benign && r.Hunts(i) {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return nil
	}
	f := feed.Finding{Code: "benign-on", Severity: feed.Warning, Text: r.name(all) + ", judged benign, is still on: switch it off, or judge it otherwise"}
	if len(all) > 1 {
		f.Text = r.name(all) + ", judged benign, are still on: switch them off, or judge them otherwise"
	}
	if s := r.iocs.At(all[0]).Sources; len(s) > 0 {
		f.Source = s[0]
	}
	return []feed.Finding{f}
}

// uncarried reports the included IOCs that no hunt looks for, one finding a
// type.
func uncarried(included []*kql.Indicator, carried []bool, portRequired bool) []feed.Finding {
	count := map[feed.Type]int{}
	first := map[feed.Type]feed.IOC{}
	for i, x := range included {
		if carried[i] {
			continue
		}
		ioc := x.IOC
		if count[ioc.Type]++; count[ioc.Type] == 1 {
			first[ioc.Type] = ioc
		}
	}
	var fs []feed.Finding
	for _, t := range feed.Types {
		n := count[t]
		if n == 0 {
			continue
		}
		what, it := "IOC "+feed.Defang(t, first[t].Value), "it"
		switch {
		case n > 1:
			what, it = fmt.Sprintf("%s of type %s", feed.Thousands(n), t), "them"
		case first[t].Mention:
			what = "mention " + feed.Defang(t, first[t].Value)
		}
		text := what + ": no chosen table can carry " + it + "; choose another table"
		if portRequired && t == feed.IPPort {
			text = what + ": the port is required, and no chosen table logs it; choose another table, or do not require the port"
		}
		f := feed.Finding{Code: "not-hunted", Severity: feed.Warning, Text: text}
		if s := first[t].Sources; len(s) > 0 {
			f.Source = s[0]
		}
		fs = append(fs, f)
	}
	return fs
}
