// Package stix reads STIX 2.0 and 2.1: bundles, lists of them, answers of TAXII
// servers, and objects alone or one a line. STIX 1 is recognised and refused.
//
// The pattern of an indicator is read by the grammar of STIX Patterning (STIX
// 2.1, section 9; 2.0, part 5, whose START and STOP take plain strings).
// Beyond it a key of a path may have a hyphen without quotes, and a backslash
// before another character than ' and \ is one, as in patterns that are found.
// Equality and IN name values; a block of addresses is one by = and by ISSUBSET,
// a block of one address is that address. Which of the values are indicators
// decides package [quarry/feed/pattern]: alternatives are one each, an "and" of
// the hashes of one file too, the address and port of one side of a connection
// are an ip:port. All else that stands together, in one observation or in
// several, is a mention. What NOT, !=, LIKE, MATCHES and the others say is
// counted in findings, as are comparisons of what Quarry does not hunt, patterns
// of other types, and REPEATS, WITHIN, START and FOLLOWEDBY, which say when
// and how often.
//
// Objects of what can be observed are indicators where a relationship ties them
// to malware or infrastructure, or where the bundle has no indicator at all and
// does not merely observe them; else they are mentions, as is observed data. Of a
// connection the address is an object of its own, and with its port another
// indicator. Certificates are none.
//
// An indicator's first seen is its valid_from, the confidence is stated as such,
// the family is the name of the malware that an "indicates" relationship leads
// to; what else it leads to is a tag, as are labels, indicator types, phases of
// the kill chain, markings (TLP), identifiers of references, the name, the
// description, and until when it is valid. The reference is the first address
// of external_references. A revoked indicator, or one that the source calls
// benign, gives mentions. The first report or grouping gives title and text.
package stix
