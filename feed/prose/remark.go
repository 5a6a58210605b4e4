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
	if kind := d.table.kind; b.values && kind != "" {
		if said := words().typesSaid(split(kind)); len(said) > 0 && !slices.Contains(said, h.Type) {
			doc.Find("types-differ", feed.Warning, line, "the row calls %s %s; by its looks it is read as %s", feed.Defang(h.Type, h.Value), feed.Quote(kind), h.Type)
		}
	}
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

// doubtHash notes a hash that its label or else the heading above calls another.
func (d *document) doubtHash(doc *records.Document, b *block, h scan.Hit, label string, line int) {
	said, by := hashSaid(split(label)), "label"
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
