package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"quarry/kql/saved"
	"quarry/review"
	"quarry/ui/clip"
)

func (m *Model) signature() review.Signature {
	return review.Signature{Reviewer: m.opt.Reviewer, At: m.opt.Now(), History: m.history}
}

// switchHistory lets the reviewed bulletin list every decision, or no longer.
func (m *Model) switchHistory() tea.Cmd {
	m.history = !m.history
	m.preview.refresh(m)
	m.place()
	if m.history {
		m.say(good, "the reviewed bulletin lists every decision; "+m.key("export")+" exports it")
	} else {
		m.say(good, "the reviewed bulletin does not list the decisions; "+m.key("export")+" exports it")
	}
	return nil
}

// copyShown copies the text of the preview's tab.
func (m *Model) copyShown() tea.Cmd {
	what := m.preview.tab
	if _, ok := m.plan.Hunt(what); ok {
		what = "hunt " + what
	}
	m.copied = m.preview.tab
	m.say(plain, fmt.Sprintf("copying %s, %s bytes", what, thousands(len(m.preview.source))))
	return m.opt.Clipboard.Send(m.preview.source)
}

func (m *Model) copyAll() tea.Cmd {
	hunts := m.plan.Hunts()
	m.copied = allTab
	m.say(plain, "copying "+plural(len(hunts), "hunt"))
	return m.opt.Clipboard.Send(review.AllHunts(hunts))
}

// copyInstead copies what a file would have, where there are no files for the
// analyst, and lets the answer say so.
func (m *Model) copyInstead(what, text, said string) tea.Cmd {
	m.copied = ""
	m.instead = "no files can be written here, so " + what + " is copied" + said + ": "
	m.say(plain, "copying "+what)
	return m.opt.Clipboard.Send(text)
}

// copySaved copies the one file of a format.
func (m *Model) copySaved(format string, files []saved.File, said string) tea.Cmd {
	if len(files) != 1 {
		m.say(warn, fmt.Sprintf("no files can be written here, and %s are too many to copy; %s copies a hunt, %s all", plural(len(files), "file"), m.key("copy"), m.key("copy-all")))
		return nil
	}
	return m.copyInstead(format, files[0].Text, said)
}

// sent says what became of a copy: never more than can be known.
func (m *Model) sent(msg clip.SentMsg) {
	s, text := good, m.instead+msg.String()
	if m.instead != "" {
		s, m.instead = warn, ""
	}
	if m.copied == publishedTab {
		s, text = warn, "published queries, with their faults: "+text
	}
	if msg.Err != nil {
		s = bad
	}
	if msg.Route.Hint != "" {
		text += "; " + msg.Route.Hint
	}
	if tooLong := errors.As(msg.Err, new(*clip.TooLongError)); tooLong && m.opt.CopyExports {
		text = m.nowhere(msg)
	}
	m.say(s, text)
}

// nowhere says what can be done with a text that no terminal takes, where there are
// no files for the analyst.
func (m *Model) nowhere(msg clip.SentMsg) string {
	text := "nothing sent: " + msg.Err.Error() + ", and no files can be written here; " + m.key("zoom") + " shows it to be selected"
	if j := m.opt.Journal; j != nil && j.ID() != 0 {
		text += fmt.Sprintf("; whoever runs the server can write it with quarry reviews export %d", j.ID())
	}
	return text
}

// exporting is an export that a command makes of the review as it was. Of a
// million IOCs it takes seconds.
type exporting struct {
	review  *review.Review
	dropped atomic.Bool // nothing is written of it any more
}

// beginExport takes a snapshot of the review to write.
func (m *Model) beginExport() *exporting {
	e := &exporting{review: m.review.Snapshot()}
	m.exports = append(m.exports, e)
	return e
}

func (m *Model) endExport(e *exporting) {
	m.confirming = false // what was asked is no question any more
	m.exports = slices.DeleteFunc(m.exports, func(o *exporting) bool { return o == e })
}

// dropExports drops the exports that are being made.
func (m *Model) dropExports() {
	for _, e := range m.exports {
		e.dropped.Store(true)
	}
	m.say(plain, "dropping the export")
}

// stillExporting is why no document can be added now, or "".
func (m *Model) stillExporting() string {
	if len(m.exports) > 0 {
		return "an export is being made; " + m.key("stop-reading") + " drops it"
	}
	return ""
}

// exportedMsg is the answer of an export.
type exportedMsg struct {
	of         *exporting
	path       string
	dropped    bool   // nothing was written: nobody wants it any more
	generation int    // of the review that was written
	ask        bool   // nothing was written: there is a file that this workbench did not leave there
	standing   string // of that file
	stamp      Stamp
	bytes      int
	err        error
}

// ExportName is the file name that an export gets unless told otherwise.
func ExportName(r *review.Review) string {
	base := filepath.Base(r.Documents()[0].Source.Name)
	base = strings.TrimSuffix(base, filepath.Ext(base))
	if base == "" || base == "-" || base == "." {
		base = "bulletin"
	}
	return base + ".reviewed.md"
}

func (m *Model) askExport() tea.Cmd {
	if m.opt.CopyExports {
		var b strings.Builder
		if err := m.review.WriteMarkdown(&b, m.signature()); err != nil {
			m.say(bad, "export: "+err.Error())
			return nil
		}
		return m.copyInstead("the reviewed bulletin", b.String(), "")
	}
	path := m.opt.ExportPath
	if path == "" {
		path = filepath.Join(m.opt.Folder, ExportName(m.review))
	}
	return m.askExportTo(path, false)
}

// askExportTo asks for the path. A file that is there is written over only when
// the same path is given twice, or when it is as an export of this review left it.
func (m *Model) askExportTo(path string, exists bool) tea.Cmd {
	label := "export to: "
	if exists {
		label = "it exists; Enter writes over it: "
	}
	return m.ask(&prompt{
		input: newInput(label, path),
		verb:  "write",
		done: func(m *Model, to string) (tea.Cmd, error) {
			to = m.opt.Files.Path(to)
			if strings.TrimSpace(to) == "" {
				return nil, errors.New("no path, nothing was written")
			}
			return m.export(to, exists && to == path)
		},
	})
}

// export writes the reviewed bulletin by a command, as the review is now: what is
// decided meanwhile is not in it.
func (m *Model) export(path string, over bool) (tea.Cmd, error) {
	m.say(plain, "writing "+path)
	e, sig := m.beginExport(), m.signature()
	msg := exportedMsg{of: e, path: path, generation: m.generation}
	ours, disk, reviewer := m.stamps[path], m.opt.Files, m.opt.Reviewer
	return func() tea.Msg {
		var b strings.Builder
		if err := e.review.WriteMarkdown(&b, sig); err != nil {
			msg.err = fmt.Errorf("export: %w", err)
			return msg
		}
		if msg.dropped = e.dropped.Load(); msg.dropped {
			return msg
		}
		msg.bytes = b.Len()
		there := disk.Stamp(path)
		msg.err = disk.Write(path, []byte(b.String()), over || there == ours && there != Stamp{})
		if errors.Is(msg.err, fs.ErrExist) {
			msg.ask, msg.err = true, nil
			msg.standing = standing(disk, path, filesOf(e.review), reviewer)
		}
		msg.stamp = disk.Stamp(path)
		return msg
	}, nil
}

// exportDone says what became of an export. One that was not written asks for
// the path again, with the reason, unless another prompt has the keys by now.
func (m *Model) exportDone(msg exportedMsg) {
	m.endExport(msg.of)
	switch {
	case msg.dropped:
		m.say(plain, msg.path+" was not written")
	case msg.ask && m.prompt != nil:
		m.say(bad, msg.path+" exists and was not written over"+after("; ", msg.standing)+"; "+m.key("export")+" asks again")
	case msg.ask:
		m.askExportTo(msg.path, true)
		if msg.standing != "" {
			m.say(warn, msg.standing)
		}
	case msg.err != nil:
		if m.prompt == nil {
			m.askExportTo(msg.path, false) // to be mended, not typed again
		}
		m.say(bad, msg.err.Error())
	default:
		if msg.generation == m.generation {
			m.unsaved = false
		}
		m.exported = true
		m.opt.ExportPath = msg.path
		if m.stamps == nil {
			m.stamps = map[string]Stamp{}
		}
		m.stamps[msg.path] = msg.stamp
		m.say(good, fmt.Sprintf("wrote %s (%s bytes); it opens again with every decision", msg.path, thousands(msg.bytes)))
	}
}
