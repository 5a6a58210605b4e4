package mail

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"quarry/feed"
	"quarry/feed/scan"
)

// asIOC reports whether a hit is written as an IOC is: it is defanged or a hash, of which
// one as short as the number of a ticket needs a word that says so.
func asIOC(text string, h scan.Hit) bool {
	if h.Type == feed.MD5 {
		return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), func(w string) bool {
			return slices.Contains(words().Hashing, w)
		})
	}
	raw := text[h.Start:h.End]
	return h.Type.IsHash() || feed.Refang(raw) != raw
}

// maxHunted is how many IOCs are remembered for a subject that comes behind them.
const maxHunted = 1 << 16

// named notes what a subject writes as an IOC, unless it is one in what was read.
func (w *walk) named(i feed.IOC) {
	if w.inSubject == nil {
		w.inSubject = map[string]bool{}
	}
	if key := i.Key(); !w.on[key] {
		w.inSubject[key] = true
	}
}

// hunted takes an IOC that is on out of those that stand only in a subject.
func (w *walk) hunted(i feed.IOC) {
	if i.Mention || len(w.inSubject) == 0 && len(w.on) >= maxHunted { // a key is built for each
		return
	}
	key := i.Key()
	delete(w.inSubject, key)
	if w.on == nil {
		w.on = map[string]bool{}
	}
	if len(w.on) < maxHunted {
		w.on[key] = true
	}
}

// tellSubject tells of what is written as an IOC in a subject only.
func (w *walk) tellSubject() {
	at := slices.IndexFunc(w.found, func(i feed.IOC) bool { return w.inSubject[i.Key()] })
	if at < 0 {
		return
	}
	first := w.found[at]
	w.find("mail-subject", feed.Warning, first.Sources[0].Line, fmt.Sprintf("the subject holds what is written as an IOC and the mail itself has no such one, so it is a mention: %s, such as %s; switch on what you want to hunt",
		feed.Counted(len(w.inSubject), "value"), feed.Defang(first.Type, first.Value)))
}
