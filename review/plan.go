package review

import (
	"slices"
	"sync"

	"quarry/feed"
	"quarry/kql"
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
