package ui

import tea "charm.land/bubbletea/v2"

// deciding are the actions that are refused as long as somebody else has the review:
// each takes a decision, or asks for words that would be one.
var deciding = map[string]bool{
	"toggle": true, "verdict-malicious": true, "verdict-benign": true, "verdict-unsure": true, "note": true, "recall": true,
	"recall-all": true, "toggle-shown": true, "invert": true, "attach": true, "attach-anyway": true, "edit-scenario": true,
	"new-scenario": true, "duplicate-scenario": true, "note-scenario": true, "scenario-up": true, "scenario-down": true,
	"library": true, "remove-scenario": true, "choose-table": true, "target": true, "match": true, "port": true,
	"own-side": true, "long": true, "look-back": true, "min-confidence": true, "undo": true, "redo": true,
}

// readOnly is why nothing can be decided, or "". While words are asked for, the key
// that takes the review over is a letter of them: then it says what comes first.
func (m *Model) readOnly() string {
	by := m.keeping.holder
	if by == nil {
		return ""
	}
	does, takes := " has this review; ", " takes it over"
	switch {
	case m.keeping.private:
		does, takes = " pasted into this review, which is theirs alone now; ", " goes on in a copy of your own"
	case by.Gone():
		does = " left this review; "
	}
	return by.String() + does + m.leadToTakeOver() + m.key("take-over") + takes
}

// leadToTakeOver says how to come to where the key that takes the review over is one.
func (m *Model) leadToTakeOver() string {
	switch {
	case m.prompt == nil:
		return ""
	case m.prompt.draft != "":
		return "Esc keeps your words, then "
	}
	return "Esc, then "
}

// takeOver takes the review over from whoever has it.
func (m *Model) takeOver() tea.Cmd {
	j := m.opt.Journal
	m.say(plain, "taking the review over")
	return func() tea.Msg { return tookOverMsg{j.TakeOver()} }
}

func notHeld(m *Model) string {
	if m.keeping.holder == nil {
		return "nobody else has this review open"
	}
	return ""
}
