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

	far     farMoments // of the database
	copied  int64      // what others judged up to this moment another review says
	copier  string     // who is none of the others, "" where that is not known
	leftOut moments    // judgements that do not count here; see [undoneInCopies] and [leaveOutShared]
}

// namesFile asks whether the title of a review is the name of its file: that of a
// document that has no title.
const namesFile = "EXISTS (SELECT 1 FROM sources WHERE review = reviews.id AND name = title)"

// withoutFolder is a file's name without the folders before it, which are nobody
// else's business and other ones elsewhere.
func withoutFolder(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

// judgedReviews are all of them, those that were deleted too.
func judgedReviews(ctx context.Context, q querier) (all []judgedReview, err error) {
	undone, err := undoneInCopies(ctx, q)
	if err != nil {
		return nil, err
	}
	far, err := farMomentsOf(ctx, q, time.Now())
	if err != nil {
		return nil, err
	}
	rows, err := q.QueryContext(ctx, `SELECT reviews.id, title, `+namesFile+`, (SELECT max(id) FROM decisions INDEXED BY judgements
		WHERE review = reviews.id AND seq <= reviews.done AND `+judging+`) AS last, copied, copier FROM reviews WHERE last > 0 ORDER BY reviews.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r := judgedReview{far: far}
		var file bool
		if err := rows.Scan(&r.id, &r.title, &file, &r.last, &r.copied, &r.copier); err != nil {
			return nil, err
		}
		if file {
			r.title = withoutFolder(r.title)
		}
		r.leftOut = undone[r.id]
		all = append(all, r)
	}
	return all, rows.Err()
}

// judged is what people think of the IOCs of a review, by their numbers: each has one
// thought of an IOC at most. A decision on each of a million is one thought.
type judged struct {
	of       []uint32 // the first thought of each number; 0 is none
	thoughts []review.Remembered
	next     []uint32 // behind each thought that of somebody else about the same IOC
}

// judge takes the judgements in force of a review together.
func judge(ctx context.Context, q querier, r judgedReview) (j judged, err error) {
	var n int
	if err := q.QueryRowContext(ctx, "SELECT coalesce(sum(count), 0) FROM keys WHERE review = ?", r.id).Scan(&n); err != nil {
		return j, err
	}
	j.of, j.thoughts, j.next = make([]uint32, n), make([]review.Remembered, 1), make([]uint32, 1)
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
		if r.leftOut[m.Moment] {
			continue
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
	j.leaveOutCopied(r)
	j.settle(r.far)
	return j, rows.Err()
}

// take applies a judgement, which was made as m says. Who gives a verdict or writes a
// note says nothing of what others said: it stays theirs, but for what is replaced.
func (j *judged) take(one review.Judgement, m review.Remembered) {
	now := map[uint32]uint32{} // what becomes of thoughts
	for _, i := range one.IOCs {
		if i >= len(j.of) {
			continue // the database has no such key: nobody could say what it is
		}
		was := j.of[i]
		to, ok := now[was]
		if !ok {
			next := m
			next.At, next.Moment = time.Time{}, 0
			for n := was; n != 0; n = j.next[n] {
				if j.thoughts[n].Who == m.Who {
					next = j.thoughts[n]
				}
			}
			if one.Verdict != nil {
				next.Verdict, next.Judged = *one.Verdict, saidNow(m, next.Judged)
			}
			if one.Note != nil {
				next.Note, next.Noted = *one.Note, saidNow(m, next.Noted)
			}
			to = j.add(next, j.others(was, m.Who, one))
			now[was] = to
		}
		j.of[i] = to
	}
}

// add adds a thought before those of others.
func (j *judged) add(m review.Remembered, others uint32) uint32 {
	j.thoughts, j.next = append(j.thoughts, m), append(j.next, others)
	return uint32(len(j.thoughts) - 1)
}

// others are the thoughts from one on that are not of a person, without what this
// person replaces. Nobody took that back: of it only stays since when it was said.
func (j *judged) others(from uint32, who string, one review.Judgement) uint32 {
	if from == 0 {
		return 0
	}
	m, rest := j.thoughts[from], j.others(j.next[from], who, one)
	if m.Who == who {
		return rest
	}
	verdict, note := one.Verdict != nil && m.Verdict != review.NoVerdict, one.Note != nil && m.Note != ""
	if !verdict && !note && rest == j.next[from] {
		return from
	}
	if verdict {
		m.Verdict, m.Judged = review.NoVerdict, review.Said{Since: m.Judged.Since}
	}
	if note {
		m.Note, m.Noted = "", review.Said{Since: m.Noted.Since}
	}
	return j.add(m, rest)
}

// settle leaves the thoughts that say something, with their times as others can take
// them. What comes behind
// one was added before it.
func (j *judged) settle(far farMoments) {
	says := make([]uint32, len(j.thoughts)) // each, or the first behind it
	for n := 1; n < len(j.thoughts); n++ {
		m := &j.thoughts[n]
		if m.Judged.Moment == 0 {
			m.Judged = review.Said{}
		}
		if m.Noted.Moment == 0 {
			m.Noted = review.Said{}
		}
		for _, said := range []*review.Said{&m.Judged, &m.Noted} {
			said.Moment, said.Since = far.of(said.Moment), far.of(said.Since)
		}
		*m, j.next[n] = m.Whole(), says[j.next[n]]
		if says[n] = uint32(n); m.Moment == 0 {
			says[n] = j.next[n]
		}
	}
	for i, n := range j.of {
		j.of[i] = says[n]
	}
}

// saidNow is when something was said that was said as was before. Since stays the
// first time in the review: only that is taken back when it is.
func saidNow(m review.Remembered, was review.Said) review.Said {
	return review.Said{At: m.At, Moment: m.Moment, Since: min(cmp.Or(was.Since, m.Moment), m.Moment)}
}

// eachJudged walks the keys of which somebody thinks something in a review, with each
// thought of it. The key is only valid during the call.
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
			if number < len(j.of) {
				for n := j.of[number]; n != 0; n = j.next[n] {
					each(key, n)
				}
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
