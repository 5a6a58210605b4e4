package export

import (
	"encoding/json"
	"strings"

	"quarry/feed/records"
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

// Known is a field of JSON, "" where it says that there is none.
func Known(t records.Text) string { return Stated(string(t)) }

// List is a field that is a list of strings, or one that commas part.
type List []string

// UnmarshalJSON takes every kind of value.
func (l *List) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		var all []records.Text
		if err := json.Unmarshal(b, &all); err != nil {
			return err
		}
		*l = nil
		for _, t := range all {
			if s := strings.TrimSpace(Known(t)); s != "" {
				*l = append(*l, s)
			}
		}
		return nil
	}
	var t records.Text
	err := t.UnmarshalJSON(b)
	*l = Split(Known(t))
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

// Keys are the paths of [records.Outline] at the beginning of a JSON document,
// with # for keys that are numbers, as in "#[].ioc_value"; nil where the text is
// no JSON.
func Keys(head []byte) map[string]bool {
	paths := records.NewOutline(head).Paths()
	if len(paths) == 0 {
		return nil
	}
	keys := map[string]bool{}
	for _, path := range paths {
		names := strings.Split(path, ".")
		for i, n := range names {
			if bare := strings.TrimRight(n, "[]"); bare != "" && strings.Trim(bare, "0123456789") == "" {
				names[i] = "#" + n[len(bare):]
			}
		}
		keys[strings.Join(names, ".")] = true
	}
	return keys
}
