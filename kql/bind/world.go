package bind

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed schema/sentinel.json schema/defender.json schema/functions.json
var schemas embed.FS

// World is the tables and functions that a query is bound against. What it does
// not hold is an error of the query.
type World struct {
	tables    map[string]json.RawMessage // raw: the order of columns counts
	functions map[string]json.RawMessage
}

// NewWorld is what is known of a target, "sentinel" or "defender", from
// Microsoft's references. The error says that there is no such target.
func NewWorld(target string) (*World, error) {
	w := &World{functions: map[string]json.RawMessage{}}
	switch target {
	case "sentinel":
		// The watchlists and the ASIM parsers are its own.
		if err := readSchema("functions", &w.functions); err != nil {
			return nil, err
		}
	case "defender":
	default:
		return nil, fmt.Errorf("unknown target %q, want sentinel or defender", target)
	}
	return w, readSchema(target, &w.tables)
}

func readSchema(name string, into *map[string]json.RawMessage) error {
	text, err := schemas.ReadFile("schema/" + name + ".json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("schema/%s.json: %w", name, err)
	}
	return nil
}

// Knows reports whether there is a table or a tabular function of this name.
func (w *World) Knows(name string) bool {
	return w.tables[name] != nil || w.functions[name] != nil
}

// AddTable adds a table with its columns and their types, in place of one that
// has its name. A type is one of KQL, such as "string".
func (w *World) AddTable(name string, columns map[string]string) {
	w.tables[name] = raw(columns)
}

// AddFunction adds a tabular function with its parameters as KQL declares them,
// such as "(starttime:datetime=datetime(null))", and the columns that its
// result has at least.
func (w *World) AddFunction(name, params string, columns map[string]string) {
	w.functions[name] = raw(map[string]any{"params": params, "open": columns})
}

// raw writes what is made of texts and maps, which cannot fail.
func raw(v any) json.RawMessage {
	text, _ := json.Marshal(v)
	return text
}
