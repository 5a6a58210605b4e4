package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"quarry/review"
)

// numbers translate between the positions of IOCs and scenarios in a review and
// the numbers that decisions of the database have. As long as documents are read
// as they were when the review was begun the two are the same.
type numbers struct {
	saved int // keys that the database has
	given int // numbers that are given; keys of those from saved on are in fresh

	of    []int // the number of each position; nil when it is the position
	at    []int // the position of each number or -1; nil likewise
	fresh []string
	gone  map[int]string // the keys of numbers that have no position

	scenarios []string // keys by number, those of [Refs.Own] with ownPrefix among them
	own       []string // keys of [Refs.Own] now
	scenario  []int    // the number of each position
	stale     bool     // scenarios is not as the database has it
}

// cover gives numbers to what refs has and that has none yet.
func (n *numbers) cover(refs Refs) {
	if refs.IOCs > n.given || n.of != nil && refs.IOCs > len(n.of) {
		if n.of == nil {
			n.given = refs.IOCs // their keys are taken from refs when they are saved
		} else {
			n.coverMoved(refs)
		}
	}
	for i := len(n.scenario); i < len(refs.Scenarios); i++ {
		number := slices.Index(n.scenarios, refs.Scenarios[i])
		if number < 0 {
			number = len(n.scenarios)
			n.scenarios, n.stale = append(n.scenarios, refs.Scenarios[i]), true
		}
		n.scenario = append(n.scenario, number)
	}
	// Numbers of scenarios that the review makes itself follow those of its own
	// that were there when it was begun, so none is added to those.
	if n.own = refs.Own; len(ownKeys(n.scenarios)) == 0 {
		for _, key := range n.own {
			n.scenarios, n.stale = append(n.scenarios, ownPrefix+key), true
		}
	}
}

// ownPrefix stands before the keys of scenarios that a reviewed bulletin brought
// and no document has. Their numbers are below 0, by their order among these keys.
const ownPrefix = "own-"

func ownKeys(scenarios []string) (keys []string) {
	for _, key := range scenarios {
		if own, ok := strings.CutPrefix(key, ownPrefix); ok {
			keys = append(keys, own)
		}
	}
	return keys
}

// ownID is an ID below 0 where the keys of those that were there at the beginning
// stand in another order. Where one side has no keys nothing is known of another.
func ownID(id int, from, to []string) (int, bool) {
	at := -id - 1
	if len(from) == 0 || len(to) == 0 {
		return id, true
	}
	if at >= len(from) {
		return -(at - len(from) + len(to)) - 1, true // made by a decision
	}
	at = slices.Index(to, from[at])
	return -at - 1, at >= 0
}

func (n *numbers) coverMoved(refs Refs) {
	i := 0
	for key := range refs.Keys {
		if i++; i <= len(n.of) {
			continue
		}
		n.of, n.at = append(n.of, n.given), append(n.at, i-1)
		n.fresh = append(n.fresh, key)
		n.given++
	}
}

// unsaved are the keys from the first that the database lacks.
func (n *numbers) unsaved(refs Refs) iter.Seq[string] {
	if n.of != nil {
		return slices.Values(n.fresh)
	}
	from := n.saved
	return func(yield func(string) bool) {
		i := 0
		for key := range refs.Keys {
			if i++; i > from && !yield(key) {
				return
			}
		}
	}
}

// all are the keys of all numbers.
func (n *numbers) all(refs Refs) iter.Seq[string] {
	if n.of == nil {
		return refs.Keys
	}
	keys := make([]string, n.given)
	i := 0
	for key := range refs.Keys {
		if i < len(n.of) {
			keys[n.of[i]] = key
		}
		i++
	}
	for number, key := range n.gone {
		keys[number] = key
	}
	return slices.Values(keys)
}

// unsave notes that the database has no keys.
func (n *numbers) unsave(refs Refs) {
	if n.of != nil {
		n.fresh = slices.Collect(n.all(refs))
	}
	n.saved, n.stale = 0, len(n.scenarios) > 0
}

// keep notes that the database has all keys.
func (n *numbers) keep() { n.saved, n.fresh, n.stale = n.given, nil, false }

// toNumbers is a decision as it is kept, toPositions one as the review takes it.
func (n *numbers) toNumbers(d review.Decision) review.Decision {
	return review.Move(d, lookIn(n.of), n.lookFor(n.scenario, n.own, ownKeys(n.scenarios)))
}

func (n *numbers) toPositions(d review.Decision) review.Decision {
	positions := make([]int, len(n.scenarios))
	for i := range positions {
		positions[i] = slices.Index(n.scenario, i)
	}
	return review.Move(d, lookIn(n.at), n.lookFor(positions, ownKeys(n.scenarios), n.own))
}

// lookFor finds scenarios: published ones in a list, the others by their keys.
func (n *numbers) lookFor(list []int, from, to []string) func(int) (int, bool) {
	look := lookIn(list)
	return func(id int) (int, bool) {
		if id < 0 {
			return ownID(id, from, to)
		}
		id = look(id)
		return id, id >= 0
	}
}

// lookIn finds what a list has at a place: of no list the place itself, and -1
// behind its end.
func lookIn(list []int) func(int) int {
	if list == nil {
		return func(i int) int { return i }
	}
	return func(i int) int {
		if i >= len(list) {
			return -1
		}
		return list[i]
	}
}

// chunk is a part of the list of keys.
type chunk struct {
	first, count int
	sum          string
	data         []byte
	most         int // bytes of it, unpacked; 0 is any number
}

// packKeys makes a chunk of keys.
func packKeys(first int, keys iter.Seq[string]) (chunk, error) {
	c := chunk{first: first}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return c, err
	}
	hash := sha256.New()
	lines := bufio.NewWriterSize(io.MultiWriter(z, hash), 64<<10)
	for key := range keys {
		writeKey(lines, key)
		c.count++
	}
	if err := lines.Flush(); err != nil {
		return c, err
	}
	c.sum = hex.EncodeToString(hash.Sum(nil))
	err = z.Close()
	c.data = b.Bytes()
	return c, err
}

// writeKey writes a key as one line. An error comes with the flush.
func writeKey(w *bufio.Writer, key string) {
	_, _ = w.WriteString(keptKey(key))
	_ = w.WriteByte('\n')
}

// keptKey is a key as it is kept, in one line.
func keptKey(key string) string {
	if strings.IndexByte(key, '\n') >= 0 {
		key = strings.ReplaceAll(key, "\n", `\n`)
	}
	return key
}

// unpack walks the keys of a chunk.
func (c chunk) unpack(each func(key string)) error {
	return c.walk(func(key []byte) { each(string(key)) })
}

// walk is unpack without a copy of each key, which is valid during the call only.
func (c chunk) walk(each func(key []byte)) error {
	z, err := gzip.NewReader(bytes.NewReader(c.data))
	if err != nil {
		return err
	}
	unpacked := io.Reader(z)
	if c.most > 0 {
		unpacked = io.LimitReader(z, int64(c.most)+1)
	}
	lines := bufio.NewReader(unpacked)
	var long []byte // the beginning of a key that is longer than the reader's buffer
	n, size := 0, 0
	for {
		key, err := lines.ReadSlice('\n')
		if size += len(key); c.most > 0 && size > c.most {
			return fmt.Errorf("the keys of IOCs have more than %d bytes", c.most)
		}
		if err == io.EOF {
			break
		}
		if err == bufio.ErrBufferFull {
			long = append(long, key...)
			continue
		}
		if err != nil {
			return err
		}
		if len(long) > 0 {
			long = append(long, key...)
			key = long
		}
		if n++; n > c.count {
			return fmt.Errorf("more keys of IOCs are kept than the %d there were", c.count)
		}
		each(key[:len(key)-1])
		long = long[:0]
	}
	if n != c.count {
		return fmt.Errorf("%d keys of IOCs are kept where there were %d", n, c.count)
	}
	return nil
}

// number compares the keys that are kept with those of a review, and finds which
// position each number has now.
func number(chunks []chunk, scenarios []string, refs Refs) (numbers, error) {
	n := numbers{scenarios: slices.Clone(scenarios)}
	for _, c := range chunks {
		n.saved += c.count
	}
	n.given = n.saved
	if !sameKeys(chunks, refs) {
		if err := n.find(chunks, refs); err != nil {
			return n, err
		}
	}
	n.cover(refs)
	return n, nil
}

// sameKeys reports whether the review begins with the IOCs that are kept.
func sameKeys(chunks []chunk, refs Refs) bool {
	next, stop := iter.Pull(refs.Keys)
	defer stop()
	for _, c := range chunks {
		hash := sha256.New()
		lines := bufio.NewWriterSize(hash, 64<<10)
		for range c.count {
			key, ok := next()
			if !ok {
				return false
			}
			writeKey(lines, key)
		}
		if err := lines.Flush(); err != nil || hex.EncodeToString(hash.Sum(nil)) != c.sum {
			return false
		}
	}
	return true
}

// find looks each key up.
func (n *numbers) find(chunks []chunk, refs Refs) error {
	position := make(map[string]int, refs.IOCs)
	for key := range refs.Keys {
		position[key] = len(position)
	}
	n.of, n.at, n.gone = make([]int, len(position)), make([]int, 0, n.saved), map[int]string{}
	for i := range n.of {
		n.of[i] = -1
	}
	for _, c := range chunks {
		err := c.unpack(func(key string) {
			at, ok := position[key]
			if !ok {
				at = -1
				n.gone[len(n.at)] = key
			} else if n.of[at] < 0 {
				n.of[at] = len(n.at)
			}
			n.at = append(n.at, at)
		})
		if err != nil {
			return err
		}
	}
	i := 0
	for key := range refs.Keys {
		if n.of[i] < 0 {
			n.of[i] = n.given
			n.at, n.fresh = append(n.at, i), append(n.fresh, key)
			n.given++
		}
		i++
	}
	return nil
}

func loadChunks(q querier, id int64) (all []chunk, err error) {
	rows, err := q.QueryContext(context.Background(), "SELECT first, count, sum, data FROM keys WHERE review = ? ORDER BY first", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c chunk
		if err := rows.Scan(&c.first, &c.count, &c.sum, &c.data); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

func saveChunk(q querier, id int64, c chunk) error {
	_, err := q.ExecContext(context.Background(), "INSERT INTO keys (review, first, count, sum, data) VALUES (?, ?, ?, ?, ?)", id, c.first, c.count, c.sum, c.data)
	return err
}
