package exclusions

import (
	"strings"

	"quarry/kql"
)

// owns reports whether "the X's Y" tests the column of Y: the parent's command
// line, the user's domain and the URL's path are in none.
func owns(x, y kql.Field) bool {
	family, _, _ := strings.Cut(string(x), ".")
	same := strings.HasPrefix(string(y), family+".")
	switch x {
	case "process.parent":
		return false
	case "process.name", "file.name":
		return same || y == "signer" || y == "file.hash" || y == "process.parent"
	case "device.name", "remote.host", "remote.url":
		return same || y == eitherIP
	}
	return same
}

// fieldBeyond reports whether a field stands n items ahead, behind articles.
func (r *reader) fieldBeyond(n int) bool {
	for r.peek(n).skips() {
		n++
	}
	return r.peek(n).field != nil
}

// gapClause is a gap up to where another clause begins.
func (r *reader) gapClause() node {
	start := r.at
	for r.at++; r.more() && !r.clauseAt(r.at) && !r.peek(0).close(); {
		r.at++
	}
	return r.gapIn(start, r.at)
}

// of is the field that a field word means here.
func (r *reader) of(f *fieldWord) kql.Field {
	if alt, ok := f.About[r.about]; ok {
		return alt
	}
	return f.Field
}
