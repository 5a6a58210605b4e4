package prose

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// remark says what of an IOC's spelling is lost or doubtful.
func (d *document) remark(doc *records.Document, b *block, h scan.Hit, label string, line int) {
	raw := b.text[h.Start:h.End]
	if label == "" {
		label = b.column
	}
	if h.Type.IsHash() {
		d.doubtHash(doc, b, h, label, line)
	}
	d.doubtKind(b, h, line)
	if h.Type == feed.CIDR {
		if tell := records.InsideBlock(raw, h.Value, line); tell != nil {
			tell(doc.Find)
		}
	}
	if h.Pathless {
		doc.Find("path-left-out", feed.Warning, line, "behind %s stands a path that makes no URL with it; the address is hunted without", feed.Defang(h.Type, h.Value))
	}
	if h.Ends {
		doc.Find("range-ends", feed.Warning, line, "the range of addresses that ends with %s is no block, so only its first and last address are IOCs", feed.Defang(h.Type, h.Value))
	}
	if h.Type == feed.Domain && strings.Contains(feed.Refang(raw), ":") {
		d.names.add(line)
	}
	if h.Type == feed.URL {
		d.doubtURL(doc, b, h, line)
	}
	if word := afterDash(b.text, h); word != "" && (h.Type == feed.Domain || h.Type == feed.URL) {
		doc.Find("odd-hyphen", feed.Warning, line, "%s stands right before %s, which may be only the end of a name; check how it is spelled", feed.Quote(word), feed.Quote(raw))
	}
	if feed.HasOddHyphen(raw) {
		doc.Find("odd-hyphen", feed.Warning, line, "the value %s holds a sign that only looks like a hyphen; it is read as %s", feed.Quote(raw), feed.Defang(h.Type, h.Value))
	}
	if feed.HasInvisible(raw) {
		doc.Find("invisible-character", feed.Warning, line, "the value %s holds characters that cannot be seen; it is read as %s", feed.Quote(raw), feed.Defang(h.Type, h.Value))
	}
}

// doubtKind notes a value that is not what its row calls it. A category may be of what a
// name or an address belongs to.
func (d *document) doubtKind(b *block, h scan.Hit, line int) {
	kind, f := d.table.kind, d.table.other
	if !b.values || kind == "" {
		return
	}
	said := words().typesSaid(split(kind))
	other := f.What != "" && (f.Hashes || !h.Type.IsHash()) && !defanged(b.text[h.Start:h.End], h.Type)
	if d.table.loose {
		other = f.What != "" && h.Type.IsHash() && !slices.Contains(hashSaid(split(b.column)), h.Type)
	}
	if len(said) > 0 && !slices.Contains(said, h.Type) || other {
		d.differ.Add("types-differ", feed.Warning, line, "values that their row calls "+feed.Quote(kind)+" and that are read as "+string(h.Type)+" by their looks")
	}
}

// saysHash remembers a line that names hashes and nothing else: what stands below it
// is of that kind, whatever the heading above is.
func (d *document) saysHash(b *block) {
	if b.shape != sentence && b.shape != code && b.shape != item || len(b.text) > longestLabel {
		return
	}
	if ws := split(b.text); len(hashSaid(ws)) > 0 && words().onlyHashes(ws) {
		d.hashLine = b.text
	}
}

// doubtHash notes a hash that its label, or else the line or heading above, calls another.
func (d *document) doubtHash(doc *records.Document, b *block, h scan.Hit, label string, line int) {
	said, by := hashSaid(split(label)), "label"
	if len(said) == 0 && b.shape != cell {
		said, by, label = hashSaid(split(d.hashLine)), "line", d.hashLine
	}
	if len(said) == 0 {
		said, by, label = hashSaid(split(b.part.title)), "heading", b.part.title
	}
	if len(said) > 0 && !slices.Contains(said, h.Type) {
		doc.Find("types-differ", feed.Warning, line, "the %s %s is not that of the value behind it, which is read as %s for its length", by, feed.Quote(label), h.Type)
	}
}

// doubtURL notes what of a URL may not be its own, and one without a scheme.
func (d *document) doubtURL(doc *records.Document, b *block, h scan.Hit, line int) {
	raw := b.text[h.Start:h.End]
	if rest := d.goesOn(b.text, h); rest != "" {
		doc.Find("url-end", feed.Warning, line, "the URL %s ends before %s, which may be the rest of it; check where it ends", feed.Quote(raw), feed.Quote(rest))
	}
	if !strings.Contains(h.Value, "://") {
		d.schemeless.add(line)
	}
	if word := swallowed(h.Value); word != "" {
		doc.Find("url-end", feed.Warning, line, "the URL %s ends with %s behind a comma or semicolon, which may be the next value of a row; check where it ends", feed.Quote(raw), feed.Quote(word))
	}
}

// hashSaid is the types of hashes that a label names.
func hashSaid(ws []string) (types []feed.Type) {
	for _, w := range ws {
		switch w {
		case "md5":
			types = append(types, feed.MD5)
		case "sha1":
			types = append(types, feed.SHA1)
		case "sha256":
			types = append(types, feed.SHA256)
		case "sha512":
			types = append(types, feed.SHA512)
		}
	}
	return types
}

// remarkCounted says of what stands in many lines where it stands first and how often.
func (d *document) remarkCounted() {
	tell := func(c tally, code string, severity feed.Severity, format string, args ...any) {
		if c.n > 0 {
			d.doc.Find(code, severity, c.line, format, args...)
		}
	}
	tell(tally{n: d.encodedLine, line: d.encodedLine}, "mail-encoded", feed.Warning, "this is text of a mail that is still encoded (quoted-printable: lines break off at \"=\", and =3D stands for it), from this line on, so what such a sign touches is a mention, and a value that goes on in the next line is not read whole; open the saved mail, or paste its text as a mail program shows it")
	d.differ.Report(d.doc.Find)
	tell(d.names, "host-only", feed.Info, "%s with a port, from this line on, %s no scheme, so the name is read alone", feed.Counted(d.names.n, "name"), feed.Pick(d.names.n, "has", "have"))
	tell(d.ports, "port-as-tag", feed.Info, "addresses and names whose port stands apart from them: %d, from this line on; they are hunted without it, and it is kept as a tag", d.ports.n)
	tell(d.maybePorts, "port-left-out", feed.Warning, "addresses and names with a number beside them that may be their port: %d, from this line on, where it is %s; they are hunted without it; write it right behind an address, with a colon, if it is its port", d.maybePorts.n, feed.Quote(d.maybePorts.what))
	tell(d.schemeless, "no-scheme", feed.Info, "%s, from this line on, %s with http and with https",
		numbered(d.schemeless.n, "name or address with a path behind it", "names or addresses with a path behind them"),
		feed.Pick(d.schemeless.n, "is read as a URL without a scheme; hunts find it", "are read as URLs without a scheme; hunts find them"))
	tell(d.paths, "path-as-name", feed.Info, "%s, from this line on, %s read as the name of the file, which is what a hunt compares", feed.Counted(d.paths.n, "path"), feed.Pick(d.paths.n, "is", "are each"))
	tell(d.scales.read, "confidence-as-part", feed.Info, "rows whose confidence, from 0 to 1, is read as a percentage, 1 as 100 %%: %d, from this line on", d.scales.read.n)
	tell(d.scales.doubts, "bad-confidence", feed.Warning, "rows whose confidence of 1 may be 1 %% or 100 %%, as others are parts of one and percentages: %d, from this line on; they state none and it is a tag", d.scales.doubts.n)
	tell(d.unseen, "hidden-values", feed.Warning, "%s where IOCs do in parts that the page does not show until something is chosen, or never; %s",
		numbered(d.unseen.n, "value stands", "values stand"),
		feed.Pick(d.unseen.n, "it is a mention; look at the page, and switch it on if it is meant", "they are mentions; look at the page, and switch on those that are meant"))
	tell(d.versions, "may-be-version", feed.Warning, "values that look like addresses and stand right behind the name of software: %d, from this line on; they are taken for its versions and are mentions; switch on those that are addresses", d.versions.n)
	tell(d.unmeant, "not-defanged", feed.Warning, "%d names, links or mail addresses, from this line on, are not defanged as the IOCs are, and stand alone outside of headings about IOCs, or behind the end of a letter or page; they are mentions; switch on those that are meant", d.unmeant.n)
	tell(d.spared, "set-aside", feed.Warning, "values whose label, or heading where they are not defanged, says that they are of somebody else than the attacker: %d, from this line on, where it says %s; they are mentions; switch on those that are meant", d.spared.n, feed.Quote(d.spared.what))
	tell(d.keyed, "maybe-key", feed.Warning, "hashes behind a label that may be that of a key or an identifier: %d, from this line on, where it is %s; those that are mentions may be of files, and those that are IOCs may not; switch them on or off", d.keyed.n, feed.Quote(d.keyed.what))
	tell(d.linked, "maybe-reference", feed.Warning, "links in columns such as %s are taken as indicators: %d, from this line on; switch those off that lead to a report", feed.Quote(d.linked.what), d.linked.n)
	tell(d.across, "maybe-values", feed.Warning, "hashes are taken from columns such as %s, for their rows name them: %d, from this line on; switch those off that are of files known to do no harm", feed.Quote(d.across.what), d.across.n)
	tell(d.remarked, "maybe-benign", feed.Warning, "lines right below an IOC that may say of it that it is none, or be a heading over those below: %d, from this line on, where it is %s; they change nothing, so the IOCs above and below are on; switch off what is not meant", d.remarked.n, feed.Quote(d.remarked.what))
	tell(d.doubted, "maybe-benign", feed.Info, "%s beside a word such as \"legitimate\" that may speak of something else; read %s",
		numbered(d.doubted.n, "IOC, from this line on, stands", "IOCs, from this line on, stand"), feed.Pick(d.doubted.n, "it", "them"))
}

// numbered writes how many there are of what takes other words for several.
func numbered(n int, one, several string) string {
	return feed.Thousands(n) + " " + feed.Pick(n, one, several)
}
