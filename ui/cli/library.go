package cli

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"

	"quarry/exclusions/library"
	"quarry/feed"
	"quarry/kql"
	"quarry/kql/saved"
	"quarry/review"
	"quarry/ui/cell"
)

// libraryFolder is where an analyst's scenarios are.
func libraryFolder() string { return filepath.Join(xdg.ConfigHome, "quarry", "scenarios") }

// loadLibrary reads the library. What is wrong in its files is told on standard
// error, and the other scenarios are there.
func (p *program) loadLibrary(tables *kql.Catalogue) (all []library.Entry, mistakes int) {
	all, errs := library.Load(libraryFolder(), tables)
	for _, err := range errs {
		fmt.Fprintf(p.stderr, "quarry: %s\n", cell.Clean(err.Error()))
	}
	return all, len(errs)
}

// libraryOfWorkbench is [program.loadLibrary] for the screen, which says itself
// what is wrong.
func libraryOfWorkbench(tables *kql.Catalogue) func() ([]library.Entry, []error) {
	return func() ([]library.Entry, []error) { return library.Load(libraryFolder(), tables) }
}

// saveToLibrary writes a scenario into the library and gives the path.
func saveToLibrary(tables *kql.Catalogue) func(library.Entry) (string, error) {
	return func(e library.Entry) (string, error) {
		has, _ := library.Load(libraryFolder(), tables) // what is wrong in it is told where it is shown
		return library.Save(libraryFolder(), saved.Alias(e.Title), e, has)
	}
}

// libraryRow is a scenario of the library in `scenarios --library --json`.
type libraryRow struct {
	Title       string         `json:"title"`
	Description string         `json:"description,omitempty"`
	Tags        []string       `json:"tags,omitempty"`
	Types       []feed.Type    `json:"types,omitempty"`
	Threats     []feed.Threat  `json:"threats,omitempty"`
	Tables      []string       `json:"tables,omitempty"`
	Parameters  []parameterRow `json:"parameters,omitempty"`
	Filter      string         `json:"filter,omitempty"`
	Condition   string         `json:"condition"`
	File        string         `json:"file,omitempty"`
}

type parameterRow struct {
	Name    string   `json:"name"`
	Means   string   `json:"means"`
	Example []string `json:"example,omitempty"`
	Default []string `json:"default,omitempty"`
}

// printLibrary prints the scenarios of the library.
func (p *program) printLibrary(asJSON bool) error {
	tables, err := loadCatalogue()
	if err != nil {
		return err
	}
	all, mistakes := p.loadLibrary(tables)
	if asJSON {
		rows := make([]libraryRow, len(all))
		for i, e := range all {
			rows[i] = libraryRow{e.Title, e.Description, e.Tags, e.Applies.Types, e.Applies.Threats, e.Applies.Tables, nil, e.Filter, e.Condition, e.File}
			for _, q := range e.Parameters {
				rows[i].Parameters = append(rows[i].Parameters, parameterRow(q))
			}
		}
		err = printJSON(p.stdout, rows)
	} else {
		err = p.printEntries(all)
	}
	if err == nil && mistakes > 0 {
		return &findingsError{}
	}
	return err
}

func (p *program) printEntries(all []library.Entry) error {
	w := bufio.NewWriter(p.stdout)
	for _, e := range all {
		fmt.Fprintln(w, cell.Clean(e.Title))
		field := func(label, text string) {
			if text != "" {
				fmt.Fprintf(w, "   %-12s %s\n", label, cell.Clean(text))
			}
		}
		field("description", e.Description)
		field("tags", strings.Join(e.Tags, ", "))
		field("for", e.Applies.Words())
		field("condition", e.Condition)
		for _, q := range e.Parameters {
			text := q.Name + ": " + q.Means
			switch {
			case len(q.Default) > 0:
				text += "; " + strings.Join(q.Default, ", ") + " unless said otherwise"
			case len(q.Example) > 0:
				text += ", such as " + strings.Join(q.Example, ", ")
			}
			field("fill in", text)
		}
		field("file", e.File)
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// load reads --load and --set: scenarios of the library, filled in and attached.
func (s *shape) load(r *review.Review) (ds []review.Decision, err error) {
	values, err := s.values()
	if err != nil || len(s.loads) == 0 && len(values) == 0 {
		return nil, err
	}
	if len(s.loads) == 0 {
		return nil, errors.New("--set: it fills in what --load takes from the library; name a scenario")
	}
	all, _ := s.library(r.Catalogue())
	var entries []*library.Entry
	var names []string
	for _, title := range s.loads {
		e, err := library.Named(all, title)
		if err != nil {
			return nil, fmt.Errorf("--load: %w", err)
		}
		entries = append(entries, e)
		for _, q := range e.Parameters {
			names = append(names, q.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if slices.Contains(names, name) {
			continue
		}
		meant := "quarry scenarios --library lists them"
		if near := feed.Nearest(name, names); near != "" {
			meant = "did you mean " + near + "?"
		}
		return nil, fmt.Errorf("--set %s: no scenario of --load has such a parameter; %s", name, meant)
	}
	next := r.NextScenario()
	for _, e := range entries {
		own := map[string][]string{}
		for _, q := range e.Parameters {
			if v, ok := values[q.Name]; ok {
				own[q.Name] = v
			}
		}
		condition, err := e.Fill(own)
		if err != nil {
			return nil, fmt.Errorf("--load: %w (--set NAME=VALUE,VALUE)", err)
		}
		ds = append(ds, review.NewScenario{Title: e.Title, Description: e.Description, Filter: e.Filter, Condition: condition},
			review.Attach{Scenario: next, On: true, Accept: s.accepted()})
		next--
	}
	return ds, nil
}

// values reads --set.
func (s *shape) values() (map[string][]string, error) {
	values := map[string][]string{}
	for _, word := range s.sets {
		name, text, ok := strings.Cut(word, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" {
			return nil, fmt.Errorf("--set %s: write NAME=VALUE,VALUE", word)
		}
		more, err := library.Values(text)
		if err != nil {
			return nil, fmt.Errorf("--set %s: %w", name, err)
		}
		values[name] = slices.Concat(values[name], more)
	}
	return values, nil
}

// save writes scenarios of a review into the library.
func (p *program) save(r *review.Review, words, tags []string) error {
	for _, word := range words {
		number, title, _ := strings.Cut(word, "=")
		i, err := scenarioNumbered("--save", number, r.Scenarios())
		if err != nil {
			return &usageError{err}
		}
		e := r.Scenario(i).Entry(tags)
		e.Title = cmp.Or(strings.TrimSpace(title), e.Title)
		path, err := saveToLibrary(r.Catalogue())(e)
		var system *os.PathError
		switch {
		case errors.As(err, &system):
			return err
		case err != nil:
			return usage("--save %s: %w", word, err)
		}
		fmt.Fprintf(p.stderr, "quarry: scenario %d is in the library: %s\n", i+1, cell.Clean(path))
	}
	return nil
}
