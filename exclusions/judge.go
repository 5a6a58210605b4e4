package exclusions

import (
	"quarry/feed"
	"quarry/kql"
)

// Fit says how a condition fits a table and a hunt.
type Fit string

// The five fits.
const (
	Expressible Fit = "expressible" // the table can say all of it, and it hides no malware that is known
	Partly      Fit = "partly"      // only a part can be said
	NoColumn    Fit = "no column"   // the table has no column for any of it
	NoEffect    Fit = "no effect"   // it can never meet a row that the hunt returns
	Dangerous   Fit = "dangerous"   // it would hide the malware, or far more than the scenario means
)

// Case is a question for [Judge].
type Case struct {
	Reading  Reading
	Table    *kql.Table
	Target   kql.Target
	IOCs     []feed.IOC // the included ones
	Families []string   // malware families and titles of the documents
}

// Verdict is the answer of [Judge].
type Verdict struct {
	Fit       Fit
	Reason    string        // one sentence
	Condition kql.Condition // what would be applied; nil when nothing can be
	KQL       string        // the operand of not(...), "" without a condition
}

// Judge says how a reading fits a table, and why.
func Judge(c Case) Verdict {
	return Verdict{Fit: Partly, Reason: "no word of the filter could be turned into a condition; write one"}
}
