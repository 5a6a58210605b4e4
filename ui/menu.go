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
	rows  []menuRow // of those found
	win   window    // the cursor, in found
	view  window    // what is shown, in rows
}

// menuRow is one row of the list: an action takes as many as its help needs.
type menuRow struct {
	item  int // position in found
	first bool
	help  string
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
	m.cover(o)
	o.resize(m)
	return nil
}

func (o *menu) bare() bool { return false }

func (o *menu) resize(m *Model) {
	setWidth(&o.input, m.w-12)
	o.view.height = max(1, m.h-5)
	at := o.win.at
	o.search(m)
	o.win.set(at)
	o.follow()
}

// The columns of the list.
const (
	menuKeys  = 14
	menuNames = 19
)

// lay wraps the help of what was found.
func (o *menu) lay(m *Model) {
	o.rows = o.rows[:0]
	for i, a := range o.found {
		for n, l := range m.term.Wrap(a.helpNow(m), max(1, m.w-2-menuKeys-menuNames)) {
			o.rows = append(o.rows, menuRow{i, n == 0, l})
		}
	}
	o.view.length = len(o.rows)
	o.view.keep()
}

// helpNow is the help of an action, where it works, and why it does not now.
func (a *action) helpNow(m *Model) string {
	help := a.help
	if len(a.panes) == 1 {
		help += " (" + paneNames[a.panes[0]] + ")"
	}
	if reason := m.readOnly(); reason != "" && deciding[a.name] {
		return help + "; not now: " + reason
	}
	if a.why != nil {
		if reason := a.why(m); reason != "" {
			help += "; not now: " + reason
		}
	}
	return help
}

// follow keeps all rows of the action under the cursor in sight.
func (o *menu) follow() {
	first := slices.IndexFunc(o.rows, func(r menuRow) bool { return r.item == o.win.at })
	if first < 0 {
		return
	}
	last := first
	for last+1 < len(o.rows) && !o.rows[last+1].first {
		last++
	}
	o.view.top = min(max(o.view.top, last-o.view.height+1), first)
	o.view.keep()
}

// inSight is the window of actions of which a row is shown.
func (o *menu) inSight() window {
	rows := o.rows[o.view.top:min(o.view.top+o.view.height, len(o.rows))]
	if len(rows) == 0 {
		return window{}
	}
	first, last := rows[0].item, rows[len(rows)-1].item
	return window{top: first, height: last - first + 1, length: len(o.found)}
}

// page is how many actions a page moves by.
func (o *menu) page() int { return max(1, o.inSight().height-1) }

// search keeps the actions that hold every word.
func (o *menu) search(m *Model) {
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
	o.lay(m)
	o.win, o.view.top = window{height: o.view.height, length: len(o.found)}, 0
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

func (o *menu) update(m *Model, msg tea.Msg) tea.Cmd {
	cmd := edit(&o.input, msg)
	o.search(m)
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
		o.win.set(o.win.at - o.page())
	case "pgdown":
		o.win.set(o.win.at + o.page())
	case "enter":
		m.overlay = nil
		if o.win.at < len(o.found) {
			return o.choose(m, o.found[o.win.at])
		}
	default:
		return o.update(m, msg)
	}
	o.follow()
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
	in := o.inSight()
	m.overlayTitle(o.title, &in, w)
	c.raw(plain, " ")
	c.input(&o.input, w-1)
	c.newline()
	for y := range h - 2 {
		at := o.view.top + y
		if at >= len(o.rows) {
			text := ""
			if y == 0 {
				text = "  no action has these words"
			}
			c.put(dim, text, w)
			c.newline()
			continue
		}
		o.drawRow(m, o.rows[at], w)
		c.newline()
	}
}

func (o *menu) drawRow(m *Model, row menuRow, w int) {
	c := &m.canvas
	pointer, keys, name := " ", "", ""
	if row.first {
		keys, name = keyList(o.found[row.item]), o.found[row.item].name
	}
	if row.item == o.win.at {
		if row.first {
			pointer = m.glyphs.pointer
		}
		c.lockRow(cursor)
	}
	c.raw(accent, pointer+" ")
	c.put(accent, keys, menuKeys)
	c.put(plain, name, menuNames)
	c.put(dim, row.help, w-2-menuKeys-menuNames)
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
