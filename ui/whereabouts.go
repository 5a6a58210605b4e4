package ui

import (
	"slices"

	"quarry/review"
	"quarry/review/store"
)

// whereabouts is where the analyst is.
func (m *Model) whereabouts() store.Place {
	p := store.Place{
		Filter: m.iocs.filter.Text, Reverse: m.iocs.reverse, Pane: paneNames[m.focus], Sort: review.Columns[m.iocs.sort].Name, Tab: m.preview.tab,
	}
	if at, ok := m.iocs.current(); ok {
		p.IOC = m.review.IOCs().At(at).Key()
	}
	return p
}

// placeOf is the row of an IOC among those that are shown, or -1.
func (l *iocList) placeOf(item int) int { return slices.Index(l.view, int32(item)) }

// goTo goes where an analyst was. What is not there any more stays as it is.
func (m *Model) goTo(p store.Place) {
	if p == (store.Place{}) {
		return
	}
	if f, err := review.ParseFilter(p.Filter); err == nil {
		m.iocs.filter = f
	}
	for i, c := range review.Columns {
		if c.Name == p.Sort {
			m.iocs.sort = i
		}
	}
	m.iocs.reverse = p.Reverse
	m.see(func(m *Model, _ string) {
		if item, ok := m.review.IOCs().Find(p.IOC); ok {
			if at := m.iocs.placeOf(item); at >= 0 {
				m.iocs.win.set(at)
			}
		}
	})
	if i := slices.Index(paneNames[:], p.Pane); i >= 0 {
		m.setFocus(pane(i))
	}
	if p.Tab != m.preview.tab {
		m.preview.show(m, p.Tab)
	}
	m.place()
}
