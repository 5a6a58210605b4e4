package cli

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"quarry/feed"
	"quarry/review"
)

func (p *program) diffCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "diff OLD NEW", Short: "Say which IOCs are new, gone or changed", Args: twoDocuments,
		Long: "Compares the IOCs of two documents, or of two folders of documents: which are new, which changed their confidence, threat, family or last seen, and which are gone. Exits with 1 if there are any.",
		RunE: func(_ *cobra.Command, args []string) error {
			older, err := p.open(args[:1], review.OpenOnce)
			if err != nil {
				return err
			}
			newer, err := p.open(args[1:], review.OpenOnce)
			if err != nil {
				return err
			}
			p.warnUnread(older)
			p.warnUnread(newer)
			changes, same := feed.Diff(older.IOCs(), newer.IOCs())
			if asJSON {
				err = printJSON(p.stdout, changes)
			} else {
				err = p.printChanges(changes, same)
			}
			if err == nil && len(changes) > 0 {
				return &findingsError{}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	return cmd
}

// changeSigns stand before the lines of a diff.
var changeSigns = map[feed.ChangeKind]string{feed.New: "+", feed.Gone: "-", feed.Changed: "~"}

func (p *program) printChanges(changes []feed.Change, same int) error {
	count := map[feed.ChangeKind]int{}
	var rows [][]string
	for _, c := range changes {
		count[c.Kind]++
		row := iocRow(c.IOC)
		documents := "1 document"
		if c.Documents != 1 {
			documents = fmt.Sprintf("%d documents", c.Documents)
		}
		rows = append(rows, []string{changeSigns[c.Kind] + " " + string(c.Kind), row[0], row[1], row[2], row[3], documents, strings.Join(c.What, ", ")})
	}
	if len(rows) > 0 {
		if err := printTable(p.stdout, append([][]string{{"CHANGE", "TYPE", "VALUE", "THREAT", "CONF", "IN", "WHAT"}}, rows...)); err != nil {
			return err
		}
	}
	w := bufio.NewWriter(p.stdout)
	fmt.Fprintf(w, "%d new, %d changed, %d gone, %d the same\n", count[feed.New], count[feed.Changed], count[feed.Gone], same)
	return w.Flush()
}

func twoDocuments(_ *cobra.Command, args []string) error {
	if len(args) != 2 {
		return usage("name the older document and the newer one: quarry diff OLD NEW")
	}
	return nil
}
