package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageError is wrong use of the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usage(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// wrongFlag says what is wrong with a flag, and what would be right.
func wrongFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		name := "--" + unknown.GetSpecifiedName()
		if short := unknown.GetSpecifiedShortnames(); short != "" {
			name = "-" + unknown.GetSpecifiedName()
		}
		return usage("%s is no flag of %s; use %s", name, cmd.CommandPath(), strings.Join(flagNames(cmd), ", "))
	case errors.As(err, &value):
		return usage("--%s %s: use %s", value.GetFlag().Name, value.GetValue(), valueMeant(value.GetFlag()))
	case errors.As(err, &missing):
		return usage("--%s needs a value: %s", missing.GetFlag().Name, missing.GetFlag().Usage)
	}
	return &usageError{err}
}

func flagNames(cmd *cobra.Command) (names []string) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return names
}

// valueMeant describes the values of a flag by its type.
func valueMeant(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "a whole number"
	case "bool":
		return "true or false"
	}
	return f.Usage
}

// filesNotVerbs refuses a word that is no file and looks like a verb, which
// would otherwise be a file that is missing.
func filesNotVerbs(root *cobra.Command, args []string) error {
	if len(args) == 0 || args[0] == "-" || strings.ContainsAny(args[0], `./\`) {
		return nil
	}
	if _, err := os.Lstat(args[0]); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return notAVerb(root, args[0]+" is no verb, and no file of that name is here", args[0])
}

// notAVerb says what is wrong with a word, and what verbs there are.
func notAVerb(root *cobra.Command, wrong, word string) error {
	root.SuggestionsMinimumDistance = 2
	meant := ""
	if like := root.SuggestionsFor(word); len(like) > 0 {
		meant = "did you mean quarry " + strings.Join(like, " or quarry ") + "? "
	}
	var verbs []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			verbs = append(verbs, c.Name())
		}
	}
	return usage("%s; %sthe verbs are %s", wrong, meant, strings.Join(verbs, ", "))
}

// helpCommand is cobra's, except that it refuses what it knows nothing about.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [VERB]", Short: "Explain a verb",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				word := strings.Join(args, " ")
				return notAVerb(cmd.Root(), word+" is no verb", word)
			}
			about.InitDefaultHelpFlag()
			about.InitDefaultVersionFlag()
			return about.Help()
		},
	}
}

// files asks a verb for at least one file.
func files(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage("name at least one file, or - for standard input")
	}
	return nil
}

func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("this verb takes no argument, but got %q", args[0])
	}
	return nil
}
