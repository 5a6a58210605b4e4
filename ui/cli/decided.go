package cli

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
	"quarry/review/store"
)

// undecided is what the help of verbs that write hunts says of decisions.
const undecided = "It begins with the documents, as nobody has decided about them; what was decided in the workbench is written by quarry reviews export ID, or comes with a reviewed bulletin. Where a saved review of the same documents has decisions or pasted ones, standard error says which."

// identified remembers by which hashes the database knows the documents that a verb
// reads.
type identified struct{ documents []store.Source }

// opener opens documents for a verb that writes nothing: where nothing was ever saved
// it needs no hashes.
func (*identified) opener() opener {
	if _, err := os.Stat(filepath.Join(store.Folder(), store.FileName)); err != nil {
		return review.OpenOnce
	}
	return review.Open
}

// watched is an opener that takes the hashes of what it opens.
func (d *identified) watched(open opener) opener {
	return func(inputs iter.Seq2[*feed.Input, error], registry *feed.Registry, catalogue *kql.Catalogue) (*review.Review, error) {
		return open(d.watch(inputs), registry, catalogue)
	}
}

func (d *identified) watch(inputs iter.Seq2[*feed.Input, error]) iter.Seq2[*feed.Input, error] {
	return func(yield func(*feed.Input, error) bool) {
		for in, err := range inputs {
			more := yield(in, err)
			if err == nil {
				d.documents = append(d.documents, store.Source{Name: in.Name, SHA256: in.SHA256()})
			}
			if !more {
				return
			}
		}
	}
}

// tellDecided says on standard error that a saved review of the same documents has
// decisions or more documents, which a verb that reads documents does not know. It comes
// behind what the verb writes, which nobody waits longer for, and a database that cannot
// be read is the business of other verbs.
func (p *program) tellDecided(d *identified) {
	h, err := store.Decided(store.Folder(), d.documents)
	if err != nil || h.ID == 0 {
		return
	}
	var has []string
	if h.Decisions > 0 {
		has = append(has, feed.Counted(h.Decisions, "decision"))
	}
	if h.Pasted > 0 {
		has = append(has, feed.Counted(h.Pasted, "pasted document"))
	}
	others := ""
	if h.Others > 0 {
		others = fmt.Sprintf(", and %s", feed.Counted(h.Others, "other review"))
	}
	fmt.Fprintf(p.stderr, "quarry: the saved review %d of the same has %s that this does not know%s; quarry reviews export %d writes it with them\n",
		h.ID, strings.Join(has, " and "), others, h.ID)
}
