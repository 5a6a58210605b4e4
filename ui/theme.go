package ui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// style is an index into a theme. Colour never stands alone: what it says is
// also said by a word, a mark or a place.
type style uint8

const (
	plain style = iota
	bold
	dim
	bar       // top and bottom line
	heading   // title of a pane
	focused   // title of the pane that has the keys
	cursor    // row of the cursor in the pane that has the keys
	cursorOff // row of the cursor in another pane
	good
	warn
	bad
	accent // keys in the footer, names in a query
	stringStyle
	numberStyle
	commentStyle
	keywordStyle
	changed // gutter of a line that the last decision changed
	styles
)

// theme holds the escape sequence that switches each style on. Lip Gloss makes
// them once; drawing a cell costs no call of it.
type theme [styles]string

const reset = "\x1b[m"

// Theme is for which background the colours are chosen.
type Theme string

// The themes.
const (
	// AutoTheme asks the terminal, and takes it for dark until it answers.
	AutoTheme  Theme = ""
	DarkTheme  Theme = "dark"
	LightTheme Theme = "light"
	// ContrastTheme has nothing paler than the terminal's own text, and what
	// stands out in bold.
	ContrastTheme Theme = "high-contrast"
)

// newTheme uses the terminal's own sixteen colours, chosen for a dark or a
// light background, of which the terminal was asked. Where there are no colours
// the renderer drops them and leaves bold, underline and reverse.
func newTheme(t Theme, dark bool) theme {
	yellow, red, grey := "3", "9", "8"
	if t == LightTheme || t != DarkTheme && !dark {
		yellow, red = "5", "1" // yellow cannot be read on white
	}
	base := lipgloss.NewStyle()
	c := func(n string) lipgloss.Style {
		switch {
		case t != ContrastTheme:
			return base.Foreground(lipgloss.Color(n))
		case n == grey:
			return base
		}
		return base.Foreground(lipgloss.Color(n)).Bold(true)
	}
	return theme{
		plain:        "",
		bold:         prefix(base.Bold(true)),
		dim:          prefix(c(grey)),
		bar:          prefix(base.Bold(true)),
		heading:      prefix(c(grey)),
		focused:      prefix(c("6").Bold(true)),
		cursor:       prefix(base.Reverse(true)),
		cursorOff:    prefix(base.Underline(true)),
		good:         prefix(c("2")),
		warn:         prefix(c(yellow)),
		bad:          prefix(c(red).Bold(true)),
		accent:       prefix(c("6")),
		stringStyle:  prefix(c("2")),
		numberStyle:  prefix(c(yellow)),
		commentStyle: prefix(c(grey)),
		keywordStyle: prefix(c("6")), // blue cannot be read on black
		changed:      prefix(c(yellow).Bold(true)),
	}
}

// prefix is the sequence that Lip Gloss writes before a styled text.
func prefix(s lipgloss.Style) string {
	before, _, _ := strings.Cut(s.Render("x"), "x")
	return before
}
