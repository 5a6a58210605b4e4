package kql

import "strings"

// DescribedColumns are the columns that the table must have at a target as its
// entry in the catalogue tells, with their types in KQL: what queries are bound
// against where the true schema is not known. What an entry does not tell is
// taken for text.
func (t *Table) DescribedColumns(target Target) map[string]string {
	types := map[string]string{}
	set := func(column, typ string) {
		if _, ok := types[column]; !ok && column != "" {
			types[column] = typ
		}
	}
	set(t.Time[target], "datetime")
	for _, k := range t.IOC.byKind() {
		for _, c := range k.columns {
			if c.Dynamic || c.Path != "" {
				set(c.Column, "dynamic")
			}
			if column, _, inside := strings.Cut(c.Port, "."); inside {
				set(column, "dynamic")
			} else {
				set(c.Port, "int")
			}
		}
	}
	for field, cols := range t.Fields {
		if kind, _ := field.Kind(); kind == NumberField {
			for _, c := range cols {
				set(c, "int")
			}
		}
	}
	for _, k := range t.IOC.byKind() {
		for _, c := range k.columns {
			set(c.Column, "string")
		}
	}
	names := [][]string{t.Device, t.Account, t.Show}
	for _, cols := range t.Fields {
		names = append(names, cols)
	}
	for _, cols := range names {
		for _, c := range cols {
			set(c, "string")
		}
	}
	return types
}
