package kql

import (
	"regexp"

	"quarry/feed"
)

func compiles(pattern string) bool {
	_, err := regexp.Compile(pattern)
	return err == nil
}

// Misfit says which value of a test no row can hold, as far as fields.yaml says
// what values of its field look like, and why; "" where there is none. Regular
// expressions are not looked at. [ParseCondition] takes such values: a condition
// that was written once stays readable.
func (t Test) Misfit() (value, reason string) {
	for _, f := range fields() {
		if f.Field != t.Field || f.Form.Pattern == "" || t.Op == Matches {
			continue
		}
		re, err := regexp.Compile(f.Form.Pattern)
		if err != nil { // no catalogue is read then
			return "", ""
		}
		for _, v := range t.Values {
			if !re.MatchString(v) {
				return v, feed.Quote(v) + " is nothing that " + string(t.Field) + " can be: " + f.Form.Says
			}
		}
	}
	return "", ""
}
