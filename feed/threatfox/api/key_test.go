package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestNewKey(t *testing.T) {
	for _, good := range []string{secret, "  " + secret + "\r\n", strings.Repeat("a", longestKey)} {
		if k, err := NewKey(good); err != nil || k.reveal() != strings.TrimSpace(good) || k.IsZero() {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", " ", "short", "with a space in it", "line\nline-line", "schlüssel-schlüssel", "tab\ttab-tab", strings.Repeat("a", longestKey+1), "Bearer:abcdefgh"} {
		k, err := NewKey(bad)
		if err == nil || !k.IsZero() {
			t.Errorf("%q is taken", bad)
		} else if bad != "" && bad != " " && strings.Contains(err.Error(), bad) {
			t.Errorf("the error shows %q", bad)
		}
	}
}

// TestKeyIsHidden holds that no way of printing shows the key.
func TestKeyIsHidden(t *testing.T) {
	k, err := NewKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	inside := struct {
		Open   Key
		closed Key
	}{k, k}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{k, &k, inside, &inside, []Key{k}, map[string]Key{"a": k}} {
			text := fmt.Sprintf(verb, v)
			if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
				t.Errorf("%s of %T: %s", verb, v, text)
			}
		}
	}
	text, err := json.Marshal(inside)
	if err != nil || string(text) != `{"Open":"(Auth-Key)"}` {
		t.Errorf("%s %v", text, err)
	}
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("key", "key", k, "inside", inside)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("key", "key", k, "inside", inside)
	if strings.Contains(b.String(), secret) {
		t.Error(b.String())
	}
}

func TestReadKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "the key's file")
	if _, err := ReadKey(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	write := func(text string, mode fs.FileMode) {
		t.Helper()
		if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
	}
	write(secret+"\n", 0o600)
	if k, err := ReadKey(path); err != nil || k.reveal() != secret {
		t.Errorf("%v", err)
	}
	write(secret+" "+secret, 0o600)
	if _, err := ReadKey(path); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("two keys: %v", err)
	}
	if _, err := ReadKey(filepath.Dir(path)); err == nil {
		t.Error("a folder is a key")
	}
	if runtime.GOOS == "windows" {
		return
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o644, 0o620, 0o601} {
		write(secret, mode)
		_, err := ReadKey(path)
		want := fmt.Sprintf("%s: the file with the Auth-Key may be read by others (mode %04o), so it is not used; run: chmod 600 '%s'", path, mode, strings.ReplaceAll(path, "'", `'\''`))
		if err == nil || err.Error() != want {
			t.Errorf("%o:\n%v\n%s", mode, err, want)
		}
	}
}
