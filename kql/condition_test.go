package kql

import "testing"

// parse reads a condition that a test wrote.
func parse(t testing.TB, text string) Condition {
	t.Helper()
	c, err := ParseCondition(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
