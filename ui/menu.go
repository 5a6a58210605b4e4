package ui

import (
	"cmp"
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// menu is the searchable list of all actions, from which one can be run.
type menu struct {
	title string
	input textinput.Model
	items []action // all, in the order of the list
	found []action
	win   window
}

// showMenu opens the list. With keys it starts with the focused pane's own
// actions, without it shows all in their order.
func (m *Model) showMenu(title string, own bool) tea.Cmd {
	o := &menu{title: title, input: newInput("search: ", "")}
	for _, first := range []bool{true, false} {
		for _, a := range m.actions {
			if mine := !own || a.in(m.focus) && a.panes != nil; mine == first && (own || first) {
				o.items = append(o.items, a)
			}
		}
	}
	o.search()
	m.cover(o)
	o.resize(m)
	return nil
}

func (o *menu) bare() bool { return false }

func (o *menu) resize(m *Model) {
	o.input.SetWidth(max(1, m.w-12))
	o.win.resize(max(1, m.h-5), len(o.found))
}

// search keeps the actions that hold every word.
func (o *menu) search() {
	typed := strings.ToLower(o.input.Value())
	words := strings.Fields(typed)
	o.found = o.found[:0]
	for _, a := range o.items {
		all := strings.ToLower(a.name + " " + a.help + " " + keyList(a))
		ok := true
		for _, w := range words {
			ok = ok && strings.Contains(all, w)
		}
		if ok {
			o.found = append(o.found, a)
		}
	}
	// What is called so comes before what only speaks of it.
	if typed = strings.TrimSpace(typed); typed != "" {
		slices.SortStableFunc(o.found, func(a, b action) int {
			return cmp.Compare(nameRank(a, typed), nameRank(b, typed))
		})
	}
	o.win.at, o.win.top = 0, 0
	o.win.resize(o.win.height, len(o.found))
}

// nameRank is lower the better an action's name or key fits what was typed.
func nameRank(a action, typed string) int {
	switch {
	case a.name == typed || slices.Contains(a.keys, typed):
		return 0
	case strings.HasPrefix(a.name, typed):
		return 1
	case strings.Contains(a.name, typed):
		return 2
	}
	return 3
}

func (o *menu) update(msg tea.Msg) tea.Cmd {
	cmd := edit(&o.input, msg)
	o.search()
	return cmd
}

func (o *menu) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "ctrl+c":
		m.overlay = nil
	case "up", "ctrl+p":
		o.win.move(up)
	case "down", "ctrl+n":
		o.win.move(down)
	case "pgup":
		o.win.move(pageUp)
	case "pgdown":
		o.win.move(pageDown)
	case "enter":
		m.overlay = nil
		if o.win.at < len(o.found) {
			return o.choose(m, o.found[o.win.at])
		}
	default:
		return o.update(msg)
	}
	return nil
}

// choose runs an action, in a pane where it can be run.
func (o *menu) choose(m *Model, a action) tea.Cmd {
	if !a.in(m.focus) {
		m.setFocus(a.panes[0])
	}
	return m.do(a)
}

func (o *menu) footer() []footerKey {
	return []footerKey{{"Enter", "run"}, {"Up/Down", "choose"}, {"Esc", "close"}, {"", "type to search"}}
}

func (o *menu) cursor() *tea.Cursor {
	c := o.input.Cursor()
	if c != nil {
		c.Y, c.X = 2, c.X+1
	}
	return c
}

func (o *menu) draw(m *Model, w, h int) {
	c := &m.canvas
	m.overlayTitle(o.title, &o.win, w)
	c.raw(plain, " ")
	c.input(&o.input, w-1)
	c.newline()
	for y := range h - 2 {
		at := o.win.top + y
		if at >= len(o.found) {
			text := ""
			if y == 0 {
				text = "  no action has these words"
			}
			c.put(dim, text, w)
			c.newline()
			continue
		}
		o.drawItem(m, at, w)
		c.newline()
	}
}

func (o *menu) drawItem(m *Model, at, w int) {
	c := &m.canvas
	a := o.found[at]
	pointer := " "
	if at == o.win.at {
		pointer = m.glyphs.pointer
		c.lockRow(cursor)
	}
	const keyWidth, nameWidth = 14, 19
	c.raw(accent, pointer+" ")
	c.put(accent, keyList(a), keyWidth)
	where := ""
	if len(a.panes) == 1 {
		where = " (" + paneNames[a.panes[0]] + ")"
	}
	help := a.help + where
	if a.why != nil {
		if reason := a.why(m); reason != "" {
			help += "; not now: " + reason
		}
	}
	c.put(plain, a.name, nameWidth)
	c.put(dim, help, w-2-keyWidth-nameWidth)
	c.unlock()
}

// keyList is the keys of an action as people write them.
func keyList(a action) string {
	names := make([]string, len(a.keys))
	for i, k := range a.keys {
		names[i] = keyName(k)
	}
	return strings.Join(names, ", ")
}
