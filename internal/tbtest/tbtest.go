// Package tbtest tests helpers that take a [testing.TB]: it runs one and tells
// how the helper would have ended the test.
package tbtest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// Outcome is what a helper told the test.
type Outcome struct {
	Failed  string // what it said to Error, Errorf, Fatal and Fatalf, a line each; "" when it did not fail
	Skipped string // what it said to Skip and Skipf; "" when it did not skip
}

// Run calls the helper with a test of its own, which it may end by Fatal or
// Skip, and returns the outcome. The helper may use the methods named in
// [Outcome] and Helper, from its own goroutine; any other is a nil dereference.
func Run(helper func(testing.TB)) Outcome {
	t := new(recorder)
	done := make(chan struct{})
	go func() { // Fatal and Skip end their goroutine
		defer close(done)
		helper(t)
	}()
	<-done
	return Outcome{Failed: strings.Join(t.failed, "\n"), Skipped: strings.Join(t.skipped, "\n")}
}

type recorder struct {
	testing.TB
	failed, skipped []string
}

func (r *recorder) Helper() {}

func (r *recorder) Error(args ...any) {
	r.failed = append(r.failed, strings.TrimSuffix(fmt.Sprintln(args...), "\n"))
}

func (r *recorder) Errorf(format string, args ...any) { r.Error(fmt.Sprintf(format, args...)) }

func (r *recorder) Fatal(args ...any) {
	r.Error(args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) { r.Fatal(fmt.Sprintf(format, args...)) }

func (r *recorder) Skip(args ...any) {
	r.skipped = append(r.skipped, strings.TrimSuffix(fmt.Sprintln(args...), "\n"))
	runtime.Goexit()
}

func (r *recorder) Skipf(format string, args ...any) { r.Skip(fmt.Sprintf(format, args...)) }
