package export

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Stated is a field's value, "" where it says that there is none: abuse.ch
// writes None, n/a or nothing at all.
func Stated(s string) string {
	switch s {
	case "None", "n/a", "null", "NULL":
		return ""
	}
	return s
}

// Text is a field that is a string, a number, true, false or null.
type Text string

// UnmarshalJSON takes every kind of value; what is no string becomes its JSON,
// null nothing.
func (t *Text) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 0 && b[0] == '"':
		return json.Unmarshal(b, (*string)(t))
	case string(b) == "null":
		*t = ""
	default:
		*t = Text(b)
	}
	return nil
}

// Known is the text, "" where it says that there is none.
func (t Text) Known() string { return Stated(string(t)) }

// List is a field that is a list of strings, or one that commas part.
type List []string

// UnmarshalJSON takes every kind of value.
func (l *List) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		var all []Text
		if err := json.Unmarshal(b, &all); err != nil {
			return err
		}
		*l = nil
		for _, t := range all {
			if s := strings.TrimSpace(t.Known()); s != "" {
				*l = append(*l, s)
			}
		}
		return nil
	}
	var t Text
	err := t.UnmarshalJSON(b)
	*l = Split(t.Known())
	return err
}

// Split parts a list that is written with commas.
func Split(s string) []string {
	var all []string
	for s != "" {
		var one string
		one, s, _ = strings.Cut(s, ",")
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// Tags splits lists of tags, of which a feed has few that are different. The
// lists are shared and must not be changed. The zero Tags is ready for use.
type Tags struct {
	known map[tagged]*tags
	near  [256]*tags // those that came last, found without a hash
}

type tagged struct{ list, more string }

type tags struct {
	tagged
	all []string
}

// maxTags is how many lists are remembered.
const maxTags = 1 << 14

// Split parts a list and adds one more tag unless that is "" or there already.
func (t *Tags) Split(list, more string) []string {
	key := tagged{list, more}
	at := len(list) + len(more)<<4
	if list != "" {
		at += int(list[0])<<1 ^ int(list[len(list)-1])<<3
	}
	near := &t.near[at%len(t.near)]
	if *near == nil || (*near).tagged != key {
		*near = t.find(key)
	}
	return (*near).all
}

// find splits a list that did not come just now. What is remembered is no part
// of a larger text.
func (t *Tags) find(key tagged) *tags {
	if one, ok := t.known[key]; ok {
		return one
	}
	if t.known == nil || len(t.known) >= maxTags {
		t.known = map[tagged]*tags{}
	}
	key = tagged{strings.Clone(key.list), strings.Clone(key.more)}
	one := &tags{key, With(Split(Stated(key.list)), key.more)}
	t.known[key] = one
	return one
}

// With adds a tag to a list unless it is "" or there already.
func With(tags []string, more string) []string {
	for _, t := range tags {
		if strings.EqualFold(t, more) {
			return tags
		}
	}
	if more == "" {
		return tags
	}
	return append(tags[:len(tags):len(tags)], more)
}

// Keys lists the keys at the beginning of a JSON document, or of several in a
// row, by their paths, such as "data[].ioc"; a key that is a number is #. It
// looks at some hundred values and no further than the text goes.
func Keys(head []byte) map[string]bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return nil
	}
	k := keys{dec: json.NewDecoder(bytes.NewReader(head)), left: 500, found: map[string]bool{}}
	for k.value("") {
	}
	return k.found
}

type keys struct {
	dec   *json.Decoder
	left  int // how many values are looked at
	found map[string]bool
}

// value goes through a value, and reports whether to go on.
func (k *keys) value(path string) bool {
	t, err := k.dec.Token()
	if k.left--; err != nil || k.left < 0 {
		return false
	}
	d, _ := t.(json.Delim)
	switch d {
	case '[':
		path += "[]"
	case '{':
		if path != "" {
			path += "."
		}
	default:
		return true
	}
	for k.dec.More() {
		at := path
		if d == '{' {
			key, err := k.dec.Token()
			name, ok := key.(string)
			if err != nil || !ok {
				return false
			}
			if name != "" && strings.Trim(name, "0123456789") == "" {
				name = "#"
			}
			at += name
			k.found[at] = true
		}
		if !k.value(at) {
			return false
		}
	}
	_, err = k.dec.Token()
	return err == nil
}
