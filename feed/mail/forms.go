package mail

import (
	"fmt"
	"slices"

	"quarry/feed"
)

// alternative reads one of several forms of a text: the plain one, or the first in
// which something is on. What only the others hold are mentions.
func (w *walk) alternative(forms []entity, depth int) error {
	slices.SortStableFunc(forms, func(a, b entity) int { return a.rich() - b.rich() })
	out, last := w.out, w.last
	read := make([]feed.Collector, len(forms))
	for n, e := range forms {
		w.out = &read[n]
		if err := w.part(e, depth); err != nil {
			return err
		}
	}
	w.out, w.last = out, last
	best := bestOf(read)
	seen := map[string]bool{}
	if err := w.replay(read[best], seen); err != nil {
		return err
	}
	var more []feed.IOC // that are on
	for n := range read {
		if n != best {
			more = append(more, w.onlyHere(read[n], seen)...)
		}
	}
	if len(more) > 0 {
		w.find("mail-forms", feed.Warning, more[0].Sources[0].Line, fmt.Sprintf("the mail has its text in several forms, and what stands only in another form than the one that is read are mentions: %s, such as %s; switch on what you want to hunt",
			feed.Counted(len(more), "value"), feed.Defang(more[0].Type, more[0].Value)))
	}
	return nil
}

// rich is 0 for a form that is plain text.
func (e entity) rich() int {
	if kind, _ := e.header.mediaType(); kind == "text/plain" {
		return 0
	}
	return 1
}

// bestOf is which form is read: the first in which something is on, else the first
// in which there is anything.
func bestOf(forms []feed.Collector) int {
	on := func(b *feed.Bulletin) bool { return len(b.IOCs) > 0 }
	if n := slices.IndexFunc(forms, func(c feed.Collector) bool { return slices.ContainsFunc(c.Bulletins, on) }); n >= 0 {
		return n
	}
	return max(0, slices.IndexFunc(forms, func(c feed.Collector) bool { return len(c.Bulletins) > 0 }))
}

// replay gives what was read of a form to the sink.
func (w *walk) replay(form feed.Collector, seen map[string]bool) error {
	for _, b := range form.Bulletins {
		all := slices.Concat(b.IOCs, b.Mentions)
		b.IOCs, b.Mentions = nil, nil
		w.begin(b)
		for _, i := range all {
			seen[i.Key()] = true
			if err := w.out.IOC(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// onlyHere finds what a form holds that was not seen, and returns what of it is on
// there.
func (w *walk) onlyHere(form feed.Collector, seen map[string]bool) (on []feed.IOC) {
	for _, b := range form.Bulletins {
		for _, i := range slices.Concat(b.IOCs, b.Mentions) {
			if seen[i.Key()] {
				continue
			}
			seen[i.Key()] = true
			if !i.Mention {
				on = append(on, i)
				i.Mention, i.Context = true, "only in another form of the text of the mail"
			}
			w.found = append(w.found, i)
		}
	}
	return on
}
