package kql

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mistake is one thing that is wrong with a table.
type mistake struct {
	path   []any  // where, from the table down
	field  string // what, for a person
	reason string
}

// mistakes makes sure that a table means something, and that each of its names
// may stand in a query as it is, so that the builder can write them unquoted.
func (t *Table) mistakes() []mistake {
	c := checker{table: t}
	c.plain(t.Name, "name", "name")
	c.times()
	if t.Start != "" {
		c.plain(t.Start, "start", "start")
	}
	for _, k := range t.IOC.byKind() {
		for i, col := range k.columns {
			c.column(k, i, col)
		}
	}
	c.list(t.Device, "device", "device")
	c.list(t.Account, "account", "account")
	c.list(t.Show, "show", "show")
	c.fields()
	c.qualified()
	return c.found
}

// checker gathers the mistakes of a table.
type checker struct {
	table *Table
	found []mistake
}

func (c *checker) add(field, reason string, path ...any) {
	c.found = append(c.found, mistake{path, field, reason})
}

// plain wants a name that needs no quoting.
func (c *checker) plain(name, field string, path ...any) {
	switch {
	case name == "":
		c.add(field, "it is empty", path...)
	case !plainName(name):
		c.add(field, fmt.Sprintf("%q is no plain name: letters, digits and _, no digit first", name), path...)
	case strings.HasPrefix(name, "__"):
		c.add(field, fmt.Sprintf("%q begins with two underscores, which Kusto keeps for itself", name), path...)
	case reserved[name]:
		c.add(field, fmt.Sprintf("%q is a word of KQL itself, which cannot stand in a query as a name", name), path...)
	}
}

func (c *checker) list(names []string, field string, path ...any) {
	for i, n := range names {
		c.plain(n, field, append(slices.Clone(path), i)...)
	}
}

func (c *checker) times() {
	if len(c.table.Time) == 0 {
		c.add("time", "it has no time column for any target", "time")
	}
	for _, target := range slices.Sorted(maps.Keys(c.table.Time)) {
		if !slices.Contains(Targets, target) {
			c.add("time", fmt.Sprintf("%q is no target; use sentinel or defender", target), "time", string(target))
		}
		c.plain(c.table.Time[target], "time", "time", string(target))
	}
}

func (c *checker) column(k kindColumns, i int, col Column) {
	at := func(key string) []any { return []any{"ioc", k.kind, i, key} }
	field := "column " + col.Column
	before := len(c.found)
	c.plain(col.Column, "column", at("column")...)
	if len(c.found) > before {
		return // the name cannot be said with the rest
	}
	if col.Port != "" {
		for _, part := range strings.Split(col.Port, ".") {
			c.plain(part, field+": port", at("port")...)
		}
	}
	if col.Path != "" {
		for _, part := range strings.Split(col.Path, ".") {
			c.plain(part, field+": path", at("path")...)
		}
	}
	if !slices.Contains([]Side{Remote, Either, Own}, col.Side) {
		c.add(field, fmt.Sprintf("side %q is not own or either", col.Side), at("side")...)
	}
	if of := map[string]string{onlyIPv6: "ip", onlyDomains: "host", onlyIPv4: "text"}; col.Only != "" && of[col.Only] == "" {
		c.add(field, fmt.Sprintf("only %q is not ipv6, domain or ipv4", col.Only), at("only")...)
	} else if col.Only != "" && of[col.Only] != k.kind {
		c.add(field, fmt.Sprintf("only %s means nothing under %s, only under %s", col.Only, k.kind, of[col.Only]), at("only")...)
	}
	for _, a := range []struct {
		key, kind string
		set       bool
	}{
		{"port", "ip", col.Port != ""}, {"mapped", "ip", col.Mapped}, {"bare", "url", col.Bare},
		{"holds", "text", len(col.Holds) > 0}, {"always", "text", col.Always},
	} {
		if a.set && k.kind != a.kind {
			c.add(field, fmt.Sprintf("%s means nothing under %s, only under %s", a.key, k.kind, a.kind), at(a.key)...)
		}
	}
	for n, ty := range col.Holds {
		if !ty.Known() {
			c.add(field, fmt.Sprintf("%q is no type of indicator", ty), append(at("holds"), n)...)
		}
	}
	for _, other := range k.columns[:i] {
		if other.Column == col.Column && other.Path == col.Path {
			c.add(field, fmt.Sprintf("it is there twice under %s", k.kind), at("column")...)
		}
	}
}

func (c *checker) fields() {
	for _, field := range slices.Sorted(maps.Keys(c.table.Fields)) {
		if _, ok := field.Kind(); !ok {
			c.add("fields", fmt.Sprintf("%q is no field of a condition", field), "fields", string(field))
		}
		c.list(c.table.Fields[field], "field "+string(field), "fields", string(field))
	}
}

func (c *checker) qualified() {
	for _, col := range slices.Sorted(maps.Keys(c.table.Qualified)) {
		if !c.table.holdsName(col) {
			c.add("qualified", fmt.Sprintf("column %s is in no field that holds names", col), "qualified", col)
		}
		if mark := c.table.Qualified[col]; mark != "." && mark != "@" {
			c.add("qualified", fmt.Sprintf(`column %s: %q is not "." or "@"`, col, mark), "qualified", col)
		}
	}
}

func (t *Table) holdsName(col string) bool {
	for field, cols := range t.Fields {
		if kind, _ := field.Kind(); kind == NameField && slices.Contains(cols, col) {
			return true
		}
	}
	return false
}

//go:embed catalogue_words.txt
var reservedWords string

// reserved are the words that cannot be a name unless they are quoted: what
// SyntaxFacts of Microsoft's Kusto.Language 12.4.1 says of its keywords. KQL minds case,
// so Title is a name while title is none.
var reserved = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(reservedWords) {
		m[w] = true
	}
	return m
}()

// plainName reports whether s is a letter or underscore followed by letters,
// digits and underscores, which needs no quoting unless it is a keyword.
func plainName(s string) bool {
	if s == "" || isDigit(s[0]) {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !isLetter(s[i]) && !isDigit(s[i]) {
			return false
		}
	}
	return true
}
