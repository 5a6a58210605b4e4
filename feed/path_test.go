package feed

import "testing"

func TestNameOfPath(t *testing.T) {
	for _, c := range []struct {
		s, name string
		path    bool
	}{
		{`C:\Users\Public\drop.exe`, "drop.exe", true}, {`%TEMP%\a b.tmp`, "a b.tmp", true}, {"/tmp/.x/run", "run", true}, {`C:/a\b.dll`, "b.dll", true}, {`..\c.exe`, "c.exe", true},
		{"drop.exe", "drop.exe", false}, {"", "", false}, {`C:\Windows\`, "", true}, {"http://a.example/x.exe", "http://a.example/x.exe", false},
	} {
		if name, path := NameOfPath(c.s); name != c.name || path != c.path {
			t.Errorf("%q: %q, %v", c.s, name, path)
		}
	}
}
