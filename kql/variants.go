package kql

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
)

// Variant is one hunt of those that a catalogue can produce.
type Variant struct {
	Table  string // or [UnionTable]
	Target Target
	About  string // what is hunted and how, such as "domain, exact, own side"
	Query  string
}

// sample is a set of IOCs that the tables are tried with.
type sample struct {
	Name string
	IOCs []struct {
		Type  feed.Type
		Value string
	}
	selection *Selection
}

//go:embed samples.yaml
var samplesYAML []byte

// samples are those of samples.yaml and behind them all together.
var samples = sync.OnceValues(func() ([]sample, error) {
	var all []sample
	if err := yaml.Unmarshal(samplesYAML, &all); err != nil {
		return nil, &CatalogueError{File: "samples.yaml", Reason: err.Error()}
	}
	var together []*Indicator
	for n := range all {
		var own []*Indicator
		for _, i := range all[n].IOCs {
			value, err := feed.Canonical(i.Type, i.Value)
			if err != nil {
				return nil, &CatalogueError{File: "samples.yaml", Table: all[n].Name, Reason: err.Error()}
			}
			own = append(own, NewIndicator(feed.IOC{Type: i.Type, Value: value, Confidence: feed.NoConfidence}))
		}
		all[n].selection = NewSelection(own)
		together = append(together, own...)
	}
	return append(all, sample{Name: everything, selection: NewSelection(together)}), nil
})

// everything is the name of all samples together.
const everything = "everything"

// Variants writes every hunt that the catalogue can produce, apart from values
// and false-positive scenarios: each table with each form of IOC and with all
// of them, in every mode, with and without comments, in parts, from a watchlist,
// with a test of each field that a scenario can have; and at each target the
// union of all its tables. Queries that are the same are there once, under the
// first of what they stand for. The error is a [*CatalogueError] or that of
// [Table.Hunt].
func (c *Catalogue) Variants() ([]Variant, error) {
	all, err := samples()
	if err != nil {
		return nil, err
	}
	v := variants{seen: map[Variant]bool{}}
	for _, target := range Targets {
		for i := range c.tables {
			if t := &c.tables[i]; t.On(target) {
				v.table(t, target, all)
			}
		}
		v.union(c.tables, target, all[len(all)-1].selection)
	}
	return v.all, v.err
}

// variants gathers hunts, each query once.
type variants struct {
	all  []Variant
	seen map[Variant]bool // without About
	err  error            // the first
}

// add adds hunts, unless there is nothing to hunt.
func (v *variants) add(about string, o Options, err error, hunts ...Hunt) {
	var nothing *NothingToHuntError
	if errors.As(err, &nothing) {
		return
	}
	if err != nil {
		v.err = cmp.Or(v.err, fmt.Errorf("%s: %w", about, err))
		return
	}
	for _, h := range hunts {
		one := Variant{Table: h.Table, Target: h.Target, Query: h.Query}
		if v.seen[one] {
			continue
		}
		v.seen[one] = true
		one.About = about + o.modes()
		v.all = append(v.all, one)
	}
}

func (v *variants) table(t *Table, target Target, all []sample) {
	for _, one := range all {
		for o := range t.modes(target, one.selection) {
			h, err := t.Hunt(one.selection, o)
			v.add(one.Name, o, err, h)
		}
	}
	together := all[len(all)-1].selection
	o := Options{Target: target, OwnSide: true}
	if h, err := t.Hunt(together, o); err == nil {
		parts, err := t.Split(together, o, h.Chars*9/10)
		v.add("in parts", o, err, parts...)
	}
	if target == Sentinel {
		o.Watchlist = "QuarryIocs"
		h, err := t.Hunt(together, o)
		v.add("from a watchlist", o, err, h)
	}
	o = Options{Target: target, OwnSide: true, Exclusions: t.everyField()}
	h, err := t.Hunt(together, o)
	v.add("with scenarios", o, err, h)
}

// union adds the hunts in all tables at once: in one query they take long to
// bind, so each mode is there once and not with every other.
func (v *variants) union(tables []Table, target Target, s *Selection) {
	var legs []Leg
	for i := range tables {
		if tables[i].On(target) {
			legs = append(legs, Leg{Table: &tables[i], Exclusions: tables[i].everyField()})
		}
	}
	all := []Options{
		{}, {Match: ExactMatch, Port: RequirePort, OwnSide: true}, {Match: LooseMatch, Port: IgnorePort, NoComments: true},
	}
	if target == Sentinel {
		all = append(all, Options{OwnSide: true, Watchlist: "QuarryIocs"})
	}
	for _, o := range all {
		o.Target = target
		h, err := Union(legs, s, o)
		v.add("all tables", o, err, h)
	}
}

// everyField is a scenario for each field that the table has columns for.
func (t *Table) everyField() (all []Exclusion) {
	for _, f := range t.FieldNames() {
		value := "192.0.2.1"
		if kind, _ := f.Kind(); kind == NumberField {
			value = "443"
		}
		all = append(all, Exclusion{Title: string(f), Condition: Test{f, Is, []string{value}}})
	}
	return all
}

// modes are the options of a hunt that can make a difference for a selection.
func (t *Table) modes(target Target, s *Selection) func(func(Options) bool) {
	matches, ports, sides := []Match{SubdomainMatch}, []PortMode{LabelPort}, []bool{false}
	if s.has(domainList) {
		matches = append(matches, ExactMatch, LooseMatch)
	}
	if s.has(ip4List) || s.has(ip6List) {
		ports = append(ports, RequirePort, IgnorePort)
	}
	own := func(cols []Column) bool {
		return slices.ContainsFunc(cols, func(c Column) bool { return c.Side == Own })
	}
	if slices.ContainsFunc(t.IOC.all(), own) {
		sides = append(sides, true)
	}
	return func(yield func(Options) bool) {
		for _, match := range matches {
			for _, port := range ports {
				for _, side := range sides {
					for _, silent := range []bool{false, true} {
						if !yield(Options{Target: target, Match: match, Port: port, OwnSide: side, NoComments: silent}) {
							return
						}
					}
				}
			}
		}
	}
}

// modes names the modes that are not the usual ones, each after a comma.
func (o *Options) modes() string {
	var all []string
	if o.Match != SubdomainMatch {
		all = append(all, o.Match.String())
	}
	if o.Port != LabelPort {
		all = append(all, "port "+o.Port.String())
	}
	if o.OwnSide {
		all = append(all, "own side")
	}
	if o.NoComments {
		all = append(all, "no comments")
	}
	if len(all) == 0 {
		return ""
	}
	return ", " + strings.Join(all, ", ")
}
