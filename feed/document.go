package feed

import "strings"

// Bulletin is one document as its publisher wrote it. Nothing in it depends on
// what an analyst decides.
type Bulletin struct {
	Source   Source   // the document and the line on which this bulletin starts
	SHA256   string   // of the whole input, in lower-case hexadecimal
	Format   string   // the name of the reader that read it
	Title    string   // "" when the format has none
	Family   string   // malware family as stated
	Text     string   // the hypothesis: what the publisher says is going on
	Total    int      // the count of IOCs that the document states, or NoTotal
	Types    []Type   // the types that the document states
	IOCs     []IOC    // in the order of the document, duplicates included
	Mentions []IOC    // what looks like an IOC elsewhere in the document
	Lists    []string // documents that should stand beside it, by their names without folder and end: the events of a feed

	Queries   []Query
	Tables    []TableNote
	Scenarios []Scenario
	Findings  []Finding
}

// NoTotal marks a bulletin that does not state how many IOCs it has.
const NoTotal = -1

// Query is a hunting query as published, comments included, without a final
// newline.
type Query struct {
	Text   string
	Source Source
}

// TableNote is a table that a bulletin asks for, with its remark.
type TableNote struct {
	Name   string
	Note   string
	Source Source
}

// Scenario is a false-positive scenario as published: a sentence about benign
// activity and a sentence about how to leave it out.
type Scenario struct {
	Title       string
	Description string // "" when the source has none
	Filter      string // may run over several lines; "" when the source has none
	Cut         bool   // the text ends in the middle of this scenario
	Source      Source
}

// Name names the scenario in a sentence: by its title, quoted and cut as
// [Quote] does. It has no number, which is another one when documents are
// opened together.
func (s Scenario) Name() string {
	title := strings.Join(strings.Fields(s.Title), " ")
	if title == "" {
		return "a scenario without a title"
	}
	return "the scenario " + Quote(title)
}
