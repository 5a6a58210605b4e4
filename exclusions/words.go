package exclusions

import (
	"bytes"
	_ "embed"
	"errors"
	"io"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"quarry/kql"
)

//go:embed words.yaml
var wordsYAML []byte

//go:embed software.yaml
var softwareYAML []byte

// words is the file words.yaml, which describes each part.
type words struct {
	Fields []struct {
		fieldWord `yaml:",inline"`
		Words     []string `yaml:"words"`
		Names     []string `yaml:"names"`
	} `yaml:"fields"`
	Operators []struct {
		operatorWord `yaml:",inline"`
		Words        []string `yaml:"words"`
	} `yaml:"operators"`
	Verbs []struct {
		verbWord `yaml:",inline"`
		Words    []string `yaml:"words"`
	} `yaml:"verbs"`
	Subjects []struct {
		subjectWord `yaml:",inline"`
		Words       []string `yaml:"words"`
	} `yaml:"subjects"`
	Examples   []string `yaml:"examples"`
	Connectors struct {
		And []string `yaml:"and"`
		Or  []string `yaml:"or"`
		Not []string `yaml:"not"`
	} `yaml:"connectors"`
	Exceptions   []string `yaml:"exceptions"`
	Reversing    []string `yaml:"reversing"`
	Open         []string `yaml:"open"`
	Fetching     []string `yaml:"fetching"`
	Tools        []string `yaml:"tools"`
	Inverse      []string `yaml:"inverse"`
	Finding      []string `yaml:"finding"`
	Found        []string `yaml:"found"`
	Leading      []string `yaml:"leading"`
	Negating     []string `yaml:"negating"`
	Leaving      []string `yaml:"leaving"`
	Relative     []string `yaml:"relatives"`
	Prepositions []string `yaml:"prepositions"`
	Fillers      []string `yaml:"fillers"`
	Classes      []string `yaml:"classes"`
	Accounts     []struct {
		Is    string   `yaml:"is"`
		Role  bool     `yaml:"role"`
		Words []string `yaml:"words"`
	} `yaml:"accounts"`
	Indefinite []string `yaml:"indefinite"`
	Plurals    []string `yaml:"plurals"`
	Extensions []string `yaml:"extensions"`
	Programs   []string `yaml:"programs"`
	Spaced     []string `yaml:"spaced"`
	Private    []string `yaml:"private"`
}

// about is what a group of words speaks of.
type about string

// Fields of words.yaml that are chosen by the value they are compared with.
const (
	remoteField kql.Field = "remote"  // name, address or URL on the other side
	eitherIP    kql.Field = "ip"      // an address on either side
	fromField   kql.Field = "from"    // where something comes from: a folder, a program, an address
	ownField    kql.Field = "own"     // where traffic comes from: a program, a device or address of one's own
	related     kql.Field = "related" // a name or URL on the other side; an address may be on either
	unclear     kql.Field = "unclear" // holds no value: the words do not say whose side it is
)

type fieldWord struct {
	Field kql.Field           `yaml:"field"`
	Op    kql.Operator        `yaml:"op"`
	Fixed bool                `yaml:"fixed"`
	Plain bool                `yaml:"plain"`
	About map[about]kql.Field `yaml:"about"`
}

type operatorWord struct {
	Op      kql.Operator `yaml:"op"`
	Not     bool         `yaml:"not"`
	Exact   bool         `yaml:"exact"`
	Example bool         `yaml:"example"`
	Pattern bool         `yaml:"pattern"`
	Inside  bool         `yaml:"inside"`
}

type verbWord struct {
	Field kql.Field           `yaml:"field"`
	About map[about]kql.Field `yaml:"about"`
	Named bool                `yaml:"named"`
	Acts  bool                `yaml:"acts"`
}

type subjectWord struct {
	About about     `yaml:"about"`
	Field kql.Field `yaml:"field"`
}

// software is an entry of software.yaml.
type software struct {
	Name      string   `yaml:"name"`
	Also      []string `yaml:"also"`
	Processes []string `yaml:"processes"`
	Word      bool     `yaml:"word"`
}

type connector uint8

const (
	andWord connector = iota + 1
	orWord
	notWord
)

// phrase is what one or more words mean; the place in the sentence decides
// among several meanings.
type phrase struct {
	field       *fieldWord
	operator    *operatorWord
	verb        *verbWord
	subject     *subjectWord
	software    *software
	account     string
	role        bool // an account that is also what a user may be
	connector   connector
	exception   bool // a "not" that takes back what was said before
	reverses    bool // says something of the words beside it that no condition says
	endless     bool // reaches to the end of the sentence
	example     bool
	inverse     bool
	filler      bool
	leaving     bool // a filler that says that rows are left out
	relative    bool // a filler with which more about something begins
	preposition bool // a filler behind which a list does not go on
	class       bool
}

// lexicon finds phrases. It is never changed once it is made.
type lexicon struct {
	phrases    map[string]*phrase
	longest    map[string]int // words of the longest phrase that begins with a word
	processes  map[string]bool
	extensions map[string]bool
	programs   map[string]bool
	private    map[string]bool
	found      map[string]bool
	leading    map[string]bool
	negating   map[string]bool
	indefinite map[string]bool
	plurals    map[string]bool
	fetching   map[string]bool
	tools      map[string]bool
	finding    []string
	spaced     []string
	software   []software // in the order of the file
}

// lexical is the lexicon of the embedded files. They are part of the program
// and a test reads them; without them no word is understood, and every filter
// stays unread.
var lexical = sync.OnceValue(func() *lexicon {
	l, _ := readLexicon(wordsYAML, softwareYAML)
	return l
})

// Prepare begins to read the vocabulary, which takes some milliseconds. Without
// it the first [Read] or [Judge] does so and waits.
func Prepare() {
	go lexical()
	go known()
}

func readLexicon(wordsText, softwareText []byte) (*lexicon, error) {
	l := &lexicon{
		phrases: map[string]*phrase{}, longest: map[string]int{}, processes: map[string]bool{},
	}
	var w words
	var s []software
	var softwareErr error
	var wait sync.WaitGroup
	wait.Go(func() { softwareErr = decode(softwareText, &s) })
	err := decode(wordsText, &w)
	wait.Wait()
	l.extensions, l.private = setOf(w.Extensions), setOf(w.Private)
	l.found, l.leading, l.negating = setOf(w.Found), setOf(w.Leading), setOf(w.Negating)
	l.indefinite, l.plurals, l.fetching = setOf(w.Indefinite), setOf(w.Plurals), setOf(w.Fetching)
	l.tools, l.programs = setOf(w.Tools), setOf(w.Programs)
	l.finding, l.spaced = w.Finding, w.Spaced
	l.addWords(&w)
	l.addConnecting(&w)
	l.software = s
	for i := range s {
		l.addSoftware(&s[i])
	}
	return l, errors.Join(err, softwareErr)
}

func decode(text []byte, v any) error {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(v); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func (l *lexicon) addWords(w *words) {
	for i := range w.Fields {
		f := &w.Fields[i]
		for _, s := range append(f.Words, f.Names...) {
			l.phrase(s).field = &f.fieldWord
		}
	}
	for i := range w.Operators {
		o := &w.Operators[i]
		for _, s := range o.Words {
			l.phrase(s).operator = &o.operatorWord
		}
	}
	for i := range w.Verbs {
		v := &w.Verbs[i]
		for _, s := range v.Words {
			l.phrase(s).verb = &v.verbWord
		}
	}
	for i := range w.Subjects {
		j := &w.Subjects[i]
		for _, s := range j.Words {
			l.phrase(s).subject = &j.subjectWord
		}
	}
}

func (l *lexicon) addConnecting(w *words) {
	each := func(ss []string, set func(*phrase)) {
		for _, s := range ss {
			set(l.phrase(s))
		}
	}
	each(w.Connectors.And, func(p *phrase) { p.connector = andWord })
	each(w.Connectors.Or, func(p *phrase) { p.connector = orWord })
	each(w.Connectors.Not, func(p *phrase) { p.connector = notWord })
	each(w.Exceptions, func(p *phrase) { p.exception = true })
	each(w.Reversing, func(p *phrase) { p.reverses = true })
	each(w.Open, func(p *phrase) { p.endless = true })
	each(w.Examples, func(p *phrase) { p.example = true })
	each(w.Inverse, func(p *phrase) { p.inverse = true })
	each(w.Leaving, func(p *phrase) { p.filler, p.leaving = true, true })
	each(w.Relative, func(p *phrase) { p.filler, p.relative = true, true })
	each(w.Prepositions, func(p *phrase) { p.filler, p.preposition = true, true })
	each(w.Fillers, func(p *phrase) { p.filler = true })
	each(w.Classes, func(p *phrase) { p.class = true })
	for _, a := range w.Accounts {
		each(a.Words, func(p *phrase) { p.account, p.role = a.Is, a.Role })
	}
}

func setOf(words []string) map[string]bool {
	all := map[string]bool{}
	for _, w := range words {
		all[w] = true
	}
	return all
}

func (l *lexicon) addSoftware(s *software) {
	for _, n := range append([]string{s.Name}, s.Also...) {
		l.phrase(n).software = s
	}
	for _, p := range s.Processes {
		l.processes[stem(p)] = true
	}
}

// phrase is the entry of some words, made where there is none.
func (l *lexicon) phrase(s string) *phrase {
	key := strings.ToLower(strings.Join(strings.Fields(s), " "))
	p := l.phrases[key]
	if p == nil {
		p = new(phrase)
		l.phrases[key] = p
		parts := strings.Fields(key)
		l.longest[parts[0]] = max(l.longest[parts[0]], len(parts))
	}
	return p
}

// at finds the longest phrase at the beginning of the tokens and says how many
// it takes, 0 when there is none. A phrase never goes over quotes, commas or
// the end of a sentence.
func (l *lexicon) at(tokens []token) (*phrase, int) {
	if len(tokens) == 0 || tokens[0].bare == "" {
		return nil, 0
	}
	n := min(l.longest[tokens[0].bare], len(tokens))
	words := make([]string, 0, n)
	for _, t := range tokens[:n] {
		if t.bare == "" || t.kind == symbolToken && len(words) > 0 {
			break
		}
		words = append(words, t.bare)
	}
	for ; len(words) > 0; words = words[:len(words)-1] {
		if p := l.phrases[strings.Join(words, " ")]; p != nil {
			return p, len(words)
		}
	}
	return nil, 0
}

// runs reports whether some software is known to run as this program.
func (l *lexicon) runs(program string) bool { return l.processes[stem(program)] }

// stem is a program's name in lower case without ".exe".
func stem(program string) string { return strings.TrimSuffix(strings.ToLower(program), ".exe") }
