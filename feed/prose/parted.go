package prose

import "strings"

// partedCells is a line of a table without a header, whose cells commas or
// semicolons part, with a space before each that follows a URL: a URL may hold
// both. That it is a row, the line before or behind says, which has as many.
func partedCells(t, before, behind string) string {
	at := strings.Index(t, "://")
	if at < 0 {
		return t
	}
	scheme := strings.LastIndexAny(t[:at], " \t,;") + 1
	for _, by := range []string{";", ","} {
		n := strings.Count(t, by)
		if n == 0 || scheme > 0 && t[scheme-1] != by[0] || strings.Count(before, by) != n && strings.Count(behind, by) != n {
			continue
		}
		end := strings.Index(t[at:], by)
		if end < 0 || strings.ContainsAny(t[at+end:], "?&=#%") {
			continue
		}
		return t[:at+end] + strings.ReplaceAll(t[at+end:], by, " "+by)
	}
	return t
}

// swallowed is the word behind the last comma or semicolon of a URL, "" when
// none is: it may be the next cell of a row.
func swallowed(url string) string {
	at := strings.LastIndexAny(url, ",;")
	if at < 0 || strings.Count(url[:at], "/") < 2 {
		return ""
	}
	word := url[at+1:]
	if len(word) < 2 || len(word) > 40 || strings.ContainsAny(word, "./?=&%#0123456789_+~:@") {
		return ""
	}
	return word
}
