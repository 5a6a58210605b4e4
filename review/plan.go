package review

import (
	"fmt"
	"slices"

	"quarry/feed"
	"quarry/kql"
)

// Plan is what a review hunts at one moment, and stays so while the review
// goes on. Each hunt is written when it is first asked for: a screen shows one
// of them. A Plan is not safe for concurrent use.
type Plan struct {
	ready    []*kql.Indicator // what is hunted
	tooMany  []feed.Finding   // there is more on than hunts are written for
	selected *kql.Selection   // of them, once a hunt was asked for
	fits     [][]TableFit
	benign   []feed.Finding // hunted all the same
	leftOut  []feed.Finding // by the minimum confidence
	shared   []feed.Finding // hosts that are not hunted
	suspects suspicion      // about what is hunted
	unused   []feed.Finding // attached scenarios that leave nothing out
	tables   []plannedTable
	long     Long
	alias    string // of the watchlist
	union    *kql.Hunt
	united   bool // there is a union
}

// plannedTable is a chosen table with its hunt, once that was asked for.
type plannedTable struct {
	*kql.Table
	options kql.Options
	carries bool // an included IOC, at this target
	written bool
	hunts   []kql.Hunt // several when it was split
	err     error
}

// Plan lays down what is hunted now. Comments are left out of the hunts where
// the product refuses them.
func (r *Review) Plan(noComments bool) *Plan { return r.plan(noComments, r.now.long) }

func (r *Review) plan(noComments bool, long Long) *Plan {
	p := &Plan{long: long, alias: r.Alias(), tooMany: r.tooMany()}
	if p.tooMany == nil {
		p.ready = r.includedReady()
	}
	p.fits = r.fits(p.ready, p.tooMany != nil)
	p.unused, p.benign, p.leftOut, p.shared = r.unused(p.fits), r.benignOn(), r.LeftOut(), r.sharedHosts()
	p.suspects = r.suspicion()
	count, title := r.includedShapes(), r.huntTitle()
	for _, t := range r.chosen() {
		o := r.options(t, p.fits)
		o.Title = title
		o.NoComments = noComments
		carries := p.tooMany == nil && t.On(o.Target) && r.carriesAny(t, count)
		p.tables = append(p.tables, plannedTable{Table: t, options: o, carries: carries})
	}
	return p
}

func (r *Review) carriesAny(t *kql.Table, count shapeCounts) bool {
	for s, n := range count {
		if n > 0 && r.carries(t, kql.Shape(s)) {
			return true
		}
	}
	return false
}

// Fits is how every scenario fits every chosen table that the target has.
func (p *Plan) Fits() [][]TableFit { return p.fits }

// Tables names the tables that have a hunt, in the catalogue's order: those
// that the target has and that can carry an included IOC.
func (p *Plan) Tables() []string {
	var names []string
	for _, t := range p.tables {
		if t.carries {
			names = append(names, t.Name)
		}
	}
	return names
}

// Hunt is the hunt in a table, in parts when it was split, and whether there is
// one.
func (p *Plan) Hunt(table string) ([]kql.Hunt, bool) {
	for i := range p.tables {
		if t := &p.tables[i]; t.Name == table && t.carries {
			p.write(t)
			return t.hunts, t.err == nil
		}
	}
	return nil, false
}

func (p *Plan) selection() *kql.Selection {
	if p.selected == nil {
		p.selected = kql.NewSelection(p.ready)
	}
	return p.selected
}

func (p *Plan) write(t *plannedTable) {
	if t.written {
		return
	}
	t.written = true
	h, err := t.Table.Hunt(p.selection(), t.options)
	t.hunts, t.err = []kql.Hunt{h}, err
	if err != nil || h.Chars <= kql.RuleChars || p.long == KeepLong {
		return
	}
	if p.long == WatchlistLong && t.options.Target == kql.Sentinel {
		o := t.options
		o.Watchlist = p.alias
		h, t.err = t.Table.Hunt(p.selection(), o)
		t.hunts = []kql.Hunt{h}
		return
	}
	t.hunts, t.err = t.Table.Split(p.selection(), t.options, kql.RuleChars)
}

// Hunts are all hunts, in the order of [Plan.Tables].
func (p *Plan) Hunts() []kql.Hunt {
	var all []kql.Hunt
	for _, name := range p.Tables() {
		if hunts, ok := p.Hunt(name); ok {
			all = append(all, hunts...)
		}
	}
	return all
}

// Union is one hunt in all tables, and whether there is one: it is not split.
func (p *Plan) Union() (kql.Hunt, bool) {
	if p.union == nil {
		h, ok := p.writeUnion()
		p.union = &h
		p.united = ok
	}
	return *p.union, p.united
}

func (p *Plan) writeUnion() (kql.Hunt, bool) {
	var legs []kql.Leg
	var o kql.Options
	for i := range p.tables {
		if t := &p.tables[i]; t.carries {
			legs = append(legs, kql.Leg{Table: t.Table, Exclusions: t.options.Exclusions})
			o = t.options
		}
	}
	if len(legs) == 0 {
		return kql.Hunt{}, false
	}
	h, err := kql.Union(legs, p.selection(), o)
	return h, err == nil
}

// Watchlist reports whether a hunt reads its lists from the watchlist, and with
// which alias.
func (p *Plan) Watchlist() (alias string, needed bool) {
	for _, h := range p.Hunts() {
		needed = needed || h.Watchlist != ""
	}
	return p.alias, needed
}

// Findings say what the hunts are worth and what is left out of them: chosen
// tables without a hunt, attached scenarios that are in no hunt or wait for
// their risks to be accepted, included IOCs that no chosen table can carry, and
// those that the minimum confidence leaves out.
func (p *Plan) Findings() []feed.Finding {
	if p.tooMany != nil {
		return slices.Concat(p.tooMany, p.benign, p.leftOut)
	}
	var all []feed.Finding
	carried := make([]bool, len(p.ready))
	for i := range p.tables {
		t := &p.tables[i]
		if reason, severity := p.whyNone(t); reason != "" {
			code := "no-hunt"
			if !t.On(t.options.Target) {
				code = "no-table"
			}
			all = append(all, feed.Finding{Code: code, Severity: severity, Text: reason + ", so it has no hunt"})
			continue
		}
		for i, x := range p.ready {
			carried[i] = carried[i] || t.CarriesWith(x.Shape, &t.options)
		}
		for _, h := range t.hunts {
			all = append(all, h.Findings...)
		}
	}
	all = append(all, p.benign...)
	all = append(all, p.unused...)
	all = append(all, p.leftOut...)
	all = append(all, p.shared...)
	all = append(all, p.suspects.findings(p.ready)...)
	return append(all, uncarried(p.ready, carried)...)
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
		Text: fmt.Sprintf("%s are on, and hunts are written for %d at most: leave some out, by a filter or a minimum confidence, or open fewer documents", on, MaxHunted),
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

// whyNone is the reason why a chosen table has no hunt, or "".
func (p *Plan) whyNone(t *plannedTable) (string, feed.Severity) {
	switch {
	case !t.On(t.options.Target):
		return (&kql.NoTableError{Table: t.Name, Target: t.options.Target}).Error(), feed.Warning
	case !t.carries:
		return (&kql.NothingToHuntError{Table: t.Name}).Error(), feed.Info
	}
	if p.write(t); t.err != nil {
		return t.err.Error(), feed.Error
	}
	return "", ""
}

// uncarried reports the included IOCs that no hunt looks for, one finding a
// type.
func uncarried(included []*kql.Indicator, carried []bool) []feed.Finding {
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
			what, it = fmt.Sprintf("%d of type %s", n, t), "them"
		case first[t].Mention:
			what = "mention " + feed.Defang(t, first[t].Value)
		}
		f := feed.Finding{Code: "not-hunted", Severity: feed.Warning, Text: what + ": no chosen table can carry " + it + "; choose another table"}
		if s := first[t].Sources; len(s) > 0 {
			f.Source = s[0]
		}
		fs = append(fs, f)
	}
	return fs
}
