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

// Variant is one hunt of those that a catalogue can produce. It stands for all
// that differ from it only in comments and in the values of their lists, of
// which the meaning of nothing else depends, and for those that end before the
// order of its rows: what binds one of them binds all.
type Variant struct {
	Table  string // or [UnionTable]
	Target Target
	About  string // what is hunted and how, such as "domain, exact, own side"
	Query  string
	Hunts  int // how many different hunts it stands for, itself included
}

// sample is a set of IOCs that the tables are tried with.
type sample struct {
	Name string
	IOCs []struct {
		Type   feed.Type
		Value  string
		Shared bool // its host is everybody's
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
			ready := NewIndicator
			if i.Shared {
				ready = NewSharedIndicator
			}
			own = append(own, ready(feed.IOC{Type: i.Type, Value: value, Confidence: feed.NoConfidence}))
		}
		all[n].selection = NewSelection(own)
		together = append(together, own...)
	}
	return append(all, sample{Name: everything, selection: NewSelection(together)}), nil
})

// everything is the name of all samples together.
const everything = "everything"

// Variants writes every hunt that the catalogue can produce, apart from the
// values of IOCs and scenarios: each table with each form of IOC, in every mode,
// with and without comments, and with all of them and a test of each field that
// a scenario can have; one hunt in parts; the union of all tables of a target,
// at Sentinel also from a watchlist. The error is a [*CatalogueError] or that of
// [Table.Hunt].
func (c *Catalogue) Variants() ([]Variant, error) {
	all, err := samples()
	if err != nil {
		return nil, err
	}
	v := variants{at: map[[2]string]int{}, seen: map[[2]string]bool{}}
	for _, target := range Targets {
		for i := range c.tables {
			if t := &c.tables[i]; t.On(target) {
				v.table(t, target, all)
			}
		}
		together := all[len(all)-1].selection
		v.split(c.tables, target, together)
		v.union(c.tables, target, together)
	}
	return v.all, v.err
}

// variants gathers hunts.
type variants struct {
	all  []Variant
	at   map[[2]string]int  // in all, by target and form of the query
	seen map[[2]string]bool // by target and query
	err  error              // the first
}

// add adds hunts, unless there is nothing to hunt.
func (v *variants) add(about string, o Options, err error, hunts ...Hunt) {
	var nothing *NothingToHuntError
	if errors.As(err, &nothing) {
		return
	}
	if err != nil {
		v.err = cmp.Or(v.err, fmt.Errorf("%s%s: %w", about, o.modes(), err))
		return
	}
	for _, h := range hunts {
		key := [2]string{string(h.Target), h.Query}
		if v.seen[key] {
			continue
		}
		v.seen[key] = true
		key[1] = form(h.Query)
		at, ok := v.at[key]
		if !ok {
			at = len(v.all)
			v.at[key] = at
			v.all = append(v.all, Variant{Table: h.Table, Target: h.Target, About: about + o.modes(), Query: h.Query})
		}
		v.all[at].Hunts++
	}
}

// form is a query without comments, white space and the values of its lists,
// and without the order of its rows, which is the last that it says. How a value
// is spelt does not count either.
func form(query string) string {
	var b strings.Builder
	b.Grow(len(query))
	depth := 0 // of brackets inside a list
	list := false
	last := 0 // where the last step begins
	for _, k := range Lex(query) {
		switch {
		case k.Kind == Space, k.Kind == Comment:
			continue
		case depth > 0:
			switch k.Text {
			case "(":
				depth++
			case ")":
				depth--
			}
			if depth > 0 {
				continue
			}
		case list && k.Text == "(":
			depth = 1
		}
		if k.Text == "|" {
			last = b.Len()
		}
		list = k.Text == "dynamic"
		if value, ok := Unquote(k.Text); ok && k.Kind == String {
			b.WriteString(Quote(value))
		} else {
			b.WriteString(k.Text)
		}
		b.WriteByte(' ')
	}
	text := b.String()
	if strings.HasPrefix(text[last:], "| order by ") {
		text = text[:last]
	}
	return text
}

func (v *variants) table(t *Table, target Target, all []sample) {
	for _, one := range all[:len(all)-1] {
		for o := range t.modes(target, one.selection) {
			h, err := t.Hunt(one.selection, o)
			v.add(one.Name, o, err, h)
		}
	}
	together := all[len(all)-1].selection
	for _, o := range someModes(target) {
		o.Exclusions = t.everyField()
		h, err := t.Hunt(together, o)
		v.add(everything, o, err, h)
	}
}

// split adds the parts of a hunt. They are hunts like others, so one table is
// enough: the first that has something to hunt.
func (v *variants) split(tables []Table, target Target, s *Selection) {
	o := Options{Target: target}
	for i := range tables {
		if h, err := tables[i].Hunt(s, o); err == nil {
			parts, err := tables[i].Split(s, o, h.Chars*9/10)
			v.add("in parts", o, err, parts...)
			return
		}
	}
}

// union adds the hunts in all tables at once.
func (v *variants) union(tables []Table, target Target, s *Selection) {
	var legs []Leg
	for i := range tables {
		if tables[i].On(target) {
			legs = append(legs, Leg{Table: &tables[i], Exclusions: tables[i].everyField()})
		}
	}
	all := someModes(target)
	if target == Sentinel {
		all = append(all, Options{Target: target, Watchlist: "QuarryIocs"})
	}
	for _, o := range all {
		h, err := Union(legs, s, o)
		v.add("all tables", o, err, h)
	}
}

// someModes hold each mode once, for the long hunts of all IOCs together. That
// of each form of IOC alone is in every combination.
func someModes(target Target) []Options {
	return []Options{
		{Target: target, Knobs: Knobs{Match: ExactMatch, Port: RequirePort, OwnSide: true}},
		{Target: target, Knobs: Knobs{Match: LooseMatch, Port: IgnorePort}, NoComments: true},
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
	for _, k := range t.IOC.byKind() {
		if slices.ContainsFunc(k.columns, func(c Column) bool { return c.Side == Own }) {
			sides = []bool{false, true}
		}
	}
	return func(yield func(Options) bool) {
		for _, match := range matches {
			for _, port := range ports {
				for _, side := range sides {
					for _, silent := range []bool{false, true} {
						if !yield(Options{Target: target, Knobs: Knobs{Match: match, Port: port, OwnSide: side}, NoComments: silent}) {
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
	if o.Watchlist != "" {
		all = append(all, "from a watchlist")
	}
	if len(all) == 0 {
		return ""
	}
	return ", " + strings.Join(all, ", ")
}
