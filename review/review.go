package review

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"quarry/exclusions"
	"quarry/exclusions/warnings"
	"quarry/feed"
	"quarry/kql"
)

// Review is one triage. It is not safe for concurrent use.
type Review struct {
	catalogue *kql.Catalogue
	documents []*feed.Bulletin // as published, but for the IOCs, which are in iocs
	iocs      *feed.Set
	shapes    []kql.Shape      // of the IOCs
	listed    kql.ShapeSet     // the shapes of those that are no mentions
	ready     []*kql.Indicator // the IOCs, each once it was hunted
	carried   []kql.ShapeSet   // by the tables of the catalogue, with the knobs below
	carriedAs kql.Knobs
	selected  *lastSelection // by the plans
	questions map[question]*exclusions.Question
	checker   *warnings.Checker // nil says nothing
	levels    []levelCode       // of the warnings about each IOC, when there is a checker
	named     map[string]string // see benign
	namedBy   int               // of how many scenarios
	scenarios []*Scenario       // as published, and as reviewed bulletins have them
	findings  []feed.Finding
	unread    []feed.Finding // those of them that say what readers could not use
	resumed   []Resumed
	collected collected
	older     *Older    // nil compares with nothing
	memories  *Memories // nil while that is not known

	base    state // what the documents alone make of it
	now     state
	entries []Entry
	done    int // entries[:done] are in force, the rest can be redone
}

// Entry is one decision of the history.
type Entry struct {
	Decision Decision
	At       time.Time
	Who      string
	Words    string
}

// published is the state before any decision.
func (r *Review) published() state {
	s := state{
		on:       make([]bool, r.iocs.Len()),
		verdicts: make([]verdictCode, r.iocs.Len()),
		notes:    map[int]string{},
		tables:   map[string]bool{},
		target:   kql.Sentinel,
		lookback: kql.DefaultLookback,
	}
	for _, sc := range r.scenarios {
		s.scenarios = append(s.scenarios, scenarioState{Scenario: sc})
	}
	for i := range s.on {
		s.on[i] = !r.iocs.Mention(i)
	}
	s.tables = r.publishedTables()
	return s
}

// publishedTables are the tables that the documents ask for; where they ask for
// none, all usual ones that can carry an IOC, or else the others.
func (r *Review) publishedTables() map[string]bool {
	tables := map[string]bool{}
	r.askedFor(r.documents, tables)
	for _, usual := range []bool{true, false} {
		if len(tables) > 0 {
			break
		}
		for _, t := range r.catalogue.Tables() {
			if t.Usual == usual && t.CarriedWith(&kql.Options{})&r.listed != 0 {
				tables[t.Name] = true
			}
		}
	}
	return tables
}

// extend takes more IOCs in, of these shapes. What they are by themselves holds
// unless the analyst decided otherwise.
func (r *Review) extend(iocs []feed.IOC, shapes []kql.Shape) {
	changed := false // something that was there before
	had := r.listed
	r.iocs.Expect(iocs)
	for k := range iocs {
		i := &iocs[k]
		shape := shapes[k]
		if i.Type == feed.URL {
			shape = r.shape(*i, shape)
		}
		if len(r.resumed) > 0 && states(r.iocs, *i) {
			continue
		}
		stated := -1 // a mention that is an IOC from now on
		if !i.Mention && r.iocs.Mentions() > 0 {
			if at, ok := r.iocs.Find(i.Key()); ok && r.iocs.Mention(at) {
				stated = at
			}
		}
		at, merged := r.iocs.AddOf(i)
		if !merged {
			r.shapes = append(r.shapes, shape)
			if !i.Mention {
				r.listed |= 1 << shape
			}
			r.base.on, r.base.verdicts = append(r.base.on, !i.Mention), append(r.base.verdicts, 0)
			r.now.on, r.now.verdicts = append(r.now.on, !i.Mention), append(r.now.verdicts, 0)
			r.findLevel(at)
		} else if stated >= 0 {
			r.base.on[stated], changed = true, true
			r.listed |= 1 << shape
		}
		if merged {
			r.findLevel(at) // it says more now
			if at < len(r.ready) {
				r.ready[at] = nil
			}
		}
	}
	r.rebase(changed, r.listed != had)
}

// rebase lets the tables follow what came later, and takes all decisions anew
// where that or something else changes what they begin with.
func (r *Review) rebase(changed, more bool) {
	if more && len(r.resumed) == 0 {
		if tables := r.publishedTables(); !maps.Equal(tables, r.base.tables) {
			r.base.tables, changed = tables, true
		}
	}
	if changed {
		r.replay()
	}
}

// replay takes the decisions in force anew.
func (r *Review) replay() {
	r.now = r.base.clone()
	for _, e := range r.entries[:r.done] {
		// It was applied to a state that differs in nothing it refuses.
		_, _ = e.Decision.apply(r, &r.now)
	}
}

// grow takes scenarios in that came later, behind those of the documents that are
// there. All decisions are taken anew, for the analyst's own stand behind them.
func (r *Review) grow(had int) {
	later := r.scenarios[had:]
	for _, s := range later {
		r.base.scenarios = append(r.base.scenarios, scenarioState{Scenario: s})
	}
	r.rebase(len(later) > 0, true)
}

// unknownTables reports the tables that a document asks for and for which no
// hunt can be written.
func (r *Review) unknownTables(d *feed.Bulletin) []feed.Finding {
	var fs []feed.Finding
	for _, t := range d.Tables {
		if _, ok := r.catalogue.Table(t.Name); !ok {
			fs = append(fs, feed.Finding{
				Code: "table-unknown", Severity: feed.Warning, Source: t.Source,
				Text: "the bulletin asks for the table " + t.Name + ", which is not in the catalogue, so there is no hunt for it",
			})
		}
	}
	return fs
}

// askedFor chooses the tables of the catalogue that documents ask for.
func (r *Review) askedFor(documents []*feed.Bulletin, chosen map[string]bool) {
	for _, d := range documents {
		for _, t := range d.Tables {
			if _, ok := r.catalogue.Table(t.Name); ok {
				chosen[t.Name] = true
			}
		}
	}
}

// parting is a decision that takes away what its words name, so that they have to
// be found before.
type parting interface{ parting(r *Review) string }

// Decide takes a decision. It reports whether anything changed: a decision
// that changes nothing is not kept. Taking one forgets what was undone. The
// error is a [*RefusedError].
func (r *Review) Decide(d Decision, who string, at time.Time) (bool, error) {
	if a, ok := d.(Attach); ok {
		d = a.told(r)
	}
	words := ""
	if p, ok := d.(parting); ok {
		words = p.parting(r)
	}
	changed, err := d.apply(r, &r.now)
	if err != nil || !changed {
		return false, err
	}
	r.entries = append(r.entries[:r.done], Entry{Decision: owned(d), At: at, Who: who, Words: cmp.Or(words, d.words(r))})
	r.done++
	return true, nil
}

// Undo takes back the last decision and returns it.
func (r *Review) Undo() (Entry, bool) {
	if r.done == 0 {
		return Entry{}, false
	}
	r.done--
	r.replay()
	return r.entries[r.done], true
}

// Redo takes the last undone decision again and returns it.
func (r *Review) Redo() (Entry, bool) {
	if r.done == len(r.entries) {
		return Entry{}, false
	}
	e := r.entries[r.done]
	_, _ = e.Decision.apply(r, &r.now)
	r.done++
	return e, true
}

// History lists the decisions in force, the first one first.
func (r *Review) History() []Entry { return slices.Clone(r.entries[:r.done]) }

// Undone reports how many decisions can be redone.
func (r *Review) Undone() int { return len(r.entries) - r.done }

// Documents lists what is reviewed, in reading order, without IOCs, which are
// in [Review.IOCs]. The caller must not change them.
func (r *Review) Documents() []*feed.Bulletin { return r.documents }

// IOCs is the set of all indicators and mentions of the documents.
func (r *Review) IOCs() *feed.Set { return r.iocs }

// Catalogue is the tables that can be chosen.
func (r *Review) Catalogue() *kql.Catalogue { return r.catalogue }

// Findings lists what the documents get wrong, by document and line. The
// caller must not change it.
func (r *Review) Findings() []feed.Finding { return r.findings }

// Unread are those of the findings that say what a reader could not use: rows,
// values and parts of documents that are missing from the review.
func (r *Review) Unread() []feed.Finding { return r.unread }

// On reports whether the IOC at position i is switched on; see [Review.Hunts].
func (r *Review) On(i int) bool { return r.now.on[i] }

// Verdict is the analyst's verdict on the IOC at position i.
func (r *Review) Verdict(i int) Verdict { return r.now.verdicts[i].verdict() }

// Note is the analyst's note on the IOC at position i, one line.
func (r *Review) Note(i int) string { return r.now.notes[i] }

// Target is where the hunts run.
func (r *Review) Target() kql.Target { return r.now.target }

// Lookback is how far back the hunts look.
func (r *Review) Lookback() time.Duration { return r.now.lookback }

// Knobs is how IOCs match.
func (r *Review) Knobs() kql.Knobs { return r.now.knobs }

// Long is what becomes of hunts that are longer than a rule takes.
func (r *Review) Long() Long { return r.now.long }

// Included lists the IOCs that are hunted, in the order of the set.
func (r *Review) Included() []feed.IOC {
	on := make([]feed.IOC, 0, r.Hunted().Sum())
	for i := range r.hunted() {
		on = append(on, r.iocs.At(i))
	}
	return on
}

// includedReady lists the IOCs that are hunted, ready for hunts.
func (r *Review) includedReady() []*kql.Indicator {
	if n := r.iocs.Len() - len(r.ready); n > 0 {
		r.ready = append(r.ready, make([]*kql.Indicator, n)...)
	}
	var on []*kql.Indicator
	for i := range r.hunted() {
		if r.ready[i] == nil {
			if ioc := r.iocs.At(i); r.shared(ioc) {
				r.ready[i] = kql.NewSharedIndicator(ioc)
			} else {
				r.ready[i] = kql.NewIndicator(ioc)
			}
		}
		on = append(on, r.ready[i])
	}
	return on
}

// findShapes finds the shapes of all IOCs.
func (r *Review) findShapes() {
	r.shapes, r.listed = make([]kql.Shape, r.iocs.Len()), 0
	for i := range r.shapes {
		ioc := r.iocs.At(i)
		r.shapes[i] = r.shape(ioc, kql.ShapeOf(ioc))
		if !r.iocs.Mention(i) {
			r.listed |= 1 << r.shapes[i]
		}
	}
}

// shapeCounts is how many there are of each shape.
type shapeCounts [kql.Shapes]int

// includedShapes counts the IOCs that are hunted by their shape.
func (r *Review) includedShapes() (count shapeCounts) {
	for i := range r.hunted() {
		count[r.shapes[i]]++
	}
	return count
}

// Carries reports whether a column of the table that is hunted can hold the
// IOC at position i.
func (r *Review) Carries(t *kql.Table, i int) bool { return r.carries(t, r.shapes[i]) }

func (r *Review) carries(t *kql.Table, s kql.Shape) bool {
	return t.CarriesWith(s, &kql.Options{Knobs: r.now.knobs})
}

// carriedShapes are the shapes that each table of the catalogue carries now.
// They change with the knobs only.
func (r *Review) carriedShapes() []kql.ShapeSet {
	if r.carried == nil || r.carriedAs != r.now.knobs {
		tables := r.catalogue.Tables()
		r.carried, r.carriedAs = make([]kql.ShapeSet, len(tables)), r.now.knobs
		for i := range tables {
			r.carried[i] = tables[i].CarriedWith(&kql.Options{Knobs: r.now.knobs})
		}
	}
	return r.carried
}

// Families lists the malware families that the documents name, each once.
func (r *Review) Families() []string {
	var all []string
	for _, d := range r.documents {
		if d.Family != "" && !slices.Contains(all, d.Family) {
			all = append(all, d.Family)
		}
	}
	return all
}
