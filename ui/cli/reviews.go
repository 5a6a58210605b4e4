package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"quarry/feed"
	"quarry/review"
	"quarry/review/store"
	"quarry/ui"
	"quarry/ui/cell"
)

func (p *program) reviewsCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "reviews", Short: "Saved reviews: list, show, resume", Args: noArgs,
		Long: "Lists the reviews that the workbench saved, the last one first. They are in " + store.FileName + " in the XDG state folder.",
		RunE: func(*cobra.Command, []string) error {
			return p.withStore(func(s *store.Store) error { return p.listReviews(s, asJSON) })
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	cmd.AddCommand(p.showReviewCommand(), p.resumeReviewCommand(), p.exportReviewCommand(), p.deleteReviewCommand(), p.importReviewCommand(), p.repairCommand())
	return cmd
}

// errNoReviews says that nothing was saved.
var errNoReviews = &findingsError{"no review was saved yet"}

// storeFailed reports whether an error is about the database or a file of unsaved
// decisions.
func storeFailed(err error) bool {
	var newer *store.NewerError
	var damaged *store.DamagedError
	var busy *store.BusyError
	var path *store.PathError
	var held *store.HeldError
	var unsaved *store.UnsavedError
	var memory *store.MemoryError
	var unknown *review.UnknownDecisionError
	return errors.As(err, &newer) || errors.As(err, &damaged) || errors.As(err, &busy) || errors.As(err, &path) ||
		errors.As(err, &held) || errors.As(err, &unsaved) || errors.As(err, &memory) || errors.As(err, &unknown)
}

// withStore opens the database for a function; where there is none nothing is made.
func (p *program) withStore(f func(s *store.Store) error) error {
	s, err := store.OpenExisting(store.Folder())
	if errors.Is(err, fs.ErrNotExist) {
		p.tellUnsaved()
		return errNoReviews
	}
	if err != nil {
		return err
	}
	return errors.Join(f(s), s.Close())
}

// tellUnsaved names files with decisions that the database did not take.
func (p *program) tellUnsaved() {
	for _, path := range store.Unsaved(besideFolders()) {
		fmt.Fprintf(p.stderr, "quarry: decisions that the database did not take are in %s; quarry reviews import %s\n", cell.Clean(path), cell.Clean(path))
	}
}

func (p *program) listReviews(s *store.Store, asJSON bool) error {
	all, err := s.List(time.Now())
	if err != nil {
		return err
	}
	p.tellUnsaved()
	switch {
	case len(all) == 0:
		return errNoReviews
	case asJSON:
		return printJSON(p.stdout, all)
	}
	rows := [][]string{{"ID", "CHANGED", "DECISIONS", "WHO", "TITLE", "DOCUMENTS"}}
	for _, r := range all {
		who := strings.Join(r.Who, ", ")
		switch {
		case r.Holder == nil:
		case who == r.Holder.Who:
			who += " (open)"
		default:
			who = strings.TrimPrefix(who+", ", ", ") + r.Holder.Who + " (open)"
		}
		var names []string
		for _, d := range r.Sources {
			names = append(names, d.Name)
		}
		rows = append(rows, []string{
			strconv.FormatInt(r.ID, 10), r.Changed.Local().Format("2006-01-02 15:04"), strconv.Itoa(r.Decisions), who, r.Title, someOf(names),
		})
	}
	return printTable(p.stdout, rows)
}

// mostNamed is how many cells names of documents take in a list.
const mostNamed = 40

// someOf names the first of several, as many as have room and one at least, and says
// how many more there are.
func someOf(names []string) string {
	text := ""
	for n, name := range names {
		if next := text + ", " + name; n > 0 && cell.Width(cell.Clean(next)) > mostNamed {
			return fmt.Sprintf("%s and %d more", text, len(names)-n)
		} else if n > 0 {
			text = next
			continue
		}
		text = name
	}
	return text
}

// reviewID reads the number of a review.
func reviewID(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage("name one review by its number; quarry reviews lists them")
	}
	if n, err := strconv.ParseInt(args[0], 10, 64); err != nil || n < 1 {
		return usage("%s is no number of a review; quarry reviews lists them", feed.Quote(args[0]))
	}
	return nil
}

// numbered is a number that reviewID let pass.
func numbered(args []string) int64 {
	n, _ := strconv.ParseInt(args[0], 10, 64)
	return n
}

func (p *program) showReviewCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show every decision of a review in words", Args: reviewID,
		Long: "Shows the documents of a review and every decision in words, with who took it and when. Decisions that were undone and can be redone are marked.",
		RunE: func(_ *cobra.Command, args []string) error {
			return p.withStore(func(s *store.Store) error { return p.showReview(s, numbered(args), asJSON) })
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a decision, one a line")
	return cmd
}

// shownDecision is a line of `quarry reviews show --json`.
type shownDecision struct {
	Number int `json:"number"`
	store.Kept
	Undone bool `json:"undone,omitempty"`
}

func (p *program) showReview(s *store.Store, id int64, asJSON bool) error {
	kept, done, err := s.Decisions(id)
	if err != nil {
		return err
	}
	if asJSON {
		all := make([]shownDecision, len(kept))
		for i, k := range kept {
			all[i] = shownDecision{i + 1, k, i >= done}
		}
		return printJSON(p.stdout, all)
	}
	one, err := s.Summary(id, time.Now())
	if err != nil {
		return err
	}
	w := bufio.NewWriter(p.stdout)
	fmt.Fprintf(w, "%s\n", cell.Clean(one.Title))
	for _, d := range one.Sources {
		kept := ", not kept"
		if d.Kept {
			kept = ", kept"
		}
		fmt.Fprintf(w, "  %s  sha256 %s%s\n", cell.Clean(d.Name), cell.Clean(d.SHA256), kept)
	}
	if one.Holder != nil {
		fmt.Fprintf(w, "  open: %s\n", cell.Clean(one.Holder.String()))
	}
	if one.BegunWith != nil {
		var all []string
		for _, c := range one.BegunWith.Choices() {
			all = append(all, c.Name+" "+c.Value)
		}
		fmt.Fprintf(w, "  began with: %s\n", cell.Clean(strings.Join(all, ", ")))
	}
	for i, k := range kept {
		mark := ""
		if i >= done {
			mark = " (undone)"
		}
		fmt.Fprintf(w, "%*d  %s  %s %s%s\n", len(strconv.Itoa(len(kept))), i+1, k.At.Local().Format(time.DateTime), cell.Clean(k.Who), cell.Clean(k.Words), mark)
	}
	if len(kept) == 0 {
		fmt.Fprintln(w, "No decision yet.")
	}
	return w.Flush()
}

func (p *program) resumeReviewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "resume ID", Short: "Open a review in the workbench where it was left", Args: reviewID,
		Long: "Opens a review in the workbench where it was left. The files that it was begun with are not needed where the database has their bytes.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.configure(cmd.Flags()); err != nil {
				return err
			}
			return p.withStore(func(s *store.Store) error {
				if !term.IsTerminal(p.stdout.Fd()) {
					return usage("the workbench needs a terminal; quarry reviews show and export write to files and pipes")
				}
				docs := new(originals)
				l, err := p.reload(s, numbered(args), docs)
				if err != nil {
					return err
				}
				return p.show(cmd.Context(), l, docs, nil, 0, store.Options{ID: numbered(args)})
			})
		},
	}
	settingFlags(cmd.Flags(), screenFlags...)
	return cmd
}

// reload begins to read the documents of a review again.
func (p *program) reload(s *store.Store, id int64, docs *originals) (*review.Loading, error) {
	catalogue, suspicions, err := p.prepare()
	if err != nil {
		return nil, err
	}
	one, err := s.Summary(id, time.Now())
	if err != nil {
		return nil, err
	}
	return p.begin(docs.watch(keptInputs(one.Sources), nil), catalogue, suspicions)
}

// keptInputs opens the documents of a review: as they are kept, or else the files.
func keptInputs(sources []store.Source) iter.Seq2[*feed.Input, error] {
	return func(yield func(*feed.Input, error) bool) {
		for _, d := range sources {
			if d.Pasted {
				continue // it is added when the review is restored
			}
			open := d.Open
			if open == nil {
				open = func() (io.ReadCloser, error) { return openUnpacked(d.Path) }
			}
			r, err := open()
			if err != nil {
				yield(nil, &feed.InputError{Name: d.Name, Reason: "the review does not keep this document, and its file cannot be read: " + err.Error(), Advice: "open the file itself", Err: err})
				return
			}
			more := yield(feed.NewInput(d.Name, r))
			if err := r.Close(); err != nil || !more {
				return
			}
		}
	}
}

func (p *program) exportReviewCommand() *cobra.Command {
	var as, out string
	var force, history bool
	var names []string
	for _, f := range review.Formats {
		names = append(names, f.Name+" ("+f.Means+")")
	}
	cmd := &cobra.Command{
		Use: "export ID", Short: "Write a review in a shape that others read", Args: reviewID,
		Long: "Writes a saved review in one of these formats:\n  " + strings.Join(names, "\n  ") + "\n\nA format of several files goes into the folder that -o names.",
		RunE: func(_ *cobra.Command, args []string) error {
			format, err := review.FormatNamed(as)
			if err != nil {
				return &usageError{fmt.Errorf("--as %w", err)}
			}
			return p.withStore(func(s *store.Store) error {
				r, err := p.restored(s, numbered(args))
				if err != nil {
					return err
				}
				made, findings, err := format.Files(r, p.conf.signature(history))
				p.warn(findings)
				if err != nil {
					return exportError(err)
				}
				return p.deliver(r, made, out, force, format.Many)
			})
		},
	}
	cmd.Flags().StringVar(&as, "as", review.Formats[0].Name, "the format")
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to this file or folder")
	cmd.Flags().BoolVar(&force, "force", false, "write over files that exist")
	cmd.Flags().BoolVar(&history, "history", false, "list every decision in the reviewed bulletin")
	return cmd
}

// restored is a review with everything that was decided in it.
func (p *program) restored(s *store.Store, id int64) (*review.Review, error) {
	docs := new(originals)
	l, err := p.reload(s, id, docs)
	if err != nil {
		return nil, err
	}
	for !l.Done() {
		if piece, more := l.Next(); more {
			l.Take(piece)
		} else {
			l.End()
		}
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	r := l.Review()
	one, err := s.Summary(id, time.Now())
	if err != nil {
		return nil, err
	}
	if store.Identity(docs.sources()) != store.Identity(one.Sources) {
		return nil, &feed.InputError{Name: r.Title(), Reason: "the file is not the one that was reviewed", Advice: "put the reviewed one in its place, or open it as it is"}
	}
	added, unread, err := s.Pasted(id, ui.ReaderOf(registry()))
	if err != nil {
		return nil, err
	}
	for _, why := range unread {
		fmt.Fprintf(p.stderr, "quarry: %s\n", cell.Clean(why.Error()))
	}
	if len(added) > 0 {
		r.Add(added)
	}
	today := r.BegunWith()
	lost, err := s.Restore(id, r)
	if others := r.BegunWith().Unlike(today); err == nil && len(others) > 0 {
		fmt.Fprintf(p.stderr, "quarry: the review keeps what it began with: %s\n", cell.Clean(strings.Join(others, ", ")))
	}
	if err == nil && lost > 0 {
		fmt.Fprintf(p.stderr, "quarry: about nothing that the documents have now: %s; quarry reviews show %d lists all\n", feed.Counted(lost, "decision"), id)
	}
	return r, err
}
