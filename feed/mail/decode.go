package mail

import (
	"bufio"
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"
)

// decoded is a part as a text of its own.
type decoded struct {
	text   []byte
	first  int     // the line of the file on which it begins
	starts []int32 // of text that is encoded: the line of the file in which each of its lines begins
	ended  bool    // the next byte begins a line
	cr     bool    // the last byte was a CR

	damage string // why it ends before its end, or ""
	at     int    // on which line of the file

	odd     string // what no encoder writes, or ""
	oddLine int    // on which line of the file
	asIs    bool   // for that it is read as it stands
}

// line is the line of the file for one of the text; 0 is the whole.
func (d *decoded) line(n int) int {
	switch {
	case n <= 0:
		return 0
	case d.starts != nil:
		return int(d.starts[min(n, len(d.starts))-1])
	}
	return d.first + n - 1
}

// add adds what a line of the file says.
func (d *decoded) add(text []byte, line int) {
	for _, c := range text {
		if d.cr && c == '\n' {
			d.cr = false
			continue
		}
		if d.ended {
			d.starts = append(d.starts, int32(line))
		}
		d.ended, d.cr = c == '\n' || c == '\r', c == '\r'
	}
	d.text = append(d.text, text...)
}

// errEncoding says that a part is encoded in a way that is not known.
var errEncoding = errors.New("its encoding is not known")

// decode decodes the body of a part. What is damaged is left out with all that
// follows.
func decode(e entity) (*decoded, error) {
	d := &decoded{first: e.line, ended: true}
	_, params := e.header.mediaType()
	switch e.header.encoding() {
	case "", "7bit", "8bit", "binary", "utf-8":
		d.text = []byte(e.body)
		return d, nil
	case "quoted-printable":
		escape, line, sure := oddEscape(e.body, params["charset"])
		d.odd, d.oddLine, d.asIs = escape, e.line+line, escape != "" && sure
		if d.asIs {
			d.text = []byte(e.body)
			return d, nil
		}
		d.quotedPrintable(e)
	case "base64":
		d.base64(e)
	default:
		return nil, errEncoding
	}
	d.text = toUTF8(d.text, params["charset"])
	return d, nil
}

// quotedPrintable decodes a body line by line, so that an encoder's fault costs
// no more than the line: it stays as it stands.
func (d *decoded) quotedPrintable(e entity) {
	line := e.line
	buf := bufio.NewReader(nil)
	for l := range strings.Lines(e.body) {
		buf.Reset(strings.NewReader(l))
		text, err := io.ReadAll(quotedprintable.NewReader(buf))
		if err != nil {
			text = []byte(l)
			if d.damage == "" {
				d.damage, d.at = "a line of it is no quoted-printable and is read as it stands", line
			}
		}
		d.add(text, line)
		line++
	}
}

// base64 decodes a body to where it is damaged.
func (d *decoded) base64(e entity) {
	line := e.line
	var quads []byte
	for l := range strings.Lines(e.body) {
		quads = append(quads, strings.Join(strings.Fields(l), "")...)
		n := len(quads) / 4 * 4
		text := make([]byte, base64.StdEncoding.DecodedLen(n))
		k, err := base64.StdEncoding.Decode(text, quads[:n])
		d.add(text[:k], line)
		if err != nil {
			d.damage, d.at = "it is no base64 from here on, so what follows is missing", line
			return
		}
		quads = append(quads[:0], quads[n:]...)
		line++
	}
	if len(quads) > 0 {
		d.damage, d.at = "its base64 ends too early, so what follows is missing", max(e.line, line-1)
	}
}

// toUTF8 is a text in a charset as UTF-8. One that is not known stays as it is.
func toUTF8(text []byte, label string) []byte {
	if isUTF8(label) {
		return text
	}
	enc, _ := charset.Lookup(label)
	if enc == nil {
		return text
	}
	utf8, err := enc.NewDecoder().Bytes(text)
	if err != nil {
		return text
	}
	return utf8
}

// isUTF8 reports whether a text in a charset is UTF-8 as it stands.
func isUTF8(label string) bool {
	return slices.Contains([]string{"", "utf-8", "us-ascii"}, strings.ToLower(label))
}
