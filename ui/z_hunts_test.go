package ui

import (
	"testing"

	"quarry/kql/kqltest"
)

// TestEveryHuntBinds binds what all tests of this package made with Microsoft's
// language service. It stands in the last file, and so runs last; keeping it
// apart lets the tests of the screen run where there is no Node.
func TestEveryHuntBinds(t *testing.T) {
	if len(made) == 0 {
		newWorkbench(t, 120, 40)
	}
	for query, target := range made {
		// An analyst's condition may say "contains", which KS500 advises
		// against.
		kqltest.BindAllowing(t, target, []string{"KS500"}, query)
	}
}
