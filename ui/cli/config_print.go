package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"quarry/exclusions/warnings"
	"quarry/ui"
	"quarry/ui/cell"
)

func (p *program) configCommand() *cobra.Command {
	return &cobra.Command{
		Use: "config", Short: "Print a settings file with every default", Args: noArgs,
		Long: "Prints a settings file with every setting at its default, explained and commented out. Redirect it to the file that quarry doctor names, and take the sign from the lines that are to hold.",
		RunE: func(*cobra.Command, []string) error {
			text, err := configText()
			if err != nil {
				return err
			}
			_, err = io.WriteString(p.stdout, text)
			return err
		},
	}
}

// configText is a settings file in which every setting is commented out.
func configText() (string, error) {
	var b strings.Builder
	b.WriteString("# Settings of Quarry, each at its default. Take the sign # from a line to set it.\n" +
		"# An environment variable stands over this file, and a flag over both; quarry doctor\n" +
		"# says what holds and where it comes from.\n")
	group := ""
	for _, s := range settings() {
		name, indent := s.name, ""
		if before, after, ok := strings.Cut(s.name, "."); ok {
			if name, indent = after, "  "; before != group {
				group = before
				fmt.Fprintf(&b, "\n%s:\n", group)
			}
		}
		if indent == "" {
			b.WriteString("\n")
		}
		over := ""
		if v := s.variable(); v != "" {
			over = v
		}
		if s.flag != "" {
			over += ", --" + s.flag
		}
		if over != "" {
			over = " (" + over + ")"
		}
		for _, line := range (cell.Terminal{}).Wrap(s.doc+" Write "+s.means+"."+over, 96-len(indent)) {
			fmt.Fprintf(&b, "%s# %s\n", indent, line)
		}
		if s.entry == nil {
			fmt.Fprintf(&b, "%s#%s: %s\n", indent, name, quoteEmpty(s.initial))
			continue
		}
		fmt.Fprintf(&b, "%s%s:\n", indent, name)
		lines, err := entryLines(s.name)
		if err != nil {
			return "", err
		}
		for _, line := range lines {
			fmt.Fprintf(&b, "%s  #%s\n", indent, line)
		}
	}
	return b.String(), nil
}

// entryLines are the lines of a mapping with their defaults, each explained.
func entryLines(name string) (lines []string, err error) {
	add := func(entry, about string) { lines = append(lines, fmt.Sprintf("%-34s # %s", entry, about)) }
	if name == "keys" {
		for _, a := range ui.Actions() {
			where := ""
			if a.Where != nil {
				where = " (" + strings.Join(a.Where, ", ") + ")"
			}
			add(a.Name+": "+keyList(a.Keys), a.Help+where)
		}
		return lines, nil
	}
	rules, err := warnings.Rules()
	for _, r := range rules {
		add(r.Code+": "+string(r.Level), r.Means)
	}
	return lines, err
}

// keyList writes keys as a list of YAML.
func keyList(keys []string) string {
	quoted := make([]string, len(keys))
	for i, k := range keys {
		if quoted[i] = k; strings.ContainsAny(k, "[]{}?:!'\"#&*|>%@`,-") || len(k) == 1 && strings.ContainsAny(k, "0123456789yYnN") {
			quoted[i] = `"` + k + `"`
		}
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func quoteEmpty(s string) string {
	if s == "" {
		return `""`
	}
	return s
}

// configTable is the table of settings in Markdown, for docs/configuration.md.
func configTable() string {
	var b strings.Builder
	b.WriteString("| setting | default | variable | flag | what |\n|---|---|---|---|---|\n")
	code := func(s string) string {
		if s == "" {
			return ""
		}
		return "`" + s + "`"
	}
	for _, s := range settings() {
		flag := s.flag
		if flag != "" {
			flag = "--" + flag
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s Write %s. |\n", s.name, code(s.initial), code(s.variable()), code(flag), s.doc, s.means)
	}
	return b.String()
}
