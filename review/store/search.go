package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"quarry/feed"
	"quarry/review"
)

// Memories searches all that is remembered: what is thought of IOCs in reviews, in
// force, and what was taken in from others. They come by type and value, the latest
// of an IOC first. Those of one person about an IOC in reviews of one title are one:
// see [review.Remembered.Join].
func (s *Store) Memories(ctx context.Context, q Query) ([]Memory, error) {
	found, _, err := s.search(ctx, q, -1)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b Memory) int {
		return cmp.Compare(slices.Index(feed.Types, a.Type), slices.Index(feed.Types, b.Type))
	})
	return found, nil
}

// search is what a query means, by key, and how many there are. Of more than most,
// unless that is below 0, it finds the latest, by moment.
func (s *Store) search(ctx context.Context, q Query, most int) (found []Memory, all int, err error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, 0, classify(s.path, err)
	}
	defer tx.Rollback() // nothing was written
	var o opinions
	if err := o.read(ctx, tx, q); err != nil {
		return nil, 0, classify(s.path, err)
	}
	o.sort()
	err = o.each(ctx, func(m Memory) {
		if !q.means(&m) {
			return
		}
		all++
		if found = append(found, m); most >= 0 && len(found) >= 2*most+64 {
			found = latest(found, most)
		}
	})
	if most >= 0 {
		found = latest(found, most)
	}
	return found, all, err
}

// latest leaves no more than so many, the latest first.
func latest(found []Memory, most int) []Memory {
	slices.SortStableFunc(found, func(a, b Memory) int { return a.Order(b.Remembered) })
	n := min(len(found), most)
	clear(found[n:])
	return found[:n]
}

// opinions are all memories before those of one voice are joined. They take a few
// bytes each and those of the key: a verdict on a million IOCs is one thought.
type opinions struct {
	keys     []byte
	all      []opinion
	thoughts []review.Remembered
	reviews  []int64 // of each thought
}

type opinion struct {
	key     uint64 // where it begins among the keys
	length  uint32
	thought uint32
}

func (o *opinions) key(n opinion) []byte { return o.keys[n.key:][:n.length] }

// read reads all opinions that the viewer of a query sees, about IOCs of its type.
func (o *opinions) read(ctx context.Context, q querier, query Query) error {
	t := query.Type
	take := func(key []byte, thought uint32) {
		if t == "" || len(key) > len(t) && string(key[:len(t)]) == string(t) && key[len(t)] == ' ' {
			o.all = append(o.all, opinion{uint64(len(o.keys)), uint32(len(key)), thought})
			o.keys = append(o.keys, key...)
		}
	}
	reviews, err := seenBy(ctx, q, query.Viewer)
	if err != nil {
		return err
	}
	for _, r := range reviews {
		j, err := judge(ctx, q, r)
		if err != nil {
			return err
		}
		first := uint32(len(o.thoughts))
		for _, thought := range j.thoughts {
			o.thoughts, o.reviews = append(o.thoughts, thought), append(o.reviews, r.id)
		}
		if err := eachJudged(ctx, q, r.id, j, func(key []byte, thought uint32) { take(key, first+thought) }); err != nil {
			return err
		}
	}
	far, err := farMomentsOf(ctx, q, time.Now())
	if err != nil {
		return err
	}
	number := map[review.Remembered]uint32{}
	return eachTakenIn(ctx, q, far, "", func(key []byte, m review.Remembered) {
		n, ok := number[m]
		if !ok {
			n = uint32(len(o.thoughts))
			number[m] = n
			o.thoughts, o.reviews = append(o.thoughts, m), append(o.reviews, 0)
		}
		take(key, n)
	})
}

// sort orders them by key, the latest of an IOC first.
func (o *opinions) sort() {
	slices.SortFunc(o.all, func(a, b opinion) int {
		if c := bytes.Compare(o.key(a), o.key(b)); c != 0 || a.thought == b.thought {
			return c
		}
		x, y := &o.thoughts[a.thought], &o.thoughts[b.thought]
		return cmp.Or(x.Order(*y), strings.Compare(x.Who, y.Who), strings.Compare(x.Document, y.Document), cmp.Compare(b.thought, a.thought))
	})
}

// each walks the memories of all voices, by key, the latest of an IOC first.
func (o *opinions) each(ctx context.Context, each func(m Memory)) error {
	place := map[review.Voice]int{}
	for from, to := 0, 0; from < len(o.all); from = to {
		if err := ctx.Err(); err != nil {
			return err
		}
		key := o.key(o.all[from])
		for to = from; to < len(o.all) && bytes.Equal(o.key(o.all[to]), key); to++ {
		}
		for _, m := range o.joined(o.all[from:to], place) {
			if m.Judged.Moment != 0 || m.Noted.Moment != 0 { // or else it is forgotten
				m.setKey(string(key))
				each(m)
			}
		}
	}
	return nil
}

// joined are the memories of the voices about one IOC. The map is empty before and
// after.
func (o *opinions) joined(about []opinion, place map[review.Voice]int) (all []Memory) {
	if len(about) == 1 {
		n := about[0].thought
		return []Memory{{Remembered: o.thoughts[n], Review: o.reviews[n]}}
	}
	for _, one := range about {
		m := Memory{Remembered: o.thoughts[one.thought], Review: o.reviews[one.thought]}
		at, ok := place[m.Voice()]
		if !ok {
			place[m.Voice()] = len(all)
			all = append(all, m)
			continue
		}
		was := &all[at]
		both := was.Join(m.Remembered)
		if was.Verdict == review.NoVerdict && (both.Verdict != review.NoVerdict || was.Note == "" && both.Note != "") {
			was.Review = m.Review // that has what stands there first
		}
		was.Remembered = both
	}
	for i := range all {
		delete(place, all[i].Voice())
	}
	return all
}
