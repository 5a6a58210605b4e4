package ssh

import (
	"fmt"
	"os"
	"strings"
	"unicode"
)

// exportsOf opens the folder of one reviewer in that of all exports, where nobody
// writes over what another one left. It is made where it is missing.
func exportsOf(all *os.Root, reviewer string) (*os.Root, error) {
	name := folderName(reviewer)
	if err := all.MkdirAll(name, 0o700); err != nil {
		return nil, err
	}
	return all.OpenRoot(name)
}

// folderName is a reviewer's name as that of one folder, another one for each: what
// might lead elsewhere, or is no part of a name somewhere, is written as in a URL.
func folderName(reviewer string) string {
	var b strings.Builder
	for i, r := range reviewer {
		inside := i > 0 && i < len(reviewer)-1
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), strings.ContainsRune("@_+-", r), inside && (r == '.' || r == ' '):
			b.WriteRune(r)
		default:
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
	}
	return b.String()
}
