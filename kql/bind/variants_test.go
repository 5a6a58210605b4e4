package bind_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/kql"
	"quarry/kql/bind"
	"quarry/kql/kqltest"
)

// TestEveryHuntBinds binds every hunt that the built-in catalogue can produce,
// and looks at the columns that come out. Package kqltest counts them for CI.
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
	for n, r := range kqltest.BindAll(t, nil, questions) {
		checkColumns(t, catalogue, variants[n], r.Columns)
	}
	t.Logf("%d hunts in %d forms", hunts, len(questions))
}

// checkColumns holds a hunt in one table to the columns that it promises.
func checkColumns(t *testing.T, c *kql.Catalogue, v kql.Variant, got []kqltest.Column) {
	t.Helper()
	table, ok := c.Table(v.Table)
	if !ok {
		return // all tables at once
	}
	var names []string
	for _, col := range got {
		names = append(names, col.Name)
		if want := map[bool]string{true: "int", false: "string"}[col.Name == "IocConfidence"]; strings.HasPrefix(col.Name, "Ioc") && col.Type != want {
			t.Errorf("%s in %s, %s: %s is %s, want %s", v.Table, v.Target, v.About, col.Name, col.Type, want)
		}
	}
	want := slices.Concat([]string{table.Time[v.Target]}, kql.HitColumns, table.Show)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("%s in %s, %s: columns (-want +got):\n%s", v.Table, v.Target, v.About, diff)
	}
}
