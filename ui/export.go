package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/review"
	"quarry/ui/clip"
)

func (m *Model) signature() review.Signature {
	return review.Signature{Reviewer: m.opt.Reviewer, At: m.opt.Now()}
}

// copyShown copies the text of the preview's tab.
func (m *Model) copyShown() tea.Cmd {
	what := m.preview.tab
	if _, ok := m.hunt(what); ok {
		what = "hunt " + what
	}
	m.say(plain, "copying "+what)
	return m.opt.Clipboard.Send(m.preview.source)
}

func (m *Model) copyAll() tea.Cmd {
	m.say(plain, "copying "+plural(len(m.hunts), "hunt"))
	return m.opt.Clipboard.Send(review.AllHunts(m.hunts))
}

// sent says what became of a copy: never more than can be known.
func (m *Model) sent(msg clip.SentMsg) {
	s, text := good, msg.String()
	if msg.Err != nil {
		s = bad
	}
	if msg.Route.Hint != "" {
		text += "; " + msg.Route.Hint
	}
	m.say(s, text)
}

// exportedMsg is the answer of an export.
type exportedMsg struct {
	path       string
	generation int // of the review that was written
	exists     bool
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
	path := m.opt.ExportPath
	if path == "" {
		path = ExportName(m.review)
	}
	return m.askExportTo(path, false)
}

// askExportTo asks for the path; a file that is there is written over only
// when the same path is given twice.
func (m *Model) askExportTo(path string, exists bool) tea.Cmd {
	label := "export to: "
	if exists {
		label = "it exists; Enter writes over it: "
	}
	return m.ask(&prompt{
		input: newInput(label, path),
		done: func(m *Model, to string) tea.Cmd {
			if strings.TrimSpace(to) == "" {
				m.say(warn, "no path, nothing was written")
				return nil
			}
			return m.export(to, exists && to == path || to == m.opt.ExportPath)
		},
	})
}

// export writes the reviewed bulletin. The text is made now, so that it is the
// review as shown; the file is written by a command.
func (m *Model) export(path string, over bool) tea.Cmd {
	var b strings.Builder
	if err := m.review.WriteMarkdown(&b, m.signature()); err != nil {
		m.say(bad, "export: "+err.Error())
		return nil
	}
	m.say(plain, "writing "+path)
	generation := m.generation
	return func() tea.Msg {
		msg := exportedMsg{path: path, generation: generation, bytes: b.Len()}
		if _, err := os.Stat(path); err == nil && !over {
			msg.exists = true
			return msg
		}
		msg.err = WriteFile(path, []byte(b.String()))
		return msg
	}
}

func (m *Model) exportDone(msg exportedMsg) {
	switch {
	case msg.exists:
		m.askExportTo(msg.path, true)
	case msg.err != nil:
		m.say(bad, msg.err.Error())
	default:
		if msg.generation == m.generation {
			m.unsaved = false
		}
		m.opt.ExportPath = msg.path
		m.say(good, fmt.Sprintf("wrote %s (%s bytes); it opens again with every decision", msg.path, thousands(msg.bytes)))
	}
}

// WriteFile writes a file as a whole or not at all: a reader never sees half
// of it, and what was there before stays when writing fails.
func WriteFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".quarry-*")
	if err != nil {
		return writeError(path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = writeError(path, err)
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func writeError(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		err = le.Err
	}
	return fmt.Errorf("%s was not written: %w", path, err)
}
