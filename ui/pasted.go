package ui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/feed"
	"quarry/review"
	"quarry/review/store"
)

// MostPasted is how many bytes of pasted text are read at most. More comes in a
// file.
const MostPasted = 16 << 20

// byteWords is a number of bytes in the largest whole unit.
func byteWords(n int) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return strconv.Itoa(n>>20) + " MB"
	case n >= 1<<10 && n%(1<<10) == 0:
		return strconv.Itoa(n>>10) + " kB"
	}
	return thousands(n) + " bytes"
}

// tellOfPasting says how a document is pasted. No key could do it: the terminal has the
// clipboard.
func (m *Model) tellOfPasting() tea.Cmd {
	m.say(plain, "paste with your terminal's own keys, often Ctrl-Shift-V or Cmd-V: what is found is shown before it is added")
	return nil
}

// pastedName is what a pasted document is called.
const pastedName = "pasted"

// pastedMsg is the answer of reading pasted text.
type pastedMsg struct {
	nth  int // of those pasted
	text string
	docs []*feed.Bulletin
	err  error
}

// readPasted reads pasted text as a document, by a command.
func (m *Model) readPasted(text string) tea.Cmd {
	switch _, importing := m.overlay.(*importing); {
	case importing:
		m.say(warn, "something else was pasted and is left out: Enter adds what is shown, Esc drops it, then paste again")
		return nil
	case m.readOnly() != "":
		m.say(warn, m.readOnly())
		return nil
	case m.opt.Registry == nil:
		m.say(warn, "pasted text goes into a field only; save it to a file and open that")
		return nil
	case m.load != nil:
		m.say(warn, "nothing was pasted: "+stillReading(m))
		return nil
	case m.stillExporting() != "":
		m.say(warn, "nothing was pasted: "+m.stillExporting())
		return nil
	}
	if text != "" && !strings.HasSuffix(text, "\n") && !strings.HasSuffix(text, "\r") {
		text += "\n" // a selection ends in a line, and is no download that broke off there
	}
	m.pastes++
	nth, name, registry := m.pastes, m.pastedName(), m.opt.Registry
	m.say(plain, "reading "+thousands(len(text))+" bytes of pasted text")
	return func() tea.Msg {
		docs, err := readText(name, text, registry)
		return pastedMsg{nth, text, docs, err}
	}
}

// pastedName is the name of the next document that is pasted.
func (m *Model) pastedName() string {
	n := 1
	for _, d := range m.review.Documents() {
		if d.Source.Name == pastedName || strings.HasPrefix(d.Source.Name, pastedName+" ") {
			n++
		}
	}
	if n == 1 {
		return pastedName
	}
	return pastedName + " " + strconv.Itoa(n)
}

// ReaderOf reads text that was pasted into a review, with the readers of a
// registry.
func ReaderOf(registry *feed.Registry) func(name, text string) ([]*feed.Bulletin, error) {
	return func(name, text string) ([]*feed.Bulletin, error) { return readText(name, text, registry) }
}

// readText reads a text with the reader that is surest of it. Terminals write
// carriage returns for line ends; the input takes those.
func readText(name, text string, registry *feed.Registry) ([]*feed.Bulletin, error) {
	in, err := feed.NewInput(name, strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	if review.IsReviewed(in.Head()) {
		return nil, &feed.InputError{Name: name, Reason: "this is a reviewed bulletin", Advice: "save it to a file and open that, so that its decisions come along"}
	}
	return feed.Collect(registry.Read, in)
}

// pasted shows what was found in pasted text.
func (m *Model) pasted(msg pastedMsg) {
	_, choosing := m.overlay.(*menu)
	switch {
	case msg.nth != m.pastes:
		return // something else was pasted since
	case msg.err != nil:
		m.say(bad, msg.err.Error())
		return
	case m.load != nil || m.prompt != nil || choosing:
		m.say(warn, "what was pasted is left out, for something else is being asked; paste it again")
		return
	}
	o := &importing{text: msg.text, docs: msg.docs}
	o.title, o.make = "Pasted text", o.write
	for _, d := range msg.docs {
		for _, i := range slices.Concat(d.IOCs, d.Mentions) {
			if _, there := m.review.IOCs().Find(i.Key()); there {
				o.there++
			}
		}
	}
	m.cover(o)
	o.resize(m)
}

// importing shows what was found in pasted text, before it is added.
type importing struct {
	reading
	text  string
	docs  []*feed.Bulletin
	there int // rows whose IOCs are in the review already
}

// firstPasted is how many rows of each kind are shown.
const firstPasted = 8

func (o *importing) rows() (iocs, mentions []feed.IOC, findings []feed.Finding) {
	for _, d := range o.docs {
		iocs, mentions, findings = append(iocs, d.IOCs...), append(mentions, d.Mentions...), append(findings, d.Findings...)
	}
	return iocs, mentions, findings
}

func (o *importing) write(t *text) {
	iocs, mentions, findings := o.rows()
	t.para(bold, found(len(iocs), len(mentions))+", read as "+o.docs[0].Format+". Enter adds it to the review for good, which undo does not take back; Esc drops it.")
	if o.there > 0 {
		t.para(plain, plural(o.there, "row")+" of it the review has already; where they differ, both are kept.")
	}
	t.rows("IOCs", iocs, func(i feed.IOC) string { return cmp.Or(string(i.Threat), i.Context) })
	t.rows("Mentions, which are off", mentions, func(i feed.IOC) string { return i.Context })
	if len(findings) > 0 {
		t.gap()
		t.para(bold, "Findings, errors first")
		for _, alike := range byKind(worstFirst(findings)) {
			if len(alike) > mostAlike {
				t.findingGroup(alike)
				continue
			}
			for _, f := range alike {
				t.finding(f)
			}
		}
	}
}

// rows adds how many rows there are of each type, and the first of them.
func (t *text) rows(what string, rows []feed.IOC, why func(feed.IOC) string) {
	if len(rows) == 0 {
		return
	}
	t.gap()
	t.para(bold, what)
	count := map[feed.Type]int{}
	for _, i := range rows {
		count[i.Type]++
	}
	var types []string
	for _, kind := range feed.Types {
		if n := count[kind]; n > 0 {
			types = append(types, thousands(n)+" "+shortType(kind))
		}
	}
	t.para(plain, strings.Join(types, ", "))
	for _, i := range rows[:min(len(rows), firstPasted)] {
		value := i.Value
		if !t.m.fanged {
			value = feed.Defang(i.Type, value)
		}
		words := value
		if reason := why(i); reason != "" {
			words += ", " + reason
		}
		t.field("  line "+strconv.Itoa(firstLine(i)), plain, words)
	}
	if more := len(rows) - firstPasted; more > 0 {
		t.para(dim, "and "+thousands(more)+" more")
	}
}

func firstLine(i feed.IOC) int {
	if len(i.Sources) == 0 {
		return 0
	}
	return i.Sources[0].Line
}

func (o *importing) footer() []footerKey {
	return []footerKey{{"Enter", "add to the review"}, {"Esc", "drop"}, {"Up/Down", "scroll"}}
}

func (o *importing) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch key := msg.String(); key {
	case "enter":
		if reason := m.stillExporting(); reason != "" {
			m.say(warn, "not added yet: "+reason)
			return nil
		}
		m.overlay = nil
		return m.add(o)
	case "esc", "q", "ctrl+c":
		m.overlay = nil
		m.say(plain, "dropped what was pasted")
	default:
		a, _ := m.actionFor(key, previewPane)
		if to, moves := motions[a.name]; moves {
			o.win.scroll(to)
			m.say(plain, "")
		} else {
			m.say(warn, key+" does nothing here; Enter adds, Esc drops")
		}
	}
	return nil
}

// add adds pasted documents to the review.
func (m *Model) add(o *importing) tea.Cmd {
	iocs, mentions, _ := o.rows()
	if len(iocs)+len(mentions) == 0 {
		m.say(warn, "there is nothing to add; the review is as it was")
		return nil
	}
	before := m.review.IOCs().Len()
	m.review.Add(o.docs)
	m.added += len(o.docs)
	if j := m.opt.Journal; j != nil {
		m.keeping.ticket = j.Add(store.TextSource(o.docs[0].Source.Name, o.text))
	}
	m.iocs.stale = true
	also := m.reviewChanged()
	rows := m.review.IOCs().Len() - before
	text := "added " + o.docs[0].Source.Name + ": " + found(len(iocs), len(mentions)) + ", " + plural(rows, "new row")
	if m.served() {
		text += "; other reviewers do not see it"
	}
	m.say(good, text+also+"; this cannot be undone, "+m.key("undo")+" takes back decisions only")
	return m.compareAgain()
}

// found says how many IOCs and mentions were found.
func found(iocs, mentions int) string { return review.Tally{IOCs: iocs, Mentions: mentions}.String() }
