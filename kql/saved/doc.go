// Package saved writes hunts and IOCs in the shapes that other products load:
// Sentinel analytics rules and hunting queries, a template for Sentinel
// Repositories, watchlists, Defender custom indicators and STIX bundles.
//
// The functions take plain data and return texts. They read no clock, no file
// and no state: the same arguments give the same bytes and the same ids, so a
// review that is exported twice updates what it made the first time. What a
// shape cannot hold is left out and said in a finding, one a reason, with the
// count. Text from a document can never leave its place: titles and names
// become one line without hidden characters, and a value that is not as
// [feed.Canonical] returns it is left out.
package saved

import (
	"fmt"
	"strings"

	"quarry/feed"
)

// File is one text to save.
type File struct {
	Name string // ASCII letters, digits, "-", "_" and "."; no folder
	Text string
}

// About says what the IOCs and hunts belong to.
type About struct {
	Title    string // of the review; ids and file names follow from it
	Reviewer string // or ""
}

// clean makes one line of each text.
func (a About) clean() About {
	a.Title, a.Reviewer = oneLine(a.Title), oneLine(a.Reviewer)
	if a.Title == "" {
		a.Title = "Untitled review"
	}
	return a
}

// NothingError says that there is nothing to write: no hunt or no IOC was
// given, or none of them fits the shape. The findings say why. A file without
// content is never made.
type NothingError struct {
	Shape string // "analytics rules" or whatever would have been written
	Hunts bool   // it is made of hunts, else of IOCs alone
}

func (e *NothingError) Error() string {
	if e.Hunts {
		return "there is nothing to save as " + e.Shape + "; include an IOC or choose a table that fits it"
	}
	return "there is nothing to save as " + e.Shape + "; include an IOC that it can hold"
}

// LongQuery is one hunt that does not fit an analytics rule.
type LongQuery struct {
	Table string
	Chars int // in UTF-16 units, as the product counts
}

// TooLongError lists the hunts whose query is longer than an analytics rule
// takes. None is written: half of the rules would look like all of them.
type TooLongError struct {
	Queries []LongQuery
	Limit   int
}

func (e *TooLongError) Error() string {
	var parts []string
	for _, q := range e.Queries {
		parts = append(parts, q.Table+" has "+feed.Thousands(q.Chars))
	}
	return fmt.Sprintf("an analytics rule takes a query of %s characters; %s: split the hunt, with some of its IOCs in each part, or leave IOCs out",
		feed.Thousands(e.Limit), strings.Join(parts, ", "))
}

// TargetError says that a hunt is written for another product.
type TargetError struct{ Table string }

func (e *TargetError) Error() string {
	return e.Table + ": the hunt is written for Defender; switch the target to sentinel and save it again"
}

// DataError says what is wrong in a data file that the package embeds. It
// means that the program was built wrongly.
type DataError struct {
	File   string
	Reason string
}

func (e *DataError) Error() string { return e.File + ": " + e.Reason }

// omissions counts, per reason, the IOCs that are not written.
type omissions struct{ reasons []*omission }

type omission struct {
	code   string
	why    string
	iocs   []feed.IOC // the first few
	number int
}

// shownValues is how many values a finding names.
const shownValues = 3

func (o *omissions) add(code, why string, i feed.IOC) {
	for _, r := range o.reasons {
		if r.code == code {
			r.count(i)
			return
		}
	}
	r := &omission{code: code, why: why}
	r.count(i)
	o.reasons = append(o.reasons, r)
}

func (r *omission) count(i feed.IOC) {
	r.number++
	if len(r.iocs) < shownValues {
		r.iocs = append(r.iocs, i)
	}
}

// findings says each reason once, in the order in which it first came up.
func (o *omissions) findings(severity feed.Severity) []feed.Finding {
	var fs []feed.Finding
	for _, r := range o.reasons {
		f := feed.Finding{Code: r.code, Severity: severity, Text: fmt.Sprintf("%s %s: %s", iocs(r.number), r.why, r.values())}
		if len(r.iocs[0].Sources) > 0 {
			f.Source = r.iocs[0].Sources[0]
		}
		fs = append(fs, f)
	}
	return fs
}

func (r *omission) values() string {
	var shown []string
	for _, i := range r.iocs {
		shown = append(shown, feed.Quote(i.Value))
	}
	text := strings.Join(shown, ", ")
	if more := r.number - len(shown); more > 0 {
		text += " and " + feed.Thousands(more) + " more"
	}
	return text
}

func iocs(n int) string {
	if n == 1 {
		return "1 IOC"
	}
	return feed.Thousands(n) + " IOCs"
}

// checked reports whether a value is as [feed.Canonical] returns it, and
// counts it when it is not: every shape relies on what that promises.
func (o *omissions) checked(i feed.IOC) bool {
	v, err := feed.Canonical(i.Type, i.Value)
	if err != nil || v != i.Value {
		o.add("not-an-indicator", "left out, not an indicator of its type", i)
		return false
	}
	return true
}
