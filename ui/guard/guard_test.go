package guard

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	uv "github.com/charmbracelet/ultraviolet"
)

func TestGuard(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"keys":                   {"ab\x1b[A\x1bOP\x1b\x1bx\té漢😀", "ab\x1b[A\x1bOP\x1b\x1bx\té漢😀"},
		"answers":                {"\x1b]11;rgb:0000/0000/0000\x1b\\\x1bP1+r\x1b\\\x1b]11;x\a\x1b[?2026;2$y", "\x1b]11;rgb:0000/0000/0000\x1b\\\x1bP1+r\x1b\\\x1b]11;x\a\x1b[?2026;2$y"},
		"stray bytes":            {"a\x9bb\xffc\x80d", "ab\xffcd"},
		"a paste":                {"\x1b[200~abc\r\x1b[201~q", "\x1b[200~abc\r\x1b[201~q"},
		"a full paste":           {"\x1b[200~12345678\x1b[201~q", "\x1b[200~12345678\x1b[201~q"},
		"a longer paste":         {"\x1b[200~123456789abcdef\x1b[201~q", "\x1b[200~123456789\x1b[201~q"},
		"spelled otherwise":      {"\x1b[0200;1~123456789abcdef\x1b[201~q", "\x1b[0200;1~123456789\x1b[201~q"},
		"sequences in a paste":   {"\x1b[200~a\x1b[A\x1b[20\x1b[201~q", "\x1b[200~a\uFFFD[A\uFFFD[20\x1b[201~q"},
		"a long control":         {"\x1b[" + strings.Repeat("1", 300) + "~q", "\x1b[" + strings.Repeat("1", 255) + "~q"},
		"a long text":            {"\x1b]" + strings.Repeat("x", 5000) + "\aq", "\x1b]" + strings.Repeat("x", 4095) + "\x1b\\q"},
		"many numbers":           {"\x1b[" + strings.Repeat(";", 40) + "mq", "\x1b[" + strings.Repeat(";", 30) + "~q"},
		"many of a string":       {"\x1bP" + strings.Repeat("1:", 40) + "qx\x1b\\q", "\x1bP" + strings.Repeat("1:", 30) + "1\x1b\\q"},
		"semicolons of a text":   {"\x1b]" + strings.Repeat(";", 40) + "\aq", "\x1b]" + strings.Repeat(";", 40) + "\aq"},
		"a text cut by a paste":  {"\x1b]x\x1b[200~123456789abc\x1b[201~", "\x1b]x\x1b[200~123456789\x1b[201~"},
		"a long text cut by one": {"\x1b]" + strings.Repeat("x", 5000) + "\x1b[200~a\x1b[201~", "\x1b]" + strings.Repeat("x", 4095) + "\x1b\\\x1b[200~a\x1b[201~"},
	} {
		t.Run(name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{"at once": strings.NewReader(tt.in), "byte by byte": iotest.OneByteReader(strings.NewReader(tt.in)), "with the end": iotest.DataErrReader(strings.NewReader(tt.in))} {
				got, err := io.ReadAll(New(r, 8))
				if err != nil || string(got) != tt.want {
					t.Errorf("%s: %.300q, %v, want %.300q", how, got, err, tt.want)
				}
			}
		})
	}
}

// FuzzGuard: no paste is longer than the limit and the one byte that tells, and
// nothing comes out that did not go in but what ends a sequence.
func FuzzGuard(f *testing.F) {
	for _, s := range []string{"\x1b[200~abc\x1b[201~", "\x1b]\x1b[200~\x1b", "\xff\x9d\x1b_"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		g := New(bytes.NewReader(in), 16)
		out, err := io.ReadAll(g)
		if err != nil {
			t.Fatal(err)
		}
		slow, err := io.ReadAll(New(iotest.OneByteReader(bytes.NewReader(in)), 16))
		if err != nil || !bytes.Equal(out, slow) {
			t.Errorf("%q at once and %q byte by byte", out, slow)
		}
		for _, part := range bytes.Split(out, []byte("\x1b[200~"))[1:] {
			inside, _, ended := bytes.Cut(part, []byte(pasteEnds))
			if ended && len(inside) > 3*17 { // a byte may become a sign of three
				t.Errorf("a paste of %d bytes came through: %q", len(inside), inside)
			}
		}
	})
}

// FuzzGuardedKeys: what comes out is read as keys without a panic, which would end
// the server and all sessions.
func FuzzGuardedKeys(f *testing.F) {
	for _, s := range []string{"\x1b[" + strings.Repeat(";", 40) + "m", "\x1bP" + strings.Repeat("1;", 40) + "q\x1b\\", "\x1b[200~\x1b[;;;_\x1b[201~", "\x1b[1;2;3;4;5;6_", "\xff\x9b;;\x1b[<1;2M", "\x1b[M\xff\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := io.ReadAll(New(bytes.NewReader(in), 64))
		if err != nil {
			t.Fatal(err)
		}
		events := make(chan uv.Event)
		done := make(chan struct{})
		go func() {
			for range events {
			}
			close(done)
		}()
		if err := uv.NewTerminalReader(bytes.NewReader(out), "xterm").StreamEvents(t.Context(), events); err != nil {
			t.Error(err)
		}
		close(events)
		<-done
	})
}
