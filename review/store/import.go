package store

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"quarry/review"
)

// Unsaved lists the files with unsaved decisions in folders, some of which are for
// everybody. What belongs to somebody else, or what everybody may write to, is left
// out: it would become what the reviewer decided.
func Unsaved(folders []string) (paths []string) {
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue // it is not there, or not ours: then there are none of ours in it
		}
		for _, e := range entries {
			path := filepath.Join(folder, e.Name())
			if !strings.HasPrefix(e.Name(), UnsavedPrefix) || !e.Type().IsRegular() || slices.Contains(paths, path) {
				continue
			}
			if info, err := e.Info(); err == nil && ownFile(info) {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// Imported is what became of a file with unsaved decisions.
type Imported struct {
	Review int64
	Added  int      // decisions that are new to the review
	Who    []string // took the decisions of the file
	// Undone decisions of the review were taken back by the file, which was written
	// after the review was changed last; below 0 they were taken again.
	Undone int
	// Stay is Undone of a file that is older: all stays as it is in the review.
	Stay int
	// CopyOf is the review that the decisions go on from, where they became a copy of
	// it: what was pasted would have hidden from others what they decided. 0 is none.
	CopyOf int64
}

// Import takes in a file with unsaved decisions: into the review that they go on,
// or as one of its own. One with something pasted goes only where that reviewer pasted
// before or nobody else decided, and decisions of others go to no paste that they lack. The file stays; taken in once more it changes nothing, and one
// that brings no decision and is older than the review undoes none. Errors are [*UnsavedError], [*review.UnknownDecisionError]
// and, while somebody has the review open, [*HeldError].
func (s *Store) Import(path string, now time.Time) (Imported, error) {
	u, err := readUnsaved(path)
	if err != nil {
		return Imported{}, err
	}
	got := Imported{Who: u.who()}
	err = s.db.QueryRow("SELECT review FROM imported WHERE sha256 = ?", u.sum).Scan(&got.Review)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return got, classify(s.path, err)
	}
	u.nameNobody()
	id, have, of, err := s.begunAs(u)
	if err != nil {
		return Imported{}, err
	}
	if id == 0 && of.id != 0 {
		got.CopyOf = of.id
		u.copyOf(of)
	}
	tx, err := s.db.Begin()
	if err != nil {
		return Imported{}, classify(s.path, err)
	}
	defer tx.Rollback() // without effect after the commit
	done, since, err := standing(tx, id, have, now)
	if err != nil {
		return Imported{}, classify(s.path, err)
	}
	if have > len(u.log) { // more was decided since
		got.Review = id
		return got, u.addPasted(s, tx, id)
	}
	if id != 0 && have == len(u.log) {
		if got.Undone = done - u.done; micros(u.written) <= since {
			got.Undone, got.Stay, u.done = 0, got.Undone, done
		}
	}
	got.Added = len(u.log) - have
	got.Review, err = u.goOn(s, tx, id, have)
	return got, classify(s.path, err)
}

// standing is how many decisions of a review are in force, and since when. Nobody may
// have it open, and so many decisions must be there still.
func standing(tx *sql.Tx, id int64, have int, now time.Time) (done int, since int64, err error) {
	if id == 0 {
		return 0, 0, nil
	}
	if err := free(tx, id, now); err != nil {
		return 0, 0, err
	}
	var all int
	err = tx.QueryRow("SELECT done, changed, (SELECT count(*) FROM decisions WHERE review = reviews.id) FROM reviews WHERE id = ?", id).Scan(&done, &since, &all)
	if err == nil && all != have {
		err = fmt.Errorf("review %d was changed meanwhile; try again", id)
	}
	return done, since, err
}

// goOn writes what a review lacks that has so many of the decisions, or a new one,
// and commits.
func (u *unsavedReview) goOn(s *Store, tx *sql.Tx, id int64, have int) (int64, error) {
	w := &writer{store: s, late: true, opt: &Options{Title: u.head.Title}, id: id, place: u.head.Place, sources: u.sources, keep: have, rows: have, savedSources: len(u.sources)}
	if u.head.BegunWith != nil {
		w.begunWith = *u.head.BegunWith
	}
	if err := u.writeTo(w, tx); err != nil {
		return 0, err
	}
	if _, err := tx.Exec("INSERT INTO imported (sha256, review) VALUES (?, ?)", u.sum, w.id); err != nil {
		return 0, err
	}
	return w.id, tx.Commit()
}

// who took the decisions, each once.
func (u *unsavedReview) who() (all []string) {
	for _, k := range u.log {
		if k.Who != "" && !slices.Contains(all, k.Who) {
			all = append(all, k.Who)
		}
	}
	return all
}

// begunIn is a review of which a file has the first decisions, or all of them and more.
type begunIn struct {
	id      int64
	sources []Source
	kept    []Kept
	done    int
}

// begunAs is the review that has the first of the decisions, or all of them and more,
// and how many it has; 0 when there is none. Then of is one that has them and that
// others would not see any more, if there is one.
func (s *Store) begunAs(u *unsavedReview) (id int64, have int, of begunIn, err error) {
	rows, err := s.db.Query("SELECT id FROM reviews WHERE identity = ? ORDER BY changed DESC, id DESC", identityColumn(u.sources))
	if err != nil {
		return 0, 0, of, classify(s.path, err)
	}
	ids, err := column[int64](rows)
	if err != nil {
		return 0, 0, of, classify(s.path, err)
	}
	for _, id := range ids {
		r := begunIn{id: id}
		if r.kept, r.done, err = s.Decisions(id); err != nil {
			return 0, 0, of, err
		}
		if r.sources, err = s.sources(s.db, id); err != nil {
			return 0, 0, of, classify(s.path, err)
		}
		common := min(len(r.kept), len(u.log))
		switch {
		case !slices.EqualFunc(r.kept[:common], u.log[:common], sameDecision):
		case u.fits(r):
			return id, len(r.kept), begunIn{}, nil
		case of.id == 0 || common > min(len(of.kept), len(u.log)):
			of = r
		}
	}
	return 0, 0, of, nil
}

// fits reports whether nobody loses sight of what they decided when the file goes into
// the review.
func (u *unsavedReview) fits(r begunIn) bool {
	hides := func(d Source, from []Source, decided []Kept) bool {
		return d.Pasted && !pastedIn(from, d) && slices.ContainsFunc(decided, func(k Kept) bool { return k.Who != d.Who })
	}
	return !slices.ContainsFunc(u.sources, func(d Source) bool { return hides(d, r.sources, r.kept) }) &&
		!slices.ContainsFunc(r.sources, func(d Source) bool { return hides(d, u.sources, u.log[min(len(r.kept), len(u.log)):]) })
}

// pastedIn reports whether who pasted a document pasted among others too; where that
// is not known, whether the document is there.
func pastedIn(all []Source, d Source) bool {
	return slices.ContainsFunc(all, func(k Source) bool {
		return k.Pasted && (k.Who == d.Who || (k.Who == "" || d.Who == "") && k.SHA256 == d.SHA256)
	})
}

// nameNobody gives what was pasted by nobody known to who took all decisions.
func (u *unsavedReview) nameNobody() {
	who := u.who()
	for i := range u.sources {
		if d := &u.sources[i]; d.Pasted && d.Who == "" && len(who) == 1 {
			d.Who = who[0]
		}
	}
}

// copyOf makes the file a copy of a review, which says what is in both; see
// [writer.copy]. All that was pasted is for the one who pasted what is new.
func (u *unsavedReview) copyOf(r begunIn) {
	common := min(len(r.kept), len(u.log))
	for i := range common {
		u.log[i].Moment = r.kept[i].Moment
	}
	u.copied.origin = r.id
	if n := min(common, r.done); n > 0 {
		u.copied.moment = r.kept[n-1].Moment
	}
	var who []string
	for _, d := range u.sources {
		if d.Pasted && !pastedIn(r.sources, d) && !slices.Contains(who, d.Who) {
			who = append(who, d.Who)
		}
	}
	if len(who) != 1 {
		return // nobody known goes on in it
	}
	u.copied.copier = who[0]
	for i := range u.sources {
		if u.sources[i].Pasted {
			u.sources[i].Who = who[0]
		}
	}
}

// sameDecision compares what does not depend on how IOCs are numbered.
func sameDecision(a, b Kept) bool {
	return a.Kind == b.Kind && a.Words == b.Words && a.Who == b.Who && a.At.UnixMicro() == b.At.UnixMicro()
}

// writeTo writes what the review lacks, with the numbers that it gives to IOCs.
func (u *unsavedReview) writeTo(w *writer, tx *sql.Tx) error {
	w.refs = Refs{len(u.keys), slices.Values(u.keys), u.scenarios, ownKeys(u.scenarios)}
	if w.id == 0 {
		w.savedSources = 0
		if err := w.insert(tx); err != nil {
			return err
		}
	} else {
		_, n, err := w.store.number(tx, w.id, w.refs)
		if err != nil {
			return err
		}
		w.numbers = n
		if w.sources, w.savedSources, err = u.withPasted(w.store, tx, w.id); err != nil {
			return err
		}
	}
	w.numbers.cover(w.refs)
	for i := range u.log {
		k := u.log[i]
		d, err := review.Decode(k.Kind, k.Object)
		if err != nil {
			return err
		}
		if d := w.numbers.toNumbers(d); d != nil && i >= w.keep {
			if k.Kind, k.Object, err = review.Encode(d); err != nil {
				return err
			}
		}
		w.log = append(w.log, logged{kept: &k})
	}
	w.done = u.done
	if err := w.writeRows(tx); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE reviews SET holder = '' WHERE id = ?", w.id); err != nil {
		return err
	}
	u.copied.id = w.id
	return u.copied.write(tx)
}

// withPasted are the documents of a review, of which it knows so many, with those that
// were pasted in the file.
func (u *unsavedReview) withPasted(s *Store, tx *sql.Tx, id int64) (all []Source, known int, err error) {
	all, err = s.sources(tx, id)
	known = len(all)
	for _, d := range u.sources {
		if d.Pasted && !slices.ContainsFunc(all, func(k Source) bool { return k.Pasted && k.SHA256 == d.SHA256 }) {
			all = append(all, d)
		}
	}
	return all, known, err
}

// addPasted adds the documents that a review lacks.
func (u *unsavedReview) addPasted(s *Store, tx *sql.Tx, id int64) error {
	all, known, err := u.withPasted(s, tx, id)
	if err == nil {
		w := &writer{id: id, sources: all}
		err = w.writeSources(tx, known)
	}
	if err == nil {
		err = tx.Commit()
	}
	return classify(s.path, err)
}
