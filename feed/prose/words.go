package prose

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
	"quarry/feed/records"
)

//go:embed words.yaml
var wordsFile []byte

// lexicon is the content of words.yaml.
type lexicon struct {
	Indicators      phrases                `yaml:"indicators"`
	NotIndicators   phrases                `yaml:"not_indicators"`
	Subjects        phrases                `yaml:"subjects"`
	Topics          phrases                `yaml:"topics"`
	Fillers         phrases                `yaml:"fillers"`
	References      phrases                `yaml:"references"`
	Closings        phrases                `yaml:"closings"`
	PageEnds        phrases                `yaml:"page_ends"`
	Forwarding      phrases                `yaml:"forwarding"`
	Senders         phrases                `yaml:"senders"`
	MailFields      phrases                `yaml:"mail_fields"`
	Numbering       phrases                `yaml:"numbering"`
	Benign          phrases                `yaml:"benign"`
	Mass            phrases                `yaml:"mass"`
	Advice          phrases                `yaml:"advice"`
	Attacked        phrases                `yaml:"attacked"`
	Attackable      phrases                `yaml:"attackable"`
	Foreign         map[string]foreign     `yaml:"foreign"`
	Threats         map[string]feed.Threat `yaml:"threats"`
	Threatening     phrases                `yaml:"threatening"`
	ReferenceLabels phrases                `yaml:"reference_labels"`
	KeyLabels       phrases                `yaml:"key_labels"`
	FileLabels      phrases                `yaml:"file_labels"`
	IDOwners        phrases                `yaml:"id_owners"`
	PrintOwners     phrases                `yaml:"fingerprint_owners"`
	Referring       phrases                `yaml:"referring"`
	ReferringOn     phrases                `yaml:"referring_on"`
	ReferenceHosts  phrases                `yaml:"reference_hosts"`
	SocialHosts     phrases                `yaml:"social_hosts"`
	NamingWords     phrases                `yaml:"naming_words"`
	PortLeads       phrases                `yaml:"port_leads"`
	PortFollows     phrases                `yaml:"port_follows"`
	QuotedSigns     []string               `yaml:"quoted_signs"`
	Bullets         []string               `yaml:"bullets"`
	Columns         map[role]phrases       `yaml:"columns"`
	Remarks         phrases                `yaml:"remarks"`
	Bystanders      phrases                `yaml:"bystanders"`
	ByBystanders    phrases                `yaml:"beside_bystanders"`
	Untouched       phrases                `yaml:"untouched"`

	BystanderLabels phrases               `yaml:"bystander_labels"`
	MailLabels      phrases               `yaml:"mail_labels"`
	Owners          phrases               `yaml:"owners"`
	Belongings      phrases               `yaml:"belongings"`
	Titling         phrases               `yaml:"titling"`
	Denials         phrases               `yaml:"-"` // those of the package records,
	Short           phrases               `yaml:"-"` // and those that count alone
	Leads           phrases               `yaml:"leads"`
	Companions      phrases               `yaml:"companions"`
	Pretended       phrases               `yaml:"pretended"`
	Aside           phrases               `yaml:"aside"`
	Harm            phrases               `yaml:"harm"`
	Hostile         phrases               `yaml:"hostile"`
	HarmlessLeads   phrases               `yaml:"harmless_leads"`
	Types           map[feed.Type]phrases `yaml:"types"`

	foreignWords phrases // the keys of Foreign
	signs        string  // what may stand before a value as that of an item
}

// foreign is what stands in a part of a document that is no IOC for Quarry.
type foreign struct {
	What   string `yaml:"what"`   // as a finding counts it; "" when not worth counting
	Hashes bool   `yaml:"hashes"` // only what looks like a hash of a file is none
	Digits int    `yaml:"digits"` // how long those are; 0 for any length
	Paths  bool   `yaml:"paths"`  // what looks like a host with a path is no URL
	Rules  bool   `yaml:"rules"`  // all of it is no list of IOCs
}

// takes reports whether a hash is what stands there, and none of a file.
func (f foreign) takes(hash string) bool {
	return f.Hashes && (f.Digits == 0 || f.Digits == len(hash))
}

// phrases is a set of phrases.
type phrases map[string]bool

func (p *phrases) UnmarshalYAML(n *yaml.Node) error {
	var list []string
	if err := n.Decode(&list); err != nil {
		return err
	}
	*p = phrasesOf(list)
	return nil
}

func phrasesOf(list []string) phrases {
	p := make(phrases, len(list))
	for _, s := range list {
		p[s] = true
	}
	return p
}

// readWords reads a lexicon.
func readWords(raw []byte) (*lexicon, error) {
	var l lexicon
	err := yaml.Unmarshal(raw, &l)
	l.foreignWords = make(phrases, len(l.Foreign))
	for phrase := range l.Foreign {
		l.foreignWords[phrase] = true
	}
	l.signs = leadingSigns + strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return -1
		}
		return r
	}, strings.Join(l.Bullets, ""))
	denials, short := records.Denials()
	l.Denials, l.Short = phrasesOf(denials), phrasesOf(short)
	return &l, err
}

// words is the lexicon. That the one in the program can be read, a test holds.
var words = sync.OnceValue(func() *lexicon {
	l, _ := readWords(wordsFile)
	return l
})

// longestTitle is the longest heading, label or title of a column in bytes
// whose words are looked at.
const longestTitle = 160

// split is the words of a heading, a label or a title in lower case, "&" among
// them: "SHA-256 / C&C" is sha256, c&c.
func split(s string) []string {
	if len(s) > longestTitle {
		return nil
	}
	var b strings.Builder
	var before rune
	for at, r := range s {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '&':
			b.WriteRune(unicode.ToLower(r))
		case r == '-' && unicode.IsLetter(before) && nextIsDigit(s[at+1:]):
		case r == '\'' || r == '’':
		default:
			b.WriteByte(' ')
		}
		before = r
	}
	return strings.Fields(b.String())
}

func nextIsDigit(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsDigit(r)
}

// longestPhrase is how many words a phrase of the lexicon has at most.
const longestPhrase = 4

// has reports whether one of the phrases stands among the words.
func (p phrases) has(ws []string) bool {
	_, ok := find(ws, func(s string) (struct{}, bool) { return struct{}{}, p[s] })
	return ok
}

// begins reports whether one of the phrases begins a text of words.
func (p phrases) begins(text string) bool {
	for phrase := range p {
		if strings.HasPrefix(text, phrase+" ") {
			return true
		}
	}
	return false
}

// find looks each phrase of the words up, longer ones first.
func find[T any](ws []string, look func(string) (T, bool)) (v T, ok bool) {
	for n := min(longestPhrase, len(ws)); n > 0; n-- {
		for at := 0; at+n <= len(ws); at++ {
			if v, ok = look(strings.Join(ws[at:at+n], " ")); ok {
				return v, true
			}
		}
	}
	return v, false
}

// madeOf reports whether the words are phrases of p and fillers, and at least
// one is of p.
func (l *lexicon) madeOf(ws []string, in ...phrases) bool {
	some := false
words:
	for at := 0; at < len(ws); {
		for n := min(longestPhrase, len(ws)-at); n > 0; n-- {
			phrase := strings.Join(ws[at:at+n], " ")
			for _, p := range in {
				if p[phrase] {
					some = true
					at += n
					continue words
				}
			}
		}
		w := ws[at]
		if !l.Fillers[w] && len(w) > 1 && strings.Trim(w, "0123456789ivx") != "" {
			return false
		}
		at++
	}
	return some
}

// threat is what the words say an indicator is used for, "" where they do not.
func (l *lexicon) threat(ws []string) feed.Threat {
	t, _ := find(ws, func(s string) (feed.Threat, bool) { t, ok := l.Threats[s]; return t, ok })
	return t
}

// typesSaid is the types that a row says its value has.
func (l *lexicon) typesSaid(ws []string) (types []feed.Type) {
	for t, phrases := range l.Types {
		if phrases.has(ws) {
			types = append(types, t)
		}
	}
	return types
}

// foreign is what the words say that is no IOC for Quarry.
func (l *lexicon) foreign(ws []string) (foreign, bool) {
	return find(ws, func(s string) (foreign, bool) { f, ok := l.Foreign[s]; return f, ok })
}

// holdsHost reports whether a host is one of p, or below one.
func (p phrases) holdsHost(host string) bool {
	for {
		if p[host] {
			return true
		}
		at := strings.IndexByte(host, '.')
		if at < 0 {
			return false
		}
		host = host[at+1:]
	}
}
