package cli

import (
	"errors"
	"testing"

	"quarry/review/store"
)

// TestLeftOnServer: who leaves a served review is told how many decisions it does not
// have, why, and who knows where they are.
func TestLeftOnServer(t *testing.T) {
	held := &store.HeldError{ID: 3, By: store.Holder{Who: "kim", Host: "desk", PID: 7}}
	for want, left := range map[string]store.Left{
		"": {ID: 3},
		"a.md: 1 decision of yours is in no review but in a file of the server, whose log names it; kim on desk (process 7) had taken the review over": {Unsaved: 1, Beside: "x.jsonl", Err: errors.Join(held, nil)},
		"a.md: 2 decisions of yours are in no review but in a file of the server, whose log names it; not in the database: the disk is full":           {Unsaved: 2, Beside: "x.jsonl", Err: &store.PathError{Reason: "the disk is full"}},
		"a.md: 2 decisions of yours are lost; not in the database":                                                                                     {Unsaved: 2},
	} {
		if got := leftOnServer("a.md", left); got != want {
			t.Errorf("%+v: %q, want %q", left, got, want)
		}
	}
}
