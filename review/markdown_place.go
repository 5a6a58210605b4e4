package review

import (
	"fmt"
	"strconv"
	"strings"

	"quarry/feed"
)

// entryBreak separates the entries of a cell or line that holds several. As
// text it is escaped, so that only the writer can mean it.
const entryBreak = "<br>"

// cutWords marks a scenario in whose middle the document ends.
const cutWords = "cut off"

const documentWord = "Document "

// documentLabel names a document by its number in the front matter.
func documentLabel(n int) string { return documentWord + strconv.Itoa(n+1) }

// parseDocumentLabel reads what [documentLabel] writes.
func parseDocumentLabel(s string, documents int) (n int, ok bool) {
	digits, ok := strings.CutPrefix(s, documentWord)
	n, err := strconv.Atoi(digits)
	return n - 1, ok && err == nil && n >= 1 && n <= documents
}

// formatPlace writes a place as "name:line". [parsePlace] reads it back,
// whatever the name is.
func formatPlace(s feed.Source) string {
	if s.Line == 0 && parsePlace(s.Name) == s {
		return s.Name
	}
	return fmt.Sprintf("%s:%d", s.Name, s.Line)
}

func parsePlace(s string) feed.Source {
	if at := strings.LastIndexByte(s, ':'); at >= 0 {
		if line, err := strconv.ParseUint(s[at+1:], 10, 31); err == nil {
			return feed.Source{Name: s[:at], Line: int(line)}
		}
	}
	return feed.Source{Name: s}
}

// calledNames are what places call documents by: the name of the file alone, for its
// folders stand in the front matter, unless anything else that a place names is
// called so too.
func (r *Review) calledNames() map[string]string {
	named := r.placeNames()
	files := map[string]int{} // how many documents have a name of a file
	called := map[string]string{}
	for _, d := range r.documents {
		name := d.Source.Name
		if _, again := called[name]; !again && baseName(name) != name {
			called[name] = baseName(name)
			files[called[name]]++
		}
	}
	for name, file := range called {
		if strings.TrimSpace(file) != file || file == "" || named[file] || files[file] > 1 {
			delete(called, name)
		}
	}
	return called
}

// placeNames are the names in all places that are written.
func (r *Review) placeNames() map[string]bool {
	all := map[string]bool{ownWords: true}
	for _, d := range r.documents {
		all[d.Source.Name] = true
		for _, t := range d.Tables {
			all[t.Source.Name] = true
		}
		for _, q := range d.Queries {
			all[q.Source.Name] = true
		}
	}
	for _, s := range r.now.scenarios {
		all[s.Source.Name] = true
	}
	for _, f := range r.findings {
		all[f.Source.Name] = true
	}
	for at := range r.iocs.Len() {
		for _, s := range r.iocs.Sources(at) {
			all[s.Name] = true
		}
	}
	return all
}

// at writes a place by what its document is called.
func (m *markdown) at(s feed.Source) string {
	if file, ok := m.called[s.Name]; ok {
		s.Name = file
	}
	return formatPlace(s)
}

// source reads what [markdown.at] wrote.
func (r *reader) source(text string) feed.Source {
	s := parsePlace(text)
	if whole, ok := r.called[s.Name]; ok {
		s.Name = whole
	}
	return s
}

// documentAt is the position of the document that a place lies in: the last of
// that name that starts at or before the line, else the first one of that name,
// else the first of all.
func documentAt(documents []*feed.Bulletin, s feed.Source) int {
	found, named := 0, false
	for n, d := range documents {
		if d.Source.Name == s.Name && (!named || d.Source.Line <= s.Line) {
			found, named = n, true
		}
	}
	return found
}
