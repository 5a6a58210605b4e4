package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/kql/saved"
	"quarry/review"
)

// savedMsg is the answer of saving a shape that others read.
type savedMsg struct {
	folder string
	names  []string // written
	bytes  int
	said   string // what is not in the files as it is in the review
	err    error
}

// askSave asks for the folder in which the files of a format go.
func (m *Model) askSave(f review.Format) tea.Cmd {
	return m.ask(&prompt{
		input: newInput("folder for "+f.Name+": ", m.review.Alias()+"-"+f.Name),
		done: func(m *Model, folder string) (tea.Cmd, error) {
			if strings.TrimSpace(folder) == "" {
				return nil, errors.New("no folder, nothing was written")
			}
			files, findings, err := f.Files(m.review, m.signature())
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			msg := savedMsg{folder: home(folder)}
			if len(findings) > 0 {
				msg.said = "; " + findings[0].Text
				if n := len(findings) - 1; n > 0 {
					msg.said += fmt.Sprintf(" (and %s, see quarry export --as %s)", plural(n, "more finding"), f.Name)
				}
			}
			m.say(plain, "writing "+plural(len(files), "file")+" into "+msg.folder)
			return func() tea.Msg { return save(msg, files) }, nil
		},
	})
}

// save writes the files, none over one that is there.
func save(msg savedMsg, files []saved.File) savedMsg {
	if msg.err = os.MkdirAll(msg.folder, 0o777); msg.err != nil { // as far as the umask lets
		return msg
	}
	for _, f := range files {
		if msg.err = WriteFile(filepath.Join(msg.folder, f.Name), []byte(f.Text), false); msg.err != nil {
			return msg
		}
		msg.names = append(msg.names, f.Name)
		msg.bytes += len(f.Text)
	}
	return msg
}

func (m *Model) saveDone(msg savedMsg) {
	wrote := plural(len(msg.names), "file")
	if len(msg.names) == 1 {
		wrote = msg.names[0]
	}
	switch {
	case errors.Is(msg.err, fs.ErrExist):
		m.say(bad, fmt.Sprintf("%v; %s written into %s", msg.err, wrote, msg.folder))
	case msg.err != nil:
		m.say(bad, fmt.Sprintf("%v; %s written", msg.err, wrote))
	case msg.said != "":
		m.say(warn, fmt.Sprintf("wrote %s into %s%s", wrote, msg.folder, msg.said))
	default:
		m.say(good, fmt.Sprintf("wrote %s into %s (%s bytes)", wrote, msg.folder, thousands(msg.bytes)))
	}
}

// home puts the home folder in place of a tilde.
func home(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if dir, err := os.UserHomeDir(); err == nil {
			return filepath.Join(dir, rest)
		}
	}
	return path
}
