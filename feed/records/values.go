package records

import (
	"strings"
	"unicode"

	"quarry/feed"
	"quarry/feed/scan"
)

// ValuesOf are the values that a cell or a line holds by their looks, as [ValueOf]
// takes them: one, or several with commas, semicolons, bars, spaces or line ends
// between, all of which must be values; else none.
func ValuesOf(cell string) []Record {
	if v, ok := ValueOf(cell); ok && !(v.Type == feed.URL && Several(cell)) {
		return []Record{v}
	}
	var all []Record
	for _, part := range split(cell) {
		v, ok := ValueOf(part)
		if !ok {
			return nil
		}
		all = append(all, v)
	}
	if len(all) < 2 {
		return nil
	}
	return all
}

// Several reports whether a cell holds more than one value, such as a URL that is
// followed by another.
func Several(cell string) bool { return len(split(cell)) > 1 }

// maxParts is how many values a cell may hold; none was seen with more than
// three.
const maxParts = 10_000

// split takes a cell apart at what stands between values. A comma or a
// semicolon within a URL parts it only from another URL.
func split(cell string) (parts []string) {
	urls := strings.Contains(cell, "://") || strings.Contains(cell, ":]//")
	for rest := cell; rest != ""; {
		at := strings.IndexAny(rest, ",;| \t\n")
		for at >= 0 && urls && (rest[at] == ',' || rest[at] == ';' || rest[at] == '|') && !scan.StartsURL(strings.TrimLeft(rest[at+1:], " ")) {
			next := strings.IndexAny(rest[at+1:], ",;| \t\n")
			if next < 0 {
				at = -1
				break
			}
			at += 1 + next
		}
		part := rest
		if at >= 0 {
			part, rest = rest[:at], rest[at+1:]
		} else {
			rest = ""
		}
		if part = strings.TrimSpace(part); part != "" {
			if parts = append(parts, part); len(parts) > maxParts {
				return nil
			}
		}
	}
	return parts
}

// Behind is what stands in a URL behind the first comma, semicolon or bar of its
// path, if its first part looks like the next cell of a row: a word, a number, a
// date, the name of a file that is no page, or a value of its own. Without
// quotes nobody can tell where such a URL ends. certain is false of a number,
// which URLs have there too. Of other values and URLs it is "".
func Behind(v string) (rest string, certain bool) {
	_, path, ok := strings.Cut(v, "//")
	at := strings.IndexByte(path, '/')
	if !ok || at < 0 {
		return "", false
	}
	end := strings.IndexAny(path[at:], ",;|")
	if end < 0 {
		return "", false
	}
	rest = path[at+end+1:]
	cell := strings.TrimSpace(rest)
	if end = strings.IndexAny(cell, ",;|"); end >= 0 {
		cell = cell[:end]
	}
	if cell = strings.Trim(cell, `"' `); len(cell) < 2 || len(cell) > longestCell {
		return "", false
	}
	if strings.Trim(cell, "0123456789") == "" {
		return rest, false
	}
	if !strings.ContainsFunc(cell, func(r rune) bool { return r != ' ' && r != '-' && !unicode.IsLetter(r) }) || IsFileName(cell) && !isPage(cell) {
		return rest, true
	}
	if _, err := feed.ParseSeen(cell); err == nil {
		return rest, true
	}
	if _, ok := Guess(cell); ok {
		return rest, true
	}
	return "", false
}

// longestCell is the longest cell in bytes that is looked at: a SHA-512.
const longestCell = 128
