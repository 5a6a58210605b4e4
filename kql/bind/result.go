package bind

import (
	"strings"
	"unicode/utf8"
)

// Severities of a [Diagnostic], as Microsoft names them. The analyzers' hints
// are warnings and suggestions.
const (
	Error      = "error"
	Warning    = "warning"
	Suggestion = "suggestion"
)

// Diagnostic is one finding about a query.
type Diagnostic struct {
	Severity string // one of the constants above, or "information" or "hidden"
	Code     string // KSnnn is Microsoft's, CHKnnn this package's: see Result
	Message  string
	Source   string // "kusto", "analyzer", "strict" or "text"
	Start    int    // the first byte of the query it is about
	End      int    // the byte after the last
}

// Column is a column of the result of a query.
type Column struct {
	Name string
	Type string // as KQL names it: "string", "long", "datetime" ...
}

// Result is what is known about a query. Beside Microsoft's diagnostics it
// holds what the binder lets pass and a generated query must not do, each an
// error:
//
//	CHK001  == or != between two families of types, such as string and int
//	CHK002  in, has_any or has_all with an element of another family
//	CHK003  not exactly one query: none, several, or a management command
//	CHK004  a blank line inside the query, where the editors end a query
//	CHK005  text that is not valid UTF-8; nothing else is then looked at
//	CHK006  a search for the empty string
//	CHK007  a comparison with a list that has no element
type Result struct {
	Diagnostics []Diagnostic
	Columns     []Column // nil when the text has no result table
}

// Errors returns the diagnostics that are errors.
func (r Result) Errors() []Diagnostic {
	var errs []Diagnostic
	for _, d := range r.Diagnostics {
		if d.Severity == Error {
			errs = append(errs, d)
		}
	}
	return errs
}

// Codes returns the code of each diagnostic, in order, repeats included.
func (r Result) Codes() []string {
	var codes []string
	for _, d := range r.Diagnostics {
		codes = append(codes, d.Code)
	}
	return codes
}

// Token is one token of a text.
type Token struct {
	Kind     string   // the name of Microsoft's SyntaxKind: "StringLiteralToken", "IdentifierToken" ...
	Trivia   string   // white space and comments before it
	Text     string   // as written
	Value    string   // of a StringLiteralToken: what it stands for
	Start    int      // the first byte of Text
	End      int      // the byte after the last
	Problems []string // what the lexer holds against it; nil for a sound token
}

const (
	codeBlankLine = "CHK004"
	codeNotUTF8   = "CHK005"
)

// textFindings judges a query by its text alone.
func textFindings(query string) []Diagnostic {
	found := func(code, message string, start, end int) []Diagnostic {
		return []Diagnostic{{Severity: Error, Code: code, Message: message, Source: "text", Start: start, End: end}}
	}
	for at, r := range query {
		if _, size := utf8.DecodeRuneInString(query[at:]); r == utf8.RuneError && size == 1 {
			return found(codeNotUTF8, "the text is not valid UTF-8", at, at+1)
		}
	}
	body := strings.TrimSpace(query)
	at := strings.Index(query, body)
	for line := range strings.Lines(body) {
		if strings.TrimSpace(line) == "" {
			return found(codeBlankLine, "a blank line ends a query in the editors of both targets", at, at)
		}
		at += len(line)
	}
	return nil
}

// byteOffsets returns a function that turns an offset in UTF-16 code units,
// as JavaScript counts, into one in bytes. Text must be valid UTF-8.
func byteOffsets(text string) func(units int) int {
	var at []int // nil until asked: most queries have nothing to place
	return func(units int) int {
		if at == nil {
			at = make([]int, 0, len(text)+1)
			for i, r := range text {
				at = append(at, i)
				if r > 0xFFFF {
					at = append(at, i) // the middle of a pair is its start
				}
			}
			at = append(at, len(text))
		}
		return at[max(0, min(units, len(at)-1))]
	}
}
