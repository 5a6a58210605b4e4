package saved

import (
	"bytes"
	"crypto/sha1" // RFC 9562 names it for version 5
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// oneLine makes one line of text from a document: what cannot be seen, from
// controls over bidi marks to U+2028, becomes a space, and so does what is no
// UTF-8.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// units counts characters as Microsoft's limits do, in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += runeUnits(r)
	}
	return n
}

func runeUnits(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// cut shortens s to so many UTF-16 units; an ellipsis says that it did.
func cut(s string, limit int) string {
	if units(s) <= limit {
		return s
	}
	n := 1 // the ellipsis
	for at, r := range s {
		if n += runeUnits(r); n > limit {
			return strings.TrimRight(s[:at], " ") + "…"
		}
	}
	return s
}

// PlainCell keeps spreadsheets from reading a cell as a formula, as OWASP
// advises: such a cell starts with one of these characters, and an apostrophe
// before it makes it text. The wide ones are signs to spreadsheets too.
func PlainCell(s string) string {
	if r, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
		return "'" + s
	}
	return s
}

// Lengths of a watchlist's alias (Sentinel service limits).
const (
	minAlias = 3
	maxAlias = 64
)

// Alias is a name for a title that a watchlist takes as its alias and that can
// begin a file name: 3 to 64 lower-case ASCII letters, digits and single
// hyphens, with a letter or digit at both ends. A title that it cannot spell
// in full ends in a part of its hash, so that two of them differ.
func Alias(title string) string {
	var b strings.Builder
	lost := false
	for _, r := range strings.ToLower(oneLine(title)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		default:
			lost = lost || unicode.IsLetter(r) || unicode.IsNumber(r)
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "-") {
				b.WriteByte('-')
			}
		}
	}
	s := strings.Trim(b.String(), "-")
	if !lost && len(s) >= minAlias && len(s) <= maxAlias {
		return s
	}
	hash := newID("alias", oneLine(title))[:8]
	s = strings.Trim(s[:min(len(s), maxAlias-len(hash)-1)], "-")
	if s == "" {
		s = "iocs"
	}
	return s + "-" + hash
}

// namespace is the name space of the ids that Quarry gives, a random UUID.
const namespace = "b1a3f0c2-6d57-4f0e-9c84-2e5d7a91c3f6"

// newID returns a UUID of version 5 (RFC 9562) that follows from its parts. A
// byte that no part can hold stands between them.
func newID(parts ...string) string {
	space, _ := hex.DecodeString(strings.ReplaceAll(namespace, "-", ""))
	h := sha1.New()
	h.Write(space)
	for _, p := range parts {
		h.Write([]byte(strings.ReplaceAll(p, "\x00", " ")))
		h.Write([]byte{0})
	}
	id := h.Sum(nil)[:16]
	id[6] = id[6]&0x0F | 0x50
	id[8] = id[8]&0x3F | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// indented writes JSON for people too: with &, < and > as they are, and two
// spaces a level.
func indented(v any) (string, error) {
	text, err := plainJSON(v)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = json.Indent(&b, text, "", "  ")
	return b.String() + "\n", err
}

// plainJSON is json.Marshal without the escapes for web pages.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
