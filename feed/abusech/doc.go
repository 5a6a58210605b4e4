// Package abusech reads what the sister projects of ThreatFox give out:
//
//   - URLhaus: the CSV export (of eight columns, since last_online nine), the
//     JSON export, answers of the API about URLs, hosts and payloads, and the
//     hosts file (urlhaus.abuse.ch/api);
//   - Feodo Tracker: the blocklist as CSV and JSON
//     (feodotracker.abuse.ch/blocklist);
//   - MalwareBazaar: the CSV export and answers of the API
//     (bazaar.abuse.ch/export, bazaar.abuse.ch/api);
//   - SSLBL: the list of addresses; of its lists of certificates and of JA3
//     fingerprints the entries are counted only (sslbl.abuse.ch/blacklist).
//
// One sample is up to four IOCs, one a hash, with the same family, and its file
// name a mention. Fingerprints that are not of a whole file - imphash, ssdeep,
// TLSH, the SHA-1 of a certificate, JA3 - are no IOCs: what would be compared
// with them are hashes of files.
//
// URLhaus and Feodo Tracker say whether a host was online when they looked last.
// That is kept as the tag "online" or "offline"; both are IOCs, for a hunt looks
// back. The threat malware_download of URLhaus is what ThreatFox calls
// payload_delivery; addresses of Feodo Tracker and SSLBL are botnet_cc, samples
// payload, as their projects say of themselves.
package abusech
