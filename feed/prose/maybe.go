package prose

import (
	"slices"
	"strings"

	"quarry/feed/records"
	"quarry/feed/scan"
)

// mayName reports whether a line or an item that stands outside of lists of IOCs may
// name a file of them, which is a mention: in a document about IOCs, or in one that
// holds some where a label says so or a path.
func (d *document) mayName(b *block) bool {
	return (d.about || d.holds) && !d.ordinary && d.rule == "" && !b.part.foreign.Rules && (b.part.kind == neutral || b.part.kind == advice) && (b.shape == item || b.shape == sentence)
}

// isLabelled reports whether a line has a label that says that a file stands behind it.
func isLabelled(line string) bool { return unlabelled(line) != line }

// spaced reports whether what a line consists of is more than one word and no path.
func spaced(line string) bool {
	line = strings.Trim(line, marks)
	return strings.ContainsAny(line, " \t") && !isPath(line)
}

// isFile reports whether a word ends like the name of a file, as some names on the
// network do, too.
func isFile(word string) bool {
	return records.IsFileName(word) || strings.IndexByte(word, '.') > 0 && scan.FileLike(word)
}

// maybeName reports whether an item among IOCs that is no plain name of a file may
// be one as a whole: words with spaces between of which only the last ends like a file,
// or a word that names on the network end like, too. base is the end of its path.
func maybeName(s, base string) bool {
	const most = 6
	ws := strings.Fields(base)
	last := len(ws) - 1
	if last < 0 || last >= most || !isFile(ws[last]) || slices.ContainsFunc(ws[:last], isFile) || strings.ContainsAny(base, "/:@,;|()[]{}=<>") {
		return false
	}
	if isPath(s) {
		return !records.IsCommand(s)
	}
	return base == s && (last == 0 || !isPhrase(ws[:last]))
}

// isPhrase reports whether words say something of the name behind them, and so are
// none of it.
func isPhrase(ws []string) bool {
	l := words()
	ws = split(strings.Join(ws, " "))
	return l.madeOf(ws, l.Subjects, l.Topics) || slices.ContainsFunc(ws, func(w string) bool { return l.NamingWords[w] })
}

// uncertainName is why what may be the name of a file is a mention for its spelling
// alone, "" where it is an IOC: where the place says that it is a name, or a path does.
func (d *document) uncertainName(b *block, name, base string) string {
	if b.part.files || b.shape == cell && (d.fileColumn(b.column) || words().Columns[fileRole][strings.Join(split(d.table.kind), " ")]) {
		return ""
	}
	ws := strings.Fields(base)
	last := len(ws) - 1
	switch spaced := last > 0; {
	case spaced && base == name, spaced && isPhrase(ws[:last]):
		return "it may be words and a name"
	case base == name && !records.IsFileName(ws[last]):
		return "it may be a name of the network, which would be written with [.]"
	}
	return ""
}
