package ui

import (
	"errors"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"quarry/exclusions/library"
	"quarry/feed"
	"quarry/review"
	"quarry/review/store"
	"quarry/ui/cell"
	"quarry/ui/clip"
)

// Options are what the workbench needs to know about its surroundings.
type Options struct {
	Reviewer    string           // who decides, for the history and the export
	Now         func() time.Time // nil is time.Now
	Env         []string         // the environment; nil is that of the process
	ASCII       bool             // draw nothing beyond ASCII
	ExportPath  string           // where an export goes unless told otherwise
	ExportStamp Stamp            // of the file there, when it may be written over unasked
	Loading     *review.Loading  // of the review, when its documents are not all read yet, or nil
	Size        int64            // of those documents in bytes, 0 when unknown
	Registry    *feed.Registry   // reads what is pasted; nil refuses that
	Clipboard   clip.Environment // how copies leave
	Journal     *store.Journal   // saves the review as it happens; nil saves nothing
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
	// Attach is given what brings messages from outside, before the program runs.
	Attach func(send func(tea.Msg))
	Shelf  Shelf // documents that one is picked of at the beginning, or nil; see [RunShelf]
}

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
	overlay   overlay // covers the panes, or nil
	prompt    *prompt // takes the keys, or nil

	load     *review.Loading // what is read into the review, or nil
	readings *readings       // of a session that picks its documents
	stopped  bool            // the analyst wanted no more of it
	counts   review.Counts
	plan     *review.Plan
	before   *review.Plan // before the last decision, or nil
	writing  *writing     // the plan whose hunts are being written, or nil
	writers  int          // commands that write hunts
	pastes   int          // how often something was pasted
	added    int          // documents that were pasted and added
	exports  []*exporting // that are being made

	comparing   *comparing // the comparison with older documents that is being made, or nil
	comparisons int        // how often one began

	saved      savedFindings
	copied     string // the tab that was copied last
	instead    string // what the answer to a copy begins with that stands for a file
	status     string
	statusIs   style
	unsaved    bool // the review changed since the last export
	exported   bool // there was an export
	history    bool // an export lists every decision
	confirming bool // quit was pressed once
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
	}
	m.iocs.anchor = -1
	m.refresh()
	m.start = m.whereabouts()
	m.say(plain, m.greeting())
	return m
}

// Init asks the terminal what it can do. Nothing waits for the answers.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(
		tea.RequestBackgroundColor,
		// Bubble Tea does not ask over SSH; unasked, repaints tear there.
		tea.Raw(ansi.RequestModeSynchronizedOutput),
		m.lookAtShelf(),
		m.nextPiece(),
		m.beginSaving(),
		m.goOn(),
	)
}

// Update takes one message. It does no I/O: what takes time is a command whose
// message comes back here. What takes long without any goes on in slices.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.update(msg)
	for _, more := range []tea.Cmd{m.goOn(), m.awaitSaved()} {
		if more != nil {
			cmd = tea.Batch(cmd, more)
		}
	}
	return m, cmd
}

// goOn is the command that goes on with what the last message left to do, or nil.
func (m *Model) goOn() tea.Cmd {
	look, write := m.iocs.goOn(), m.writeHunts()
	switch {
	case look == nil:
		return write
	case write == nil:
		return look
	}
	return tea.Batch(look, write)
}

func (m *Model) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		m.theme = newTheme(m.opt.Theme, msg.IsDark())
	case tea.ModeReportMsg:
		if msg.Mode == ansi.ModeUnicodeCore && !msg.Value.IsNotRecognized() {
			m.term.Graphemes = true
		}
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.MouseClickMsg:
		m.disarm()
		m.click(msg.Mouse())
	case tea.MouseWheelMsg:
		m.disarm()
		m.wheel(msg.Mouse())
	case tea.PasteMsg:
		return m.paste(msg)
	case pieceMsg:
		return m.takePiece(msg)
	case lookMsg:
		return m.goOnLooking(msg)
	case sortedMsg:
		m.showSorted(msg)
	case writtenMsg:
		m.written(msg)
	case pastedMsg:
		m.pasted(msg)
	case olderMsg:
		return m.takeOlder(msg)
	case comparedMsg:
		return m.goOnComparing(msg)
	case clip.SentMsg:
		m.sent(msg)
	case listedMsg:
		m.listed(msg)
	case openedMsg:
		return m.opened(msg)
	case exportedMsg:
		m.exportDone(msg)
	case filesMsg:
		return m.filesMade(msg)
	case savedMsg:
		m.saveDone(msg)
	case libraryMsg:
		m.showLibrary(msg)
	case shelvedMsg:
		m.shelved(msg)
	default:
		return m.updateSaving(msg)
	}
	return nil
}

// press gives a key to whoever has the keys: a prompt, what covers the panes,
// or the action of the focused pane.
func (m *Model) press(msg tea.KeyPressMsg) tea.Cmd {
	if m.prompt != nil {
		return m.prompt.press(m, msg)
	}
	if len(m.footLines()) > 0 {
		m.say(plain, "") // it stands where the keys are told
	}
	key := msg.String()
	if m.overlay != nil {
		return m.overlay.press(m, msg)
	}
	if m.confirming && key == "esc" {
		m.disarm()
		m.confirming = false
		m.say(plain, "")
		return nil
	}
	a, ok := m.actionFor(key, m.focus)
	if !ok {
		m.disarm()
		m.say(warn, key+" does nothing here; "+m.key("help")+" lists the keys")
		return nil
	}
	return m.do(a)
}

// do runs an action, or says why it cannot be run.
func (m *Model) do(a action) tea.Cmd {
	if a.name != "quit" && a.name != "interrupt" {
		m.confirming = false
	}
	if a.name != "attach-anyway" {
		m.disarm()
	}
	if a.why != nil {
		if reason := a.why(m); reason != "" {
			m.say(warn, reason)
			return nil
		}
	}
	return a.run(m)
}

// paste puts pasted text into a field. Elsewhere it is read as a document, and
// never taken as keys.
func (m *Model) paste(msg tea.PasteMsg) tea.Cmd {
	if len(msg.Content) > m.opt.MostPasted {
		m.say(warn, "nothing was pasted: it is more than the "+byteWords(m.opt.MostPasted)+" that are read; paste less at once, or open it as a file")
		return nil
	}
	if m.prompt != nil {
		return m.prompt.update(m, msg)
	}
	if o, ok := m.overlay.(typed); ok {
		return o.update(m, msg)
	}
	return m.readPasted(msg.Content)
}

// say puts a message into the status line.
func (m *Model) say(s style, text string) { m.status, m.statusIs = text, s }

// greeting says how much is wrong with the documents before anything is done
// with them.
func (m *Model) greeting() string {
	if m.load != nil {
		return "reading; the table can be used meanwhile, " + m.key("stop-reading") + " stops"
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

func (m *Model) place() {
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

// refresh derives from the review all that the panes show. What else that
// changed it says in words to add to a message.
func (m *Model) refresh() (also string) {
	m.counts = m.review.Count(0)
	m.lay()
	m.tables.all = m.review.Tables()
	m.tables.see()
	atOnce := true
	m.seeDecided(func(m *Model, what string) {
		if also = what; !atOnce {
			m.status += what
		}
	})
	atOnce = false
	m.preview.refresh(m)
	m.place()
	return also
}

// reviewChanged follows a decision, an undo or a redo. What it says is to be
// added to the message.
func (m *Model) reviewChanged() (also string) {
	m.unsaved = true
	m.generation++
	return m.refresh()
}

// decide takes a decision and shows what follows from it. also is added to what
// is said about it.
func (m *Model) decide(d review.Decision, also string) tea.Cmd {
	_ = m.take(d, also) // it was said
	return nil
}

// take is decide for a caller that acts on a refusal.
func (m *Model) take(d review.Decision, also string) error {
	if reason := m.readOnly(); reason != "" {
		m.say(warn, reason)
		return errors.New(reason)
	}
	changed, err := m.review.Decide(d, m.opt.Reviewer, m.opt.Now())
	switch {
	case err != nil:
		m.say(bad, err.Error())
	case !changed:
		m.say(plain, "nothing to change")
	default:
		m.keepDecision()
		h := m.review.History()
		also += m.reviewChanged()
		m.say(good, h[len(h)-1].Words+also+"; "+m.key("undo")+" undoes")
	}
	return err
}

func (m *Model) undo() tea.Cmd {
	if e, ok := m.review.Undo(); ok {
		m.keepMove((*store.Journal).Undo)
		also := m.reviewChanged()
		m.say(good, "undone: "+e.Words+also+"; "+m.key("redo")+" redoes")
	}
	return nil
}

func (m *Model) redo() tea.Cmd {
	if e, ok := m.review.Redo(); ok {
		m.keepMove((*store.Journal).Redo)
		also := m.reviewChanged()
		m.say(good, "done again: "+e.Words+also)
	}
	return nil
}

// quit leaves, but asks first when no export holds the review as it is.
func (m *Model) quit() tea.Cmd {
	n := len(m.review.History())
	switch {
	case !m.unsaved || m.confirming || n == 0 && m.added == 0 && !m.exported:
		return tea.Quit
	case m.exported:
		m.say(warn, "the review changed since the export: "+m.key("export")+" exports, "+m.key("quit")+" leaves it so, Esc stays")
	case m.added > 0 && n == 0:
		m.say(warn, plural(m.added, "pasted document")+" not exported: "+m.key("export")+" exports, "+m.key("quit")+" again leaves without, Esc stays")
	case m.opt.Journal != nil && m.savedMark() == "":
		m.say(warn, plural(n, "decision")+" not exported, but saved: "+m.key("export")+" exports, "+m.key("quit")+" again leaves, Esc stays")
	default:
		m.say(warn, plural(n, "decision")+" not exported: "+m.key("export")+" exports, "+m.key("quit")+" again leaves without, Esc stays")
	}
	m.confirming = true
	return nil
}
