package review

import (
	"fmt"
	"strings"

	"quarry/feed"
)

// beside knows which documents are read of those that others list, such as the
// events of a feed, which stand in one folder with the list.
type beside struct {
	read  map[string]bool // folder and name without its end
	index []index
}

// index is a document that lists others.
type index struct {
	source feed.Source
	folder string
	names  []string
	found  bool // in a folder or an archive that is read as a whole
}

// placeOf takes a name of a document apart, and its end off.
func placeOf(name string) (folder, base string) {
	at := strings.LastIndexAny(name, `/\`) + 1
	base, _, _ = strings.Cut(name[at:], ".")
	return name[:at], base
}

// note notes that a document is there, whether it can be read or not.
func (b *beside) note(name string) {
	if b.read == nil {
		b.read = map[string]bool{}
	}
	folder, base := placeOf(name)
	b.read[folder+base] = true
}

// lists takes note of what the documents of an input list.
func (b *beside) lists(in *feed.Input, documents []*feed.Bulletin) {
	for _, d := range documents {
		if len(d.Lists) > 0 {
			folder, _ := placeOf(in.Name)
			b.index = append(b.index, index{d.Source, folder, d.Lists, in.Found})
		}
	}
}

// missing tells of what is listed and not there. Of a list that was opened by
// itself nothing is said: nobody asked for the others.
func (b *beside) missing() (all []feed.Finding) {
	const most = 5 // names in a sentence
	for _, i := range b.index {
		var names []string
		for _, name := range i.names {
			if !b.read[i.folder+name] {
				names = append(names, feed.Quote(name))
			}
		}
		n := len(names)
		if n == 0 || n == len(i.names) && !i.found {
			continue
		}
		which := strings.Join(names[:min(n, most)], ", ")
		if n > most {
			which += fmt.Sprintf(" and %s more", feed.Thousands(n-most))
		}
		all = append(all, feed.Finding{
			Code: "listed-missing", Severity: feed.Warning, Source: i.source,
			Text: fmt.Sprintf("this lists %s that %s not beside it, so what %s is missing; fetch %s: %s", feed.Counted(n, "document"), feed.Pick(n, "is", "are"), feed.Pick(n, "it says", "they say"), feed.Pick(n, "it", "them"), which),
		})
	}
	return all
}
