// Package plain reads lists with one indicator a line: of domains, addresses,
// URLs, hashes or all of them; hosts files; what dnsmasq is told of names; the trails
// of Maltrail with their references; filter lists of ad blockers; and lists of values in KQL, as
// Quarry and others write them. Rules of Suricata and Snort are told apart and
// refused, for what they match is more than the values in them.
//
// Lines that begin with #, ; or // are comments, as is what follows these behind
// a space. A "# Reference:" counts for the lines below it until the next ones.
// *.example.com and .example.com are example.com; a name with a port is the name
// and keeps the port as a tag; of the names of a hosts file those of the host
// itself are left out. What looks like an indicator in a comment is a mention, as is
// what stands below one that says it is no IOC ("Whitelist", "Victims"), up to the next.
//
// Of lines of a URL and what looks like a further cell a table is made where there
// are enough of them; else the URL is read as it stands, and a finding asks where it
// ends. Of several URLs on a line each counts.
//
// A list has no end of its own, so that the last line of a document without an
// end of line may be cut, as a download that broke off. Most are whole, saved by an
// editor that ends the last line with nothing: it counts, and unless it is a hash
// like those before, a finding asks to look at it.
//
// Trails are those of github.com/stamparm/maltrail (trails/static); hosts files
// those of abuse.ch, with the names that Linux and macOS put there themselves. Of
// filter lists and rules only the parts are known that tell them apart.
package plain
