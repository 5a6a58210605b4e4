package ui

import (
	"errors"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/exclusions/warnings"
	"quarry/feed"
	"quarry/review"
)

// iocList is the pane of the IOCs: a window on the positions that the filter
// shows.
type iocList struct {
	win     window
	view    []int32 // positions in the review's set
	filter  review.Filter
	sort    int // position in review.Columns
	reverse bool
	anchor  int // where a marked range began, as a place in view, or -1
	decided int // where the cursor was when something was decided about the range, or -1

	stated   statedFacts   // decides the columns
	made     review.Wanted // what view was made for
	seen     int           // the positions below were looked at for it
	mentions int           // how many at the end of view are mentions, in the order of the documents
	stale    bool          // a decision since may have changed what the filter shows
	looking  *looking      // for what is shown next, or nil
	looks    int           // how often that began
}

// current is the position in the set of the IOC under the cursor.
func (l *iocList) current() (int, bool) {
	if l.win.at < 0 || l.win.at >= len(l.view) {
		return 0, false
	}
	return int(l.view[l.win.at]), true
}

func (m *Model) sortNext() tea.Cmd {
	m.iocs.sort = (m.iocs.sort + 1) % len(review.Columns)
	m.sorted()
	return nil
}

func (m *Model) sortReverse() tea.Cmd {
	m.iocs.reverse = !m.iocs.reverse
	m.sorted()
	return nil
}

func (m *Model) sorted() {
	m.say(plain, "sorting by "+m.iocs.order())
	m.see(func(m *Model, also string) { m.say(plain, "sorted by "+m.iocs.order()+also) })
}

func (l *iocList) order() string {
	name := review.Columns[l.sort].Name
	if l.reverse {
		name += ", reversed"
	}
	return name
}

// setFilter shows the IOCs that the words choose. Words that cannot be used
// are an error, and what was shown stays.
func (m *Model) setFilter(text string) error {
	f, err := review.ParseFilter(text)
	if err != nil {
		return err
	}
	if f.Compares() && m.review.Older() == nil {
		return errors.New("there is nothing to compare with yet; " + m.key("diff") + " asks for an older document")
	}
	if reason := noMemory(m); f.Recalls() && m.review.Memories() == nil && reason != "" {
		return errors.New(reason)
	}
	m.iocs.filter = f
	m.see((*Model).sayShown)
	return nil
}

// sayShown says how much the filter leaves.
func (m *Model) sayShown(also string) {
	if len(m.iocs.view) == 0 {
		m.say(warn, "no row matches; "+m.key("cancel")+" clears the filter"+also+". Fields: "+strings.Join(review.FilterFields(), " "))
		return
	}
	m.say(plain, m.iocs.shownWords()+also)
}

func (l *iocList) shownWords() string { return plural(len(l.view), "row") + " shown" }

// title says what the table shows and how it is ordered.
func (l *iocList) title(m *Model) string {
	n := m.review.IOCs().Len()
	t := plural(n, "row")
	if len(l.view) != n {
		t = thousands(len(l.view)) + " of " + plural(n, "row")
	}
	t += m.progress() + m.comparingWith() + m.known() + m.exportProgress() + l.work()
	if h := l.win.height; h > 0 && len(l.view) > h {
		t += "  " + thousands(l.win.top+1) + "-" + thousands(min(l.win.top+h, len(l.view)))
	}
	if l.anchor >= 0 {
		from, to := l.marked()
		t += "  " + thousands(to-from+1) + " marked"
	}
	if l.filter.Text != "" {
		t += "  filter: " + l.filter.Text
	}
	if l.sort != 0 || l.reverse {
		t += "  by " + l.order()
	}
	return t
}

// drawRow draws row y of the pane: title, header, then the table.
func (l *iocList) drawRow(m *Model, y, w int) {
	c := &m.canvas
	cols := l.stated.fit(w)
	switch y {
	case 0:
		m.paneTitle(iocPane, l.title(m), w)
	case 1:
		l.drawHeader(c, cols, w)
	default:
		at := l.win.top + y - 2
		if at >= len(l.view) {
			l.drawEmpty(m, y, w)
			return
		}
		l.drawIOC(m, at, cols, w)
	}
}

func (l *iocList) drawHeader(c *canvas, cols iocColumns, w int) {
	c.put(dim, "  on  type", iocFixed+cols.typ)
	c.put(dim, "value", cols.value)
	verdict := "verdict"
	if cols.verdict == letterWidth {
		verdict = "v"
	}
	for _, col := range []struct {
		name string
		w    int
	}{{"threat", cols.threat}, {"conf", cols.conf}, {"", cols.gauge}, {"first seen", cols.seen}, {verdict, cols.verdict}} {
		if col.w > 0 {
			c.put(dim, " "+col.name, col.w+1)
		}
	}
	c.put(dim, " !", 2)
}

func (l *iocList) drawEmpty(m *Model, y, w int) {
	text := ""
	if y == 3 && len(l.view) == 0 {
		text = "  no row matches the filter; " + m.key("cancel") + " clears it"
	}
	m.canvas.put(dim, text, w)
}

func (l *iocList) drawIOC(m *Model, at int, cols iocColumns, w int) {
	c := &m.canvas
	pos := int(l.view[at])
	i := m.review.IOCs().At(pos)
	hunted := m.review.Hunts(pos)
	from, to := l.marked()
	inRange := l.anchor >= 0 && at >= from && at <= to
	pointer := " "
	if at == l.win.at {
		pointer = m.glyphs.pointer
		if m.focus == iocPane {
			c.lockRow(cursor)
		} else {
			c.lockRow(cursorOff)
		}
	}
	mark := m.changeMark(pos)
	if inRange {
		mark = "*"
	}
	text := plain
	if !hunted {
		text = dim
	}
	box := checkbox(hunted, i.Mention)
	if m.review.HeldBack(pos) {
		box = heldBox
	}
	c.raw(accent, pointer+mark)
	c.raw(text, box+" ")
	c.put(text, shortType(i.Type), cols.typ)
	c.raw(text, " ")
	m.drawValue(pos, i, text, cols.value)
	l.drawFacts(m, pos, i, cols, text)
	c.unlock()
}

// drawFacts draws what is known about an IOC, right of its value.
func (l *iocList) drawFacts(m *Model, pos int, i feed.IOC, cols iocColumns, text style) {
	c := &m.canvas
	if cols.threat > 0 {
		threat := string(i.Threat)
		if i.Mention {
			threat = "mention"
		}
		c.raw(text, " ")
		c.put(text, threat, cols.threat)
	}
	if cols.conf > 0 {
		conf := ""
		if i.Confidence != feed.NoConfidence {
			conf = strconv.Itoa(i.Confidence) + "%"
		}
		c.raw(text, " ")
		c.putRight(text, conf, cols.conf)
	}
	if cols.gauge > 0 {
		c.raw(text, " ")
		if i.Confidence == feed.NoConfidence {
			c.put(text, "", cols.gauge)
		} else {
			m.gauge(dim, i.Confidence, 100, cols.gauge)
		}
	}
	if cols.seen > 0 {
		c.raw(text, " ")
		seen := ""
		if !i.FirstSeen.IsZero() {
			seen = i.FirstSeen.Format("2006-01-02")
		}
		c.put(text, seen, cols.seen)
	}
	sign := "  "
	switch {
	case m.review.Memories().Differ(pos):
		sign = " !" // also when one of the opinions was taken over
	case len(i.Differs) > 0 || m.unhunted(pos) || m.review.Suspicious(pos) == warnings.Warn:
		sign = " !"
	case m.review.Note(pos) != "":
		sign = " n"
	}
	c.raw(text, " ")
	m.drawVerdict(pos, cols.verdict, sign)
}

// unhunted reports whether an included IOC can be carried by no chosen table.
func (m *Model) unhunted(pos int) bool {
	if !m.review.Hunts(pos) {
		return false
	}
	for _, t := range m.tables.all {
		if t.Chosen && t.Available && m.review.Carries(t.Table, pos) {
			return false
		}
	}
	return true
}

func verdictStyle(v review.Verdict) style {
	switch v {
	case review.Malicious:
		return bad
	case review.Benign:
		return good
	case review.Unsure:
		return warn
	}
	return plain
}

// heldBox marks what is on and left out by the minimum confidence.
const heldBox = "[<]"

func checkbox(on, mention bool) string {
	switch {
	case on:
		return "[x]"
	case mention:
		return "[~]"
	}
	return "[ ]"
}

// shortType is the type without ThreatFox's _hash.
func shortType(t feed.Type) string {
	s := string(t)
	if t.IsHash() {
		return s[:len(s)-len("_hash")]
	}
	return s
}

// fullCells is how many of w cells of a bar are full: none only where there is
// nothing, all at most.
func fullCells(n, most, w int) int {
	if n <= 0 || most <= 0 {
		return 0
	}
	return min(w, max(1, (n*w+most/2)/most))
}

// gauge draws a bar of w cells that is full at most.
func (m *Model) gauge(s style, n, most, w int) {
	full := fullCells(n, most, w)
	m.canvas.fill(s, m.glyphs.full, full)
	m.canvas.fill(s, m.glyphs.empty, w-full)
}
