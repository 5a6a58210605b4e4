package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"quarry/feed"
)

// Key is an Auth-Key. It cannot be printed: whatever formats it, or a struct
// that holds it, shows nothing of it.
type Key struct{ reveal func() string }

// What an Auth-Key of abuse.ch may look like: its form is documented nowhere,
// so this is whatever tokens are made of.
const (
	shortestKey = 8
	longestKey  = 512
	keySigns    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/="
)

// hidden stands where the key would.
const hidden = "(Auth-Key)"

// errKey says why a text is no key, without showing it.
var errKey = fmt.Errorf("it is no Auth-Key, which has %d to %d letters, digits and signs of -._~+/=", shortestKey, longestKey)

// NewKey takes a key as it was copied, with or without space around it. The
// error does not show the text.
func NewKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	if len(text) < shortestKey || len(text) > longestKey || !onlyOf(text, keySigns) {
		return Key{}, errKey
	}
	return Key{func() string { return text }}, nil
}

// ReadKey reads the key that a file holds and nothing else. A file that others
// can read is refused; on Windows, which has no such modes, it is not looked
// at. The error is a [*feed.InputError]; without a file it wraps
// [fs.ErrNotExist].
func ReadKey(path string) (Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return Key{}, keyError(path, err)
	}
	defer f.Close()
	st, err := f.Stat()
	switch {
	case err != nil:
		return Key{}, keyError(path, err)
	case !st.Mode().IsRegular():
		return Key{}, &feed.InputError{Name: path, Reason: "it is no file", Advice: "write the Auth-Key into a file of this name"}
	case runtime.GOOS != "windows" && st.Mode().Perm()&0o077 != 0:
		return Key{}, &feed.InputError{
			Name: path, Reason: fmt.Sprintf("the file with the Auth-Key may be read by others (mode %04o), so it is not used", st.Mode().Perm()),
			Advice: "run: chmod 600 " + quoted(path),
		}
	}
	text, err := io.ReadAll(io.LimitReader(f, 2*longestKey))
	if err != nil {
		return Key{}, keyError(path, err)
	}
	k, err := NewKey(string(text))
	if err != nil {
		return Key{}, &feed.InputError{Name: path, Reason: err.Error(), Advice: "write the key into the file, and nothing else"}
	}
	return k, nil
}

func keyError(path string, err error) error {
	reason := err
	var pe *fs.PathError
	if errors.As(err, &pe) {
		reason = pe.Err
	}
	return &feed.InputError{Name: path, Reason: reason.Error(), Advice: "check the file with the Auth-Key", Err: err}
}

// quoted writes a path for a shell.
func quoted(path string) string {
	if onlyOf(path, keySigns+":@") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// onlyOf reports whether a text has no other signs than these.
func onlyOf(text, signs string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune(signs, r) })
}

// String shows that there is a key, not which.
func (k Key) String() string { return hidden }

// Format shows no more, whatever the verb.
func (k Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// MarshalJSON shows no more.
func (k Key) MarshalJSON() ([]byte, error) { return json.Marshal(hidden) }

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.reveal == nil }

// hide takes the key out of a text, in which a server may have sent it back.
func (k Key) hide(text string) string {
	if k.IsZero() {
		return text
	}
	return strings.ReplaceAll(text, k.reveal(), hidden)
}

// hideIn is [Key.hide] for an answer, in which JSON may have escaped slashes.
func (k Key) hideIn(body []byte) []byte {
	if k.IsZero() {
		return body
	}
	key := k.reveal()
	for _, spelled := range []string{key, strings.ReplaceAll(key, "/", `\/`)} {
		body = bytes.ReplaceAll(body, []byte(spelled), []byte(hidden))
	}
	return body
}
