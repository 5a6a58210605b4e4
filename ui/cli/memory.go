package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
	"quarry/review/store"
	"quarry/ui/cell"
)

// memoryQuery are the flags that say which memories are meant.
type memoryQuery struct{ typ, verdict, who, since string }

func (f *memoryQuery) addTo(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.typ, "type", "", "only IOCs of this type")
	cmd.Flags().StringVar(&f.verdict, "verdict", "", "only this verdict: malicious, benign or unsure")
	cmd.Flags().StringVar(&f.who, "who", "", "only what this person thought")
	cmd.Flags().StringVar(&f.since, "since", "", "only from 2026-05-12 (local midnight) or 30d on")
}

// query reads the flags and the words.
func (f *memoryQuery) query(words []string, now time.Time) (q store.Query, err error) {
	q = store.Query{Words: words, Type: feed.Type(strings.ToLower(f.typ)), Verdict: review.Verdict(strings.ToLower(f.verdict)), Who: f.who}
	if q.Type != "" && !q.Type.Known() {
		return q, usage("--type %s: use one of %v", feed.Quote(f.typ), feed.Types)
	}
	if !slices.Contains(review.Verdicts, q.Verdict) {
		return q, usage("--verdict %s: use malicious, benign or unsure", feed.Quote(f.verdict))
	}
	if f.since == "" {
		return q, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, f.since, time.Local); err == nil {
		q.Since = day
		return q, nil
	}
	back, err := kql.ParseLookback(f.since)
	if err != nil {
		return q, usage("--since %s: use a day such as 2026-05-12, or a time such as 30d", feed.Quote(f.since))
	}
	q.Since = now.Add(-back)
	return q, nil
}

func (f *memoryQuery) all() bool { return *f == memoryQuery{} }

func (p *program) memoryCommand() *cobra.Command {
	var f memoryQuery
	var asJSON bool
	cmd := &cobra.Command{
		Use: "memory", Short: "Search, share and forget verdicts and notes",
		Example: "  quarry memory cdn --verdict benign --since 30d\n  quarry memory",
		Long: "quarry memory [WORD...] searches the verdicts and notes of all reviews by IOC, the last one first, for the words that are given. Each word must be part of the value, defanged too, of the verdict, the note, the document's title or the name.\n\n" +
			"With --json it writes a JSON object a line, by type and value, so that a team shares them through git or a folder: quarry memory --json > team.jsonl, and quarry memory import team.jsonl. What was taken back is in it too, for others to take it back.",
		RunE: func(cmd *cobra.Command, words []string) error {
			q, err := f.query(words, time.Now())
			if err != nil {
				return err
			}
			q.Withdrawn = asJSON
			return p.withMemory(func(s *store.Store) error { return p.listMemories(cmd.Context(), s, q, asJSON) })
		},
	}
	f.addTo(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line, to be shared")
	cmd.AddCommand(p.importMemoryCommand(), p.forgetCommand())
	return cmd
}

var errNoMemory = &findingsError{"nothing of the kind is remembered"}

// withMemory is withStore for memories.
func (p *program) withMemory(f func(s *store.Store) error) error {
	if err := p.withStore(f); err != errNoReviews {
		return err
	}
	return errNoMemory
}

func (p *program) listMemories(ctx context.Context, s *store.Store, q store.Query, asJSON bool) error {
	all, err := s.Memories(ctx, q)
	switch {
	case err != nil:
		return err
	case len(all) == 0:
		return errNoMemory
	case asJSON:
		back := 0
		for i := range all {
			if all[i].Withdrawn() {
				back++
			}
		}
		if back > 0 {
			fmt.Fprintf(p.stderr, "quarry: %s of %s only says that something was taken back, which the list leaves out\n", feed.Thousands(back), feed.Counted(len(all), "line"))
		}
		return printJSON(p.stdout, all)
	}
	slices.SortStableFunc(all, func(a, b store.Memory) int { return cmp.Compare(b.Moment, a.Moment) })
	rows := [][]string{{"WHEN", "WHO", "VERDICT", "TYPE", "VALUE", "REVIEW", "DOCUMENT", "NOTE"}}
	for _, m := range all {
		id := ""
		if m.Review != 0 {
			id = strconv.FormatInt(m.Review, 10)
		}
		when := feed.FormatSeen(m.At) // a day and no time, or none
		if len(when) > len(time.DateOnly) {
			when = m.At.Local().Format("2006-01-02 15:04")
		}
		rows = append(rows, []string{
			when, m.Who, string(m.Verdict), string(m.Type), feed.Defang(m.Type, m.Value), id, m.Document, m.Note,
		})
	}
	return printTable(p.stdout, rows)
}

func (p *program) importMemoryCommand() *cobra.Command {
	return &cobra.Command{
		Use: "import FILE...", Short: "Take in what others remember", Args: files,
		Long: "Takes in the lines that quarry memory --json writes; - is standard input. Of what one person thought of an IOC in documents of one title the latest verdict and the latest note win, whichever side has it, so that a file can be taken in again. A mistake is told with its line, and then nothing of any file is taken in.\n\n" +
			`A line that is written by hand needs type, value, at and a verdict or a note: {"type":"domain","value":"cdn.example.com","verdict":"benign","note":"our CDN","who":"jk","at":"2026-05-12"}`,
		RunE: func(cmd *cobra.Command, names []string) error {
			var all []store.Memory
			for _, name := range names {
				one, err := p.readMemories(name)
				if err != nil {
					return err
				}
				all = append(all, one...)
			}
			if len(all) == 0 {
				return &findingsError{"there is no line to take in"}
			}
			s, err := store.Open(store.Folder())
			if err != nil {
				return err
			}
			return errors.Join(p.takeIn(cmd.Context(), s, all), s.Close())
		},
	}
}

// takeIn takes memories in, and says what became of them, also when it ends early.
func (p *program) takeIn(ctx context.Context, s *store.Store, all []store.Memory) error {
	p.whole.Lock()
	defer p.whole.Unlock()
	taken, err := s.TakeIn(ctx, all)
	if err != nil {
		return p.endedEarly(taken.New+taken.Withdrawn, len(all), "taken in", err)
	}
	back := ""
	if taken.Withdrawn > 0 {
		back = fmt.Sprintf(", %d taken back", taken.Withdrawn)
	}
	_, err = fmt.Fprintf(p.stdout, "%d taken in%s, %d known already\n", taken.New, back, taken.Known)
	return err
}

// endedEarly says how far something got that an error ended, and what to do.
func (p *program) endedEarly(done, of int, what string, err error) error {
	fmt.Fprintf(p.stderr, "quarry: it ended early: %d of %d were %s; the same command again does the rest\n", done, of, what)
	return err
}

func (p *program) readMemories(name string) ([]store.Memory, error) {
	if name == "-" {
		return store.ReadMemories(name, p.stdin, time.Now())
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, memoryFile(name, err)
	}
	all, err := store.ReadMemories(name, f, time.Now())
	var fault *store.MemoryError
	if err := errors.Join(err, f.Close()); err != nil && !errors.As(err, &fault) {
		return nil, memoryFile(name, err)
	}
	return all, err
}

// memoryFile says that a file cannot be read.
func memoryFile(name string, err error) error {
	var system *fs.PathError
	if errors.As(err, &system) {
		err = system.Err
	}
	return &feed.InputError{Name: name, Reason: "it cannot be read: " + err.Error(), Advice: "check the path", Err: err}
}

func (p *program) forgetCommand() *cobra.Command {
	var f memoryQuery
	var yes, everything bool
	cmd := &cobra.Command{
		Use: "forget [WORD...]", Short: "Remember something no longer",
		Long: "Lets verdicts and notes that a search finds be remembered no longer. It asks first; --yes answers. The reviews keep their decisions, and nobody else is told. Lines that are taken in again later stay forgotten, unless they were judged anew: for that the IOC, the name and the title stay in the database. Of a deleted review of which all is forgotten nothing else stays.",
		RunE: func(cmd *cobra.Command, words []string) error {
			if len(words) == 0 && f.all() && !everything {
				return usage("say what to forget, by words or flags; --all forgets everything")
			}
			q, err := f.query(words, time.Now())
			if err != nil {
				return err
			}
			return p.withMemory(func(s *store.Store) error { return p.forget(cmd.Context(), s, q, yes) })
		},
	}
	f.addTo(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&everything, "all", false, "forget everything")
	return cmd
}

// shownBeforeForgetting is how many memories are named before one is asked.
const shownBeforeForgetting = 5

func (p *program) forget(ctx context.Context, s *store.Store, q store.Query, yes bool) error {
	all, err := s.Memories(ctx, q)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errNoMemory
	}
	if !yes {
		for _, m := range all[:min(len(all), shownBeforeForgetting)] {
			fmt.Fprintf(p.stderr, "  %s  %s\n", cell.Clean(feed.Defang(m.Type, m.Value)), cell.Clean(m.Words(time.Now())))
		}
		if err := p.confirm(fmt.Sprintf("forget %d of these", len(all))); err != nil {
			return err
		}
	}
	p.whole.Lock()
	defer p.whole.Unlock()
	forgotten, err := s.Forget(ctx, all)
	if err != nil {
		return p.endedEarly(forgotten, len(all), "forgotten", err)
	}
	_, err = fmt.Fprintf(p.stdout, "%d forgotten\n", forgotten)
	return err
}

// takeOver takes over in a review what is remembered of its IOCs, as a key of the
// workbench does, and says what that was.
func (p *program) takeOver(ctx context.Context, r *review.Review) error {
	s, err := store.OpenExisting(store.Folder())
	if errors.Is(err, fs.ErrNotExist) {
		_, err = fmt.Fprintln(p.stderr, "quarry: nothing is remembered of these IOCs")
		return err
	}
	if err != nil {
		return err
	}
	memories, err := s.Recall(ctx, store.RefsOf(r), 0)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	r.Remember(memories)
	all := make([]int, r.IOCs().Len())
	for i := range all {
		all[i] = i
	}
	d, _ := r.Recall(all)
	if len(d.Parts) == 0 {
		_, err = fmt.Fprintln(p.stderr, "quarry: nothing is remembered of these IOCs")
		return err
	}
	if _, err := r.Decide(d, p.conf.reviewer, time.Now()); err != nil {
		return err
	}
	differ := ""
	if n := r.Differing(d); n > 0 {
		differ = "; people differ about " + feed.Thousands(n) + ", the latest counts"
	}
	h := r.History()
	_, err = io.WriteString(p.stderr, "quarry: "+cell.Clean(h[len(h)-1].Words)+differ+"\n")
	return err
}
