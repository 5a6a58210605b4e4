package table

import (
	"slices"
	"strings"
	"unicode"
)

// Meaning is what the title of a column says of its cells.
type Meaning string

// What columns of a table mean. The words for each are in columns.yaml and, for
// values, in types.yaml.
const (
	Unknown    Meaning = ""
	Values     Meaning = "value"
	Types      Meaning = "type"
	Ports      Meaning = "port"
	Threats    Meaning = "threat"
	Families   Meaning = "family"
	Confidence Meaning = "confidence"
	FirstSeen  Meaning = "first seen"
	LastSeen   Meaning = "last seen"
	References Meaning = "reference"
	Tags       Meaning = "tags"
	Notes      Meaning = "note"
	Detect     Meaning = "detect"  // whether to look for the value
	Benign     Meaning = "benign"  // whether it is no harm
	Verdicts   Meaning = "verdict" // which words say
	Until      Meaning = "until"
)

// MeaningOf is what a title means in a table of any format, as this reader
// understands it, [Unknown] where it does not. Of several meanings, between which
// the cells decide, it is the first. givesWay is true of a title that counts only
// where no other has its meaning.
func MeaningOf(title string) (m Meaning, givesWay bool) {
	w, err := vocabulary()
	if err != nil {
		return Unknown, false // which a test rules out
	}
	if all := w.meanings(title); len(all) > 0 {
		return Meaning(all[0]), w.later[plain(title)]
	}
	if k := w.valued[plain(title)]; k != nil && k.Mention == "" {
		return Values, false
	}
	return Unknown, false
}

// Unhunted is what a row holds of which no IOC is made.
type Unhunted struct {
	What   string // such as "a mutex"; "" of what is hunted
	Hashes bool   // what looks like the hash of a file is none
	Paths  bool   // what looks like a host with a path is no URL
}

// NotHunted is what a word for a type means of which no IOC is made. What is "" of all
// others, and of words that may as well say what a value belongs to, as "malware" does.
func NotHunted(word string) Unhunted {
	w, err := vocabulary()
	if err != nil {
		return Unhunted{}
	}
	if k := w.kindOf(word); k != nil && k.Is != about && !k.Loose {
		return Unhunted{What: k.Is, Hashes: k.Hashes, Paths: k.Paths}
	}
	return Unhunted{}
}

// PortWords is what ports are called in the languages of reports, in lower case: words
// and phrases, of which no other title is one.
func PortWords() []string {
	w, err := vocabulary()
	if err != nil {
		return nil
	}
	return slices.Clone(w.portWords)
}

// Hunted reports whether a word for a type means some that are hunted.
func Hunted(word string) bool {
	w, err := vocabulary()
	if err != nil {
		return false
	}
	k := w.kindOf(word)
	return k != nil && len(k.Types) > 0
}

// meanings is what a title may mean.
func (w *words) meanings(title string) []meaning {
	all := w.titles[plain(title)]
	switch ports := slices.Equal(all, onlyPorts); {
	case ports && strings.ContainsAny(strings.TrimRight(title, ": "), ":/"): // "C2:Port" is both
		return nil
	case ports || len(all) > 0 || !w.saysPorts(title):
		return all
	}
	return onlyPorts
}

var onlyPorts = []meaning{portColumn}

// saysPorts reports whether a title names ports in words of its own: "TCP port",
// "Port(s)", "Port/Protocol". Those of the side that asks are none of the
// indicator's.
func (w *words) saysPorts(title string) bool {
	lower := strings.ToLower(title)
	if len(title) > longestWord || strings.Contains(strings.TrimRight(title, ": "), ":") || !slices.ContainsFunc(w.portWords, func(p string) bool { return strings.Contains(lower, p) }) {
		return false
	}
	ws := strings.FieldsFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.ContainsFunc(ws, w.isPorts) && !slices.ContainsFunc(ws, func(word string) bool { return !w.isPorts(word) && !w.besidePort[word] })
}

// isPorts reports whether a word is a title of ports by itself.
func (w *words) isPorts(word string) bool {
	return slices.Equal(w.titles[word], onlyPorts)
}
