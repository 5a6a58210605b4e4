package ui

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/feed"
	"quarry/kql/saved"
	"quarry/review"
)

// savedMsg is the answer of saving a shape that others read.
type savedMsg struct {
	into     string   // the folder, or "" where the one name is a path
	names    []string // written
	bytes    int
	said     string                 // what is not in the files as it is in the review, the worst of it
	there    []string               // files that exist already; then nothing was written
	standing string                 // of the first of them of which there is something to know
	again    func(m *Model) tea.Cmd // asks whether to write over them
	err      error
}

// savedFindings are what the files of a format do not have as the review has it,
// as they were written last.
type savedFindings struct {
	format   string
	none     bool // there was no file to write
	findings []feed.Finding
}

// filesMsg brings the files of a format.
type filesMsg struct {
	of       *exporting
	format   review.Format
	files    []saved.File
	findings []feed.Finding
	err      error
}

// askSave makes the files of a format by a command, of the review as it is now.
// Where they go is asked when it is known how many there are.
func (m *Model) askSave(f review.Format) tea.Cmd {
	m.say(plain, "making "+f.Name)
	msg, sig := filesMsg{of: m.beginExport(), format: f}, m.signature()
	return func() tea.Msg {
		msg.files, msg.findings, msg.err = f.Files(msg.of.review, sig)
		return msg
	}
}

// filesMade asks for the folder in which files go, or for the path of the one
// file.
func (m *Model) filesMade(msg filesMsg) tea.Cmd {
	f, files, findings, err := msg.format, msg.files, msg.findings, msg.err
	m.endExport(msg.of)
	if msg.of.dropped.Load() {
		m.say(plain, f.Name+" was not written")
		return nil
	}
	if _, choosing := m.overlay.(*menu); m.prompt != nil || choosing {
		m.say(warn, f.Name+" is made, but something else is being asked; save it again")
		return nil
	}
	if err != nil {
		m.saved = savedFindings{f.Name, true, findings}
		m.say(bad, f.Name+": "+err.Error()+m.saidOf(findings))
		return nil
	}
	label, path, none := "folder for "+f.Name+": ", m.review.Alias()+"-"+f.Name, "no folder, nothing was written"
	if len(files) > 1 {
		label = "folder for the " + plural(len(files), "file") + " of " + f.Name + ": "
	}
	one := len(files) == 1 && !f.Many
	if one {
		label, path, none = "write "+f.Name+" to: ", files[0].Name, "no path, nothing was written"
	}
	if m.opt.CopyExports {
		return m.copySaved(f.Name, files, m.saidOf(findings))
	}
	w := saving{files: files, one: one, none: none, findings: savedFindings{f.Name, false, findings}}
	return m.askWhere(w, label, filepath.Join(m.opt.Folder, path), "")
}

// saving is what the files of a format need to be written.
type saving struct {
	files    []saved.File
	one      bool   // it is one file, and takes a path
	none     string // what is said where no path is given
	findings savedFindings
}

// askWhere asks for the path. Files that are there are written over only when
// the path at which they were found is given again.
func (m *Model) askWhere(w saving, label, path, found string) tea.Cmd {
	return m.ask(&prompt{
		input: newInput(label, path),
		verb:  "write",
		done: func(m *Model, path string) (tea.Cmd, error) {
			if strings.TrimSpace(path) == "" {
				return nil, errors.New(w.none)
			}
			return m.write(w, path, path == found), nil
		},
	})
}

// saidOf is the worst of findings in words, to add to a message, and where the
// others are.
func (m *Model) saidOf(findings []feed.Finding) string {
	if len(findings) == 0 {
		return ""
	}
	said := "; " + worstFirst(findings)[0].Text
	if n := len(findings) - 1; n > 0 {
		said += fmt.Sprintf(" (and %s, %s lists all)", plural(n, "more finding"), m.key("findings"))
	}
	return said
}

// write writes files by a command: one to a path, several into a folder.
func (m *Model) write(w saving, given string, over bool) tea.Cmd {
	m.saved = w.findings
	path, disk := m.opt.Files.Path(given), m.opt.Files
	folder := !w.one || strings.HasSuffix(path, string(filepath.Separator))
	if folder {
		m.say(plain, "writing "+plural(len(w.files), "file")+" into "+path)
	} else {
		m.say(plain, "writing "+path)
	}
	said := m.saidOf(w.findings.findings)
	documents, reviewer := filesOf(m.review), m.opt.Reviewer
	m.files++
	return func() tea.Msg {
		msg := savedMsg{into: path, said: said}
		files := w.files
		if !folder && !disk.IsFolder(path) {
			msg.into, files = "", []saved.File{{Name: path, Text: files[0].Text}}
		}
		if msg.there = existing(disk, msg.into, files); len(msg.there) > 0 && !over {
			for _, path := range msg.there {
				msg.standing = cmp.Or(msg.standing, standing(disk, path, documents, reviewer))
			}
			msg.again = func(m *Model) tea.Cmd {
				label := plural(len(msg.there), "file") + " of these exist; Enter writes over: "
				if len(msg.there) == 1 {
					label = "it exists; Enter writes over it: "
				}
				return m.askWhere(w, label, given, given)
			}
			return msg
		}
		return save(disk, msg, files, over)
	}
}

// existing are the files that are there already.
func existing(disk Files, folder string, files []saved.File) []string {
	var there []string
	for _, f := range files {
		path := filepath.Join(folder, f.Name)
		if disk.There(path) {
			there = append(there, path)
		}
	}
	return there
}

// save writes the files, over those that are there only when told so.
func save(disk Files, msg savedMsg, files []saved.File, over bool) savedMsg {
	if msg.into != "" {
		if msg.err = disk.MakeFolder(msg.into); msg.err != nil {
			return msg
		}
	}
	for _, f := range files {
		if msg.err = disk.Write(filepath.Join(msg.into, f.Name), []byte(f.Text), over); msg.err != nil {
			return msg
		}
		msg.names = append(msg.names, f.Name)
		msg.bytes += len(f.Text)
	}
	return msg
}

// saveDone says what became of the files. Where some exist it asks again,
// unless another prompt has the keys by now.
func (m *Model) saveDone(msg savedMsg) {
	m.files--
	m.confirming = false // what was asked is no question any more
	if msg.again != nil {
		if m.prompt == nil {
			msg.again(m)
		}
		m.say(bad, msg.there[0]+" exists; nothing was written"+after("; ", msg.standing))
		return
	}
	wrote := plural(len(msg.names), "file")
	if len(msg.names) == 1 {
		wrote = msg.names[0]
	}
	into := ""
	if msg.into != "" {
		into = " into " + msg.into
	}
	switch {
	case msg.err != nil && msg.into == "":
		m.say(bad, msg.err.Error())
	case errors.Is(msg.err, fs.ErrExist):
		m.say(bad, fmt.Sprintf("%v; %s written%s", msg.err, wrote, into))
	case msg.err != nil:
		m.say(bad, fmt.Sprintf("%v; %s written", msg.err, wrote))
	case msg.said != "":
		m.say(warn, fmt.Sprintf("wrote %s%s%s", wrote, into, msg.said))
	default:
		m.say(good, fmt.Sprintf("wrote %s%s (%s bytes)", wrote, into, thousands(msg.bytes)))
	}
}

// Home puts the home folder in place of the tilde that a path begins with.
func Home(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if dir, err := os.UserHomeDir(); err == nil {
			return filepath.Join(dir, rest)
		}
	}
	return path
}
