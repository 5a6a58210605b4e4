package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"quarry/kql/saved"
	"quarry/review"
	"quarry/ui"
	"quarry/ui/cell"
)

func (p *program) exportCommand() *cobra.Command {
	var s shape
	var as, out string
	var force, history, remembered bool
	var names []string
	for _, f := range review.Formats {
		names = append(names, f.Name+" ("+f.Means+")")
	}
	cmd := &cobra.Command{
		Use: "export FILE...", Short: "Write the review in a shape that others read", Args: files,
		Long: "Writes the review in one of these formats:\n  " + strings.Join(names, "\n  ") +
			"\n\nA format of several files goes into the folder that -o names.\n\n" + undecided,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := review.FormatNamed(as)
			if err != nil {
				return &usageError{fmt.Errorf("--as %w", err)}
			}
			if err := s.check(); err != nil {
				return err
			}
			decided := new(identified)
			r, err := p.open(args, decided.watched(review.Open))
			if err != nil {
				return err
			}
			defer p.tellDecided(decided)
			p.warnUnread(r)
			if remembered {
				if err := p.takeOver(cmd.Context(), r); err != nil {
					return err
				}
			}
			if err := s.decide(r, &p.conf); err != nil {
				return err
			}
			made, findings, err := format.Files(r, p.conf.signature(history))
			p.warn(slices.Concat(findings, s.notExcluded(r)))
			if err != nil {
				return exportError(err)
			}
			return p.deliver(r, made, out, force, format.Many)
		},
	}
	s.addTo(cmd, p)
	cmd.Flags().StringVar(&as, "as", review.Formats[0].Name, "the format")
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to this file or folder")
	cmd.Flags().BoolVar(&history, "history", false, "list every decision in the reviewed bulletin")
	cmd.Flags().BoolVar(&remembered, "remembered", false, "take over remembered verdicts and notes")
	cmd.Flags().BoolVar(&force, "force", false, "write over files that exist")
	return cmd
}

// exportError says which way of ending an error of an export is.
func exportError(err error) error {
	var nothing *saved.NothingError
	var target *saved.TargetError
	var long *saved.TooLongError
	switch {
	case errors.As(err, &nothing):
		return &findingsError{err.Error()}
	case errors.As(err, &target), errors.As(err, &long):
		return &usageError{err}
	}
	return err
}

// deliver writes files: one to standard output or to a file, several into a
// folder, and so those of a format of many. What it wrote stands on standard error.
func (p *program) deliver(r *review.Review, made []saved.File, out string, force, many bool) error {
	info, err := os.Stat(out)
	folder := many || strings.HasSuffix(out, string(filepath.Separator)) || err == nil && info.IsDir()
	switch {
	case out == "" || out == "-":
		if len(made) > 1 {
			return usage("there are %d files; -o FOLDER writes them into a folder", len(made))
		}
		_, err := io.WriteString(p.stdout, made[0].Text)
		return err
	case len(made) == 1 && !folder:
		return p.writeNamed(r, out, made[0].Text, force)
	}
	if err := os.MkdirAll(out, 0o777); err != nil { // as far as the umask lets
		return err
	}
	for _, f := range made {
		if err := p.writeNamed(r, filepath.Join(out, f.Name), f.Text, force); err != nil {
			return err
		}
	}
	return nil
}

// writeNamed writes a file and says which.
func (p *program) writeNamed(r *review.Review, path, text string, force bool) error {
	if err := p.writeFile(r, path, []byte(text), force); err != nil {
		return err
	}
	fmt.Fprintln(p.stderr, cell.Clean(path))
	return nil
}

// writeFile writes a file as a whole, and over one that exists only by force. What is
// written is of the review, or of none.
func (p *program) writeFile(r *review.Review, path string, data []byte, force bool) error {
	p.whole.Lock()
	defer p.whole.Unlock()
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return usage("%s is a directory; name a file in it", path)
	}
	err := ui.WriteFile(path, data, force)
	if errors.Is(err, fs.ErrExist) {
		standing := ""
		if r != nil {
			standing = ui.StandingOf(path, r, p.conf.reviewer)
		}
		if standing != "" {
			standing = ": " + standing
		}
		return usage("%s exists%s; --force writes over it", path, standing)
	}
	return err
}
