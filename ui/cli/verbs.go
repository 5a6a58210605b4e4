package cli

import (
	"bufio"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
	"quarry/ui/cell"
)

func (p *program) iocsCommand() *cobra.Command {
	var asJSON, asCSV bool
	cmd := &cobra.Command{
		Use: "iocs FILE...", Short: "List IOCs and mentions", Args: files,
		Long: "Lists the IOCs of the documents and, marked as such, the mentions: what looks like an IOC but stands in prose, a filter or a reference. On a terminal it is fitted to the width, elsewhere whole. With --json, \"on\" says whether an IOC is hunted; it is there where a review decided about it.",
		RunE: func(_ *cobra.Command, args []string) error {
			if asJSON && asCSV {
				return usage("use --json or --csv, not both")
			}
			r, err := p.open(args, review.OpenOnce)
			if err != nil {
				return err
			}
			p.warnUnread(r)
			return p.printIOCs(r, asJSON, asCSV)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	cmd.Flags().BoolVar(&asCSV, "csv", false, "print CSV with a header")
	return cmd
}

func (p *program) printIOCs(r *review.Review, asJSON, asCSV bool) error {
	n := r.IOCs().Len()
	switch {
	case asCSV:
		if err := r.WriteCSV(p.stdout, p.conf.signature(false)); err != nil {
			return err
		}
	case asJSON:
		all := make([]review.ReviewedIOC, n)
		for i := range all {
			all[i] = r.Reviewed(i)
		}
		if err := printJSON(p.stdout, all); err != nil {
			return err
		}
	case n > 0:
		if err := printTable(p.stdout, iocRows(r)); err != nil {
			return err
		}
	}
	if n == 0 {
		return &findingsError{"no IOC was found"}
	}
	return nil
}

// iocRows is the table of IOCs. Of a reviewed bulletin it says what is hunted and
// what the verdicts are.
func iocRows(r *review.Review) [][]string {
	rows := [][]string{{"TYPE", "VALUE", "THREAT", "CONF", "FIRST SEEN", "WHERE"}}
	decided, suspicious := false, false
	for i := range r.IOCs().Len() {
		rows = append(rows, iocRow(r.IOCs().At(i)))
		reviewed := r.Reviewed(i)
		decided = decided || reviewed.Decided()
		suspicious = suspicious || len(reviewed.Warnings) > 0
	}
	if suspicious {
		rows[0] = append(rows[0], "WARNINGS")
		for i := range r.IOCs().Len() {
			var codes []string
			for _, w := range r.Warnings(i) {
				codes = append(codes, w.Code)
			}
			rows[i+1] = append(rows[i+1], strings.Join(codes, " "))
		}
	}
	if !decided {
		return rows
	}
	rows[0] = append([]string{"ON", "VERDICT"}, rows[0]...)
	for i := range r.IOCs().Len() {
		on := "no"
		switch {
		case r.HeldBack(i):
			on = fmt.Sprintf("below %d", r.MinConfidence())
		case r.On(i):
			on = "yes"
		}
		rows[i+1] = append([]string{on, string(r.Verdict(i))}, rows[i+1]...)
	}
	return rows
}

func iocRow(i feed.IOC) []string {
	threat := string(i.Threat)
	if i.Mention {
		threat = "(mention)"
	}
	conf := ""
	if i.Confidence != feed.NoConfidence {
		conf = strconv.Itoa(i.Confidence) + "%"
	}
	where := ""
	if len(i.Sources) > 0 {
		where = i.Sources[0].String()
	}
	return []string{string(i.Type), feed.Defang(i.Type, i.Value), threat, conf, feed.FormatSeen(i.FirstSeen), where}
}

func (p *program) kqlCommand() *cobra.Command {
	var s shape
	var asJSON, union bool
	cmd := &cobra.Command{
		Use: "kql FILE...", Short: "Write the hunts", Args: files,
		Long: "Writes one query for each table, separated by empty lines. Findings about the queries go to standard error.\n\n" + undecided,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := s.check(); err != nil {
				return err
			}
			saved := new(identified)
			r, err := p.open(args, saved.watched(saved.opener()))
			if err != nil {
				return err
			}
			defer p.tellDecided(saved)
			p.warnUnread(r)
			if err := s.decide(r, &p.conf); err != nil {
				return err
			}
			hunts, findings := huntsOf(r.Plan(!s.comments), union)
			if asJSON {
				for i := range hunts {
					hunts[i].Findings = slices.Concat(hunts[i].Findings, r.LeftOut())
				}
				err = printJSON(p.stdout, hunts)
			} else if len(hunts) > 0 {
				_, err = fmt.Fprintln(p.stdout, review.AllHunts(hunts))
			}
			if err != nil {
				return err
			}
			p.warn(slices.Concat(findings, s.notExcluded(r)))
			if len(hunts) == 0 {
				return &findingsError{"no hunt: " + whyNoHunt(r, findings)}
			}
			return nil
		},
	}
	s.addTo(cmd, p)
	cmd.Flags().BoolVar(&union, "union", false, "write one query over all tables, newest rows first")
	cmd.Flags().BoolVar(&s.comments, "comments", true, "write comments; NRT custom detections refuse them")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	return cmd
}

// huntsOf are the hunts of a plan, or the one over all tables, and what is said
// of them.
func huntsOf(plan *review.Plan, union bool) ([]kql.Hunt, []feed.Finding) {
	if !union {
		return plan.Hunts(), plan.Findings()
	}
	hunts, _ := plan.Union()
	return hunts, plan.UnionFindings()
}

// warnUnread says on standard error what of the documents is missing: files of a
// folder or an archive, and the first of what a reader could not use with how
// many there are.
func (p *program) warnUnread(r *review.Review) {
	for _, f := range r.Findings() {
		if f.Code == review.FileSkipped {
			p.warn([]feed.Finding{f})
		}
	}
	if all := r.Unread(); len(all) > 0 {
		p.warn(all[:1])
		if len(all) > 1 {
			fmt.Fprintf(p.stderr, "quarry: that is the first of %d things in the documents that could not be used; quarry lint lists all\n", len(all))
		}
	}
}

func (p *program) scenariosCommand() *cobra.Command {
	var s shape
	var asJSON, fromLibrary bool
	var saves, tags []string
	cmd := &cobra.Command{
		Use: "scenarios FILE...", Short: "Show scenarios and where they fit",
		Args: func(cmd *cobra.Command, args []string) error {
			if fromLibrary {
				return noArgs(cmd, args)
			}
			return files(cmd, args)
		},
		Long: "Shows each scenario, the condition it was read as, the words that were not understood, and its fit with every table that is hunted.\n\n" +
			"With --library it shows the scenarios that can be used again: those in the folder scenarios of the configuration, and the built-in ones.",
		RunE: func(_ *cobra.Command, args []string) error {
			if fromLibrary {
				return p.printLibrary(asJSON)
			}
			if err := s.check(); err != nil {
				return err
			}
			r, err := p.open(args, review.OpenOnce)
			if err != nil {
				return err
			}
			p.warnUnread(r)
			if err := s.decide(r, &p.conf); err != nil {
				return err
			}
			if err := p.save(r, saves, tags); err != nil {
				return err
			}
			reports := r.ScenarioReports()
			if asJSON {
				err = printJSON(p.stdout, reports)
			} else {
				err = p.printScenarios(r, reports)
			}
			if err == nil && len(reports) == 0 {
				return &findingsError{"the documents have no false-positive scenario"}
			}
			return err
		},
	}
	s.addTo(cmd, p)
	cmd.Flags().BoolVar(&fromLibrary, "library", false, "show the library, of no file")
	cmd.Flags().StringArrayVar(&saves, "save", nil, "add scenario N, or N=TITLE, to the library (repeat)")
	cmd.Flags().StringSliceVar(&tags, "tag", nil, "a tag of what --save adds (repeat)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	return cmd
}

func (p *program) printScenarios(r *review.Review, reports []review.ScenarioReport) error {
	w := bufio.NewWriter(p.stdout)
	for i, s := range reports {
		fmt.Fprintf(w, "%d. %s\n", i+1, cell.Clean(s.Title))
		field := func(label, text string) {
			if text != "" {
				fmt.Fprintf(w, "   %-12s %s\n", label, cell.Clean(strings.ReplaceAll(text, "\n", " ")))
			}
		}
		field("filter", s.Filter)
		switch {
		case s.Condition == "" && s.Filter == "":
			field("condition", "none: the scenario has no filter")
		case s.Condition == "":
			field("condition", "none: nothing in the filter could be turned into one")
		}
		field("condition", s.Condition)
		field("note", s.Note)
		field("not read", strings.Join(s.Unparsed, " ... "))
		for _, t := range r.Tables() {
			if fit, ok := s.Fit[t.Table.Name]; ok {
				fmt.Fprintf(w, "   %s: %s: %s\n", t.Table.Name, fit.Fit, cell.Clean(fit.Reason))
			}
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

func (p *program) lintCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "lint FILE...", Short: "Say what the documents get wrong", Args: files,
		Long: "Lists findings about the documents themselves: what could not be read, and what their own queries and scenarios get wrong; errors first, then by document and line. Exits with 1 if there are any.",
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := p.open(args, review.OpenOnce)
			if err != nil {
				return err
			}
			findings := feed.WorstFirst(r.Findings())
			if asJSON {
				err = printJSON(p.stdout, findings)
			} else {
				err = p.printFindings(findings)
			}
			if err == nil && len(findings) > 0 {
				return &findingsError{}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	return cmd
}

func (p *program) printFindings(findings []feed.Finding) error {
	w := bufio.NewWriter(p.stdout)
	for _, f := range findings {
		fmt.Fprintln(w, findingLine(f))
	}
	return w.Flush()
}

func findingLine(f feed.Finding) string {
	line := fmt.Sprintf("%s: %s (%s)", f.Severity, f.Text, f.Code)
	if f.Source != (feed.Source{}) {
		line = f.Source.String() + ": " + line
	}
	return cell.Clean(line)
}
