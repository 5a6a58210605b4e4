package store

import (
	"cmp"
	"context"
	"hash/maphash"
	"strings"
	"time"

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
	ahead := mostAhead(time.Now())
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
		m.At, m.Moment = moment(at), settled(m.Moment, moment(at), ahead)
		d, err := review.Decode(kind, object)
		if err != nil {
			return j, err
		}
		for _, one := range review.Judgements(d) {
			j.take(one, m)
		}
	}
	for i := range j.thoughts {
		j.thoughts[i] = j.thoughts[i].Whole()
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
			next := j.thoughts[was]
			next.Who, next.Document = m.Who, m.Document
			if one.Verdict != nil {
				next.Verdict, next.Judged = *one.Verdict, saidNow(m, next.Judged)
			}
			if one.Note != nil {
				next.Note, next.Noted = *one.Note, saidNow(m, next.Noted)
			}
			to = uint32(len(j.thoughts))
			j.thoughts = append(j.thoughts, next)
			now[was] = to
		}
		j.of[i] = to
	}
}

// saidNow is when something was said that was said as was before. Since stays the
// first time in the review: only that is taken back when it is.
func saidNow(m review.Remembered, was review.Said) review.Said {
	return review.Said{At: m.At, Moment: m.Moment, Since: min(cmp.Or(was.Since, m.Moment), m.Moment)}
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
