package ui

import "fmt"

// window is a cursor in a list of which a part is shown.
type window struct {
	at     int // the item under the cursor
	top    int // the first item shown
	height int // how many are shown
	length int
}

// set moves the cursor to item at and keeps it in sight. Leaving the window by
// one row moves it by half its height: on a slow link a page is cheaper than
// thirty single rows.
func (w *window) set(at int) {
	w.at = max(0, min(at, w.length-1))
	switch {
	case w.height <= 0:
		w.top = 0
	case w.at < w.top:
		w.top = w.at
		if w.at > 0 {
			w.top = max(0, w.at-w.height/2)
		}
	case w.at >= w.top+w.height:
		w.top = w.at - w.height + 1
		if w.at < w.length-1 {
			w.top = w.at - w.height/2
		}
	}
	w.keep()
}

// resize tells the window its size and how long the list is.
func (w *window) resize(height, length int) {
	w.height, w.length = height, length
	w.set(w.at)
}

// move moves the cursor as a motion says.
func (w *window) move(m motion) {
	switch m {
	case up:
		w.set(w.at - 1)
	case down:
		w.set(w.at + 1)
	case pageUp:
		w.set(w.at - max(1, w.height-1))
	case pageDown:
		w.set(w.at + max(1, w.height-1))
	case first:
		w.set(0)
	case last:
		w.set(w.length - 1)
	}
}

// scroll moves the window itself, for text without a cursor.
func (w *window) scroll(m motion) {
	switch m {
	case up:
		w.top--
	case down:
		w.top++
	case pageUp:
		w.top -= max(1, w.height-1)
	case pageDown:
		w.top += max(1, w.height-1)
	case first:
		w.top = 0
	case last:
		w.top = w.length
	}
	w.keep()
}

// keep keeps the window over the list.
func (w *window) keep() { w.top = max(0, min(w.top, w.length-w.height)) }

// position says which items are shown, when not all are.
func (w *window) position() string {
	if w.height <= 0 || w.length <= w.height {
		return ""
	}
	return fmt.Sprintf("%s-%s of %s", thousands(w.top+1), thousands(min(w.top+w.height, w.length)), thousands(w.length))
}

// below reports whether there are items below those shown.
func (w *window) below() bool { return w.top+w.height < w.length }

// motion is a movement in a list or text.
type motion uint8

const (
	up motion = iota
	down
	pageUp
	pageDown
	first
	last
)
