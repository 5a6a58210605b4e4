package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"quarry/feed"
)

// questions are what the servers of a script were asked.
type questions struct {
	mu   sync.Mutex
	text strings.Builder
}

// add keeps a request, with its key and its body.
func (q *questions) add(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	q.mu.Lock()
	defer q.mu.Unlock()
	fmt.Fprintf(&q.text, "%s %s key=%s %s\n", r.Method, r.URL, r.Header.Get("Auth-Key"), body)
}

// questionsOf are those of each script.
var questionsOf sync.Map

func asked(ts *testscript.TestScript) *questions {
	q, _ := questionsOf.LoadOrStore(ts, new(questions))
	return q.(*questions)
}

// serve starts a server of a script.
func serve(ts *testscript.TestScript, handler func(http.ResponseWriter, *http.Request)) string {
	q := asked(ts)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q.add(r)
		handler(w, r)
	}))
	ts.Defer(s.Close)
	return s.URL
}

// startThreatFox starts a server that answers with a file, or with 401 to
// another key than that of the scripts.
func startThreatFox(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: threatfox FILE")
	}
	answer := ts.ReadFile(args[0])
	ts.Setenv(endpointVariable, serve(ts, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Auth-Key") != "7e57-0f-a-key-that-is-nowhere" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error":"Unauthorized"}`)
			return
		}
		_, _ = io.WriteString(w, answer)
	})+"/api/v1/")
}

func startProxy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: proxy")
	}
	ts.Setenv("HTTPS_PROXY", serve(ts, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
}

func writeAsked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: asked FILE")
	}
	q := asked(ts)
	q.mu.Lock()
	defer q.mu.Unlock()
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(q.text.String()), 0o666))
}

func TestBulletinName(t *testing.T) {
	day := time.Date(2026, 5, 26, 23, 30, 0, 0, time.FixedZone("", -2*3600))
	taken := map[string]bool{}
	for _, c := range []struct{ family, want string }{
		{"Lantern RAT", "threatfox-lantern-rat-2026-05-27.md"},
		{"lantern-rat", "threatfox-lantern-rat-2026-05-27-2.md"},
		{"LANTERN RAT!", "threatfox-lantern-rat-2026-05-27-3.md"},
		{"../../etc/passwd", "threatfox-etc-passwd-2026-05-27.md"},
		{`C:\x\..\y`, "threatfox-c-x-y-2026-05-27.md"},
		{"", "threatfox-family-2026-05-27.md"},
		{"Фонарь\x1b[0m", "threatfox-0m-2026-05-27.md"},
		{strings.Repeat("a ", 200), "threatfox-" + strings.Repeat("a-", 29) + "a-2026-05-27.md"},
	} {
		if got := bulletinName(c.family, day, taken); got != c.want {
			t.Errorf("%q: %s, want %s", c.family, got, c.want)
		}
	}
}

// TestFamilyThatCannotBeWritten holds that one such family does not cost the
// others.
func TestFamilyThatCannotBeWritten(t *testing.T) {
	catalogue, err := loadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := os.Create(t.TempDir() + "/stderr")
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	p := &program{stderr: stderr}
	family := func(name string) *feed.Bulletin {
		return &feed.Bulletin{Family: name, IOCs: []feed.IOC{{Type: feed.Domain, Value: "a.example", Confidence: 75, Family: name}}}
	}
	made, broken := p.bulletins([]*feed.Bulletin{family("A**B"), family("Lantern RAT"), family("C**D")}, catalogue, time.Now())
	if len(made) != 1 || made[0].says != "1 IOC of Lantern RAT" || exitCode(broken) != ExitFile {
		t.Errorf("%+v, %v", made, broken)
	}
	text, err := os.ReadFile(stderr.Name())
	if err != nil || strings.Count(string(text), "\n") != 1 || !strings.Contains(string(text), `"A**B"`) || !strings.Contains(broken.Error(), `"C**D"`) {
		t.Errorf("%s %v %v", text, broken, err)
	}
}
