package review

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"quarry/exclusions"
	"quarry/exclusions/warnings"
	"quarry/feed"
	"quarry/kql"
	"quarry/kql/saved"
)

// Format is a shape that a review is saved in.
type Format struct {
	Name  string // as `quarry export --as` takes it
	Ext   string // of a file in this format
	Means string
	Many  bool // of several files, even where there is one
	// Files writes the review. Findings say what is not in the files as it is in
	// the review. The error is that of the package saved, or of writing.
	Files func(r *Review, sig Signature) ([]saved.File, []feed.Finding, error)
}

// Formats lists the formats, the first one being the default.
var Formats = []Format{
	{"markdown", ".md", "the reviewed bulletin, which opens again with every decision", false, hunted(".md", (*Review).writeMarkdown)},
	{"rule", ".yaml", "Sentinel analytics rules, a file a hunt", true, (*Review).rules},
	{"hunting", ".yaml", "Sentinel hunting queries, a file a hunt", true, (*Review).huntingQueries},
	{"arm", ".json", "an ARM template of the rules, for Sentinel repositories", false, (*Review).template},
	{"watchlist", ".csv", "a Sentinel watchlist that hunts can read", false, (*Review).watchlist},
	{"defender", ".csv", "custom indicators of Defender for Endpoint", false, (*Review).indicators},
	{"stix", ".json", "a STIX 2.1 bundle", false, (*Review).bundle},
	{"csv", ".csv", "the IOCs with their verdicts, for a spreadsheet", false, one(".csv", (*Review).WriteCSV)},
	{"json", ".json", "IOCs, scenarios, hunts and findings, for programs", false, hunted(".json", (*Review).writeJSON)},
}

// one makes a format of one file.
func one(ext string, write func(*Review, io.Writer, Signature) error) func(*Review, Signature) ([]saved.File, []feed.Finding, error) {
	return func(r *Review, sig Signature) ([]saved.File, []feed.Finding, error) {
		var b strings.Builder
		if err := write(r, &b, sig); err != nil {
			return nil, nil, err
		}
		return r.reviewedFile(ext, &b), r.LeftOut(), nil
	}
}

// hunted makes a format of one file that holds the hunts: what their plan says
// is said of the file too.
func hunted(ext string, write func(*Review, io.Writer, Signature, *Plan) error) func(*Review, Signature) ([]saved.File, []feed.Finding, error) {
	return func(r *Review, sig Signature) ([]saved.File, []feed.Finding, error) {
		p := r.Plan(false)
		var b strings.Builder
		if err := write(r, &b, sig, p); err != nil {
			return nil, nil, err
		}
		return r.reviewedFile(ext, &b), p.Findings(), nil
	}
}

func (r *Review) reviewedFile(ext string, b *strings.Builder) []saved.File {
	return []saved.File{{Name: saved.Alias(r.Title()) + ".reviewed" + ext, Text: b.String()}}
}

// FormatNamed finds a format by its name.
func FormatNamed(name string) (Format, error) {
	var names []string
	for _, f := range Formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, fmt.Errorf("%q is no format; use %s", name, strings.Join(names, ", "))
}

// WriteCSV writes all IOCs and mentions, a line each under a header, refanged
// as in [feed.IOC]. A cell that a spreadsheet would run as a formula starts
// with an apostrophe.
func (r *Review) WriteCSV(w io.Writer, _ Signature) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"on", "type", "value", "threat", "family", "confidence", "first_seen", "last_seen", "reference", "tags", "verdict", "note", "mention", "source", "line"}}
	for at := range r.iocs.Len() {
		i := r.iocs.At(at)
		var source, line string
		if len(i.Sources) > 0 {
			source, line = i.Sources[0].Name, strconv.Itoa(i.Sources[0].Line)
		}
		rows = append(rows, []string{
			r.standing(at), string(i.Type), i.Value, string(i.Threat), i.Family,
			strings.TrimSuffix(confidence(i), "%"), feed.FormatSeen(i.FirstSeen), feed.FormatSeen(i.LastSeen), i.Reference, tagCell(i.Tags),
			string(r.Verdict(at)), r.Note(at), strconv.FormatBool(i.Mention), source, line,
		})
	}
	for _, row := range rows {
		for k := range row {
			row[k] = saved.PlainCell(row[k])
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// tagCell writes tags into one cell, with commas between them; a tag that has one
// itself stands in quotes.
func tagCell(tags []string) string {
	var b strings.Builder
	c := csv.NewWriter(&b)
	if err := c.Write(tags); err != nil {
		return strings.Join(tags, ",") // no writer of a text refuses
	}
	c.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// ReviewedIOC is an IOC with what was decided about it.
type ReviewedIOC struct {
	feed.IOC
	On      bool   // it is hunted
	LeftOut string // why it is not, though it is switched on, or ""
	Verdict Verdict
	Note    string
	// Warnings say what is suspicious about it, whatever was decided.
	Warnings []warnings.Warning
}

// Reviewed is the IOC at position i with what was decided about it.
func (r *Review) Reviewed(i int) ReviewedIOC {
	left := ""
	if r.HeldBack(i) {
		left = fmt.Sprintf("confidence below %d", r.now.minConfidence)
	}
	return ReviewedIOC{r.iocs.At(i), r.Hunts(i), left, r.Verdict(i), r.Note(i), r.Warnings(i)}
}

// Decided reports whether the IOC stands otherwise than as published.
func (i ReviewedIOC) Decided() bool {
	return i.On == i.Mention || i.LeftOut != "" || i.Verdict != NoVerdict || i.Note != ""
}

// MarshalJSON adds the warnings and the decisions to the object of an IOC, if
// there are any.
func (i ReviewedIOC) MarshalJSON() ([]byte, error) {
	object, err := i.IOC.MarshalJSON() // json.Marshal would escape what people search for
	if err != nil {
		return nil, err
	}
	if len(i.Warnings) > 0 {
		object, err = withField(object, struct {
			Warnings []warnings.Warning `json:"warnings"`
		}{i.Warnings})
	}
	if err != nil || !i.Decided() {
		return object, err
	}
	return withField(object, struct {
		On      bool    `json:"on"`
		LeftOut string  `json:"left_out,omitempty"`
		Verdict Verdict `json:"verdict,omitempty"`
		Note    string  `json:"note,omitempty"`
	}{i.On, i.LeftOut, i.Verdict, i.Note})
}

// withField is a JSON object with the fields of another behind its own.
func withField(object []byte, fields any) ([]byte, error) {
	b := bytes.NewBuffer(append(object[:len(object)-1], ','))
	start := b.Len()
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(fields)
	return bytes.TrimSuffix(slices.Delete(b.Bytes(), start, start+1), []byte("\n")), err // the brace between the two
}

// WriteJSON writes one object with the review's IOCs, scenarios with their fit,
// hunts and findings, in the shapes of the command line's --json.
func (r *Review) WriteJSON(w io.Writer, sig Signature) error {
	return r.writeJSON(w, sig, r.Plan(false))
}

func (r *Review) writeJSON(w io.Writer, sig Signature, plan *Plan) error {
	reviews := r.reviews(sig)
	last := len(reviews) - 1
	all := struct {
		Title         string           `json:"title"`
		Families      []string         `json:"families,omitempty"`
		Reviewer      string           `json:"reviewer,omitempty"`
		Earlier       []earlierReport  `json:"earlier,omitempty"`
		Target        kql.Target       `json:"target"`
		Lookback      string           `json:"lookback"`
		MinConfidence int              `json:"min_confidence,omitempty"`
		IOCs          []ReviewedIOC    `json:"iocs"`
		Scenarios     []ScenarioReport `json:"scenarios"`
		Hunts         []kql.Hunt       `json:"hunts"`
		Findings      []feed.Finding   `json:"findings"`
	}{
		Title: r.Title(), Families: r.Families(), Reviewer: reviews[last].Reviewer, Earlier: earlierReports(reviews[:last]), Target: r.Target(), Lookback: kql.FormatLookback(r.Lookback()), MinConfidence: r.MinConfidence(),
		IOCs: []ReviewedIOC{}, Scenarios: r.scenarioReports(plan), Hunts: append([]kql.Hunt{}, plan.Hunts()...),
		Findings: append(append([]feed.Finding{}, r.findings...), plan.Findings()...),
	}
	for at := range r.iocs.Len() {
		all.IOCs = append(all.IOCs, r.Reviewed(at))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(all)
}

// ScenarioReport is a scenario with its fit for each chosen table, as
// `quarry scenarios --json` prints it.
type ScenarioReport struct {
	Title       string               `json:"title"`
	Description string               `json:"description,omitempty"`
	Filter      string               `json:"filter"`
	Condition   string               `json:"condition"`
	Unparsed    []string             `json:"unparsed"`
	Note        string               `json:"note,omitempty"`
	Written     bool                 `json:"written,omitempty"` // no document has it
	Attached    bool                 `json:"attached"`
	Fit         map[string]FitReport `json:"fit"`
}

// FitReport is how a scenario fits one table.
type FitReport struct {
	Fit    exclusions.Fit `json:"fit"`
	Reason string         `json:"reason"`
	KQL    string         `json:"kql,omitempty"`
}

// ScenarioReports judges every scenario against every chosen table that the
// target has.
func (r *Review) ScenarioReports() []ScenarioReport { return r.scenarioReports(r.Plan(false)) }

func (r *Review) scenarioReports(p *Plan) []ScenarioReport {
	reports := []ScenarioReport{}
	for i, s := range r.now.scenarios {
		rep := ScenarioReport{
			Title: s.Title, Description: s.Description, Filter: s.Filter, Condition: kql.FormatCondition(s.Condition),
			Unparsed: []string{}, Note: s.Note, Written: s.Written(), Attached: s.attached, Fit: map[string]FitReport{},
		}
		for _, span := range s.Unread {
			rep.Unparsed = append(rep.Unparsed, s.Filter[span.Start:span.End])
		}
		for _, f := range p.fits[i] {
			rep.Fit[f.Table.Name] = FitReport{f.Fit, f.Reason, f.KQL}
		}
		reports = append(reports, rep)
	}
	return reports
}
