package ui

import (
	"slices"
	"strings"
)

// mostFootLines is how many rows a message has at most; no message of this
// program is longer on the smallest screen, but what it quotes may be.
const mostFootLines = 5

// footLines is the message when it does not fit beside what else stands below
// the panes, wrapped, else nil. It then takes the place of the keys, unless a text is
// being typed, and rows of the panes above: what it says matters more than they do.
func (m *Model) footLines() []string {
	room := m.w - 1
	if m.prompt != nil {
		if m.statusIs == plain {
			return nil
		}
		room -= keysWidth(m.promptKeys()) + keyGap
	}
	if m.term.Width(m.term.Clean(m.status)) <= room {
		return nil
	}
	lines := m.term.Wrap(m.status, max(1, m.w-1))
	if len(lines) > mostFootLines {
		lines = append(lines[:mostFootLines-1:mostFootLines-1], strings.Join(lines[mostFootLines-1:], " "))
	}
	return lines
}

// typing reports whether a text is being typed: nothing covers its keys, for they say
// how to leave it.
func (m *Model) typing() bool {
	_, typed := m.overlay.(typed)
	return m.prompt != nil || typed
}

// footHeight is how many rows stand below the panes.
func (m *Model) footHeight(lines []string) int {
	switch {
	case m.prompt != nil:
		return 2 + len(lines)
	case m.typing():
		return max(2, 1+len(lines))
	}
	return max(2, len(lines))
}

// drawFoot draws what stands below the panes: the prompt or the answer to the
// last key, and the keys that matter now.
func (m *Model) drawFoot(lines []string) {
	c := &m.canvas
	switch {
	case m.prompt != nil:
		m.prompt.draw(m)
		c.newline()
	case len(lines) == 0:
		c.raw(plain, " ")
		c.put(m.statusIs, m.status, m.w-1)
		c.newline()
	}
	for _, l := range lines {
		c.raw(plain, " ")
		c.put(m.statusIs, l, m.w-1)
		c.newline()
	}
	if len(lines) == 0 || m.typing() {
		m.drawFooter(len(lines) == 0)
	}
}

// drawFooter draws the few keys that matter now, and right of a prompt's, where it has
// room, what is wrong with its text so far.
func (m *Model) drawFooter(beside bool) {
	c := &m.canvas
	room := m.w - 1
	c.raw(plain, " ")
	gap := 0
	if mark := m.savedMark(); mark != "" {
		c.raw(bad, mark)
		room -= len(mark)
		gap = keyGap
	}
	for _, k := range m.footerKeys() {
		n := gap + m.term.Width(k.key) + 1 + len(k.means)
		if n > room {
			continue
		}
		c.spaces(gap)
		c.raw(accent, k.key)
		c.raw(dim, " "+k.means)
		room -= n
		gap = keyGap
	}
	if beside && m.prompt != nil && m.statusIs != plain && room > keyGap {
		c.spaces(keyGap)
		c.put(m.statusIs, m.status, room-keyGap)
		return
	}
	c.spaces(room)
}

// keyGap is the space between two keys of the footer.
const keyGap = 2

func keysWidth(keys []footerKey) int {
	n := -keyGap
	for _, k := range keys {
		n += keyGap + len(k.key) + 1 + len(k.means)
	}
	return n
}

// footerKey is a key with what it does, in a word.
type footerKey struct{ key, means string }

// lastKeys are shown before all others, because without them one is lost.
var lastKeys = []string{"help", "quit"}

func (m *Model) footerKeys() []footerKey {
	if m.beginning() {
		return []footerKey{{m.key("interrupt"), "leave"}}
	}
	if m.prompt != nil {
		return m.promptKeys()
	}
	if m.overlay != nil {
		return m.overlay.footer()
	}
	keys := make([]footerKey, 0, 32)
	if m.load != nil {
		keys = append(keys, footerKey{m.key("stop-reading"), "stops reading"})
	}
	marking := m.focus == iocPane && m.iocs.anchor >= 0
	if marking {
		keys = append(keys, footerKey{m.key("cancel"), "unmark"})
	}
	readOnly := m.keeping.holder != nil
	first := lastKeys
	if readOnly {
		first = append([]string{"take-over"}, lastKeys...)
	}
	for _, name := range first {
		if marking && name == "quit" {
			continue // its place is for what is done with the range, which Esc leaves
		}
		if a, ok := m.actionNamed(name); ok && len(a.keys) > 0 {
			keys = append(keys, footerKey{m.key(name), a.short})
		}
	}
	for _, own := range []bool{true, false} {
		for i := range m.actions {
			a := &m.actions[i]
			if a.short == "" || len(a.keys) == 0 || !a.in(m.focus) || (a.panes != nil) != own || slices.Contains(first, a.name) {
				continue
			}
			if readOnly && deciding[a.name] {
				continue
			}
			if a.why != nil && a.why(m) != "" {
				continue
			}
			k := footerKey{m.key(a.name), a.word(m)}
			if k.means == "" {
				continue
			}
			if !own && slices.ContainsFunc(keys, func(o footerKey) bool { return o.key == k.key }) {
				continue // the pane has another use for the key
			}
			keys = append(keys, k)
		}
	}
	return keys
}
