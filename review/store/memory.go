package store

import (
	"bytes"
	"context"
	"database/sql"
	"hash/maphash"
	"slices"
	"strings"

	"quarry/review"
)

// judging are the kinds of decisions that say what is thought of IOCs, as the index
// of them has it. What was taken over is among them there, but is no judgement; see
// [review.Judgements].
const judging = "kind IN ('verdict', 'note', 'notes', 'recall')"

// judgedReview is a review in which something was judged.
type judgedReview struct {
	id    int64
	title string
	last  int64 // the row of the last judgement in force: as long as it is the same, so are all

	copied int64 // what was judged up to this moment another review says
}

// namesFile asks whether the title of a review is the name of its file: that of a
// document that has no title.
const namesFile = "EXISTS (SELECT 1 FROM sources WHERE review = reviews.id AND name = title)"

// withoutFolder is a file's name without the folders before it, which are nobody
// else's business and other ones elsewhere.
func withoutFolder(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

// judgedReviews are all of them, those that were deleted too.
func judgedReviews(ctx context.Context, q querier) (all []judgedReview, err error) {
	rows, err := q.QueryContext(ctx, `SELECT reviews.id, title, `+namesFile+`, (SELECT max(id) FROM decisions INDEXED BY judgements
		WHERE review = reviews.id AND seq <= reviews.done AND `+judging+`) AS last, copied FROM reviews WHERE last > 0 ORDER BY reviews.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r judgedReview
		var file bool
		if err := rows.Scan(&r.id, &r.title, &file, &r.last, &r.copied); err != nil {
			return nil, err
		}
		if file {
			r.title = withoutFolder(r.title)
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// judged is what a review thinks of its IOCs, by their numbers. A decision on each
// of a million is one thought.
type judged struct {
	of       []uint32 // a thought of each number; 0 is none
	thoughts []review.Remembered
}

// judge takes the judgements in force of a review together.
func judge(ctx context.Context, q querier, r judgedReview) (j judged, err error) {
	var n int
	if err := q.QueryRowContext(ctx, "SELECT coalesce(sum(count), 0) FROM keys WHERE review = ?", r.id).Scan(&n); err != nil {
		return j, err
	}
	j.of, j.thoughts = make([]uint32, n), make([]review.Remembered, 1)
	rows, err := q.QueryContext(ctx, `SELECT kind, object, who, at, moment FROM decisions INDEXED BY judgements
		WHERE review = ? AND seq <= (SELECT done FROM reviews WHERE id = ?) AND `+judging+` ORDER BY seq`, r.id, r.id)
	if err != nil {
		return j, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind string
		var object []byte
		var at int64
		m := review.Remembered{Document: r.title}
		if err := rows.Scan(&kind, &object, &m.Who, &at, &m.Moment); err != nil {
			return j, err
		}
		m.At = moment(at)
		d, err := review.Decode(kind, object)
		if err != nil {
			return j, err
		}
		for _, one := range review.Judgements(d) {
			j.take(one, m)
		}
	}
	j.leaveOutCopied(r.copied)
	return j, rows.Err()
}

// take applies a judgement, which was made as m says.
func (j *judged) take(one review.Judgement, m review.Remembered) {
	now := map[uint32]uint32{} // what becomes of a thought
	for _, i := range one.IOCs {
		if i >= len(j.of) {
			continue // the database has no such key: nobody could say what it is
		}
		was := j.of[i]
		to, ok := now[was]
		if !ok {
			next := m
			next.Verdict, next.Note = j.thoughts[was].Verdict, j.thoughts[was].Note
			if one.Verdict != nil {
				next.Verdict = *one.Verdict
			}
			if one.Note != nil {
				next.Note = *one.Note
			}
			to = uint32(len(j.thoughts))
			j.thoughts = append(j.thoughts, next)
			now[was] = to
		}
		j.of[i] = to
	}
}

// eachJudged walks the keys of which a review thinks something, with the thought.
// The key is only valid during the call.
func eachJudged(ctx context.Context, q querier, id int64, j judged, each func(key []byte, thought uint32)) error {
	rows, err := q.QueryContext(ctx, "SELECT first, count, sum, data FROM keys WHERE review = ? ORDER BY first", id)
	if err != nil {
		return err
	}
	defer rows.Close()
	number := 0
	for rows.Next() {
		var c chunk
		if err := rows.Scan(&c.first, &c.count, &c.sum, &c.data); err != nil {
			return err
		}
		err := c.walk(func(key []byte) {
			if number < len(j.of) && j.of[number] != 0 {
				each(key, j.of[number])
			}
			number++
		})
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sum stands for a key. Two keys with one sum are not to be expected: it has 128
// bits that nobody can foretell.
type sum [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func sumOf(key []byte) sum { return sum{maphash.Bytes(seeds[0], key), maphash.Bytes(seeds[1], key)} }

func sumOfString(key string) sum {
	key = keptKey(key)
	return sum{maphash.String(seeds[0], key), maphash.String(seeds[1], key)}
}

// positionsOf are the positions of IOCs by their keys.
func positionsOf(ctx context.Context, refs Refs) (map[sum]uint32, error) {
	at := make(map[sum]uint32, refs.IOCs)
	for key := range refs.Keys {
		n := uint32(len(at))
		at[sumOfString(key)] = n
		if n%(1<<14) == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return at, nil
}

// Recall is what is remembered of the IOCs of refs: verdicts and notes of all
// reviews but one, and what was taken in from others. It takes about a second for
// a million IOCs, of which a million are remembered.
func (s *Store) Recall(ctx context.Context, refs Refs, except int64) (*review.Memories, error) {
	m, err := newRecaller(s.db).recall(ctx, refs, except)
	return m, classify(s.path, err)
}

// recaller finds memories again and again. What a review thinks is looked up once,
// as long as it thinks nothing else and the IOCs are the same.
type recaller struct {
	db     beginner
	iocs   int             // of which layers say something; -1 is before the first time
	layers map[int64]layer // by review; 0 is the table
}

// beginner is what a database and a connection have in common.
type beginner interface {
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

// layer is what one review says of the IOCs.
type layer struct {
	last    int64
	records []review.Remembered
	found   []review.Found
}

func newRecaller(db beginner) *recaller { return &recaller{db: db, iocs: -1} }

// recall is what is remembered of the IOCs of refs; nil when that is what it was the
// last time.
func (r *recaller) recall(ctx context.Context, refs Refs, except int64) (*review.Memories, error) {
	tx, err := r.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // nothing was written
	same := r.iocs == refs.IOCs
	if !same {
		r.iocs, r.layers = refs.IOCs, nil
	}
	reviews, err := judgedReviews(ctx, tx)
	if err != nil {
		return nil, err
	}
	var at map[sum]uint32 // made when it is needed
	layers := map[int64]layer{}
	look := func(id, last int64, find func(at map[sum]uint32) (layer, error)) (err error) {
		l, ok := r.layers[id]
		if !ok || l.last != last {
			same = false
			if at == nil {
				if at, err = positionsOf(ctx, refs); err != nil {
					return err
				}
			}
			if l, err = find(at); err != nil {
				return err
			}
			l.last = last
		}
		layers[id] = l
		return nil
	}
	for _, one := range reviews {
		if one.id == except {
			continue
		}
		err := look(one.id, one.last, func(at map[sum]uint32) (layer, error) { return findJudged(ctx, tx, one, at) })
		if err != nil {
			return nil, err
		}
	}
	var changes int64
	if err := tx.QueryRowContext(ctx, "SELECT memories FROM clock").Scan(&changes); err != nil {
		return nil, err
	}
	if changes > 0 {
		err := look(0, changes, func(at map[sum]uint32) (layer, error) { return findTakenIn(ctx, tx, refs, at) })
		if err != nil {
			return nil, err
		}
	}
	if same && len(layers) == len(r.layers) {
		return nil, nil
	}
	r.layers = layers
	return r.together(refs.IOCs), nil
}

// together are the memories of all layers.
func (r *recaller) together(iocs int) *review.Memories {
	thoughts, hits := 0, 0
	for _, l := range r.layers {
		thoughts, hits = thoughts+len(l.records), hits+len(l.found)
	}
	records, found := make([]review.Remembered, 0, thoughts), make([]review.Found, 0, hits)
	for _, l := range r.layers {
		first := uint32(len(records))
		records = append(records, l.records...)
		for _, f := range l.found {
			found = append(found, review.Found{IOC: f.IOC, Record: first + f.Record})
		}
	}
	return review.NewMemories(iocs, records, found)
}

// findJudged is what a review says of the IOCs at positions.
func findJudged(ctx context.Context, q querier, r judgedReview, at map[sum]uint32) (l layer, err error) {
	j, err := judge(ctx, q, r)
	if err != nil {
		return l, err
	}
	l.found = make([]review.Found, 0, min(len(at), len(j.of)))
	err = eachJudged(ctx, q, r.id, j, func(key []byte, thought uint32) {
		if i, ok := at[sumOf(key)]; ok {
			l.found = append(l.found, review.Found{IOC: i, Record: thought})
		}
	})
	if l.records = j.thoughts; len(l.found) == 0 {
		l = layer{} // as nearly all are
	}
	l.found = slices.Clone(l.found) // without room to grow
	return l, err
}

// fewIOCs is up to how many IOCs are looked up one by one in the table. Of more
// all of the table is read.
const fewIOCs = 5000

// findTakenIn is what the table says of the IOCs at positions.
func findTakenIn(ctx context.Context, q querier, refs Refs, at map[sum]uint32) (l layer, err error) {
	number := map[review.Remembered]uint32{}
	take := func(i uint32, m Memory) {
		n, ok := number[m.Remembered]
		if !ok {
			n = uint32(len(l.records))
			number[m.Remembered] = n
			l.records = append(l.records, m.Remembered)
		}
		l.found = append(l.found, review.Found{IOC: i, Record: n})
	}
	if refs.IOCs > fewIOCs {
		err = eachTakenIn(ctx, q, "", func(key []byte, m Memory) {
			if i, ok := at[sumOf(key)]; ok {
				take(i, m)
			}
		})
		return l, err
	}
	i := uint32(0)
	for key := range refs.Keys {
		if err := eachTakenIn(ctx, q, keptKey(key), func(_ []byte, m Memory) { take(i, m) }); err != nil {
			return l, err
		}
		i++
	}
	return l, nil
}

// eachTakenIn walks the rows of the table, or those of one key.
func eachTakenIn(ctx context.Context, q querier, key string, each func(key []byte, m Memory)) error {
	query, args := "SELECT key, who, document, verdict, note, at, moment, forgotten FROM memory", []any(nil)
	if key != "" {
		query, args = query+" WHERE key = ?", []any{key}
	}
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var raw sql.RawBytes
	same := texts{}
	for rows.Next() {
		var m Memory
		var who, document, verdict, note sql.RawBytes
		var at int64
		if err := rows.Scan(&raw, &who, &document, &verdict, &note, &at, &m.Moment, &m.forgotten); err != nil {
			return err
		}
		m.Who, m.Document, m.Verdict, m.Note = same.of(who), same.of(document), review.Verdict(same.of(verdict)), same.of(note)
		m.At = moment(at)
		each(raw, m)
	}
	return rows.Err()
}

// texts keeps each text once.
type texts map[string]string

func (t texts) of(b []byte) string {
	if s, ok := t[string(b)]; ok {
		return s
	}
	s := string(bytes.Clone(b))
	t[s] = s
	return s
}
