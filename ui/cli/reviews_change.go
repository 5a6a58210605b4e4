package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"quarry/feed"
	"quarry/review/store"
	"quarry/ui/cell"
)

func (p *program) deleteReviewCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "delete ID", Short: "Delete a review with its decisions", Args: reviewID,
		Long: "Deletes a review with its decisions, and the documents that no other review has. Its verdicts and notes stay remembered, with the IOCs that they are about; quarry memory forget is for them. It asks first; --yes answers.",
		RunE: func(_ *cobra.Command, args []string) error {
			id := numbered(args)
			return p.withStore(func(s *store.Store) error {
				one, err := s.Summary(id, time.Now())
				if err != nil {
					return err
				}
				if one.Holder != nil { // nobody is asked about what cannot be done
					return &store.HeldError{ID: id, By: *one.Holder}
				}
				what := fmt.Sprintf("review %d, %s, with %s", id, cell.Clean(one.Title), feed.Counted(one.Decisions+one.Undone, "decision"))
				if !yes {
					if err := p.confirm("delete " + what); err != nil {
						return err
					}
				}
				if err := s.Delete(id, time.Now()); err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.stdout, "deleted %s\n", what)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// confirm asks a person at a terminal; without one it is refused.
func (p *program) confirm(what string) error {
	if !term.IsTerminal(p.stdin.Fd()) {
		return usage("to %s, say --yes", what)
	}
	fmt.Fprintf(p.stderr, "%s? [y/N] ", what)
	answer, err := bufio.NewReader(p.stdin).ReadString('\n')
	if err != nil && err != io.EOF {
		return err
	}
	if !slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(answer))) {
		return &findingsError{"nothing was done"}
	}
	return nil
}

func (p *program) importReviewCommand() *cobra.Command {
	return &cobra.Command{
		Use: "import FILE...", Short: "Take in decisions that the database did not take", Args: files,
		Long: "Takes in files with decisions that the database did not take when they were made, and removes the files. quarry reviews names those that it finds.",
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := store.Open(store.Folder())
			if err != nil {
				return err
			}
			return errors.Join(p.importReviews(s, args), s.Close())
		},
	}
}

func (p *program) importReviews(s *store.Store, paths []string) error {
	for _, path := range paths {
		got, err := s.Import(path, time.Now())
		if errors.Is(err, fs.ErrNotExist) {
			return &feed.InputError{Name: path, Reason: "no such file", Advice: "one that was taken in is removed; quarry reviews names those that are left", Err: err}
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "review %d: %s taken in", got.Review, feed.Counted(got.Added, "decision"))
		if got.Added > 0 && len(got.Who) > 0 {
			fmt.Fprintf(p.stdout, " as %s decided", cell.Clean(strings.Join(got.Who, ", ")))
		}
		if got.CopyOf != 0 {
			fmt.Fprintf(p.stdout, ", as a copy of review %d, which others go on with", got.CopyOf)
		}
		switch {
		case got.Undone > 0:
			fmt.Fprintf(p.stdout, ", %s undone", feed.Counted(got.Undone, "decision"))
		case got.Undone < 0:
			fmt.Fprintf(p.stdout, ", %s taken again", feed.Counted(-got.Undone, "decision"))
		case got.Stay != 0:
			fmt.Fprint(p.stdout, ", what the file undid or took again is left as it is since")
		}
		if err := os.Remove(path); err != nil {
			fmt.Fprintln(p.stdout)
			return err
		}
		fmt.Fprintf(p.stdout, ", and %s is removed\n", cell.Clean(path))
	}
	return nil
}

func (p *program) repairCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "repair", Short: "Move a damaged database aside and begin a new one", Args: noArgs,
		Long: "Moves a database that is damaged aside, so that a new one is begun. It asks first; --yes answers. A database that can be read stays where it is.",
		RunE: func(*cobra.Command, []string) error {
			s, err := store.OpenExisting(store.Folder())
			if err == nil {
				err = errors.Join(s.Check(), s.Close())
			}
			var damaged *store.DamagedError
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return errNoReviews
			case err == nil:
				_, err := fmt.Fprintln(p.stdout, "the database can be read; it stays where it is")
				return err
			case !errors.As(err, &damaged):
				return err
			}
			fmt.Fprintf(p.stderr, "quarry: %s\n", cell.Clean(err.Error()))
			if !yes {
				if err := p.confirm("move it aside"); err != nil {
					return err
				}
			}
			to, err := store.MoveAside(store.Folder(), time.Now())
			if err == nil {
				_, err = fmt.Fprintf(p.stdout, "moved to %s\n", cell.Clean(to))
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
