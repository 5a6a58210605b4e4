// Package kqltest lets a test ask Microsoft's own parser and binder about KQL:
// does this query bind against the true schema of the target, which columns
// does it return, how is this literal read.
//
// The answers come from Kusto.Language, the language service of the query
// editors of Sentinel and Defender, as the npm package
// @kusto/language-service-next, run by one node process a test binary. The
// process starts with the first question, which therefore takes two to three
// seconds. A hunt of ordinary size then takes 10 to 30 ms, one with ten columns
// twice that, a list element about 0.25 ms more, and reading a literal 0.1 ms:
// a test binds lists of thousands, not of hundreds of thousands. Node ends when
// the test binary does, however that ends.
//
// Node 18 or later and the npm package must be there:
//
//	npm ci --prefix kql/kqltest/check
//
// Without them a test that asks is skipped with this command as the reason,
// or fails when QUARRY_REQUIRE is 1; see package quarry/internal/require.
//
// What is checked is form and meaning as far as the schema goes. Nothing runs:
// whether a query finds the right rows is not known here.
package kqltest

import (
	"path/filepath"
	"slices"
	"testing"

	"quarry/internal/require"
)

// Install is the command, run in the root of the repository, that brings the
// npm package.
const Install = "npm ci --prefix kql/kqltest/check"

// shared serves every test of the binary; it is never closed, because node
// ends by itself when the binary does.
var shared Checker

// Bind fails the test unless every query is one query that binds against the
// target's schema without any finding: no error, no warning, no hint of
// Microsoft's analyzers that knows a better form (KS5xx), none of the rules of
// this package (see [Result]). Each finding is shown under the line it is
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
		result := Check(t, target, query)
		findings := slices.DeleteFunc(slices.Clone(result.Diagnostics), func(d Diagnostic) bool {
			return d.Severity != Error && slices.Contains(allowed, d.Code)
		})
		if len(findings) > 0 {
			t.Errorf("%s", report(target, query, findings))
			continue
		}
		if err := count(target, query); err != nil {
			t.Error(err)
		}
	}
}

// Check returns everything the binder, the analyzers and the rules of this
// package say about a query, and the columns of its result. It fails the test
// at once when no answer can be had.
func Check(t testing.TB, target, query string) Result {
	t.Helper()
	need(t)
	result, err := shared.Check(target, query)
	if err != nil {
		t.Fatal(err)
	}
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
	tokens, err := shared.Lex(text)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// need skips or fails a test on a machine without node or the npm package.
func need(t testing.TB) {
	t.Helper()
	needIn(t, filepath.Join(root(t), "kql", "kqltest", "check"))
}

func needIn(t testing.TB, folder string) {
	t.Helper()
	require.Tool(t, "node", "Node.js 18 or later, then "+Install)
	require.File(t, filepath.Join(folder, "node_modules", "@kusto", "language-service-next", "package.json"), Install)
}

func root(t testing.TB) string {
	t.Helper()
	folder, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
