package feed

import "strings"

// Nearest is the name that a word is most like, whatever its case, or "" when it
// is like none. Like it is a word with one slip of the pen, a long one with two,
// a beginning of the name, and what begins or ends with the name.
func Nearest(word string, names []string) (near string) {
	word = strings.ToLower(word)
	least := max(1, min(2, len(word)/3)) + 1
	fewest := 0 // slips of the nearest: a whole name goes before one that only begins like it
	for _, spelled := range names {
		name := strings.ToLower(spelled)
		n := slips(word, name)
		all := n
		long := len(name) > 3 // on is in too many words
		switch {
		case strings.HasPrefix(name, word), long && strings.HasPrefix(word, name):
			n = min(n, 1)
		case long && strings.HasSuffix(word, name):
			n = min(n, 2)
		}
		if n < least || n == least && near != "" && all < fewest {
			near, least, fewest = spelled, n, all
		}
	}
	return near
}

// slips counts how many letters are to be put in, taken out, changed or swapped
// with the next to make b of a.
func slips(a, b string) int {
	var before, above []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, above, row = above, row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			change := above[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
