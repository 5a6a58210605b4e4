// Package openioc reads OpenIOC 1.0 (namespace schemas.mandiant.com/2010/ioc) and
// 1.1 (openioc.org/schemas/OpenIOC_1.1), also as endpoint agents write it with
// the root element OpenIOC.
//
// The items of a document are comparisons within groups of "or" and "and". Which
// search terms are IOCs says the table in terms.go, from Mandiant's terms and the
// mapping of PyMISP (tools/openioc.py). An item is an IOC if its condition is
// "is", or "contains" of anything but a file's name; that it is read as the
// whole value is a finding. Items of a group that asks for all of them are no
// IOCs one by one: package [quarry/feed/pattern] says which are. Conditions that
// are negated, and all others, are counted in findings.
//
// A document's title is its short_description, its text the description. A link
// with the relation "family" is the family, one with an address the reference,
// and others are tags, as are keywords and the comment of the item. OpenIOC
// states no confidence and no dates of indicators.
//
// XML is read as a stream, of which one token and the items of one group are
// held. Entities that a document defines itself are refused.
package openioc
