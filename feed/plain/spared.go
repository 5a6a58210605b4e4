package plain

import (
	"regexp"
	"strings"
)

var (
	letList   = regexp.MustCompile(`\blet\s+([A-Za-z_]\w*)\s*=\s*(?:dynamic|datatable)\b`)
	namedList = regexp.MustCompile(`\blet\s+([A-Za-z_]\w*)\s*=\s*$`)
	leavesOut = regexp.MustCompile(`(?i)(?:!(?:in|has_any|has|contains|has_all|startswith|endswith)(?:~|_cs)?\s*\(?|\bnot\s*\([^()]*(?:\([^()]*\)[^()]*)*\(?)\s*$`)
	word      = regexp.MustCompile(`[A-Za-z_]\w*`)
)

// farBefore is how much of a query is looked at before the use of a list.
const farBefore = 200

// sparedLists is the names of the lists that a query uses, and uses only to leave
// out what they hold: behind !in, !has_any or in not().
func sparedLists(text string) map[string]bool {
	spared := map[string]bool{}
	used := map[string]bool{}
	defined := map[int]bool{}
	for _, m := range letList.FindAllStringSubmatchIndex(text, -1) {
		spared[text[m[2]:m[3]]] = true
		defined[m[2]] = true
	}
	if len(spared) == 0 {
		return nil
	}
	for _, m := range word.FindAllStringIndex(text, -1) {
		name := text[m[0]:m[1]]
		if _, is := spared[name]; !is || defined[m[0]] {
			continue
		}
		used[name] = true
		spared[name] = spared[name] && leavesOut.MatchString(text[max(0, m[0]-farBefore):m[0]])
	}
	for name := range spared {
		spared[name] = spared[name] && used[name]
	}
	return spared
}

// leavesOut reports whether the list whose bracket opens at a place holds what the
// query leaves out.
func (q *query) leavesOut(at int) bool {
	before := q.text[max(0, at-farBefore):at]
	before = strings.TrimRight(before, " \t\n")
	for _, opener := range []string{listWord, tableWord} {
		before = strings.TrimSuffix(before, opener)
	}
	if m := namedList.FindStringSubmatch(before); m != nil {
		return q.spared[m[1]]
	}
	return leavesOut.MatchString(before)
}
