package table

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
	"quarry/feed/records"
)

// kind is what a word for a type means: an entry of types.yaml.
type kind struct {
	Types   []feed.Type `yaml:"types"`
	Parts   []string    `yaml:"parts"`
	Is      string      `yaml:"is"`
	Hashes  bool        `yaml:"hashes"`
	Paths   bool        `yaml:"paths"`
	Loose   bool        `yaml:"loose"`
	Mention string      `yaml:"mention"`
	Words   []string    `yaml:"words"`
	Columns []string    `yaml:"columns"`
}

// Parts that are no types.
const (
	namePart = "name"
	portPart = "port"
)

// about is what a row says that speaks of all the others.
const about = "description"

// meaning is what a column holds.
type meaning string

const (
	unread           meaning = ""
	valueColumn      meaning = "value"
	typeColumn       meaning = "type"
	portColumn       meaning = "port"
	threatColumn     meaning = "threat"
	familyColumn     meaning = "family"
	confidenceColumn meaning = "confidence"
	firstColumn      meaning = "first seen"
	lastColumn       meaning = "last seen"
	referenceColumn  meaning = "reference"
	tagsColumn       meaning = "tags"
	noteColumn       meaning = "note"
	detectColumn     meaning = "detect"
	benignColumn     meaning = "benign"
	verdictColumn    meaning = "verdict"
	untilColumn      meaning = "until"
)

// words is what types.yaml, columns.yaml and cells.yaml say.
type words struct {
	types      map[string]*kind
	valued     map[string]*kind // titles of columns of values
	titles     map[string][]meaning
	later      map[string]bool // titles that give way to others of their meaning
	portWords  []string        // what ports are called
	besidePort map[string]bool // words of a title of ports
	files      map[string]bool // titles of files that are no value
	scores     []string        // titles of confidences beside one of the next alone
	beScored   []string
	nothing    map[string]bool // cells in lower case
	begins     [256]bool       // the bytes with which one of those begins, in either case
	benign     map[string]bool
	links      map[string]bool // hosts
	ports      map[string]bool // those that are usual
}

//go:embed types.yaml
var typesYAML []byte

//go:embed columns.yaml
var columnsYAML []byte

//go:embed cells.yaml
var cellsYAML []byte

// vocabulary is read once.
var vocabulary = sync.OnceValues(func() (*words, error) { return readWords(typesYAML, columnsYAML, cellsYAML) })

func readWords(types, columns, cells []byte) (*words, error) {
	w := &words{
		types: map[string]*kind{}, valued: map[string]*kind{}, titles: map[string][]meaning{}, later: map[string]bool{}, besidePort: map[string]bool{}, files: map[string]bool{},
		nothing: map[string]bool{}, benign: map[string]bool{}, links: map[string]bool{}, ports: map[string]bool{},
	}
	if err := w.readCells(cells); err != nil {
		return nil, err
	}
	var kinds []*kind
	dec := yaml.NewDecoder(bytes.NewReader(types))
	dec.KnownFields(true)
	if err := dec.Decode(&kinds); err != nil {
		return nil, err
	}
	for _, k := range kinds {
		for _, t := range k.Types {
			if !t.Known() {
				return nil, fmt.Errorf("types.yaml: %q is no type", t)
			}
		}
		for _, p := range k.Parts {
			if p != namePart && p != portPart && !feed.Type(p).Known() {
				return nil, fmt.Errorf("types.yaml: %q is no part", p)
			}
		}
		if err := enter(w.types, k.Words, k); err != nil {
			return nil, err
		}
		if err := enter(w.valued, k.Columns, k); err != nil {
			return nil, err
		}
	}
	var titles map[meaning][]string
	if err := yaml.Unmarshal(columns, &titles); err != nil {
		return nil, err
	}
	for _, m := range []meaning{
		valueColumn, typeColumn, portColumn, threatColumn, familyColumn, confidenceColumn, firstColumn, lastColumn,
		referenceColumn, tagsColumn, noteColumn, detectColumn, benignColumn, verdictColumn, untilColumn,
	} {
		for _, title := range titles[m] {
			w.titles[plain(title)] = append(w.titles[plain(title)], m)
		}
		delete(titles, m)
	}
	for _, title := range titles[givingWay] {
		if len(w.titles[plain(title)]) == 0 {
			return nil, fmt.Errorf("columns.yaml: %q gives way and has no meaning", title)
		}
		w.later[plain(title)] = true
	}
	delete(titles, givingWay)
	w.portWords = titles[calledPorts]
	for _, word := range w.portWords {
		w.titles[plain(word)] = onlyPorts
	}
	delete(titles, calledPorts)
	for _, word := range titles[besidePorts] {
		w.besidePort[word] = true
	}
	delete(titles, besidePorts)
	for _, title := range titles[ofFiles] {
		w.files[plain(title)] = true
	}
	delete(titles, ofFiles)
	w.scores, w.beScored = titles[score], titles[besideScore]
	delete(titles, score)
	delete(titles, besideScore)
	for m := range titles {
		return nil, fmt.Errorf("columns.yaml: %q is no meaning", m)
	}
	return w, nil
}

// Entries of columns.yaml that are no meaning: titles which give way, what ports are
// called, words that may stand beside that in a title, titles of files, and those that are scores beside
// others.
const (
	givingWay   meaning = "gives way"
	calledPorts meaning = "port words"
	besidePorts meaning = "beside port"
	ofFiles     meaning = "of files"
	score       meaning = "score"
	besideScore meaning = "beside score"
)

// givesWay reports whether a title has a meaning only where no other title has it.
func (w *words) givesWay(m meaning, title string, titles []string) bool {
	return w.later[plain(title)] && slices.ContainsFunc(titles, func(other string) bool {
		key := plain(other)
		return !w.later[key] && slices.Contains(w.titles[key], m)
	})
}

// isScore reports whether a title is one of confidences for those beside it.
func (w *words) isScore(title string, titles []string) bool {
	return slices.Contains(w.scores, plain(title)) &&
		slices.ContainsFunc(titles, func(other string) bool { return slices.Contains(w.beScored, plain(other)) }) &&
		!slices.ContainsFunc(titles, func(other string) bool { return slices.Contains(w.titles[plain(other)], confidenceColumn) })
}

func (w *words) readCells(text []byte) error {
	var said struct{ Nothing, Benign, Links, Ports []string }
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&said); err != nil {
		return err
	}
	for _, word := range said.Nothing {
		lower := strings.ToLower(word)
		w.nothing[lower] = true
		w.begins[lower[0]], w.begins[strings.ToUpper(word)[0]] = true, true
	}
	phrases, alone := records.Denials()
	for _, word := range slices.Concat(said.Benign, phrases, alone) {
		w.benign[plain(word)] = true
	}
	for _, host := range said.Links {
		w.links[host] = true
	}
	for _, port := range said.Ports {
		w.ports[port] = true
	}
	return nil
}

// longestNothing is longer than all words for nothing, in bytes.
const longestNothing = 16

// longestBenign is longer than all words for no harm, in bytes.
const longestBenign = 24

// stated empties the cells of a row that say that there is no value.
func (w *words) stated(row []string) []string {
	for k, cell := range row {
		if cell != "" && len(cell) <= longestNothing && w.begins[cell[0]] && w.nothing[strings.ToLower(cell)] {
			row[k] = ""
		}
	}
	return row
}

// isBenign reports whether a cell says of its row that it is no harm.
func (w *words) isBenign(cell string) bool {
	return len(cell) <= longestBenign && w.benign[plain(cell)]
}

// isPage reports whether a link leads to a host of pages about indicators.
func (w *words) isPage(link string) bool {
	return w.links[strings.TrimPrefix(hostOf(link), "www.")]
}

// enter notes what words mean.
func enter(in map[string]*kind, list []string, k *kind) error {
	for _, word := range list {
		key := plain(word)
		if had := in[key]; had != nil && had != k {
			return fmt.Errorf("types.yaml: the word %q has two meanings", word)
		}
		in[key] = k
	}
	return nil
}

// longestWord bounds what can be a word for a type or a title, in bytes.
const longestWord = 80

// plain is the letters, digits and bars of a word in lower case, "" where it is
// none.
func plain(s string) string {
	if len(s) > longestWord {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r == '|' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// meets reports whether values of two kinds may be of one type.
func (k *kind) meets(other *kind) bool {
	return len(k.Types) == 0 || len(other.Types) == 0 || slices.ContainsFunc(k.Types, func(t feed.Type) bool { return slices.Contains(other.Types, t) })
}

// kindOf is what a cell says of the type of a value, nil if it is no such word.
func (w *words) kindOf(cell string) *kind { return w.types[plain(cell)] }

// isTitle reports whether a cell could head a column of values.
func (w *words) isTitle(cell string) bool {
	key := plain(cell)
	for _, m := range w.titles[key] {
		if m == valueColumn {
			return true
		}
	}
	return w.valued[key] != nil
}
