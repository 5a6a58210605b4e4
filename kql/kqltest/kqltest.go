// Package kqltest lets a test ask Microsoft's own parser and binder about KQL,
// as package quarry/kql/bind does: does this query bind against the true schema
// of the target, which columns does it return, how is this literal read.
//
// A Node process serves a test binary, one more for each test that asks while
// another waits for its answer, at most as many as there are processors. It
// starts with the first question, which therefore takes two to three seconds. A
// hunt of ordinary size then takes 10 to 30 ms, one with ten columns twice that,
// a list element about 0.25 ms more, and reading a literal 0.1 ms: a test binds
// lists of thousands, not of hundreds of thousands. [BindAll] uses several
// processes.
//
// Node 18 or later and the npm package must be there:
//
//	npm ci --prefix kql/kqltest/check
//
// Without them a test that asks is skipped with this command as the reason,
// or fails when QUARRY_REQUIRE is 1; see package quarry/internal/require.
package kqltest

import (
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"quarry/internal/require"
	"quarry/kql/bind"
)

// Install is the command, run in the root of the repository, that brings the
// npm package.
const Install = "npm ci --prefix kql/kqltest/check"

// The answers of package bind, for tests that look at them.
type (
	Result     = bind.Result
	Diagnostic = bind.Diagnostic
	Column     = bind.Column
	Token      = bind.Token
)

// answered are the answers to questions that were asked before: tests of one
// package write the same hunts.
var answered sync.Map // bind.Question to Result

// checkers serve every test of the binary; they are never closed, because node
// ends by itself when the binary does.
var checkers = pool{limit: make(chan struct{}, runtime.GOMAXPROCS(0))}

// pool lends each checker to one test at a time.
type pool struct {
	limit chan struct{} // holds one for each that is lent
	mu    sync.Mutex
	free  []*bind.Checker // the last one given back at the end: it has answered the most and is the quickest
}

// lend runs ask with a free checker, a new one if there is none, when fewer are
// lent than there are processors.
func (p *pool) lend(ask func(*bind.Checker) error) error {
	p.limit <- struct{}{}
	defer func() { <-p.limit }()
	c, err := p.take()
	if err != nil {
		return err
	}
	defer p.giveBack(c)
	return ask(c)
}

func (p *pool) take() (*bind.Checker, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if last := len(p.free) - 1; last >= 0 {
		c := p.free[last]
		p.free = p.free[:last]
		return c, nil
	}
	s, err := service()
	return &bind.Checker{Service: s}, err
}

func (p *pool) giveBack(c *bind.Checker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, c)
}

// Bind fails the test unless every query is one query that binds against the
// target's schema without any finding: no error, no warning, no hint of
// Microsoft's analyzers that knows a better form (KS5xx), none of the rules of
// package bind (see [bind.Result]). Each finding is shown under the line it is
// about. Target is "sentinel" or "defender".
func Bind(t testing.TB, target string, queries ...string) {
	t.Helper()
	BindAllowing(t, target, nil, queries...)
}

// BindAllowing is [Bind] for queries that must use a form which an analyzer
// advises against, such as an analyst's condition that says "contains" and so
// earns KS500. Allowed names the codes of those hints. An error stays an error
// whatever is allowed.
func BindAllowing(t testing.TB, target string, allowed []string, queries ...string) {
	t.Helper()
	for _, query := range queries {
		judge(t, bind.Question{Target: target, Query: query}, Check(t, target, query), allowed)
	}
}

// BindAll is [BindAllowing] for very many queries: several processes are asked
// at once. It returns what is known of each.
func BindAll(t testing.TB, allowed []string, questions []bind.Question) []Result {
	t.Helper()
	need(t)
	s, err := service()
	if err != nil {
		t.Fatal(err)
	}
	results := make([]Result, len(questions))
	err = s.All(questions, func(n int, r Result) {
		results[n] = r
		judge(t, questions[n], r, allowed)
	})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// judge fails the test when a query has findings that are not allowed, and
// counts it otherwise.
func judge(t testing.TB, q bind.Question, r Result, allowed []string) {
	t.Helper()
	findings := slices.DeleteFunc(slices.Clone(r.Diagnostics), func(d Diagnostic) bool {
		return d.Severity != bind.Error && slices.Contains(allowed, d.Code)
	})
	if len(findings) > 0 {
		t.Errorf("%s", report(q.Target, q.Query, findings))
	} else if err := count(q.Target, q.Query); err != nil {
		t.Error(err)
	}
}

// Check returns everything the binder, the analyzers and the rules of package
// bind say about a query, and the columns of its result, which the caller must
// not change. It fails the test at once when no answer can be had.
func Check(t testing.TB, target, query string) Result {
	t.Helper()
	question := bind.Question{Target: target, Query: query}
	if known, ok := answered.Load(question); ok {
		return known.(Result)
	}
	need(t)
	var result Result
	err := checkers.lend(func(c *bind.Checker) (err error) {
		result, err = c.Check(target, query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	answered.Store(question, result)
	return result
}

// Columns returns the columns of the result of a query, in order. It fails the
// test at once when the query has an error.
func Columns(t testing.TB, target, query string) []Column {
	t.Helper()
	result := Check(t, target, query)
	if errs := result.Errors(); len(errs) > 0 {
		t.Fatalf("%s", report(target, query, errs))
	}
	return result.Columns
}

// Lex returns the tokens that Microsoft's lexer reads in a text, and for each
// string literal the value it stands for. The last token is the end of the
// text. It fails the test at once when no answer can be had.
func Lex(t testing.TB, text string) []Token {
	t.Helper()
	need(t)
	var tokens []Token
	err := checkers.lend(func(c *bind.Checker) (err error) {
		tokens, err = c.Lex(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// Folder is where the npm package of the tests is, for tests of what looks it
// up itself. A machine without it, or without node, skips or fails the test.
func Folder(t testing.TB) string {
	t.Helper()
	need(t)
	s, err := service()
	if err != nil {
		t.Fatal(err)
	}
	return s.Folder
}

// service is the language service as the repository has it.
func service() (bind.Service, error) {
	folder, err := repository()
	return bind.Service{Folder: filepath.Join(folder, "kql", "kqltest", "check")}, err
}

// need skips or fails a test on a machine without node or the npm package.
func need(t testing.TB) {
	t.Helper()
	s, err := service()
	if err != nil {
		t.Fatal(err)
	}
	needIn(t, s.Folder)
}

func needIn(t testing.TB, folder string) {
	t.Helper()
	require.Tool(t, "node", "Node.js 18 or later, then "+Install)
	require.File(t, filepath.Join(folder, "node_modules", filepath.FromSlash(bind.Package), "package.json"), Install)
}
