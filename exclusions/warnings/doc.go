// Package warnings says what is suspicious about an indicator itself: that it
// is over-broad, shared or useless, whatever malware it belongs to. It works
// offline, from the tables in its YAML files and from MISP warning lists that
// the analyst has.
//
// A warning never switches an IOC off. It has a code, a reason and an advice,
// and the rule behind it can be silenced.
package warnings
