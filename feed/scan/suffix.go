package scan

import "strings"

// UnderSuffix reports whether a name as [feed.Canonical] spells it lies below a
// public suffix, the reserved .example and .test included, or is a suffix that
// people share, such as duckdns.org.
func UnderSuffix(name string) bool { return name != "" && underSuffix(name) }

// FileLike reports whether the last label of a name is a top-level domain that
// is as common as the extension of a file, such as .zip or .py.
func FileLike(name string) bool {
	return words().FileTLDs[strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])]
}
