package kql

import (
	"errors"
	"strings"
)

// Expectation is what can stand at the end of a condition that is being written.
type Expectation struct {
	Expected Expected
	Start    int      // byte at which the word that is being written begins
	Field    Field    // of the test there, where one was read
	Op       Operator // of that test, where one was read
	List     bool     // a list of values is open
}

// Expect says what the last word of the beginning of a condition can be, and
// whether that is known: it is not where the text is wrong before that word.
func Expect(text string) (Expectation, bool) {
	_, err := ParseCondition(text)
	var wrong *ConditionError
	if !errors.As(err, &wrong) {
		return expectBehind(text)
	}
	start := wrong.Offset + len(text[wrong.Offset:]) - len(strings.TrimLeft(text[wrong.Offset:], " \t\r\n"))
	e := Expectation{Expected: wrong.Expects, Start: start, Field: wrong.Field, Op: wrong.Op, List: inList(text[:start])}
	return e, lastWord(text[start:], wrong.Expects)
}

// expectBehind is what can stand at the end of a whole condition. A value without
// quotes may go on.
func expectBehind(text string) (Expectation, bool) {
	start := len(text)
	for start > 0 && isBare(text[start-1]) {
		start--
	}
	if start < len(text) {
		if e, ok := Expect(text[:start]); ok && e.Expected == ExpectValue {
			return e, true
		}
	}
	return Expectation{Expected: ExpectConnector, Start: len(text)}, start == len(text)
}

// lastWord reports whether nothing stands behind the first word of a text.
func lastWord(text string, what Expected) bool {
	switch what {
	case ExpectOperator:
		text = strings.Join(strings.Fields(text), " ")
		for _, op := range Operators {
			if len(text) <= len(op) && strings.EqualFold(string(op[:len(text)]), text) {
				return true
			}
		}
		return false
	case ExpectValue:
		if strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "'") {
			return true // it is not closed
		}
	case ExpectAny:
		return false
	}
	return !strings.ContainsAny(text, " \t\r\n")
}

// inList reports whether a list of values is open at the end of a text.
func inList(text string) bool {
	text = strings.TrimRight(text, " \t\r\n")
	return strings.HasSuffix(text, ",") || strings.HasSuffix(text, "(")
}
