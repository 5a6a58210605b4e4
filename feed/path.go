package feed

import "strings"

// NameOfPath is the name of the file that a path leads to, its last part, and
// whether the text is a path: logs have names and folders in columns of their own,
// so a hunt compares the name. The folders may be parted as Windows does it or as
// others do; the name of what is parted at its end, a folder, is "". Addresses of
// the web are no paths of files.
func NameOfPath(s string) (name string, path bool) {
	at := strings.LastIndexAny(s, `\/`)
	if at < 0 || strings.Contains(s, "://") {
		return s, false
	}
	return strings.TrimSpace(s[at+1:]), true
}
