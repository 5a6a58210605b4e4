package kql

import (
	"fmt"
	"strings"
)

// maxRepeat is the largest repetition that RE2 takes.
const maxRepeat = 1000

// countSlashes writes //, and longer runs, with the number of slashes: nobody,
// and no product that refuses comments, can take /{2} for the start of one. A
// quantifier behind a run belongs to its last slash. Runs do not occur inside
// character classes, which name no character twice.
func countSlashes(re string) string {
	if !strings.Contains(re, "//") {
		return re
	}
	var b strings.Builder
	for i := 0; i < len(re); {
		n := len(re[i:]) - len(strings.TrimLeft(re[i:], "/"))
		if n < 2 {
			b.WriteByte(re[i])
			i++
			continue
		}
		i += n
		quantified := i < len(re) && strings.IndexByte("?*+{", re[i]) >= 0
		if quantified {
			n--
		}
		for ; n > maxRepeat; n -= maxRepeat {
			fmt.Fprintf(&b, "/{%d}", maxRepeat)
		}
		if n == 1 {
			b.WriteByte('/')
		} else {
			fmt.Fprintf(&b, "/{%d}", n)
		}
		if quantified {
			b.WriteString("(?:/)")
		}
	}
	return b.String()
}
