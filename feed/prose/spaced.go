package prose

import "strings"

// closeDots takes the spaces out of and around defanged signs that were written
// with them: "example [ . ] com" and "example (dot) com". A sign in brackets is
// nothing else; the words dot and at are taken for signs where a line, or a cell of
// a table, then holds nothing but a value, perhaps behind a label.
func closeDots(t string) string {
	if !strings.ContainsAny(t, "[({") || strings.IndexByte(t, ' ') < 0 {
		return t
	}
	t = closeSigns(t, false)
	if closeSigns(t, true) == t {
		return t
	}
	var b strings.Builder
	for t != "" {
		end := strings.IndexAny(t, "|\t") + 1
		if end == 0 {
			end = len(t)
		}
		if closed := closeSigns(t[:end], true); oneValue(closed) {
			b.WriteString(closed)
		} else {
			b.WriteString(t[:end])
		}
		t = t[end:]
	}
	return b.String()
}

// oneValue reports whether a line or cell holds one word, but for a label with a
// colon or the sign of a list before it.
func oneValue(t string) bool {
	t = trim(strings.TrimRight(t, "|\t"))
	if n := strings.LastIndex(t, ": "); n >= 0 {
		t = trim(t[n+2:])
	}
	if t == "" {
		return false
	}
	if rest, listed := bulleted(t); listed {
		t = rest
	}
	return !strings.Contains(t, " ")
}

// closeSigns closes the signs alone, or also the words.
func closeSigns(t string, words bool) string {
	var b strings.Builder
	from := 0
	for at := 0; at < len(t); at++ {
		start, mark, end, ok := spacedDot(t, at)
		if !ok || start < from || len(mark) > 1 && !words {
			continue
		}
		b.WriteString(t[from:start] + "[" + mark + "]")
		from, at = end, end-1
	}
	if from == 0 {
		return t
	}
	return b.String() + t[from:]
}

// spacedMarks are what stands in brackets in place of itself, with spaces beside.
var spacedMarks = []string{".", "dot", "at", "@"}

// spacedDot is the defanged sign whose bracket opens at a place, from the end of
// the name before to the beginning of the one behind, if there is a space in it.
func spacedDot(t string, at int) (start int, mark string, end int, ok bool) {
	closer := strings.IndexByte("[({", t[at])
	if closer < 0 {
		return 0, "", 0, false
	}
	for start = at; start > 0 && t[start-1] == ' '; start-- {
	}
	inner := strings.TrimLeft(t[at+1:], " ")
	for _, mark = range spacedMarks {
		rest := inner
		if len(rest) < len(mark) || !strings.EqualFold(rest[:len(mark)], mark) {
			continue
		}
		rest = strings.TrimLeft(rest[len(mark):], " ")
		if rest == "" || rest[0] != "])}"[closer] {
			continue
		}
		rest = strings.TrimLeft(rest[1:], " ")
		end = len(t) - len(rest)
		spaced := end-start > len(mark)+2
		return start, mark, end, spaced && start > 0 && rest != "" && nameByte(t[start-1]) && nameByte(rest[0])
	}
	return 0, "", 0, false
}

func nameByte(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}
