package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"quarry/exclusions/library"
	"quarry/feed"
	"quarry/review"
	"quarry/review/store"
	"quarry/ui/clip"
)

// Options are what the workbench needs to know about its surroundings.
type Options struct {
	Reviewer   string           // who decides, for the history and the export
	Now        func() time.Time // nil is time.Now
	Env        []string         // the environment; nil is that of the process
	ASCII      bool             // draw nothing beyond ASCII
	ExportPath string           // where an export goes unless told otherwise
	Loading    *review.Loading  // of the review, when its documents are not all read yet, or nil
	Size       int64            // of those documents in bytes, 0 when unknown
	Registry   *feed.Registry   // reads what is pasted; nil refuses that
	Clipboard  clip.Environment // how copies leave
	Journal    *store.Journal   // saves the review as it happens; nil saves nothing
	// Library reads the library of scenarios, and SaveScenario adds to it and gives
	// the path. Both are called by commands; nil is no library.
	Library      func() ([]library.Entry, []error)
	SaveScenario func(library.Entry) (string, error)
	Keys         Keys   // of the analyst's own; see [Keys.Check]
	Theme        Theme  // the colours; "" is [AutoTheme]
	Mouse        bool   // take clicks and the wheel, which the terminal then does not
	Fanged       bool   // begin with values as they are, not defanged
	NoComments   bool   // write hunts without comments
	Folder       string // where exports go unless told otherwise; "" is the current one
	Files        Files  // where exports are written; nil is all files of this machine
	CopyExports  bool   // copy instead what would be written: the analyst has no files here
	MostPasted   int    // bytes of pasted text that are read; 0 is 16 MB, the most
	CanSuspend   bool   // a shell would resume the program; without, it cannot be suspended
	// Attach is given what brings messages from outside, before the program runs.
	Attach func(send func(tea.Msg))
	Shelf  Shelf // documents that one is picked of at the beginning, or nil; see [RunShelf]
}
