package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"quarry/feed"
	"quarry/kql"
	"quarry/ui/cell"
)

func (p *program) tablesCommand() *cobra.Command {
	var asJSON, check bool
	var names []string
	cmd := &cobra.Command{
		Use: "tables", Short: "List the tables that can be hunted in", Args: noArgs,
		Long: "Lists the tables that can be hunted in: those that come with Quarry, and those of your own in quarry/tables.yaml in the folder of your configuration; quarry doctor says where that is. " +
			"A table there takes the place of the one of the same name, others follow at the end. kql/tables/README.md says how they are written.\n\n" +
			"With --check it binds every hunt that the tables can produce with Microsoft's own language service, and says what is wrong. That needs Node.js 18 or later and an npm package; without them it says how to install it.",
		RunE: func(*cobra.Command, []string) error {
			catalogue, err := loadCatalogue()
			if err != nil {
				return err
			}
			switch {
			case asJSON && check:
				return usage("use --json or --check, not both")
			case len(names) > 0 && !check:
				return usage("--table says which tables to check; use it with --check")
			case check:
				return p.checkTables(catalogue, names)
			case asJSON:
				return printJSON(p.stdout, tableObjects(catalogue))
			}
			return p.printTables(catalogue)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	cmd.Flags().BoolVar(&check, "check", false, "bind every hunt with Microsoft's language service; takes minutes")
	cmd.Flags().StringArrayVar(&names, "table", nil, "check only this table (repeat)")
	return cmd
}

// tablesWidth is the width in cells that the list of tables fits into: that of
// the smallest common terminal, also where the output goes to a file.
const tablesWidth = 80

// printTables prints a line for each table with its time column by target, and
// below it what it carries and where its rows come from.
func (p *program) printTables(c *kql.Catalogue) error {
	names, times := 0, make([]int, len(kql.Targets))
	for _, t := range c.Tables() {
		names = max(names, len(t.Name))
		for i, target := range kql.Targets {
			times[i] = max(times[i], len(timeIn(t, target)))
		}
	}
	w := bufio.NewWriter(p.stdout)
	for _, t := range c.Tables() {
		line := fmt.Sprintf("%-*s", names, t.Name)
		for i, target := range kql.Targets {
			line += fmt.Sprintf("  %-*s", times[i], timeIn(t, target))
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
		var types []string
		for _, ty := range t.Types() {
			types = append(types, string(ty))
		}
		printAbout(w, "carries", cmp.Or(strings.Join(types, " "), "none"))
		printAbout(w, "connectors", cmp.Or(strings.Join(t.Connectors, " "), "none"))
		printAbout(w, "filled by", t.Product)
	}
	return w.Flush()
}

// timeIn says which column of a target's table holds the time.
func timeIn(t kql.Table, target kql.Target) string {
	if column := t.Time[target]; column != "" {
		return target.Title() + ": " + column
	}
	return "not in " + target.Title()
}

// printAbout prints what there is to say about a table, which goes on below
// itself.
func printAbout(w io.Writer, label, text string) {
	lead := fmt.Sprintf("  %-12s", label)
	for _, line := range (cell.Terminal{}).Wrap(text, tablesWidth-len(lead)) {
		fmt.Fprintf(w, "%s%s\n", lead, line)
		lead = strings.Repeat(" ", len(lead))
	}
}

// tableObject is a table as `quarry tables --json` prints it.
type tableObject struct {
	Table      string                `json:"table"`
	Product    string                `json:"product"`
	Connectors []string              `json:"connectors"`
	Time       map[kql.Target]string `json:"time"` // the time column by target
	Carries    []feed.Type           `json:"carries"`
	Fields     []kql.Field           `json:"fields"` // of conditions
}

func tableObjects(c *kql.Catalogue) (all []tableObject) {
	for _, t := range c.Tables() {
		all = append(all, tableObject{t.Name, t.Product, orEmpty(t.Connectors), t.Time, orEmpty(t.Types()), orEmpty(t.FieldNames())})
	}
	return all
}

// orEmpty keeps a list a list in JSON, where none would be null.
func orEmpty[T any](list []T) []T { return append([]T{}, list...) }
