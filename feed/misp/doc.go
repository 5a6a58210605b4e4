// Package misp reads events of MISP as JSON: {"Event":{...}}, lists of those,
// the answers {"response":[...]} of its API, also to a search for attributes,
// and an event without its wrapping. The folder of a feed holds a manifest.json
// that lists events and a hashes.csv with MD5 sums of values; both are known and
// said to hold no IOCs, so that the folder can be opened as it is; which events the
// manifest lists the document says, and who reads the folder tells of those that are
// not there.
//
// Attributes of the event and of its objects are read (MISP core format,
// draft-dulaunoy-misp-core-format). What becomes of a type says the table in
// types.go, whose names are those of MISP's describeTypes.json. Values of two
// parts are split at the bar, names of files at the last. An attribute without
// to_ids is a mention, as is a link; a deleted one, or one of a deleted object,
// is left out with a finding that counts them, and so is every type that is no
// IOC. In an object the address of a connection takes the dst-port beside it.
//
// First and last seen are those that the attribute or its object states, and
// nothing else: the timestamp is when the record was changed, the date that of
// the event. Confidence comes from the tag misp:confidence-level with the
// percentages of that taxonomy (misp-taxonomies, misp/machinetag.json, version
// 9), or from the comments that ThreatFox writes, "Otter RAT botnet C2 server
// (confidence level: 75%)", which state family and threat too. The family is the
// malware that a galaxy tag of the attribute names, else that of the event if it
// names one alone. The reference is a comment that is an address, else the
// event's link if it has one alone. Other comments are tags, as are the tags of
// the attribute, and those of the event but for its galaxies, which stand in
// the document's text with its reports.
//
// Hand-edited events have commas before closing brackets; they are read with a
// finding.
package misp
