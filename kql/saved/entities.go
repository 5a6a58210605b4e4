package saved

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"quarry/feed"
	"quarry/kql"
)

// maxMappings is how many entity mappings a rule takes.
const maxMappings = 10

// entityMapping says which entity a column of a hit is.
type entityMapping struct {
	EntityType    string         `yaml:"entityType" json:"entityType"`
	FieldMappings []fieldMapping `yaml:"fieldMappings" json:"fieldMappings"`
}

type fieldMapping struct {
	Identifier string `yaml:"identifier" json:"identifier"`
	ColumnName string `yaml:"columnName" json:"columnName"`
}

// entity is an entry of entities.yaml.
type entity struct {
	From       string `yaml:"from"`
	Column     string `yaml:"column"`
	Entity     string `yaml:"entity"`
	Identifier string `yaml:"identifier"`
	Qualified  string `yaml:"qualified"`
}

//go:embed entities.yaml
var entitiesYAML []byte

var builtinEntities = sync.OnceValues(func() ([]entity, error) { return readEntities(entitiesYAML) })

func readEntities(text []byte) ([]entity, error) {
	const file = "entities.yaml"
	var es []entity
	if err := decodeStrictly(text, &es); err != nil {
		return nil, &DataError{file, err.Error()}
	}
	for _, e := range es {
		if (e.From == "") == (e.Column == "") || e.Entity == "" || e.Identifier == "" {
			return nil, &DataError{file, "an entry needs from or column, an entity and an identifier"}
		}
		if _, isField := kql.Field(e.From).Kind(); e.From != "" && !isField && tableColumns[e.From] == nil {
			return nil, &DataError{file, feed.Quote(e.From) + " is no kind of column and no field"}
		}
	}
	return es, nil
}

// tableColumns are the kinds of column that a table lists outside its fields.
var tableColumns = map[string]func(*kql.Table) []string{
	"ioc.ip":        func(t *kql.Table) []string { return plainColumns(t.IOC.IP) },
	"ioc.host":      func(t *kql.Table) []string { return plainColumns(t.IOC.Host) },
	"ioc.url":       func(t *kql.Table) []string { return plainColumns(t.IOC.URL) },
	"ioc.file_name": func(t *kql.Table) []string { return plainColumns(t.IOC.FileName) },
	"device":        func(t *kql.Table) []string { return t.Device },
	"account":       func(t *kql.Table) []string { return t.Account },
}

// plainColumns are those that hold the value and nothing around it.
func plainColumns(cols []kql.Column) []string {
	var names []string
	for _, c := range cols {
		if c.Path == "" && !c.Dynamic {
			names = append(names, c.Column)
		}
	}
	return names
}

func (e *entity) columns(t *kql.Table) []string {
	if e.Column != "" {
		return []string{e.Column}
	}
	if columns := tableColumns[e.From]; columns != nil {
		return columns(t)
	}
	return t.Fields[kql.Field(e.From)]
}

// mapEntities maps the columns that the query outputs, and lists those that
// found no room.
func mapEntities(es []entity, t *kql.Table, output []string) (mapped []entityMapping, noRoom []string) {
	seen := map[string]bool{}
	for _, e := range es {
		for _, col := range e.columns(t) {
			if seen[col] || !slices.Contains(output, col) {
				continue
			}
			seen[col] = true
			if len(mapped) == maxMappings {
				noRoom = append(noRoom, col)
				continue
			}
			id := e.Identifier
			if e.Qualified != "" && t.Qualified[col] != "" {
				id = e.Qualified
			}
			mapped = append(mapped, entityMapping{e.Entity, []fieldMapping{{id, col}}})
		}
	}
	return mapped, noRoom
}

// detailPrefix begins the names of the columns that hunts add to a row.
const detailPrefix = "Ioc"

// maxDetails is how many custom details a rule takes, maxDetailKey how long
// the name of one may be.
const (
	maxDetails   = 20
	maxDetailKey = 20
)

// customDetails are the output columns that say what was found, under their
// own names. Microsoft shows them in the alert.
func customDetails(output []string) map[string]string {
	details := map[string]string{}
	for _, col := range output {
		if strings.HasPrefix(col, detailPrefix) && len(col) <= maxDetailKey && len(details) < maxDetails {
			details[col] = col
		}
	}
	return details
}
