package kql

import (
	"errors"
	"slices"
)

// SplitUnion writes [Union] in as many parts as are needed for each to have at
// most so many characters. Together they look for what Union looks for: each IOC
// in each table that can carry it in one of them. The IOCs are divided where the
// tables leave room for them, else the tables first.
//
// What reads a watchlist does not grow with the IOCs, so there only the tables are
// divided, and one table alone may be longer; a finding says so then, as it does
// of [Table.Hunt].
//
// The error is that of Union or a [*SplitError].
func SplitUnion(legs []Leg, s *Selection, o Options, limit int) ([]Hunt, error) {
	whole, err := Union(legs, s, o)
	if err != nil {
		return nil, err
	}
	if whole.Chars <= limit {
		return []Hunt{whole}, nil
	}
	all := slices.Clone(s.indicators)
	sortByShape(all)
	d := unionDivider{limit: limit, o: o}
	d.o.whole, d.o.part = s, longestPartWords
	if err := d.divide(legs, all); err != nil {
		return nil, err
	}
	if len(d.parts) == 1 {
		return []Hunt{whole}, nil
	}
	hunts := make([]Hunt, len(d.parts))
	for n, p := range d.parts {
		d.o.part = partWords(n+1, len(d.parts))
		h, err := Union(p.legs, p.selection(), d.o)
		if err != nil {
			return nil, err
		}
		h.Part, h.Parts = n+1, len(d.parts)
		hunts[n] = h
	}
	return hunts, nil
}

// unionDivider collects the parts of a combined hunt.
type unionDivider struct {
	o     Options
	limit int
	parts []unionPart
}

type unionPart struct {
	legs       []Leg
	indicators []*Indicator
}

func (p *unionPart) selection() *Selection { return NewSelection(p.indicators) }

// divide adds the parts that look for the indicators in the tables.
func (d *unionDivider) divide(legs []Leg, all []*Indicator) error {
	p := d.carrying(legs, all)
	if len(p.legs) == 0 {
		return nil
	}
	whole, err := Union(p.legs, p.selection(), d.o)
	if err != nil {
		return err
	}
	if whole.Chars <= d.limit || d.o.Watchlist != "" && len(p.legs) == 1 {
		d.parts = append(d.parts, p)
		return nil
	}
	crowded, err := d.crowded(p)
	if err != nil {
		return err
	}
	if !crowded {
		err = d.divideIndicators(p, whole.Chars)
	}
	if e := new(SplitError); crowded || len(p.legs) > 1 && errors.As(err, &e) {
		half := len(p.legs) / 2
		if err = d.divide(p.legs[:half], p.indicators); err == nil {
			err = d.divide(p.legs[half:], p.indicators)
		}
	}
	return err
}

// carrying are the tables that can carry one of the indicators, and the
// indicators that one of them can carry.
func (d *unionDivider) carrying(legs []Leg, all []*Indicator) (p unionPart) {
	var there, carried ShapeSet
	for _, x := range all {
		there |= 1 << x.Shape
	}
	for _, leg := range legs {
		if found := leg.Table.CarriedWith(&d.o) & there; found != 0 && leg.Table.On(d.o.Target) {
			p.legs = append(p.legs, leg)
			carried |= found
		}
	}
	for _, x := range all {
		if carried.Has(x.Shape) {
			p.indicators = append(p.indicators, x)
		}
	}
	return p
}

// crowded reports whether several tables leave less than half of the room to the
// IOCs. One of each kind, the shortest, tells: many parts would say little else
// than how to ask the tables. A watchlist leaves nothing else to divide.
func (d *unionDivider) crowded(p unionPart) (bool, error) {
	if len(p.legs) == 1 || d.o.Watchlist != "" {
		return len(p.legs) > 1, nil
	}
	var shortest [Shapes]*Indicator
	for _, x := range p.indicators {
		if s := shortest[x.Shape]; s == nil || len(x.Value) < len(s.Value) {
			shortest[x.Shape] = x
		}
	}
	few := slices.DeleteFunc(shortest[:], func(x *Indicator) bool { return x == nil })
	h, err := Union(p.legs, NewSelection(few), d.o)
	return h.Chars > d.limit/2, err
}

// divideIndicators adds parts that ask all of the tables, or none.
func (d *unionDivider) divideIndicators(p unionPart, chars int) error {
	name := UnionTable
	if len(p.legs) == 1 {
		name = p.legs[0].Table.Name
	}
	by := divider{name, d.limit, func(of []*Indicator) (Hunt, error) { return Union(p.legs, NewSelection(of), d.o) }}
	divided, err := by.divide(p.indicators, chars)
	if err != nil {
		return err
	}
	for _, of := range divided {
		d.parts = append(d.parts, d.carrying(p.legs, of))
	}
	return nil
}
