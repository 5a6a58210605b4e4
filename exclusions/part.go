package exclusions

import (
	"slices"

	"quarry/feed"
	"quarry/kql"
)

// lack is a part of a filter that is missing from what would be applied:
// words that were not understood, fields without a column, or, where both are
// empty, what was cut off.
type lack struct {
	words  string
	maybe  bool // the text only may be cut off
	fields []kql.Field
	branch kql.Condition // what is left out because of it, if more than itself
}

// part is what a table can say of a condition.
type part struct {
	condition kql.Condition // nil when it can say nothing
	much      []lack        // without these it leaves out too much
	little    []lack        // without these it leaves out too little
}

func lackOf(l Loss) lack { return lack{words: l.Words, maybe: l.Maybe} }

func (p part) whole() bool { return len(p.much)+len(p.little) == 0 }

// partOf is what a table can say of a reading.
//
// A missing part of an "and" makes the rest leave out too much, a missing
// branch of an "or" too little. Where some branches are whole, those that
// would leave out too much are dropped: then nothing is hidden that the filter
// does not name. The opposite of a part is no part of the opposite, so a "not"
// is whole or missing.
func partOf(r Reading, t *kql.Table) part {
	p := sayable(r.Condition, t, r.Lost)
	if p.condition == nil {
		return p
	}
	for _, l := range r.Lost {
		if !l.TooMuch {
			p.little = append(p.little, lackOf(l))
		}
	}
	if !r.Complete && len(r.Lost) == 0 {
		p.much = append(p.much, lack{})
	}
	return p
}

// unsaid is all that a filter says and the part does not, also the words that
// belong to what the table has no column for.
func (p part) unsaid(lost []Loss) []lack {
	all := slices.Concat(p.much, p.little)
	for _, l := range lost {
		all = append(all, lackOf(l))
	}
	return all
}

func sayable(c kql.Condition, t *kql.Table, lost []Loss) part {
	var p part
	switch c := c.(type) {
	case kql.Test:
		if missing := t.Missing(c); len(missing) > 0 {
			return part{much: []lack{{fields: missing}}}
		}
		p.condition = c
	case kql.And:
		p = sayableAll(c, t, lost)
	case kql.Or:
		p = sayableAny(c, t, lost)
	case kql.Not:
		if inner := sayable(c.Condition, t, lost); inner.condition == nil || !inner.whole() {
			return part{much: append(inner.much, inner.little...)}
		}
		p.condition = c
	}
	if p.condition == nil {
		return p
	}
	text := kql.FormatCondition(c)
	for _, l := range lost {
		if l.TooMuch && l.Of != nil && kql.FormatCondition(l.Of) == text {
			p.much = append(p.much, lackOf(l))
		}
	}
	return p
}

func sayableAll(cs kql.And, t *kql.Table, lost []Loss) (p part) {
	var kept []kql.Condition
	for _, c := range cs {
		k := sayable(c, t, lost)
		if k.condition == nil {
			p.much = append(p.much, slices.Concat(k.much, k.little)...)
			continue
		}
		kept = append(kept, k.condition)
		p.much = append(p.much, k.much...)
		p.little = append(p.little, k.little...)
	}
	p.condition = one(kept, func(cs []kql.Condition) kql.Condition { return kql.And(cs) })
	return p
}

func sayableAny(cs kql.Or, t *kql.Table, lost []Loss) (p part) {
	var parts []part
	exact := false
	for _, c := range cs {
		k := sayable(c, t, lost)
		parts = append(parts, k)
		exact = exact || k.condition != nil && len(k.much) == 0
	}
	var kept []kql.Condition
	for i, k := range parts {
		switch {
		case k.condition == nil:
			p.little = append(p.little, slices.Concat(k.much, k.little)...)
		case exact && len(k.much) > 0:
			for _, l := range k.much {
				l.branch = cs[i]
				p.little = append(p.little, l)
			}
		default:
			kept = append(kept, k.condition)
			p.much = append(p.much, k.much...)
			p.little = append(p.little, k.little...)
		}
	}
	p.condition = one(kept, func(cs []kql.Condition) kql.Condition { return kql.Or(cs) })
	return p
}

// fields lists the fields that are missing, each once.
func fieldsOf(lacks []lack) (all []kql.Field) {
	for _, l := range lacks {
		for _, f := range l.fields {
			if !slices.Contains(all, f) {
				all = append(all, f)
			}
		}
	}
	return all
}

// why says what is missing from what a table can say.
func why(lacks []lack, table string) string {
	var words, aside, all []string
	cut := whole
	for _, l := range lacks {
		switch {
		case len(l.fields) > 0:
		case l.words == "" && l.maybe:
			cut = max(cut, maybeCut)
		case l.words == "":
			cut = cutOff
		default:
			words = appendText(words, feed.Quote(l.words))
		}
		if l.branch != nil {
			aside = appendText(aside, kql.FormatCondition(l.branch))
		}
	}
	if len(words) > 0 {
		were := " was"
		if len(words) > 1 {
			were = " were"
		}
		all = append(all, listed(words, "and")+were+" not understood")
	}
	switch cut {
	case cutOff:
		all = append(all, "the text is cut off before its end")
	case maybeCut:
		all = append(all, "the text may be cut off, for no full stop ends it")
	}
	if fields := fieldsOf(lacks); len(fields) > 0 {
		all = append(all, table+" "+known().lack(fields))
	}
	if len(aside) > 0 {
		all = append(all, listed(aside, "and")+" is left aside")
	}
	return listed(all, "and")
}

func appendText(all []string, s string) []string {
	if slices.Contains(all, s) {
		return all
	}
	return append(all, s)
}
