package bulletin

import (
	"strings"

	"quarry/feed"
)

// Reader reads bulletins. The zero Reader is ready for use.
type Reader struct{}

var _ feed.Reader = Reader{}

// Name is "bulletin".
func (Reader) Name() string { return "bulletin" }

// How sure the parts of a bulletin make the reader that a document is one.
const (
	sureOfTable    feed.Sureness = 98 // all columns of its table
	sureOfColumns  feed.Sureness = 80 // type and value and one more beside another part, or URL and status and one more
	sureOfLoose    feed.Sureness = 30 // type and value and one more, as tables of reports have too
	sureOfSummary  feed.Sureness = 70 // the heading and a field of its summary
	sureOfHeading  feed.Sureness = 60 // the heading of its summary
	sureOfScenario feed.Sureness = 50 // a scenario and its filter
)

// Sure looks for the parts of a bulletin: near 100 for the table of IOCs with all
// its columns, 80 for some of them beside another part, less for the heading of
// its summary or a scenario with its filter, as in a text that was cut before the
// table, and little for some columns with nothing of a bulletin around; else 0.
func (Reader) Sure(head []byte) feed.Sureness {
	src := lines{doc: string(head)}
	var sure feed.Sureness
	var heads, fields, scenario, filter, hunts bool
	for src.next() {
		sure = max(sure, sureOfHeader(src.text))
		if sure == sureOfTable {
			break
		}
		level, title := heading(src.text)
		if level == 0 {
			title = src.text
		}
		sec := sectionOf(level, title)
		heads = heads || sec == summary
		_, language := fenceOpen(src.text)
		hunts = hunts || sec == queries || kqlLanguages[language]
		switch kind, _ := labelled(src.text); kind {
		case familyLabel, totalLabel, typesLabel, activeLabel:
			fields = true
		case scenarioLabel:
			scenario = true
		case filterLabel:
			filter = true
		}
	}
	if sure == sureOfLoose && (heads || fields || scenario || filter || hunts) {
		sure = sureOfColumns
	}
	switch {
	case heads && fields:
		sure = max(sure, sureOfSummary)
	case heads:
		sure = max(sure, sureOfHeading)
	case scenario && filter:
		sure = max(sure, sureOfScenario)
	}
	return sure
}

// sureOfHeader is how sure one line makes the reader.
func sureOfHeader(s string) feed.Sureness {
	if !strings.Contains(s, "|") {
		return 0
	}
	var scratch [8]string
	row, _ := cells(scratch[:0], s)
	c := readHeader(row)
	switch {
	case !c.isIOCs():
		return 0
	case c.stated() == 5, c.isURLs() && c.has(threatColumn) && c.has(seenColumn):
		return sureOfTable
	case c.isURLs(), c.reviewed:
		return sureOfColumns
	}
	return sureOfLoose
}

// Read reads all bulletins of a document, at least one. Rows and parts of a
// bulletin that it cannot use give findings; of all other text the lines are
// counted, and what looks like an IOC in them is a mention. The error is that of
// the input.
func (Reader) Read(in *feed.Input, out feed.Sink) error {
	text, err := in.Text()
	if err != nil {
		return err
	}
	for _, b := range parse(in.Name, string(text)) {
		out.Document(b)
	}
	return nil
}
