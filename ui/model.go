package ui

import (
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"quarry/feed"
	"quarry/review"
	"quarry/review/store"
	"quarry/ui/cell"
)

// Model is the state of the workbench. It is the only tea.Model of the
// program.
type Model struct {
	review  *review.Review
	opt     Options
	actions []action
	keys    map[string]string // see [Model.key]

	theme  theme
	glyphs glyphs
	term   cell.Terminal
	canvas canvas

	w, h   int
	layout layout
	focus  pane
	shown  pane // which pane has the shared place of a small screen
	fanged bool // show values as they are

	iocs      iocList
	tables    tableList
	scenarios scenarioList
	preview   preview
	overlay   overlay           // covers the panes, or nil
	prompt    *prompt           // takes the keys, or nil
	drafts    map[string]string // words that could not be taken; see [Model.askOwnWords]

	load     *review.Loading // what is read into the review, or nil
	was      *review.Loading // that has ended, or nil
	readings *readings       // of a session that picks its documents
	sitting  *sitting        // with the document that was picked, or nil
	sittings int             // how often another document was picked, or none
	stopped  bool            // the analyst wanted no more of it
	counts   review.Counts
	plan     *review.Plan
	before   *review.Plan // before the last decision, or nil
	writing  *writing     // the plan whose hunts are being written, or nil
	writers  int          // commands that write hunts
	pastes   int          // how often something was pasted
	added    int          // documents that were pasted and added
	exports  []*exporting // that are being made
	files    int          // commands that write files of other formats

	comparing   *comparing // the comparison with older documents that is being made, or nil
	comparisons int        // how often one began

	saved      savedFindings
	copied     string // the tab that was copied last
	instead    string // what the answer to a copy begins with that stands for a file
	status     string
	statusIs   style
	readWords  string           // what was said at the end of reading
	unsaved    bool             // the review changed since the last export
	exported   bool             // there was an export
	stamps     map[string]Stamp // the exports of this review, by path
	history    bool             // an export lists every decision
	confirming bool             // quit was pressed once
	leaving    bool             // likewise for going back to the documents
	keeping    keeping
	today      time.Time   // when something was remembered last: of which year a date is not told
	start      store.Place // where the cursor is before anything is done
	generation int         // counts changes of the review; an export of an older one saved less
}

// New makes the workbench for a review.
func New(r *review.Review, opt Options) *Model {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Env == nil {
		opt.Env = os.Environ()
	}
	if opt.Files == nil {
		opt.Files = ownFiles{}
	}
	if opt.MostPasted <= 0 || opt.MostPasted > MostPasted {
		opt.MostPasted = MostPasted
	}
	m := &Model{
		review: r, opt: opt, actions: rebind(actions(), opt.Keys), theme: newTheme(opt.Theme, true), glyphs: newGlyphs(opt.ASCII), term: cell.Terminal{ASCII: opt.ASCII},
		shown: previewPane, fanged: opt.Fanged,
	}
	m.keys = keysToName(m.actions)
	if opt.Loading != nil && !opt.Loading.Done() {
		m.load = opt.Loading
		m.keeping.inUse = true
	}
	m.iocs.anchor = -1
	m.refresh()
	m.start = m.whereabouts()
	if m.beginning() {
		m.say(plain, lookingForReview)
	} else {
		m.say(plain, m.greeting())
	}
	return m
}

// Init asks the terminal what it can do. Nothing waits for the answers.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(
		tea.RequestBackgroundColor,
		// Bubble Tea does not ask over SSH; unasked, repaints tear there.
		tea.Raw(ansi.RequestModeSynchronizedOutput),
		m.ofSitting(tea.Batch(m.lookAtShelf(), m.nextPiece(), m.beginSaving(), m.goOn())),
	)
}

// say puts a message into the status line.
func (m *Model) say(s style, text string) { m.status, m.statusIs = text, s }

// greeting says how much is wrong with the documents before anything is done
// with them.
func (m *Model) greeting() string {
	if m.load != nil {
		before := ", "
		if m.opt.Journal != nil {
			before = ", what you decided before follows then; "
		}
		return "reading; the table can be used meanwhile" + before + m.key("stop-reading") + " stops"
	}
	n, errors := 0, 0
	for _, f := range m.review.Findings() {
		n++
		if f.Severity == feed.Error {
			errors++
		}
	}
	if n == 0 {
		return m.key("help") + " lists the keys"
	}
	text := plural(n, "finding")
	if errors > 0 {
		text += " (" + plural(errors, "error") + ")"
	}
	what := "this document"
	if len(m.review.Documents()) > 1 {
		what = "these documents"
	}
	return text + " about " + what + ": " + m.key("findings") + " shows them, " + m.key("help") + " lists the keys"
}

// resize lays the panes out anew. Cursors stay on their items.
func (m *Model) resize(w, h int) {
	m.w, m.h = w, h
	m.keeping.late = m.keeping.held // the frame that is held has another size
	m.place()
}

// place lays out the panes and what covers them. The pane that has the keys is
// always in sight, also when a smaller screen leaves one place to three of them.
func (m *Model) place() {
	if m.focus != iocPane {
		m.shown = m.focus
	}
	m.layout = newLayout(m.w, m.h, m.review.IOCs().Len(), m.shown)
	m.iocs.win.resize(max(0, m.layout.panes[iocPane].h-2), len(m.iocs.view))
	m.tables.win.resize(max(0, m.layout.panes[tablePane].h-1), len(m.tables.rows))
	m.scenarios.place(m)
	m.preview.place(m)
	if m.overlay != nil {
		m.overlay.resize(m)
	}
	if m.prompt != nil {
		m.prompt.resize(m)
	}
}

// keptWords say, for who leaves without an export, where the review is kept and what
// leaves.
func (m *Model) keptWords() string {
	where, without := "", ""
	switch {
	case m.opt.Journal != nil && m.savedMark() == "":
		where = ", but saved"
	case m.opt.Journal != nil && m.keeping.status.Beside != "":
		where = ", but kept in a file that is named then"
	default:
		without = " without"
	}
	return where + ": " + m.key("export") + " exports, " + m.key("quit") + " again leaves" + without
}

// quit leaves, but asks first when no export holds the review as it is, or when one
// is still being written.
func (m *Model) quit() tea.Cmd {
	n := len(m.review.History())
	switch {
	case !m.confirming && len(m.exports)+m.files > 0:
		m.say(warn, "an export is still being written: wait for it, "+m.key("quit")+" again leaves without it, Esc stays")
	case !m.unsaved || m.confirming || n == 0 && m.added == 0 && !m.exported:
		return tea.Quit
	case m.opt.CopyExports && m.opt.Journal != nil && m.savedMark() == "":
		return tea.Quit // it is saved, and there is no file that an export could be in
	case m.exported:
		m.say(warn, "the review changed since the export: "+m.key("export")+" exports, "+m.key("quit")+" leaves it so, Esc stays")
	default:
		what := plural(n, "decision")
		if n == 0 {
			what = plural(m.added, "pasted document")
		}
		m.say(warn, what+" not exported"+m.keptWords()+", Esc stays")
	}
	m.confirming = true
	return nil
}
