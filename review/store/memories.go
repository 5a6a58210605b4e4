package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"quarry/feed"
	"quarry/review"
)

// Memory is what one person thought of an IOC in one review.
type Memory struct {
	Type  feed.Type
	Value string // canonical
	review.Remembered
	Review int64 // in this database; 0 when it was taken in from others

	forgotten bool
}

func (m *Memory) key() string { return keptKey(feed.IOC{Type: m.Type, Value: m.Value}.Key()) }

// setKey takes the IOC from a key.
func (m *Memory) setKey(key string) {
	t, value, _ := strings.Cut(key, " ")
	m.Type, m.Value = feed.Type(t), value
}

// Query says which memories are meant. What is empty means all.
type Query struct {
	Words   []string // each is part of the value, defanged too, the verdict, the note, the document or the name
	Type    feed.Type
	Verdict review.Verdict
	Who     string
	Since   time.Time
	// Withdrawn means also those that were taken back, for others to take them back.
	Withdrawn bool
	// Viewer leaves out reviews into which others than this reviewer pasted; "" leaves
	// out none.
	Viewer string
}

func (q *Query) means(m *Memory) bool {
	switch {
	case m.forgotten, m.Withdrawn() && !q.Withdrawn:
		return false
	case q.Type != "" && m.Type != q.Type, q.Verdict != review.NoVerdict && m.Verdict != q.Verdict:
		return false
	case q.Who != "" && !strings.EqualFold(m.Who, q.Who), m.At.Before(q.Since):
		return false
	}
	if len(q.Words) == 0 {
		return true
	}
	text := strings.ToLower(strings.Join([]string{m.Value, feed.Defang(m.Type, m.Value), string(m.Verdict), m.Note, m.Document, m.Who}, "\n"))
	return !slices.ContainsFunc(q.Words, func(w string) bool { return !strings.Contains(text, strings.ToLower(w)) })
}

// Memories searches all that is remembered: what is thought of IOCs in reviews, in
// force, and what was taken in from others. They come by type and value, the latest
// of an IOC first. Of several of one person about an IOC in reviews of one title
// only the latest counts.
func (s *Store) Memories(ctx context.Context, q Query) ([]Memory, error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, classify(s.path, err)
	}
	defer tx.Rollback() // nothing was written
	all, err := memories(ctx, tx, q)
	if err != nil {
		return nil, classify(s.path, err)
	}
	all = latest(all)
	return slices.DeleteFunc(all, func(m Memory) bool { return !q.means(&m) }), nil
}

// memories are all, or those of a type, in no order.
func memories(ctx context.Context, q querier, query Query) (all []Memory, err error) {
	reviews, err := seenBy(ctx, q, query.Viewer)
	if err != nil {
		return nil, err
	}
	t := query.Type
	take := func(key []byte, m Memory) {
		if t == "" || len(key) > len(t) && string(key[:len(t)]) == string(t) && key[len(t)] == ' ' {
			m.setKey(string(key))
			all = append(all, m)
		}
	}
	for _, r := range reviews {
		j, err := judge(ctx, q, r)
		if err != nil {
			return nil, err
		}
		err = eachJudged(ctx, q, r.id, j, func(key []byte, thought uint32) {
			take(key, Memory{Remembered: j.thoughts[thought], Review: r.id})
		})
		if err != nil {
			return nil, err
		}
	}
	return all, eachTakenIn(ctx, q, "", take)
}

// latest orders memories and leaves one of each voice.
func latest(all []Memory) []Memory {
	slices.SortFunc(all, func(a, b Memory) int {
		return cmp.Or(
			cmp.Compare(slices.Index(feed.Types, a.Type), slices.Index(feed.Types, b.Type)), strings.Compare(a.Value, b.Value),
			cmp.Compare(b.Moment, a.Moment), strings.Compare(a.Who, b.Who), strings.Compare(a.Document, b.Document), cmp.Compare(b.Review, a.Review),
		)
	})
	kept := all[:0]
	first := 0 // of the same IOC
	for _, m := range all {
		if first < len(kept) && (kept[first].Type != m.Type || kept[first].Value != m.Value) {
			first = len(kept)
		}
		if !slices.ContainsFunc(kept[first:], func(k Memory) bool { return k.Who == m.Who && k.Document == m.Document }) {
			kept = append(kept, m)
		}
	}
	return kept
}

// TakenIn is what became of memories that were taken in.
type TakenIn struct {
	New   int // that were not known, or were older here
	Known int // that are here as they are, or later ones in their place
}

// TakeIn remembers what others do. Of one person about an IOC in reviews of one
// title the latest wins, whichever side has it; what is here already changes
// nothing. Many are written in batches, between which others save what is decided;
// with an error those before it are taken in, and doing it again takes in the rest.
func (s *Store) TakeIn(ctx context.Context, all []Memory) (t TakenIn, err error) {
	fresh, err := s.fresh(ctx, all)
	if err != nil {
		return t, classify(s.path, err)
	}
	for batch := range slices.Chunk(fresh, takenAtOnce) {
		begun := time.Now()
		n, err := s.takeInBatch(ctx, batch)
		if t.New += n; err != nil {
			return t, classify(s.path, err)
		}
		if len(fresh) <= takenAtOnce {
			break
		}
		// Who waits for the database looks now and then whether it is free.
		select {
		case <-time.After(time.Since(begun) / 2):
		case <-ctx.Done():
		}
	}
	t.Known = len(all) - t.New
	return t, nil
}

// takenAtOnce is how many memories are written in one transaction: a tenth of the
// time that others wait for the database.
const takenAtOnce = 5000

func (s *Store) takeInBatch(ctx context.Context, batch []Memory) (written int, err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() // without effect after the commit
	written, err = writeMemories(ctx, tx, batch)
	if err != nil || written == 0 {
		return 0, err
	}
	return written, tx.Commit()
}

// fresh leaves out what reviews of this database say themselves, without keeping
// anybody from writing.
func (s *Store) fresh(ctx context.Context, all []Memory) ([]Memory, error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // nothing was written
	return notHere(ctx, tx, all)
}

// notHere leaves out what reviews of this database say themselves.
func notHere(ctx context.Context, q querier, all []Memory) (fresh []Memory, err error) {
	at := map[sum][]int{}
	for i := range all {
		k := sumOfString(all[i].key())
		at[k] = append(at[k], i)
	}
	reviews, err := judgedReviews(ctx, q)
	if err != nil {
		return nil, err
	}
	here := make([]bool, len(all))
	for _, r := range reviews {
		j, err := judge(ctx, q, r)
		if err != nil {
			return nil, err
		}
		err = eachJudged(ctx, q, r.id, j, func(key []byte, thought uint32) {
			for _, i := range at[sumOf(key)] {
				own := &j.thoughts[thought]
				here[i] = here[i] || own.Who == all[i].Who && own.Document == all[i].Document && own.Moment >= all[i].Moment
			}
		})
		if err != nil {
			return nil, err
		}
	}
	for i := range all {
		if !here[i] {
			fresh = append(fresh, all[i])
		}
	}
	return fresh, nil
}

// writeMemories writes rows of the table where they are later than those that are
// there, and counts them.
func writeMemories(ctx context.Context, q querier, all []Memory) (written int, err error) {
	if len(all) == 0 {
		return 0, nil
	}
	tx, ok := q.(*sql.Tx)
	if !ok {
		return 0, fmt.Errorf("memories are written in a transaction")
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO memory (key, who, document, verdict, note, at, moment, forgotten) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (key, who, document) DO UPDATE SET verdict = excluded.verdict, note = excluded.note, at = excluded.at,
		moment = excluded.moment, forgotten = excluded.forgotten WHERE excluded.moment > memory.moment`)
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	last := int64(0)
	for i := range all {
		m := &all[i]
		result, err := insert.ExecContext(ctx, m.key(), m.Who, m.Document, string(m.Verdict), m.Note, micros(m.At), m.Moment, m.forgotten)
		if err != nil {
			return 0, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return 0, err
		}
		written += int(n)
		last = max(last, m.Moment)
	}
	if err := setMoment(tx, last); err != nil {
		return 0, err
	}
	return written, changed(tx)
}

// Forget lets memories be remembered no longer. The decisions of reviews stay: what
// is decided there anew is remembered again, as is what others say later.
func (s *Store) Forget(ctx context.Context, all []Memory, now time.Time) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return classify(s.path, err)
	}
	defer tx.Rollback() // without effect after the commit
	last, err := lastMoment(tx)
	if err != nil {
		return classify(s.path, err)
	}
	rows := make([]Memory, len(all))
	for i, m := range all {
		rows[i] = Memory{Type: m.Type, Value: m.Value, forgotten: true, Remembered: review.Remembered{
			Who: m.Who, Document: m.Document, At: now, Moment: max(last+1, micros(now)),
		}}
	}
	if _, err := writeMemories(ctx, tx, rows); err != nil {
		return classify(s.path, err)
	}
	return classify(s.path, tx.Commit())
}
