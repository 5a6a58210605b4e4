// Package threatfox reads what ThreatFox of abuse.ch gives out:
//
//   - the JSON export, an object whose keys are the numbers of the records and
//     whose values are lists of one record each (threatfox.abuse.ch/export/json);
//   - the answers of its API to get_iocs, search_ioc, search_hash, taginfo,
//     malwareinfo and ioc, whose data are a list, an object, or a sentence that
//     says why there is none (threatfox.abuse.ch/api);
//   - such records one a line, or in a list, as other programs save them;
//   - the CSV export, of 15 columns since 2025 and 14 before, and rows of it
//     without its banner, as grep gives them (threatfox.abuse.ch/export/csv);
//   - the hosts file (threatfox.abuse.ch/downloads/hostfile).
//
// Export and API name the fields of a record differently: ioc_value or ioc,
// first_seen_utc or first_seen. Both are read wherever a record stands.
//
// Of a record are kept type, value, threat, family (malware_printable; none
// where malware is "unknown"), confidence, first and last seen, reference and
// tags; is_compromised, which says that the host belongs to somebody else,
// becomes the tag "compromised". A malware sample that the API names with an
// IOC is a mention. Aliases of the family, reporter, credits and comments have
// no place in an IOC and are left out.
//
// What "the last 48 hours" of the recent exports means is seen, not new: a
// quarter of the records of one were first seen half a year before and more.
package threatfox
