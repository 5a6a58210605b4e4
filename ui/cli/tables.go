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
		Long: "Lists the tables that can be hunted in: those that come with Quarry, and those of your own in quarry/tables.yaml in the folder of your configuration; quarry doctor says where that is. " +
			"A table there takes the place of the one of the same name, others follow at the end. kql/tables/README.md says how they are written.",
		RunE: func(*cobra.Command, []string) error {
			catalogue, err := loadCatalogue()
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
					t.Name, dash(t.Time[kql.Sentinel]), dash(t.Time[kql.Defender]), dash(strings.Join(types, " ")),
					dash(strings.Join(t.Connectors, " ")), t.Product,
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
		all = append(all, tableObject{t.Name, t.Product, orEmpty(t.Connectors), t.Time, orEmpty(t.Types()), orEmpty(t.FieldNames())})
	}
	return all
}

// orEmpty keeps a list a list in JSON, where none would be null.
func orEmpty[T any](list []T) []T { return append([]T{}, list...) }

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
