package exclusions

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/kql"
)

// Fit says how a condition fits a table and a hunt.
type Fit string

// The five fits.
const (
	// Expressible: the table can say all of it, and nothing speaks against it.
	Expressible Fit = "expressible"
	// Partly: only a part can be said or was understood. It is also the fit of
	// a filter of which nothing was understood; then there is no condition.
	Partly Fit = "partly"
	// NoColumn: the table has no column for any of it, or is not at the target.
	NoColumn Fit = "no column"
	// NoEffect: it can never meet a row that the hunt returns.
	NoEffect Fit = "no effect"
	// Dangerous: it would hide the malware, or far more than the scenario means.
	Dangerous Fit = "dangerous"
)

// Case is a question for [Judge].
type Case struct {
	// Reading is what was read, or {Condition: c, Complete: true} for a
	// condition that an analyst wrote.
	Reading  Reading
	Table    *kql.Table
	Target   kql.Target
	IOCs     []feed.IOC // the included ones; without any, rows of every kind are expected
	Families []string   // names of the malware, as the documents give them
}

// Verdict is the answer of [Judge].
type Verdict struct {
	Fit    Fit
	Reason string // one sentence, without a full stop
	// Dangers are all reasons why it is [Dangerous], none where it is not.
	Dangers []Danger
	// Condition is what would be applied: all of the reading's condition or
	// the part that the table can say; nil when there is none.
	Condition kql.Condition
	// KQL is the operand of not(...), as [kql.Table.Clause] writes it; "" when
	// there is no condition.
	KQL string
}

// Judge says how a reading fits a table, and why. What the table cannot say at
// all is [NoColumn] whatever it would mean elsewhere. Of what it can say, first
// comes whether it meets any row, then whether it is dangerous, then whether it
// is the whole.
func Judge(c Case) Verdict { return Ask(c).Judge(c.IOCs) }

// Question is a [Case] of which all is worked out that does not depend on the
// IOCs, for asking again when those change. It is not safe for concurrent use.
type Question struct {
	of      Case
	part    part
	clause  string
	early   *Verdict // the answer, where the IOCs do not matter
	ready   map[compared]*comparison
	decided map[decision]bool
}

// Ask prepares a case; its IOCs do not count.
func Ask(c Case) *Question {
	q := &Question{of: c, ready: map[compared]*comparison{}, decided: map[decision]bool{}}
	early := func(fit Fit, reason string) *Question {
		q.early = &Verdict{Fit: fit, Reason: reason}
		return q
	}
	switch {
	case c.Table == nil:
		return early(NoColumn, "there is no table to judge it for")
	case !c.Table.On(c.Target):
		return early(NoColumn, (&kql.NoTableError{Table: c.Table.Name, Target: c.Target}).Error())
	case c.Reading.Condition == nil && len(c.Reading.Unread) == 0:
		return early(Partly, "the scenario has no filter; write a condition")
	case c.Reading.Condition == nil:
		return early(Partly, "nothing of the filter was understood; write a condition")
	}
	q.part = partOf(c.Reading, c.Table)
	if q.part.condition == nil {
		return early(NoColumn, c.Table.Name+" "+known().lack(c.Table.Missing(c.Reading.Condition)))
	}
	var err error
	if q.clause, err = c.Table.Clause(q.part.condition, c.Target); err != nil { // every field has a column, or the part would lack it
		return early(NoColumn, err.Error())
	}
	return q
}

// Judge answers the question for the included IOCs.
func (q *Question) Judge(iocs []feed.IOC) Verdict {
	if q.early != nil {
		return *q.early
	}
	c, p := q.of, q.part
	c.IOCs = iocs
	v := Verdict{Condition: p.condition, KQL: q.clause}
	h := &hunted{table: c.Table, iocs: iocs, families: c.Families, decided: q.decided, ready: q.ready}
	possible, never := h.possible(p.condition)
	if possible == nil {
		v.Fit, v.Reason = NoEffect, "no row can meet it: "+never
		return v
	}
	var met kql.Condition
	if len(c.IOCs) == 0 || h.hunts() {
		met = h.met(possible)
	}
	if met == nil {
		v.Fit, v.Reason = NoEffect, h.whyNoEffect(p, c.Reading.Lost)
	} else if v.Dangers = h.dangers(met); len(v.Dangers) > 0 {
		v.Fit, v.Reason = Dangerous, told(v.Dangers)
		if len(p.much) > 0 {
			v.Reason += "; more would narrow it, but " + why(p.much, c.Table.Name)
		}
	} else {
		v.Fit, v.Reason = fitOf(p, c.Table.Name)
		if never != "" {
			v.Reason = strings.TrimPrefix(v.Reason+"; ", c.Table.Name+" can say all of it; ") + never + ", so that part leaves out nothing"
			v.Fit = Partly
		}
	}
	return v
}

// fitOf says whether a harmless part is all of the filter.
func fitOf(p part, table string) (Fit, string) {
	if p.whole() {
		return Expressible, table + " can say all of it"
	}
	var all []string
	if len(p.much) > 0 {
		so := ", so the rest leaves out too much"
		if !slices.ContainsFunc(p.much, func(l lack) bool { return !l.maybe }) {
			so = ", so it may leave out too much"
		}
		all = append(all, why(p.much, table)+so)
	}
	if len(p.little) > 0 {
		all = append(all, why(p.little, table)+", so it leaves out too little")
	}
	return Partly, strings.Join(all, "; ")
}
