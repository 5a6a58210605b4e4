package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"quarry/feed"
	"quarry/kql"
)

func (p *program) tablesCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "tables", Short: "List the tables that can be hunted in", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			catalogue, err := kql.Builtin()
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(p.stdout, tableObjects(catalogue))
			}
			rows := [][]string{{"TABLE", "SENTINEL", "DEFENDER", "CARRIES", "CONNECTOR", "FILLED BY"}}
			for _, t := range catalogue.Tables() {
				var types []string
				for _, ty := range t.Types() {
					types = append(types, string(ty))
				}
				rows = append(rows, []string{
					t.Name, dash(t.Time[kql.Sentinel]), dash(t.Time[kql.Defender]), strings.Join(types, " "),
					strings.Join(t.Connectors, " "), t.Product,
				})
			}
			return printColumns(p.stdout, rows)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	return cmd
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
		all = append(all, tableObject{t.Name, t.Product, t.Connectors, t.Time, t.Types(), t.FieldNames()})
	}
	return all
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
