package ssh

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	gossh "golang.org/x/crypto/ssh"

	"quarry/feed"
	"quarry/ui/cell"
)

// KeysError says what is wrong with a file of authorized keys.
type KeysError struct {
	File   string
	Line   int // 0 is the file as a whole
	Reason string
}

// Error names file and line.
func (e *KeysError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Reason
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
}

// key is a public key that is let in, and whose it is.
type key struct {
	public   gossh.PublicKey
	reviewer string
	line     int
}

// harmless are options that ask for nothing but what is so here anyway.
var harmless = []string{
	"restrict", "pty", "no-agent-forwarding", "no-port-forwarding", "no-user-rc", "no-x11-forwarding",
}

// reviewerOption begins the option that names the reviewer.
const reviewerOption = `environment="QUARRY_REVIEWER=`

const (
	mostKeyBytes = 1 << 20 // of a file of authorized keys
	longestName  = 64      // of a reviewer, in characters
)

// readKeys reads a file of authorized keys as OpenSSH has it, and lists the lines
// that it cannot use. An option that would shut somebody out, such as from or
// expiry-time, is not known here, so its line lets nobody in. A file that others
// can change is not used at all.
func readKeys(path string) ([]key, []error) {
	text, err := readKeysFile(path)
	if err != nil {
		return nil, []error{err}
	}
	var keys []key
	var wrong []error
	for n, line := range bytes.Split(text, []byte("\n")) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		k, err := readKey(line)
		if err != nil {
			wrong = append(wrong, &KeysError{path, n + 1, err.Error()})
			continue
		}
		k.line = n + 1
		keys = append(keys, k)
	}
	return keys, wrong
}

// sameReviewers says of which keys the reviewer is that of another key before it: one
// person has both, or two have one name.
func sameReviewers(path string, keys []key) (told []error) {
	first := map[string]key{}
	for _, k := range keys {
		before, ok := first[k.reviewer]
		if !ok {
			first[k.reviewer] = k
			continue
		}
		told = append(told, &KeysError{path, k.line,
			fmt.Sprintf("%s is the name of the key in line %d too, so who has either is one reviewer; give it another comment if they are two", k.reviewer, before.line)})
	}
	return told
}

func readKeysFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &KeysError{path, 0, "there is no such file; put the public keys of those who may come in there, one a line"}
	case err != nil:
		return nil, &KeysError{path, 0, err.Error()}
	}
	defer f.Close()
	st, err := f.Stat()
	switch {
	case err != nil:
		return nil, &KeysError{path, 0, err.Error()}
	case !st.Mode().IsRegular():
		return nil, &KeysError{path, 0, "it is no file"}
	case runtime.GOOS != "windows" && st.Mode().Perm()&0o022 != 0:
		return nil, &KeysError{path, 0, "others can write to it; chmod go-w takes that away"}
	}
	text, err := io.ReadAll(io.LimitReader(bufio.NewReader(f), mostKeyBytes+1))
	switch {
	case err != nil:
		return nil, &KeysError{path, 0, err.Error()}
	case len(text) > mostKeyBytes:
		return nil, &KeysError{path, 0, fmt.Sprintf("it has more than %d bytes", mostKeyBytes)}
	}
	return text, nil
}

// readKey reads one line.
func readKey(line []byte) (key, error) {
	public, comment, options, _, err := gossh.ParseAuthorizedKey(line)
	if err != nil {
		return key{}, errors.New("it is no public key; copy the line of a file that ends in .pub")
	}
	k := key{public: public, reviewer: comment}
	for _, o := range options {
		if name, ok := strings.CutPrefix(o, reviewerOption); ok {
			k.reviewer = strings.TrimSuffix(name, `"`)
			continue
		}
		if name, _, _ := strings.Cut(o, "="); !slices.Contains(harmless, strings.ToLower(o)) {
			near := ""
			if n := feed.Nearest(name, harmless); n != "" {
				near = "did you mean " + n + "? "
			}
			return key{}, fmt.Errorf("the option %s is not known here, so this key is not let in; %stake the option or the line away", cell.Clean(name), near)
		}
	}
	if k.reviewer = strings.TrimSpace(cell.Clean(k.reviewer)); k.reviewer == "" {
		k.reviewer = gossh.FingerprintSHA256(public)
	}
	if n := utf8.RuneCountInString(k.reviewer); n > longestName {
		return key{}, fmt.Errorf("its reviewer's name has %d characters, and %d are the most; shorten its comment, or put %sNAME\" before it", n, longestName, reviewerOption)
	}
	return k, nil
}

// find is the key that a client has, if it is let in.
func find(keys []key, public gossh.PublicKey) (key, bool) {
	for _, k := range keys {
		if bytes.Equal(k.public.Marshal(), public.Marshal()) {
			return k, true
		}
	}
	return key{}, false
}
