package bind

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// Question is a query and the target it is meant for.
type Question struct {
	Target string
	Query  string
}

// All checks many queries with as many processes as the program may use
// processors. It calls found with the position of each question and what is
// known about it, one call at a time, in no certain order. The error is that of
// [Checker.Check]; then some questions have no answer.
func (s Service) All(questions []Question, found func(n int, r Result)) error {
	if err := s.Ready(); err != nil {
		return err
	}
	workers := min(runtime.GOMAXPROCS(0), len(questions))
	errs := make([]error, workers)
	var next atomic.Int64
	var failed atomic.Bool
	var one sync.Mutex
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			c := Checker{Service: s}
			defer func() { errs[w] = errors.Join(errs[w], c.Close()) }()
			for n := int(next.Add(1)) - 1; n < len(questions) && !failed.Load(); n = int(next.Add(1)) - 1 {
				r, err := c.Check(questions[n].Target, questions[n].Query)
				if err != nil {
					errs[w] = err
					failed.Store(true)
					return
				}
				one.Lock()
				found(n, r)
				one.Unlock()
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}
