package ssh

import (
	"fmt"
	"sync"
)

// seats are the sessions that there may be at a time: so many, of which one reviewer
// cannot have all.
type seats struct {
	most int

	mu    sync.Mutex
	taken map[string]int // by reviewer
	all   int
}

// ofOne is how many of them one reviewer may have.
func (s *seats) ofOne() int { return min(s.most, max(2, s.most/4)) }

// take takes one, or says why there is none. The function that it returns gives it
// back.
func (s *seats) take(reviewer string) (leave func(), refusal string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.all >= s.most:
		return nil, fmt.Sprintf("%d sessions are open, which is the most; try again later", s.most)
	case s.taken[reviewer] >= s.ofOne():
		return nil, fmt.Sprintf("%d sessions of yours are open, which is the most for one reviewer; leave one of them first", s.ofOne())
	}
	s.all++
	if s.taken == nil {
		s.taken = map[string]int{}
	}
	s.taken[reviewer]++
	return func() { s.leave(reviewer) }, ""
}

func (s *seats) leave(reviewer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.taken[reviewer]--; s.taken[reviewer] == 0 {
		delete(s.taken, reviewer)
	}
}

// open is how many are taken.
func (s *seats) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}
