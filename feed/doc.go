// Package feed holds indicators of compromise and the documents that carry
// them.
//
// A document of any format is read into a [Bulletin]: its IOCs, the mentions
// that look like IOCs but stand in prose, the hunting queries it published,
// the tables it asks for, its false-positive scenarios, and a [Finding] for
// everything that could not be used as it stood. Every value passes
// [Canonical], so that two spellings of one indicator are one [IOC].
//
// Formats are packages below this one. Each offers a [Reader], and a
// [Registry] asks all of them how sure they are that a document is theirs.
package feed
