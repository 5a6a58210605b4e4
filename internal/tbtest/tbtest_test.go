package tbtest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/internal/tbtest"
)

func TestRun(t *testing.T) {
	tests := []struct {
		name   string
		helper func(testing.TB)
		want   tbtest.Outcome
	}{
		{"nothing", func(t testing.TB) { t.Helper() }, tbtest.Outcome{}},
		{"errors go on", func(t testing.TB) { t.Error("a", 1); t.Errorf("b%d", 2) }, tbtest.Outcome{Failed: "a 1\nb2"}},
		{"fatal ends", func(t testing.TB) { t.Fatalf("a%d", 1); t.Error("b") }, tbtest.Outcome{Failed: "a1"}},
		{"skip ends", func(t testing.TB) { t.Skipf("a%d", 1); t.Error("b") }, tbtest.Outcome{Skipped: "a1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tbtest.Run(tt.helper)); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
		})
	}
}
