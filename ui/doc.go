// Package ui is the workbench: one screen on which an analyst walks a review's
// IOCs, tables and scenarios and watches the hunts change.
//
// There is one [Model]. Its panes are plain structs that hold a cursor and a
// scroll position and draw themselves row by row; what a key does is an entry
// of one list of actions, from which the footer, the help, the palette and the
// README come. An action changes the review only by a decision, so everything
// here can be done, and tested, without a terminal.
//
// Every text from a document passes package cell before it is drawn.
package ui
