package review

import (
	"fmt"
	"strings"

	"quarry/feed"
)

// Older is what the IOCs of a review are compared with: those of older
// documents. What became of one IOC can be asked at once; the lists are made in
// steps, for of a million IOCs they are a moment's work.
type Older struct {
	Name    string         // of the older documents
	Skipped []feed.Finding // files of a folder or archive from which nothing was taken

	// What the steps found: positions in the review of what is new and what
	// changed, those in the older documents of what is gone, and how many stayed
	// the same.
	New, Changed, Gone []int32
	Same               int

	sets   feed.Comparison
	is, at int // the next positions in both
}

// CompareWith compares the IOCs of the review with those of another, whose
// documents are older, from now on; nil ends that. No decision and no hunt
// follows from it. The other review must not change any more.
func (r *Review) CompareWith(name string, older *Review) {
	if older == nil {
		r.older = nil
		return
	}
	r.older = &Older{Name: name, sets: feed.Comparison{Older: older.iocs, Newer: r.iocs}}
	for _, f := range older.findings {
		if f.Code == FileSkipped {
			r.older.Skipped = append(r.older.Skipped, f)
		}
	}
}

// Older is what the IOCs are compared with, or nil.
func (r *Review) Older() *Older { return r.older }

// Change is what became of the IOC at position i since the older documents, with
// no kind where it stayed the same. There is nothing to say where nothing is
// compared, and of mentions as [feed.Comparison] says.
func (r *Review) Change(i int) (change feed.Change, said bool) {
	if r.older == nil {
		return feed.Change{}, false
	}
	return r.older.sets.At(i)
}

// Step looks at n more IOCs of each side, and reports whether that was all.
func (o *Older) Step(n int) (done bool) {
	for to := min(o.is+n, o.sets.Newer.Len()); o.is < to; o.is++ {
		switch change, said := o.sets.At(o.is); {
		case !said:
		case change.Kind == feed.New:
			o.New = append(o.New, int32(o.is))
		case change.Kind == feed.Changed:
			o.Changed = append(o.Changed, int32(o.is))
		default:
			o.Same++
		}
	}
	for to := min(o.at+n, o.sets.Older.Len()); o.at < to; o.at++ {
		if _, gone := o.sets.Gone(o.at); gone {
			o.Gone = append(o.Gone, int32(o.at))
		}
	}
	return o.Done()
}

// Done reports whether the lists are whole.
func (o *Older) Done() bool {
	return o.is == o.sets.Newer.Len() && o.at == o.sets.Older.Len()
}

// GoneAt is the IOC at a position of [Older.Gone], as it was.
func (o *Older) GoneAt(at int32) feed.Change {
	change, _ := o.sets.Gone(int(at))
	return change
}

// again forgets what the steps found: the review has other IOCs now.
func (o *Older) again() {
	*o = Older{Name: o.Name, Skipped: o.Skipped, sets: o.sets}
}

// sameWord is the word of a filter for what did not change.
const sameWord = "same"

// changeIs reads what became of an IOC, or the beginning of that. What is gone
// has no row to show.
func changeIs(arg string) (matcher, error) {
	arg, err := word(arg)
	if err != nil {
		return nil, err
	}
	for _, kind := range []string{string(feed.New), string(feed.Changed), sameWord} {
		if strings.HasPrefix(kind, arg) {
			wanted := feed.ChangeKind(kind)
			if kind == sameWord {
				wanted = ""
			}
			return func(r *Review, at int) bool {
				change, said := r.Change(at)
				return said && change.Kind == wanted
			}, nil
		}
	}
	if strings.HasPrefix(string(feed.Gone), arg) {
		return nil, fmt.Errorf("what is gone has no row here; the list of the comparison has it (D)")
	}
	return nil, fmt.Errorf("use new, changed or same")
}
