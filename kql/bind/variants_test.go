package bind_test

import (
	"testing"

	"quarry/kql"
	"quarry/kql/bind"
	"quarry/kql/kqltest"
)

// TestEveryHuntBinds binds every hunt that the built-in catalogue can produce.
// Package kqltest counts them for CI.
func TestEveryHuntBinds(t *testing.T) {
	catalogue, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	variants, err := catalogue.Variants()
	if err != nil {
		t.Fatal(err)
	}
	hunts := 0
	questions := make([]bind.Question, len(variants))
	for n, v := range variants {
		questions[n] = bind.Question{Target: string(v.Target), Query: v.Query}
		hunts += v.Hunts
	}
	kqltest.BindAll(t, nil, questions)
	t.Logf("%d hunts in %d forms", hunts, len(questions))
}
