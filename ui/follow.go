package ui

import (
	"fmt"
	"strings"

	"quarry/review"
	"quarry/review/store"
)

// follow shows what somebody else did with the review.
func (m *Model) follow(c store.Change) {
	if c.Err != nil {
		m.say(warn, c.Err.Error())
		return
	}
	if c.Late != nil {
		m.keeping.tooLate = append(m.keeping.tooLate, *c.Late)
	}
	m.keeping.missed = append(m.keeping.missed, c.Pasted...)
	before := m.keeping.holder
	log, done := m.review.Log()
	moved := doneOtherwise(log, done, c)
	m.review.Follow(c.Keep, c.More, c.Done)
	m.keeping.holder, m.keeping.private = c.Holder, c.Private && c.Holder != nil
	m.generation++
	also := m.lateWords() + pastedWords(m.keeping.missed) + m.refresh()
	switch {
	case c.Holder == nil && before != nil:
		m.keeping.status, m.keeping.tooLate = store.Status{}, nil
		m.keeping.place = m.whereabouts()
		if c.Private {
			m.say(good, "a copy of this review is yours now, as you saw it last"+also)
		} else {
			m.say(good, "this review is yours now"+also)
		}
	case m.keeping.private:
		m.say(warn, m.readOnly()+also)
	case c.Late != nil && c.Holder != nil:
		m.say(bad, m.readOnly()+also)
	case before == nil && c.Holder != nil:
		m.say(bad, c.Holder.String()+" took this review over: read-only, "+m.leadToTakeOver()+m.key("take-over")+" takes it back"+also)
	case c.Holder != nil && c.Holder.Gone():
		m.say(warn, m.readOnly()+also)
	case len(c.More) > 0:
		last := c.More[len(c.More)-1]
		m.say(plain, last.Who+" "+last.Words+also)
	case moved != "":
		m.say(plain, c.Holder.Who+" "+moved+also)
	case len(c.Pasted) > 0:
		m.say(warn, strings.TrimPrefix(also, "; "))
	}
}

// lateWords say, to add to a message, what of one's own came too late and where it is.
func (m *Model) lateWords() string {
	var decided []review.Entry
	beside := true
	for _, l := range m.keeping.tooLate {
		decided = append(decided, l.Entries...)
		beside = beside && l.Beside != ""
	}
	what, is, it := "what you did last", " came too late and is ", "it"
	switch {
	case len(m.keeping.tooLate) == 0:
		return ""
	case len(decided) == 1:
		what = "your last decision (" + decided[0].Words + ")"
	case len(decided) > 1:
		what = fmt.Sprintf("your last %d decisions (the last: %s)", len(decided), decided[len(decided)-1].Words)
		is, it = " came too late and are ", "them"
	}
	where := "in a file that quarry reviews names, quarry reviews import takes " + it + " in"
	switch {
	case !beside:
		where = "not kept"
	case m.served():
		where = "in a file of the server, which its log names"
	}
	return "; " + what + is + where
}

// pastedWords say, to add to a message, that others pasted documents into the review,
// whose rows are not here.
func pastedWords(docs []store.Source) string {
	if len(docs) == 0 {
		return ""
	}
	return "; " + docs[len(docs)-1].Who + " pasted something: its rows are here once you leave and open this again"
}

// doneOtherwise says which of the decisions that stand in the log were undone or done
// again where nothing else is another; "" is none.
func doneOtherwise(log []review.Entry, done int, c store.Change) string {
	from, to, what := c.Done, done, "undid"
	if done < c.Done {
		from, to, what = done, c.Done, "did again"
	}
	switch {
	case c.Holder == nil || len(c.More) > 0 || from == to || to > min(c.Keep, len(log)):
		return ""
	case to-from > 1:
		return what + " " + plural(to-from, "decision")
	}
	e := log[from]
	return what + " what " + e.Who + " " + e.Words
}
