package review

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
	"quarry/kql"
)

// formatVersion counts changes of the reviewed bulletin that older readers
// would read wrongly.
const formatVersion = 1

// frontMatter is the YAML at the head of a reviewed bulletin. The published
// facts about each document are read back from here; the analyst's decisions
// about IOCs, tables and scenarios from the tables and headings below, where a
// person can change them. Title and families are for people; the counts tell
// what is missing below.
type frontMatter struct {
	Quarry        int            `yaml:"quarry"`
	Title         string         `yaml:"title"`
	Families      []string       `yaml:"families,flow,omitempty"`
	Last          reviewMeta     `yaml:",inline"`           // the review that was exported
	Earlier       []reviewMeta   `yaml:"earlier,omitempty"` // those before, the first one first
	Target        string         `yaml:"target"`
	Lookback      string         `yaml:"lookback"`
	Match         string         `yaml:"match,omitempty"` // none of these where it is the usual
	Port          string         `yaml:"port,omitempty"`
	OwnSide       bool           `yaml:"own_side,omitempty"`
	Long          string         `yaml:"long,omitempty"`
	MinConfidence any            `yaml:"min_confidence,omitempty"` // a number; a person may write anything
	Counts        counts         `yaml:"counts,flow"`
	Documents     []documentMeta `yaml:"documents"`
}

// counts counts IOCs and mentions apart; on, off, below and the verdicts are
// those of IOCs.
type counts struct {
	IOCs      int `yaml:"iocs"`
	On        int `yaml:"on"`
	Off       int `yaml:"off"`
	Below     int `yaml:"below,omitempty"` // on, and left out by the minimum confidence
	Malicious int `yaml:"malicious"`
	Benign    int `yaml:"benign"`
	Unsure    int `yaml:"unsure"`

	Mentions       int `yaml:"mentions"`
	MentionsOn     int `yaml:"mentions_on"`
	MentionsJudged int `yaml:"mentions_judged"` // they have a verdict

	Scenarios int `yaml:"scenarios"`
	Attached  int `yaml:"attached"`
	Hunts     int `yaml:"hunts"`
	Required  int `yaml:"required_tables"`
	Published int `yaml:"published_queries"`
	Findings  int `yaml:"findings"`
}

type documentMeta struct {
	Source exact   `yaml:"source"`
	Called exact   `yaml:"called,omitempty"` // below, where that is not the same
	Line   int     `yaml:"line"`
	SHA256 string  `yaml:"sha256"`
	Format string  `yaml:"format"`
	Title  exact   `yaml:"title,omitempty"`
	Family exact   `yaml:"family,omitempty"`
	Total  *int    `yaml:"total,omitempty"`
	Types  []exact `yaml:"types,flow,omitempty"`
}

// exact is text that is read back from the front matter as it was, and yet
// names no host there: see [hosts.exact].
type exact string

// The stand-ins for what makes a host of the text around it. Clean text has no
// invisible characters, so that they can only come from [hosts.exact].
var (
	standIns  = strings.NewReplacer(".", "\u200B", ":", "\u200C", "@", "\u200D")
	yamlChars = strings.NewReplacer("\u200B", `\x2e`, "\u200C", `\x3a`, "\u200D", `\x40`)
)

// exact prepares clean text for the front matter: [writeYAML] writes the dots,
// colons and @ of hosts in it as YAML escapes.
func (h hosts) exact(s string) exact {
	var b strings.Builder
	replace(s, h.spots(s), func(p spot) { b.WriteString(standIns.Replace(s[p.start:p.end])) }, func(s string) { b.WriteString(s) })
	return exact(b.String())
}

// MarshalYAML writes text with stand-ins in double quotes, where YAML reads
// escapes.
func (e exact) MarshalYAML() (any, error) {
	if !strings.ContainsAny(string(e), "\u200B\u200C\u200D") {
		return string(e), nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Style: yaml.DoubleQuotedStyle, Value: string(e)}, nil
}

func writeYAML(f frontMatter) (string, error) {
	text, err := yaml.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("front matter: %w", err)
	}
	return yamlChars.Replace(string(text)), nil
}

func (m *markdown) frontMatter() error {
	r, last := m.r, len(m.reviews)-1
	f := frontMatter{
		Quarry: formatVersion, Title: m.plain(r.Title()), Last: m.reviewMeta(m.reviews[last]),
		Target: string(r.Target()), Lookback: kql.FormatLookback(r.Lookback()), Counts: m.counted,
		Match: string(r.now.knobs.Match), Port: string(r.now.knobs.Port), OwnSide: r.now.knobs.OwnSide, Long: string(r.now.long),
	}
	if n := r.MinConfidence(); n > 0 {
		f.MinConfidence = n
	}
	for _, family := range r.Families() {
		f.Families = append(f.Families, m.plain(family))
	}
	for _, e := range m.reviews[:last] {
		f.Earlier = append(f.Earlier, m.reviewMeta(e))
	}
	for _, d := range r.documents {
		meta := documentMeta{
			Source: m.exact(d.Source.Name), Line: d.Source.Line, SHA256: d.SHA256, Format: d.Format,
			Called: m.exact(m.called[d.Source.Name]), Title: m.exact(d.Title), Family: m.exact(d.Family),
		}
		if d.Total != feed.NoTotal {
			meta.Total = &d.Total
		}
		for _, t := range d.Types {
			meta.Types = append(meta.Types, m.exact(string(t)))
		}
		f.Documents = append(f.Documents, meta)
	}
	text, err := writeYAML(f)
	if err != nil {
		return err
	}
	m.line("---\n" + text + "---")
	return nil
}

func (r *Review) counts() counts {
	listed, hunted, held := r.Listed(), r.Hunted(), r.Held()
	c := counts{
		IOCs: listed.IOCs, On: hunted.IOCs, Off: listed.IOCs - hunted.IOCs - held.IOCs, Below: held.IOCs, Mentions: listed.Mentions, MentionsOn: hunted.Mentions,
		Scenarios: len(r.now.scenarios), Findings: len(r.findings),
	}
	for at := range r.iocs.Len() {
		v := r.Verdict(at)
		if r.iocs.At(at).Mention {
			if v != NoVerdict {
				c.MentionsJudged++
			}
			continue
		}
		switch v {
		case Malicious:
			c.Malicious++
		case Benign:
			c.Benign++
		case Unsure:
			c.Unsure++
		}
	}
	for _, a := range r.now.scenarios {
		if a.attached {
			c.Attached++
		}
	}
	for _, d := range r.documents {
		c.Required += len(d.Tables)
		c.Published += len(d.Queries)
	}
	return c
}

// IsReviewed reports whether a document, of which the head is enough, is one
// that [Review.WriteMarkdown] wrote.
func IsReviewed(doc []byte) bool {
	head, _, ok := cutFrontMatter(doc)
	if !ok && len(doc) >= feed.HeadSize { // the front matter of many documents is longer
		head, ok = bytes.CutPrefix(doc, []byte("---\n"))
	}
	return ok && (bytes.HasPrefix(head, []byte("quarry:")) || bytes.Contains(head, []byte("\nquarry:")))
}

// cutFrontMatter splits a document behind its front matter.
func cutFrontMatter(doc []byte) (head, body []byte, ok bool) {
	rest, ok := bytes.CutPrefix(doc, []byte("---\n"))
	if !ok {
		return nil, doc, false
	}
	if head, body, ok = bytes.Cut(rest, []byte("\n---\n")); ok {
		return head, body, true
	}
	head, ok = bytes.CutSuffix(rest, []byte("\n---"))
	return head, nil, ok
}

// readHead reads the front matter. The error is a [*feed.InputError].
func readHead(name string, head []byte) (frontMatter, error) {
	var f frontMatter
	fail := func(line int, err error, reason, advice string) (frontMatter, error) {
		return f, &feed.InputError{Name: name, Line: line, Reason: reason, Advice: advice, Err: err}
	}
	const restore = "restore it from the exported file"
	if err := yaml.Unmarshal(head, &f); err != nil {
		line, reason := yamlError(err)
		return fail(line, err, "the front matter cannot be read: "+reason, restore)
	}
	switch line := keyLine(head, "quarry:"); {
	case f.Quarry > formatVersion:
		return fail(line, nil, fmt.Sprintf("written by a newer Quarry (form %d, this one reads %d)", f.Quarry, formatVersion), "update Quarry")
	case f.Quarry < 1:
		return fail(line, nil, fmt.Sprintf("there is no form %d of reviewed bulletins", f.Quarry), restore)
	case len(f.Documents) == 0:
		return fail(line, nil, "the front matter names no documents", restore)
	}
	return f, nil
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// yamlError gives the first line of the document that an error of YAML is about,
// 1 when it names none, and the reason.
func yamlError(err error) (line int, reason string) {
	reason = strings.TrimPrefix(err.Error(), "yaml: ")
	reason = strings.TrimPrefix(reason, "unmarshal errors:\n  ")
	reason, _, _ = strings.Cut(reason, "\n")
	at := yamlLine.FindStringSubmatchIndex(reason)
	if at == nil {
		return 1, reason
	}
	n, err := strconv.Atoi(reason[at[2]:at[3]])
	if err != nil {
		return 1, reason
	}
	return n + 1, reason[:at[0]] + reason[at[1]:] // the head starts on line 2
}

// keyLine is the line of the document on which a key of the front matter
// stands.
func keyLine(head []byte, key string) int {
	at := bytes.Index(append([]byte("\n"), head...), []byte("\n"+key))
	if at < 0 {
		return 1
	}
	return 2 + bytes.Count(head[:at], []byte("\n"))
}
