package review

import (
	"fmt"
	"slices"
	"sync"

	"quarry/feed"
	"quarry/kql"
	"quarry/kql/saved"
)

// Plan is what a review hunts at one moment, and stays so while the review
// goes on. Each hunt is written when it is first asked for: a screen shows one
// of them. A Plan is not safe for concurrent use.
type Plan struct {
	ready    []*kql.Indicator // what is hunted
	last     *lastSelection
	tooMany  []feed.Finding // there is more on than hunts are written for
	selected *kql.Selection // of them, once a hunt was asked for
	fits     [][]TableFit
	benign   []feed.Finding // hunted all the same
	leftOut  []feed.Finding // by the minimum confidence
	shared   []feed.Finding // hosts that are not hunted
	suspects suspicion      // about what is hunted
	unused   []feed.Finding // attached scenarios that leave nothing out
	tables   []plannedTable
	long     Long
	alias    string // of the watchlist
	title    string // of the hunt in all tables
	union    plannedUnion
}

// plannedUnion is the hunt in all tables, once it was asked for.
type plannedUnion struct {
	written bool
	hunts   []kql.Hunt // several when it was split
	err     error
}

// plannedTable is a chosen table with its hunt, once that was asked for.
type plannedTable struct {
	*kql.Table
	options kql.Options
	carries bool // an included IOC, at this target
	written bool
	hunts   []kql.Hunt         // several when it was split
	found   [][]*kql.Indicator // by each of several
	err     error
}

// Plan lays down what is hunted now. Comments are left out of the hunts where
// the product refuses them.
func (r *Review) Plan(noComments bool) *Plan { return r.plan(noComments, r.now.long) }

func (r *Review) plan(noComments bool, long Long) *Plan {
	if r.selected == nil {
		r.selected = new(lastSelection)
	}
	p := &Plan{last: r.selected, long: long, alias: r.Alias(), tooMany: r.tooMany()}
	if p.tooMany == nil {
		p.ready = r.includedReady()
	}
	chosen := r.chosen()
	p.fits = r.fits(chosen, p.ready, p.tooMany != nil)
	p.unused, p.benign, p.leftOut, p.shared = r.unused(p.fits), r.benignOn(), r.LeftOut(), r.sharedHosts()
	p.suspects = r.suspicion()
	count, of := r.includedShapes(), r.huntedFamilies()
	p.title = r.huntTitle(r.familiesIn(nil, of))
	p.tables = make([]plannedTable, 0, len(chosen))
	for _, t := range chosen {
		o := r.options(t, p.fits)
		o.Title = r.huntTitle(r.familiesIn(t, of))
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
		p.selected = p.last.next(p.ready)
	}
	return p.selected
}

// lastSelection is the selection that a review made last, of which the next one
// takes over what it can. Plans are written in goroutines of their own.
type lastSelection struct {
	mu   sync.Mutex
	made *kql.Selection
}

func (l *lastSelection) next(ready []*kql.Indicator) *kql.Selection {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made == nil {
		l.made = new(kql.Selection)
	}
	l.made = l.made.Next(ready)
	return l.made
}

func (p *Plan) write(t *plannedTable) {
	if t.written {
		return
	}
	t.written = true
	var h kql.Hunt
	if h, t.err = t.Table.Hunt(p.selection(), t.options); t.err != nil {
		return
	}
	t.hunts = []kql.Hunt{h}
	switch {
	case !p.tooLong(h):
	case p.listsFromWatchlist(t.options):
		t.options.Watchlist = p.alias
		t.hunts[0], t.err = t.Table.Hunt(p.selection(), t.options)
	default:
		var parts []kql.Part
		parts, t.err = t.Parts(p.selection(), t.options, kql.RuleChars)
		t.hunts = nil
		for _, part := range parts {
			t.hunts, t.found = append(t.hunts, part.Hunt), append(t.found, part.Indicators)
		}
	}
}

// tooLong reports whether a hunt is to be made shorter: only Sentinel states how
// long the query of a rule may be.
func (p *Plan) tooLong(h kql.Hunt) bool {
	return h.Chars > kql.RuleChars && p.long != KeepLong && h.Target == kql.Sentinel
}

// listsFromWatchlist reports whether what is too long reads a watchlist, which
// Defender does not have.
func (p *Plan) listsFromWatchlist(o kql.Options) bool {
	return p.long == WatchlistLong && o.Target == kql.Sentinel
}

// finds are the IOCs that a hunt of a table looks for, which was written.
func (p *Plan) finds(t *plannedTable, hunt int) []feed.IOC {
	found := t.Carried(p.selection(), t.options)
	if t.found != nil {
		found = t.found[hunt]
	}
	iocs := make([]feed.IOC, len(found))
	for i, x := range found {
		iocs[i] = x.IOC
	}
	return iocs
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

// Union is one hunt in all tables, in parts when it was split, and whether there
// is one.
func (p *Plan) Union() ([]kql.Hunt, bool) {
	u := &p.union
	if !u.written {
		u.written = true
		u.hunts, u.err = p.writeUnion()
	}
	return slices.Clone(u.hunts), u.err == nil && len(u.hunts) > 0
}

// writeUnion treats a query that is too long as [Plan.write] does.
func (p *Plan) writeUnion() ([]kql.Hunt, error) {
	var legs []kql.Leg
	var o kql.Options
	for i := range p.tables {
		if t := &p.tables[i]; t.carries {
			legs = append(legs, kql.Leg{Table: t.Table, Exclusions: t.options.Exclusions})
			o = t.options
		}
	}
	if len(legs) == 0 {
		return nil, nil
	}
	o.Watchlist, o.Title = "", p.title
	h, err := kql.Union(legs, p.selection(), o)
	if err != nil || !p.tooLong(h) {
		return []kql.Hunt{h}, err
	}
	if p.listsFromWatchlist(o) {
		o.Watchlist = p.alias
	}
	return kql.SplitUnion(legs, p.selection(), o, kql.RuleChars)
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
