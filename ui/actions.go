package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"quarry/review"
)

// action is one thing that a person can do. The list of all actions is the one
// source of the keys, the footer, the help, the palette and the README.
type action struct {
	name  string                // unique, as the palette and tests call it
	keys  []string              // as Bubble Tea writes key presses; none where it is run by its name
	panes []pane                // where the keys work; nil is everywhere
	short string                // in the footer; "" keeps it out
	now   func(m *Model) string // the same as it is now, where that changes; nil is short
	help  string                // in the help
	run   func(m *Model) tea.Cmd
	why   func(m *Model) string // the reason why it cannot be done now, or ""
}

// word is what the footer calls the action now; "" keeps it out.
func (a *action) word(m *Model) string {
	if a.now == nil {
		return a.short
	}
	return a.now(m)
}

var (
	listPanes     = []pane{iocPane, tablePane, scenarioPane}
	onlyIOCs      = []pane{iocPane}
	onlyScenarios = []pane{scenarioPane}
)

// actions lists everything that can be done, in the order of the help.
func actions() []action {
	return slices.Concat(iocActions(), scenarioActions(), choiceActions(), queryActions(), saveActions(), movementActions(), sessionActions())
}

func iocActions() []action {
	return []action{
		{name: "toggle", keys: []string{"space"}, panes: onlyIOCs, short: "on/off", help: "switch the IOC, or the marked range, on or off",
			run: func(m *Model) tea.Cmd { return m.toggle() }, why: noIOC},
		{name: "verdict-malicious", keys: []string{"m"}, panes: onlyIOCs, short: "malicious", help: "verdict malicious; again takes it back",
			run: func(m *Model) tea.Cmd { return m.verdict(review.Malicious) }, why: noIOC},
		{name: "verdict-benign", keys: []string{"b"}, panes: onlyIOCs, short: "benign", help: "verdict benign; again takes it back",
			run: func(m *Model) tea.Cmd { return m.verdict(review.Benign) }, why: noIOC},
		{name: "verdict-unsure", keys: []string{"n"}, panes: onlyIOCs, help: "verdict unsure; again takes it back",
			run: func(m *Model) tea.Cmd { return m.verdict(review.Unsure) }, why: noIOC},
		{name: "note", keys: []string{"e"}, panes: onlyIOCs, short: "note", help: "write a note on the IOC, or on the marked range",
			run: func(m *Model) tea.Cmd { return m.askNote() }, why: noIOC},
		{name: "recall", keys: []string{"r"}, panes: onlyIOCs, short: "recall", help: "take over what is remembered of the IOC, or of the marked range, from other reviews; what you judged here stays",
			run: func(m *Model) tea.Cmd { return m.recall(m.iocs.targets()) }, why: noMemory},
		{name: "recall-all", keys: []string{"A"}, panes: onlyIOCs, help: "take over what is remembered of all shown",
			run: func(m *Model) tea.Cmd { return m.recall(positions(m.iocs.view)) }, why: noMemory},
		{name: "filter", keys: []string{"/"}, short: "filter", help: "filter the IOCs as you type, in words or fields: type:domain conf>=75 threat:botnet_cc -cloudflare",
			run: func(m *Model) tea.Cmd { return m.askFilter() }},
		{name: "range", keys: []string{"V", "v"}, panes: onlyIOCs, short: "range", help: "begin to mark a range here; move, then act on all of it",
			run: func(m *Model) tea.Cmd { m.iocs.mark(); return nil }, why: noIOC},
		{name: "toggle-shown", keys: []string{"a"}, panes: onlyIOCs, help: "switch the marked range, or all shown, on, or off when all are on; mentions only when nothing else is there",
			run: func(m *Model) tea.Cmd { return m.toggleShown() }, why: noIOC},
		{name: "invert", keys: []string{"i"}, panes: onlyIOCs, help: "switch each of the marked range, or of all shown, to the other; mentions only when nothing else is there",
			run: func(m *Model) tea.Cmd { return m.invert() }, why: noIOC},
		{name: "sort", keys: []string{"s"}, panes: onlyIOCs, help: "sort by the next column; the cursor stays on its IOC",
			run: func(m *Model) tea.Cmd { return m.sortNext() }},
		{name: "sort-reverse", keys: []string{"S"}, panes: onlyIOCs, help: "turn the sort round",
			run: func(m *Model) tea.Cmd { return m.sortReverse() }},
		{name: "defang", keys: []string{"d"}, help: "show values defanged, or as they are; copies and queries always hold the real ones",
			run: func(m *Model) tea.Cmd { m.fanged = !m.fanged; return nil }},
	}
}

func scenarioActions() []action {
	return []action{
		{name: "attach", keys: []string{"space"}, panes: onlyScenarios, short: "attach", help: "attach the scenario where it can be expressed, or detach it",
			run: func(m *Model) tea.Cmd { return m.attach() }, why: noScenario, now: attachWord},
		{name: "attach-anyway", keys: []string{"!"}, panes: onlyScenarios, short: "accept risks", help: "attach it also where it fits partly; where it is dangerous it tells why, and pressed again at once accepts; query and export say so",
			run: func(m *Model) tea.Cmd { return m.attachAnyway() }, why: noScenario, now: riskWord},
		{name: "edit-scenario", keys: []string{"e"}, panes: onlyScenarios, short: "edit", help: "edit the condition, with its fit and its line of each query as you type; of a scenario of your own also title and sentence",
			run: func(m *Model) tea.Cmd { return m.editScenario() }, why: noScenario},
		{name: "new-scenario", keys: []string{"n"}, panes: onlyScenarios, short: "new", help: "write a scenario of your own",
			run: func(m *Model) tea.Cmd { return m.newScenario() }, why: stillReading},
		{name: "duplicate-scenario", keys: []string{"c"}, panes: onlyScenarios, help: "copy the scenario, as one of your own to edit",
			run: func(m *Model) tea.Cmd { return m.duplicateScenario() }, why: noScenario},
		{name: "note-scenario", keys: []string{"N"}, panes: onlyScenarios, help: "write a note on the scenario",
			run: func(m *Model) tea.Cmd { return m.askScenarioNote() }, why: noScenario},
		{name: "scenario-up", keys: []string{"K"}, panes: onlyScenarios, help: "move the scenario up; its line in the queries follows",
			run: func(m *Model) tea.Cmd { return m.moveScenario(-1) }, why: noScenario},
		{name: "scenario-down", keys: []string{"J"}, panes: onlyScenarios, help: "move the scenario down",
			run: func(m *Model) tea.Cmd { return m.moveScenario(1) }, why: noScenario},
		{name: "library", keys: []string{"i"}, panes: onlyScenarios, short: "library", help: "take a scenario from the library, and fill in what is your own",
			run: func(m *Model) tea.Cmd { return m.openLibrary() }, why: noLibrary},
		{name: "to-library", keys: []string{"w"}, panes: onlyScenarios, help: "save the scenario into the library, for other bulletins and the team",
			run: func(m *Model) tea.Cmd { return m.shelve() }, why: notSavable},
		{name: "remove-scenario", keys: []string{"X"}, panes: onlyScenarios, help: "remove a scenario of your own",
			run: func(m *Model) tea.Cmd {
				return m.decide(review.RemoveScenario{Scenario: m.review.Scenario(m.scenarios.win.at).ID}, "")
			}, why: noScenario},
	}
}

func choiceActions() []action {
	return []action{
		{name: "choose-table", keys: []string{"space"}, panes: []pane{tablePane}, short: "choose", help: "hunt in this table, or leave it out",
			run: func(m *Model) tea.Cmd { return m.chooseTable() }, why: noTable},
		{name: "filter-tables", keys: []string{"/"}, panes: []pane{tablePane}, short: "filter", help: "filter the tables as you type, by name, product or connector",
			run: func(m *Model) tea.Cmd { return m.askTableFilter() }},
		{name: "details", keys: []string{"enter"}, panes: listPanes, short: "details", help: "show all that is known about the row, and every reason",
			run: func(m *Model) tea.Cmd { m.showDetails(); return nil }},
		{name: "target", keys: []string{"t"}, short: "target", help: "switch between Sentinel and Defender",
			run: func(m *Model) tea.Cmd { return m.switchTarget() }},
		{name: "match", keys: []string{"M"}, help: "match domains and the names below them, exactly, or loosely (which finds other names too)",
			run: func(m *Model) tea.Cmd { return m.nextMatch() }},
		{name: "port", keys: []string{"P"}, help: "mark rows with the port of an ip:port, require it, or ignore it",
			run: func(m *Model) tea.Cmd { return m.nextPort() }},
		{name: "own-side", keys: []string{"O"}, help: "look also at columns of the protected side, or no longer",
			run: func(m *Model) tea.Cmd { return m.turn(review.SetOwnSide{On: !m.review.Knobs().OwnSide}) }},
		{name: "long", keys: []string{"W"}, help: "keep hunts that are longer than a rule takes, split them, or let them read a watchlist",
			run: func(m *Model) tea.Cmd { return m.nextLong() }},
		{name: "look-back", keys: []string{"L"}, help: "set how far back the hunts look",
			run: func(m *Model) tea.Cmd { return m.askLookback() }},
		{name: "min-confidence", keys: []string{"C"}, help: "leave out IOCs whose stated confidence is below a number",
			run: func(m *Model) tea.Cmd { return m.askMinConfidence() }},
	}
}

func queryActions() []action {
	return []action{
		{name: "copy", keys: []string{"y"}, short: "copy", help: "copy what the preview shows to your clipboard; it is kept in a file too",
			run: func(m *Model) tea.Cmd { return m.copyShown() }, why: noText},
		{name: "copy-all", keys: []string{"Y"}, help: "copy all hunts, separated by empty lines",
			run: func(m *Model) tea.Cmd { return m.copyAll() }, why: noHunt},
		{name: "tab-next", keys: []string{"]", "right"}, short: "next tab", help: "next tab of the preview: each hunt, all hunts, the reviewed bulletin, the published queries",
			run: func(m *Model) tea.Cmd { return m.turnTab(1) }},
		{name: "tab-previous", keys: []string{"[", "left"}, help: "previous tab of the preview",
			run: func(m *Model) tea.Cmd { return m.turnTab(-1) }},
		{name: "zoom", keys: []string{"z"}, short: "full screen", help: "show the preview on the whole screen without borders, for selecting with the mouse",
			run: func(m *Model) tea.Cmd { m.zoom(); return nil }, why: noText},
		{name: "zoom-preview", keys: []string{"enter"}, panes: []pane{previewPane}, help: "show the preview on the whole screen",
			run: func(m *Model) tea.Cmd { m.zoom(); return nil }, why: noText},
		{name: "export", keys: []string{"E"}, short: "export", help: "write the reviewed bulletin as Markdown; it opens again with every decision",
			run: func(m *Model) tea.Cmd { return m.askExport() }, why: stillReading},
	}
}

// saveActions write the shapes that others read; they have no keys.
func saveActions() []action {
	var all []action
	for _, f := range review.Formats[1:] {
		all = append(all, action{
			name: "export-" + f.Name, help: "write " + f.Means,
			run: func(m *Model) tea.Cmd { return m.askSave(f) }, why: stillReading,
		})
	}
	return all
}

func movementActions() []action {
	return []action{
		{name: "up", keys: []string{"up", "k"}, help: "up", run: func(m *Model) tea.Cmd { return m.move(up) }},
		{name: "down", keys: []string{"down", "j"}, help: "down", run: func(m *Model) tea.Cmd { return m.move(down) }},
		{name: "page-up", keys: []string{"pgup", "ctrl+u"}, help: "a page up", run: func(m *Model) tea.Cmd { return m.move(pageUp) }},
		{name: "page-down", keys: []string{"pgdown", "ctrl+d"}, help: "a page down", run: func(m *Model) tea.Cmd { return m.move(pageDown) }},
		{name: "first", keys: []string{"home", "g"}, help: "to the first", run: func(m *Model) tea.Cmd { return m.move(first) }},
		{name: "last", keys: []string{"end", "G"}, help: "to the last", run: func(m *Model) tea.Cmd { return m.move(last) }},
		{name: "next-pane", keys: []string{"tab"}, short: "next pane", help: "to the next pane", run: func(m *Model) tea.Cmd { m.turnPane(1); return nil }},
		{name: "previous-pane", keys: []string{"shift+tab"}, help: "to the previous pane", run: func(m *Model) tea.Cmd { m.turnPane(-1); return nil }},
		{name: "iocs", keys: []string{"1"}, help: "to the IOCs", run: func(m *Model) tea.Cmd { m.setFocus(iocPane); return nil }},
		{name: "tables", keys: []string{"2"}, help: "to the tables", run: func(m *Model) tea.Cmd { m.setFocus(tablePane); return nil }},
		{name: "scenarios", keys: []string{"3"}, help: "to the scenarios", run: func(m *Model) tea.Cmd { m.setFocus(scenarioPane); return nil }},
		{name: "preview", keys: []string{"4"}, help: "to the preview", run: func(m *Model) tea.Cmd { m.setFocus(previewPane); return nil }},
		{name: "cancel", keys: []string{"esc"}, help: "drop the marked range, else the filter", run: func(m *Model) tea.Cmd { return m.cancel() }},
	}
}

func sessionActions() []action {
	return []action{
		{name: "undo", keys: []string{"u"}, short: "undo", help: "take back the last decision",
			run: func(m *Model) tea.Cmd { return m.undo() }, why: func(m *Model) string {
				if len(m.review.History()) == 0 {
					return "there is no decision to undo"
				}
				return ""
			}},
		{name: "redo", keys: []string{"ctrl+r", "U"}, help: "take it again",
			run: func(m *Model) tea.Cmd { return m.redo() }, why: func(m *Model) string {
				if m.review.Undone() == 0 {
					return "there is nothing to redo"
				}
				return ""
			}},
		{name: "take-over", keys: []string{"T"}, short: "take over", help: "take the review over from somebody who has it open; until then it can only be looked at",
			run: func(m *Model) tea.Cmd { return m.takeOver() }, why: notHeld},
		{name: "stop-reading", keys: []string{"x"}, help: "stop reading the documents, where what was read stays and a finding says so, comparing, or exporting",
			run: func(m *Model) tea.Cmd { return m.stopReading() }, why: notReading},
		{name: "limits", keys: []string{"l"}, help: "how near each hunt is to the limits of its product",
			run: func(m *Model) tea.Cmd { return m.showLimits() }, why: noHunt},
		{name: "diff", keys: []string{"D"}, help: "compare with an older document: what is new, changed or gone since",
			run: func(m *Model) tea.Cmd { return m.showDiff() }, why: noComparison},
		{name: "findings", keys: []string{"F"}, short: "findings", help: "what the documents get wrong and what the hunts leave out",
			run: func(m *Model) tea.Cmd { m.showFindings(); return nil }},
		{name: "memory", keys: []string{"R"}, help: "search all that is remembered: verdicts and notes of every review; Enter goes to the IOC",
			run: func(m *Model) tea.Cmd { return m.showMemory() }, why: noJournal},
		{name: "history", keys: []string{"H"}, help: "every decision in words", run: func(m *Model) tea.Cmd { m.showHistory(); return nil }},
		{name: "history-in-export", help: "list every decision in the reviewed bulletin, or no longer", run: func(m *Model) tea.Cmd { return m.switchHistory() }},
		{name: "paste", help: "paste a bulletin, a table or values with your terminal, anywhere but in a line to write in: what is found is shown before it is added",
			run: func(m *Model) tea.Cmd { return m.tellOfPasting() }},
		{name: "help", keys: []string{"?", "f1"}, short: "keys", help: "all keys and actions; type to search, enter to run one",
			run: func(m *Model) tea.Cmd { return m.showMenu("Keys and actions", true) }},
		{name: "palette", keys: []string{":"}, help: "run an action by its name", run: func(m *Model) tea.Cmd { return m.showMenu("Run an action", false) }},
		{name: "redraw", keys: []string{"ctrl+l"}, help: "draw the screen anew", run: func(*Model) tea.Cmd { return tea.ClearScreen }},
		{name: "documents", keys: []string{"o"}, help: "in a served session: leave the review, which is saved, and go back to the list of documents",
			run: func(m *Model) tea.Cmd { return m.toShelf() }, why: noShelf},
		{name: "suspend", help: "go back to the shell for a while; its fg comes back",
			run: func(*Model) tea.Cmd { return tea.Suspend }, why: noShell},
		{name: "quit", keys: []string{"q"}, short: "quit", help: "leave; asks when decisions taken since it was opened were not exported, or an export is still being written", run: func(m *Model) tea.Cmd { return m.quit() }},
		{name: "interrupt", keys: []string{"ctrl+c"}, help: "leave; asks when decisions taken since it was opened were not exported, or an export is still being written", run: func(m *Model) tea.Cmd { return m.quit() }},
	}
}

func noShell(m *Model) string {
	if !m.opt.CanSuspend {
		return "there is no shell that could resume it"
	}
	return ""
}

func noIOC(m *Model) string {
	if len(m.iocs.view) == 0 {
		return "no IOC is shown; " + m.key("cancel") + " clears the filter"
	}
	return ""
}

func noTable(m *Model) string {
	switch {
	case len(m.tables.all) == 0:
		return "the catalogue has no table"
	case len(m.tables.rows) == 0:
		return "no table is shown; " + m.key("cancel") + " clears the filter"
	}
	return ""
}

func noScenario(m *Model) string {
	if m.load != nil {
		return stillReading(m)
	}
	if m.review.ScenarioCount() == 0 {
		return "the document has no false-positive scenario"
	}
	return ""
}

func noHunt(m *Model) string {
	if reason := m.unwritten(); reason != "" {
		return reason
	}
	if len(m.plan.Tables()) == 0 {
		return "there is no hunt: choose a table that can carry an IOC that is on"
	}
	return ""
}

func noText(m *Model) string {
	if reason := m.unwritten(); reason != "" && m.preview.source == "" {
		return reason
	}
	if m.preview.source == "" && m.preview.tab == bulletinTab {
		return m.preview.emptyReason(m)
	}
	if m.preview.source == "" {
		return "the preview is empty"
	}
	return ""
}

// in reports whether the action's keys work in a pane.
func (a *action) in(p pane) bool { return a.panes == nil || slices.Contains(a.panes, p) }

// actionFor finds the action of a key in a pane: one of the pane's own before
// one that works everywhere.
func (m *Model) actionFor(key string, p pane) (action, bool) {
	var found action
	ok := false
	for _, a := range m.actions {
		if !slices.Contains(a.keys, key) || !a.in(p) {
			continue
		}
		if a.panes != nil {
			return a, true
		}
		if !ok {
			found, ok = a, true
		}
	}
	return found, ok
}

// actionNamed finds an action by its name.
func (m *Model) actionNamed(name string) (action, bool) {
	for i := range m.actions {
		if m.actions[i].name == name {
			return m.actions[i], true
		}
	}
	return action{}, false
}
