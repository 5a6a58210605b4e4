package mail

import (
	"io"
	"mime"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"
)

// field is a line of a header, with the lines that go on with it.
type field struct {
	name string // in lower case
	raw  string // what follows the colon, lines and all
	line int    // of the file
}

// header is the fields at the head of a mail or of a part of one.
type header []field

// entity is a mail or a part of one.
type entity struct {
	header header
	body   string
	line   int  // of the file on which the body begins
	whole  bool // what it is a part of does not end within it
}

// takeEntity takes the header off a text that begins on a line of the file. It ends
// before an empty line, or before one that is none of a header: then closed is not
// set.
func takeEntity(text string, line int) (e entity, closed bool) {
	from, at := 0, 0 // the beginnings of the last field and of the line
	for ; at < len(text); line++ {
		l, _, _ := strings.Cut(text[at:], "\n")
		end := min(at+len(l)+1, len(text))
		if strings.Trim(l, " \t") == "" {
			e.body, e.line = text[end:], line+1
			return e, true
		}
		name, _, ok := strings.Cut(l, ":")
		switch n := len(e.header); {
		case (l[0] == ' ' || l[0] == '\t') && n > 0:
			e.header[n-1].raw = text[from:end]
		case ok && isName(name):
			from = at + len(name) + 1
			e.header = append(e.header, field{strings.ToLower(name), text[from:end], line})
		default:
			e.body, e.line = text[at:], line
			return e, false
		}
		at = end
	}
	e.line = line
	return e, false
}

// isName reports whether a word can be the name of a field (RFC 5322, section 2.2).
func isName(s string) bool {
	const longest = 76
	return s != "" && len(s) <= longest && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// ofMail reports whether a header is one of a mail: it has some of the fields that
// mails have, and none that mails have not.
func (h header) ofMail() bool {
	const enough = 3
	known := map[string]bool{}
	for _, f := range h {
		if !words().isField(f.name) {
			return false
		}
		known[f.name] = known[f.name] || slices.Contains(words().Known, f.name)
	}
	n := 0
	for _, k := range known {
		if k {
			n++
		}
	}
	return n >= enough
}

// get is the first field of a name, on one line.
func (h header) get(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value()
		}
	}
	return ""
}

// value is what a field says, on one line.
func (f field) value() string { return strings.TrimSpace(strings.ReplaceAll(f.raw, "\n", "")) }

// text is what a field says to a person: encoded words are decoded (RFC 2047).
func (f field) text() string { return decodeWords(f.value()) }

func decodeWords(s string) string {
	d := mime.WordDecoder{CharsetReader: func(label string, r io.Reader) (io.Reader, error) { return charset.NewReaderLabel(label, r) }}
	if decoded, err := d.DecodeHeader(s); err == nil {
		return decoded
	}
	return s
}

// mediaType is what a part says that it is, in lower case, and the parameters.
func (h header) mediaType() (kind string, params map[string]string) {
	v := h.get("content-type")
	kind, params, err := mime.ParseMediaType(v)
	if err != nil || kind == "" {
		if kind, _, _ = strings.Cut(strings.ToLower(v), ";"); strings.Count(kind, "/") != 1 {
			kind = "text/plain" // RFC 2045, section 5.2
		}
	}
	return strings.TrimSpace(kind), params
}

// fileName is the name of the file that a part is, "" when it has none.
func (h header) fileName() string {
	_, params, _ := mime.ParseMediaType(h.get("content-disposition"))
	name := params["filename"]
	if name == "" {
		_, params = h.mediaType()
		name = params["name"]
	}
	return strings.TrimSpace(decodeWords(name))
}

// attached reports whether a part is one beside the text.
func (h header) attached() bool {
	disposition, _, _ := strings.Cut(strings.ToLower(h.get("content-disposition")), ";")
	return strings.TrimSpace(disposition) == "attachment" || h.fileName() != ""
}

// encoding is how a part is encoded, in lower case.
func (h header) encoding() string {
	return strings.ToLower(h.get("content-transfer-encoding"))
}
