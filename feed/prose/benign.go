package prose

import (
	"cmp"
	"slices"
	"strings"

	"quarry/feed/records"
	"quarry/feed/scan"
)

// longestNote is the longest comment that is looked at, in bytes.
const longestNote = 120

// saidBenign is the words by which a document says of a value that it is none to
// hunt for, "" when it does not: those of its row, its label, its comment, or of the
// sentence right beside it. The words of a comment that only holds such a word, or in
// which another clause says the contrary, are doubt.
func (d *document) saidBenign(b *block, h scan.Hit, single bool, label string) (said string, doubt bool) {
	said, doubt = d.calledBenign(b, h, single, label)
	if said == "" || !single {
		return said, doubt
	}
	behind := b.text[h.End:]
	if n, ok := slices.BinarySearchFunc(d.around, h.Start, func(h scan.Hit, at int) int { return cmp.Compare(h.Start, at) }); ok && n+1 < len(d.around) {
		behind = b.text[h.End:max(h.End, d.around[n+1].Start)]
	}
	if words().hostile(behind[:min(len(behind), longestNote)]) {
		return "", true
	}
	return said, doubt
}

// calledBenign is [document.saidBenign] of what is looked at for such words.
func (d *document) calledBenign(b *block, h scan.Hit, single bool, label string) (said string, doubt bool) {
	l := words()
	if b.shape == cell && d.table.benign != "" {
		return d.table.benign, false
	}
	before := b.text[:h.Start]
	if ws := split(before); len(before) <= longestLabel && len(ws) > 0 && l.denial(strings.Join(ws, " ")) {
		return trim(before), false
	}
	if len(label) <= longestLabel && l.denied(label) {
		return label, false
	}
	called, doubt := l.calledBefore(before)
	if called != "" && !doubt {
		return called, false
	}
	note := noteBehind(b.text[h.End:], single)
	if l.denied(note) {
		return strings.Trim(note, "()[]{}-–—#/,;:| "), false
	}
	return "", doubt || l.doubts(note) || len(label) <= longestLabel && l.doubts(label) || b.shape == cell && d.table.doubt
}

// noteBehind is the comment behind a value that stands by itself, or else what
// a sentence says the value is.
func noteBehind(s string, single bool) string {
	note := strings.TrimLeft(s[:min(len(s), longestNote)], " \t"+closers)
	if note == "" {
		return ""
	}
	if !single {
		first, rest, _ := strings.Cut(note, " ")
		if !copulas[first] {
			return ""
		}
		if end := strings.Index(rest, ". "); end >= 0 {
			rest = rest[:end]
		}
		return rest
	}
	if strings.IndexByte("([{-#/,;:|", note[0]) < 0 && note[0] < 0x80 {
		return ""
	}
	if end := strings.IndexAny(note, ")]}|"); end > 0 {
		note = note[:end]
	}
	return note
}

// copulas lead from a value to what a sentence says it is.
var copulas = map[string]bool{"is": true, "was": true, "are": true, "were": true, "as": true}

// denial reports whether a phrase is one that says of a value that it is none to
// hunt for.
func (l *lexicon) denial(phrase string) bool { return l.Denials[phrase] || l.Short[phrase] }

// denied reports whether a note says of the value beside it that it is none to hunt
// for: its first clause consists of words that say so and of such as say nothing
// by themselves, and nothing in it says the contrary. "Loaded by the legitimate
// x.exe" is about another value; "legitimate site hosting Otter", "not yet sinkholed"
// and "victim-facing" say something else, as does "legitimate domain, fronting".
func (l *lexicon) denied(note string) bool { return l.begunDenied(note) && !l.disputed(note) }

// disputed reports whether anything in a note says that the value is one to hunt for.
func (l *lexicon) disputed(note string) bool { return l.contrary(note) || l.hostile(note) }

// begunDenied reports whether the first clause of a note denies.
func (l *lexicon) begunDenied(note string) bool {
	head, behind := clause(note)
	ws := l.apart(head)
	for len(ws) > 0 && l.Leads[ws[0]] {
		ws = ws[1:]
	}
	return len(ws) > 0 && !strings.HasPrefix(behind, `":`) && l.onlyDenies(ws)
}

// hostile reports whether a word of a note, in any of its clauses, says that the value
// does harm.
func (l *lexicon) hostile(note string) bool {
	ws := split(note)
	for at, w := range ws {
		if !l.Hostile[w] {
			continue
		}
		lead := at - 1
		for lead > 0 && (ws[lead] == "the" || ws[lead] == "a" || ws[lead] == "this") {
			lead--
		}
		if lead < 0 || !l.HarmlessLeads[ws[lead]] {
			return true
		}
	}
	return false
}

// onlyDenies reports whether words are phrases that deny, at least one, and such as
// say nothing beside them: topics, companions, fillers, numbers and names of files.
func (l *lexicon) onlyDenies(ws []string) bool {
	some := false
words:
	for at := 0; at < len(ws); {
		for n := min(longestPhrase, len(ws)-at); n > 0; n-- {
			phrase := strings.Join(ws[at:at+n], " ")
			denies := l.denial(phrase)
			if denies && strings.HasSuffix(phrase, " by") { // who did it follows
				return true
			}
			if denies || !l.Harm[phrase] && !l.Hostile[phrase] && (l.Topics[phrase] || l.Companions[phrase]) {
				some = some || denies
				at += n
				continue words
			}
		}
		w := ws[at]
		if l.Harm[w] || l.Hostile[w] || !l.Fillers[w] && strings.Trim(w, "0123456789-") != "" && !namesFile(w) {
			return false
		}
		at++
	}
	return some
}

// namesFile reports whether a word of a note is the name of a file, as apart
// joins one.
func namesFile(w string) bool {
	at := strings.LastIndexByte(w, '-')
	return at > 0 && records.IsFileName(w[:at]+"."+w[at+1:])
}

// doubts reports whether a note holds words that deny, though it does not say
// of which value, nor the contrary; or begins with them and says the contrary.
func (l *lexicon) doubts(note string) bool {
	if l.begunDenied(note) {
		return l.disputed(note)
	}
	return l.some(l.apart(note), l.Denials, l.Short) && !l.contrary(note)
}

// some reports whether a phrase of one of the lists stands among the words.
func (l *lexicon) some(ws []string, in ...phrases) bool {
	return slices.ContainsFunc(in, func(p phrases) bool { return p.has(ws) })
}

// contrary reports whether words beside those that deny say that the value is one
// to hunt for.
func (l *lexicon) contrary(note string) bool {
	ws := split(note)
words:
	for at := 0; at < len(ws); {
		for n := min(longestPhrase, len(ws)-at); n > 0; n-- {
			phrase := strings.Join(ws[at:at+n], " ")
			if l.Pretended[phrase] {
				return true
			}
			if l.denial(phrase) || l.Benign[phrase] {
				at += n
				continue words
			}
		}
		at++
	}
	return false
}

// clause is the first part of a note that holds a word, and what is behind it.
func clause(note string) (head, behind string) {
	const parts = ",;:/|()[]{}#\"–—"
	for {
		note = strings.TrimLeft(note, parts+" \t-")
		end := len(note)
		if at := strings.IndexAny(note, parts); at >= 0 {
			end = at
		}
		for _, sign := range []string{" - ", ". "} {
			if at := strings.Index(note[:end], sign); at >= 0 {
				end = at
			}
		}
		if note == "" || len(split(note[:end])) > 0 {
			return note[:end], note[end:]
		}
		note = note[max(end, 1):]
	}
}

// apart is the words of a note, of which those that a sign joins are one:
// "clean-up" and "clean.exe" are not clean.
func (l *lexicon) apart(s string) []string {
	if len(s) > longestTitle {
		return nil
	}
	var ws []string
	for f := range strings.FieldsSeq(s) {
		parts := split(f)
		if phrase := strings.Join(parts, " "); len(parts) > 1 && !l.denial(phrase) && !l.Benign[phrase] {
			parts = []string{strings.Join(parts, "-")}
		}
		ws = append(ws, parts...)
	}
	return ws
}

// longestClause is how many bytes before a value are looked at for the clause that
// it stands in.
const longestClause = 200

// calledBefore is the words right before a value by which a sentence calls it
// benign, "" when it does not: "the legitimate OneDrive.exe (SHA256: ". What is
// loaded by, imitates or is not the legitimate thing is another: where the clause
// says such a word before, or others stand between, the words are doubt.
func (l *lexicon) calledBefore(before string) (said string, doubt bool) {
	before = before[max(0, len(before)-longestClause):]
	fields := strings.Fields(strings.TrimRight(before, ":=([{"+marks))
	for n := len(fields); n > 0 && len(hashSaid(split(fields[n-1]))) > 0; n-- {
		fields = fields[:n-1]
	}
	for n, back := len(fields)-1, 0; n >= 0 && back <= 3; n, back = n-1, back+1 {
		word := strings.TrimLeft(fields[n], "(\"'`“‘")
		plain := strings.ReplaceAll(strings.ToLower(word), "-", " ")
		if l.Denials[plain] && back > 0 {
			return strings.Join(fields[n:], " "), fields[n][0] != '(' && l.leadsAside(fields[:n])
		}
		word = strings.TrimRight(word, "\"'`”’")
		if !records.IsFileName(word) && !l.Topics[plain] && !l.Companions[plain] && (word == "" || word[0] < 'A' || word[0] > 'Z' || strings.ContainsAny(word, ".,;:()")) {
			break
		}
	}
	return "", l.some(l.apart(lastSentence(before)), l.Denials)
}

// lastSentence is what stands behind the last end of a sentence or clause, and is as
// long as a note at most.
func lastSentence(s string) string {
	s = s[max(0, len(s)-longestTitle):]
	for _, end := range []string{". ", "; ", "! ", "? "} {
		s = s[strings.LastIndex(s, end)+1:]
	}
	return s
}

// leadsAside reports whether words before one that denies say, in its clause, that
// it is about something else than the value.
func (l *lexicon) leadsAside(fields []string) bool {
	from := len(fields)
	for from > 0 && strings.IndexByte(",;:.!?)", fields[from-1][len(fields[from-1])-1]) < 0 {
		from--
		if fields[from][0] == '(' {
			break
		}
	}
	for _, f := range fields[from:] {
		if l.some(split(f), l.Aside, l.Pretended) {
			return true
		}
	}
	return l.some(split(strings.Join(fields[max(from, len(fields)-longestPhrase):], " ")), l.Pretended)
}

// benignHeading reports whether a heading says, from end to end, that what stands
// below it is no IOC.
func (l *lexicon) benignHeading(title string) bool {
	ws := l.apart(title)
	return l.Benign.has(ws) && l.madeOf(ws, l.Benign, l.Indicators, l.Subjects, l.Topics, l.Companions) && !l.contrary(title) || l.overAttacked(split(title))
}

// overAttacked reports whether a heading is over what was attacked, and does not say that
// it serves the attack: "Compromised hosts used for delivery".
func (l *lexicon) overAttacked(ws []string) bool {
	return len(ws) > 1 && l.Attacked[ws[0]] && l.Attackable.has(ws) && l.madeOf(ws[1:], l.Attackable, l.Attacked, l.Topics) &&
		!slices.ContainsFunc(ws, func(w string) bool {
			return w == "used" || l.Harm[w] || l.Hostile[w] || l.Pretended[w] && !l.Attacked[w]
		})
}

// foreignHeading is what a heading says that is no IOC for Quarry. Where another
// part of it ("registry keys and file hashes") names what is one, it is of that,
// and rest is the words of those parts.
func (l *lexicon) foreignHeading(title string) (f foreign, rest []string, ok bool) {
	var others []string
	for _, part := range headingParts(title) {
		ws := split(part)
		if found, is := l.foreign(ws); is {
			if !ok {
				f, ok = found, true
			}
			continue
		}
		others = append(others, ws...)
		if l.some(ws, l.Subjects, l.Topics) {
			rest = append(rest, ws...)
		}
	}
	if ok && f.Hashes && l.onlyHashes(others) && (f.Digits == 0 || len(hashSaid(others)) == 0) {
		rest = nil
	}
	return f, rest, ok
}

// foreignLabel reports whether a label says that behind it stands no IOC at all: a
// user agent, a mutex.
func (l *lexicon) foreignLabel(label string) bool {
	f, rest, ok := l.foreignHeading(label)
	return ok && f.Rules && len(rest) == 0
}

// onlyHashes reports whether words name hashes and nothing else.
func (l *lexicon) onlyHashes(ws []string) bool {
	return !slices.ContainsFunc(ws, func(w string) bool { return !l.Fillers[w] && w != "hashes" && len(hashSaid([]string{w})) == 0 })
}

// headingParts parts a heading at what joins the things that it names.
func headingParts(title string) []string {
	title = strings.ToLower(title)
	for _, by := range []string{" and ", " & ", " or ", "/", "(", ";", ":", "+"} {
		title = strings.ReplaceAll(title, by, ",")
	}
	return strings.Split(title, ",")
}
