package records

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Text is a JSON value that feeds write now as a string and now as a number or
// a truth value: "443", 443, true. It reads each as it is spelled, and null as
// "". Of an array or object, which should not be there, it is the JSON itself,
// so that who uses it sees what stands there.
type Text string

// UnmarshalJSON reads any value.
func (t *Text) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 1 && b[0] == '"':
		if bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b) { // as nearly all
			*t = Text(b[1 : len(b)-1])
			return nil
		}
		return json.Unmarshal(b, (*string)(t))
	case string(b) == "null":
		*t = ""
	default:
		*t = Text(b)
	}
	return nil
}

// Is reports whether a text says true: "true", "yes" or "1", in any case.
func (t Text) Is() bool {
	s := strings.TrimSpace(string(t))
	return s == "1" || strings.EqualFold(s, "true") || strings.EqualFold(s, "yes")
}

// Texts is a list that feeds write now as one and now as a single value. null is
// empty, as are empty texts.
type Texts []string

// UnmarshalJSON reads an array, or what a [Text] reads.
func (l *Texts) UnmarshalJSON(b []byte) error {
	*l = nil
	if len(b) > 0 && b[0] == '[' {
		var all []Text
		err := json.Unmarshal(b, &all)
		for _, t := range all {
			l.add(t)
		}
		return err
	}
	var t Text
	err := t.UnmarshalJSON(b)
	l.add(t)
	return err
}

func (l *Texts) add(t Text) {
	if s := strings.TrimSpace(string(t)); s != "" {
		*l = append(*l, s)
	}
}

// maxWords is how many characters of a remark are kept.
const maxWords = 200

// Words is a remark on one line, cut after 200 characters, which "..." says.
func Words(s string) string {
	if len(s) > 16*maxWords {
		s = strings.ToValidUTF8(s[:16*maxWords], "")
	}
	s = strings.Join(strings.Fields(s), " ")
	n := 0
	for at := range s {
		if n++; n > maxWords {
			return s[:at] + "..."
		}
	}
	return s
}

// maxTags is how many tags are kept.
const maxTags = 64

// Tags are texts without empty ones and without one that stands there before,
// case aside, each as [Words] gives it. Of more than 64 the last says how many
// are left out.
func Tags(texts ...string) []string {
	var tags []string
	seen := map[string]bool{}
	left := 0
	for _, t := range texts {
		t = Words(t)
		key := strings.ToLower(t)
		switch {
		case t == "" || seen[key]:
		case len(tags) == maxTags:
			left++
		default:
			seen[key] = true
			tags = append(tags, t)
		}
	}
	if left > 0 {
		tags = append(tags, fmt.Sprintf("(%d more tags)", left))
	}
	return tags
}

// WebAddress reports whether all of a remark is the address of a web page.
func WebAddress(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && !strings.ContainsAny(s, " \t\n\"<>")
}
