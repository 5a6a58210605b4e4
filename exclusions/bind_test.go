package exclusions

import (
	"fmt"
	"slices"
	"testing"

	"quarry/kql"
	"quarry/kql/bind"
	"quarry/kql/kqltest"
)

// TestClausesBind attaches everything that any filter of filters.txt means to
// the hunt of each table and has Microsoft's binder read the query.
func TestClausesBind(t *testing.T) {
	tables, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	clauses := 0
	var questions []bind.Question
	for i := range tables.Tables() {
		tb := &tables.Tables()[i]
		for _, target := range kql.Targets {
			o := kql.Options{Target: target, Title: malware[0]}
			for _, c := range filterCases(t) {
				v := Judge(Case{Reading: Read(c.scenario), Table: tb, Target: target, IOCs: c.iocs(), Families: malware})
				if v.Condition != nil {
					o.Exclusions = append(o.Exclusions, kql.Exclusion{
						Title: fmt.Sprintf("filters.txt:%d", c.line), Condition: v.Condition, Mark: string(v.Fit),
					})
				}
			}
			if len(o.Exclusions) == 0 {
				continue
			}
			clauses += len(o.Exclusions)
			if !slices.ContainsFunc(mixed, tb.Carries) {
				continue
			}
			h, err := tb.Hunt(kql.NewSelection(kql.NewIndicators(mixed)), o)
			if err != nil {
				t.Error(err)
				continue
			}
			questions = append(questions, bind.Question{Target: string(target), Query: h.Query})
		}
	}
	// "contains" is what the filters say; the analyzer would rather have "has".
	kqltest.BindAll(t, []string{"KS500"}, questions)
	t.Logf("%d clauses", clauses)
}
