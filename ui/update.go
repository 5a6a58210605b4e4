package ui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"quarry/ui/clip"
)

// Update takes one message. It does no I/O: what takes time is a command whose
// message comes back here. What takes long without any goes on in slices.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.update(msg)
	for _, more := range []tea.Cmd{m.goOn(), m.awaitSaved()} {
		if more != nil {
			cmd = tea.Batch(cmd, more)
		}
	}
	return m, m.ofSitting(cmd)
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
	if m.beginning() {
		if cmd, typed := m.typeAhead(msg); typed {
			return cmd
		}
	}
	switch msg := msg.(type) {
	case sittingMsg:
		return m.takeSitting(msg)
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
	if (m.confirming || m.leaving) && key == "esc" {
		m.disarm()
		m.confirming, m.leaving = false, false
		m.say(plain, "")
		return nil
	}
	a, ok := m.actionFor(key, m.focus)
	if !ok {
		m.disarm()
		m.say(warn, m.elsewhere(key)+"; "+m.key("help")+" lists the keys")
		return nil
	}
	return m.do(a)
}

// elsewhere says that a key does nothing in this pane, and in which it does something.
func (m *Model) elsewhere(key string) string {
	text, sep := keyName(key)+" does nothing here", ", it is for the "
	for p := range panes {
		if a, ok := m.actionFor(key, p); ok && a.panes != nil {
			text += sep + paneNames[p] + " (" + m.key(paneActions[p]) + ")"
			sep = " and "
		}
	}
	return text
}

// do runs an action, or says why it cannot be run.
func (m *Model) do(a action) tea.Cmd {
	if a.name != "quit" && a.name != "interrupt" {
		m.confirming = false
	}
	if a.name != "documents" {
		m.leaving = false
	}
	if a.name != "attach-anyway" {
		m.disarm()
	}
	if reason := m.readOnly(); reason != "" && deciding[a.name] {
		m.say(warn, reason)
		return nil
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
