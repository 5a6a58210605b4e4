package mail

import (
	"fmt"
	"slices"

	"quarry/feed"
	"quarry/feed/scan"
)

// asIOC reports whether a hit is written as an IOC is: it is a hash or defanged.
func asIOC(text string, h scan.Hit) bool {
	raw := text[h.Start:h.End]
	return h.Type.IsHash() || feed.Refang(raw) != raw
}

// named notes what a subject writes as an IOC.
func (w *walk) named(i feed.IOC) {
	if w.inSubject == nil {
		w.inSubject = map[string]bool{}
	}
	w.inSubject[i.Key()] = true
}

// hunted takes an IOC that is on out of those that stand only in a subject.
func (w *walk) hunted(i feed.IOC) {
	if len(w.inSubject) > 0 && !i.Mention { // a key is built for each
		delete(w.inSubject, i.Key())
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
