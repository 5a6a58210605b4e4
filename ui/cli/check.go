package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"

	"quarry/kql"
	"quarry/kql/bind"
	"quarry/ui/cell"
)

// checkerFolder is where an analyst installs Microsoft's language service.
func checkerFolder() string { return filepath.Join(xdg.DataHome, "quarry", "checker") }

// checkTables binds every hunt that the catalogue can produce, or only those in
// the tables that are named. Faults are a [*findingsError].
func (p *program) checkTables(c *kql.Catalogue, names []string) error {
	c, err := onlyTables(c, names)
	if err != nil {
		return err
	}
	service := bind.Service{Folder: checkerFolder(), Worlds: map[string]*bind.World{}}
	var missing *bind.MissingError
	if err := service.Ready(); errors.As(err, &missing) {
		return fmt.Errorf("tables --check needs Node and Microsoft's language service: %s (%w)", missing.Install(), err)
	} else if err != nil {
		return err
	}
	var unknown []string
	for _, target := range kql.Targets {
		world, err := bind.NewWorld(string(target))
		if err != nil {
			return err
		}
		service.Worlds[string(target)] = world
		unknown = append(unknown, describeUnknown(world, c, target)...)
	}
	variants, err := c.Variants()
	if err != nil {
		return err
	}
	faults, err := p.bindVariants(service, variants)
	if err != nil {
		return err
	}
	return p.printCheck(c, variants, unknown, faults)
}

// onlyTables is the catalogue with the named tables, or whole when none is.
func onlyTables(c *kql.Catalogue, names []string) (*kql.Catalogue, error) {
	if len(names) == 0 {
		return c, nil
	}
	var chosen []kql.Table
	for _, name := range names {
		tables := c.Tables()
		at := slices.IndexFunc(tables, func(t kql.Table) bool { return t.Name == name })
		if at < 0 {
			at = slices.IndexFunc(tables, func(t kql.Table) bool { return strings.EqualFold(t.Name, name) })
		}
		if at < 0 {
			return nil, usage("--table %s: there is no such table; quarry tables lists them", name)
		}
		chosen = append(chosen, tables[at])
	}
	return new(kql.Catalogue).With(chosen...), nil
}

// describeUnknown adds the tables whose schema is not known as the catalogue
// describes them, and says which they are.
func describeUnknown(w *bind.World, c *kql.Catalogue, target kql.Target) (lines []string) {
	for _, t := range c.Tables() {
		if !t.On(target) || w.Knows(t.Name) {
			continue
		}
		columns := t.DescribedColumns(target)
		if t.Start != "" {
			w.AddFunction(t.Name, "("+t.Start+":datetime=datetime(null))", columns)
		} else {
			w.AddTable(t.Name, columns)
		}
		lines = append(lines, fmt.Sprintf("%s in %s: columns not checked, table unknown", t.Name, target.Title()))
	}
	return lines
}

// bindVariants asks about each hunt and returns the errors found, in the order
// of the variants. Hints are no faults: a query with one runs.
func (p *program) bindVariants(s bind.Service, variants []kql.Variant) ([][]bind.Diagnostic, error) {
	questions := make([]bind.Question, len(variants))
	for n, v := range variants {
		questions[n] = bind.Question{Target: string(v.Target), Query: v.Query}
	}
	faults := make([][]bind.Diagnostic, len(variants))
	progress, done := p.progress(), 0
	err := s.All(questions, func(n int, r bind.Result) {
		faults[n] = r.Errors()
		done++
		fmt.Fprintf(progress, "\r%d of %d", done, len(questions))
	})
	fmt.Fprint(progress, "\r\x1b[K")
	return faults, err
}

// progress is where to say how far the work is: nowhere unless a person looks.
func (p *program) progress() io.Writer {
	if term.IsTerminal(p.stderr.Fd()) {
		return p.stderr
	}
	return io.Discard
}

// fault is what is wrong with one or more hunts of a table.
type fault struct {
	table   string
	target  kql.Target
	message string
}

// printCheck prints what was not checked, then each fault with the first hunt
// that has it, or that there is none.
func (p *program) printCheck(c *kql.Catalogue, variants []kql.Variant, unknown []string, faults [][]bind.Diagnostic) error {
	w := bufio.NewWriter(p.stdout)
	for _, line := range unknown {
		fmt.Fprintln(w, cell.Clean(line))
	}
	var order []fault
	first, hunts, all := map[fault]string{}, map[fault]int{}, 0
	for n, v := range variants {
		all += v.Hunts
		counted := map[fault]bool{} // one query may repeat it
		for _, d := range faults[n] {
			f := fault{v.Table, v.Target, d.Code + ": " + strings.Join(strings.Fields(d.Message), " ")}
			inTable := slices.ContainsFunc(order, func(o fault) bool { return o.target == f.target && o.message == f.message })
			if counted[f] || v.Table == kql.UnionTable && inTable && hunts[f] == 0 {
				continue // said already
			}
			counted[f] = true
			if hunts[f] == 0 {
				order, first[f] = append(order, f), v.About
			}
			hunts[f] += v.Hunts
		}
	}
	for _, f := range order {
		line := fmt.Sprintf("%s in %s: %s: %s", f.table, f.target.Title(), first[f], f.message)
		if more := hunts[f] - 1; more > 0 {
			line += fmt.Sprintf(" (and %d more hunts)", more)
		}
		fmt.Fprintln(w, cell.Clean(line))
	}
	if len(order) == 0 {
		fmt.Fprintf(w, "%d hunts in %d tables bind: no error\n", all, len(c.Tables()))
	}
	if err := w.Flush(); err != nil || len(order) == 0 {
		return err
	}
	return &findingsError{fmt.Sprintf("not all of %d hunts in %d tables bind; faults: %d", all, len(c.Tables()), len(order))}
}
