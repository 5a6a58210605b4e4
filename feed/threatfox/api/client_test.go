package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

const secret = "7e57/0f+a=key-that_is.no~where"

// asked is a request that a server got.
type asked struct{ method, path, key, contentType, body string }

// server answers as handler says and keeps what it was asked.
func server(t *testing.T, handler func(w http.ResponseWriter, r *http.Request, attempt int)) (*httptest.Server, func() []asked) {
	t.Helper()
	var mu sync.Mutex
	var all []asked
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		all = append(all, asked{r.Method, r.URL.String(), r.Header.Get("Auth-Key"), r.Header.Get("Content-Type"), string(body)})
		n := len(all)
		mu.Unlock()
		handler(w, r, n)
	}))
	t.Cleanup(s.Close)
	return s, func() []asked {
		mu.Lock()
		defer mu.Unlock()
		return all
	}
}

// always answers the same.
func always(code int, body string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// client is one that does not wait long, and what it noticed.
func client(t *testing.T, endpoint string) (*Client, *[]string) {
	t.Helper()
	key, err := NewKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(key, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	c.http.RetryWaitMin, c.http.RetryWaitMax = time.Millisecond, 4*time.Millisecond
	notices := new([]string)
	c.Notice = func(s string) { *notices = append(*notices, s) }
	t.Cleanup(c.http.HTTPClient.CloseIdleConnections)
	return c, notices
}

// noKey fails the test when the key is in a text.
func noKey(t *testing.T, where string, v any) {
	t.Helper()
	for _, text := range []string{fmt.Sprint(v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v)} {
		if strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) {
			t.Errorf("%s shows the key: %s", where, text)
		}
	}
	for err, ok := v.(error); ok && err != nil; err = errors.Unwrap(err) {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s shows the key: %v", where, err)
		}
	}
}

const records = `{"query_status":"ok","data":[
{"id":"1","ioc":"192.0.2.7:443","threat_type":"botnet_cc","threat_type_desc":"x","ioc_type":"ip:port","ioc_type_desc":"x","malware":"win.lantern","malware_printable":"Lantern RAT","malware_alias":null,"malware_malpedia":null,"confidence_level":75,"first_seen":"2026-05-26 10:11:12 UTC","last_seen":null,"reference":null,"reporter":"robin","tags":["rat","c2"]},
{"id":"2","ioc":"http://files.example.org/Drop/a.exe","threat_type":"payload_delivery","ioc_type":"url","malware":"win.lantern","malware_printable":"Lantern RAT","confidence_level":100,"first_seen":"2026-05-25 10:11:12 UTC","last_seen":"2026-05-26 10:11:12 UTC","reference":"","reporter":"robin","tags":null},
{"id":"3","ioc":"2001:db8::5:40669","threat_type":"botnet_cc","ioc_type":"ip:port","malware":"unknown","malware_printable":"Unknown malware","confidence_level":50,"first_seen":"2026-05-25 10:11:12 UTC","tags":[]}]}`

func TestAsk(t *testing.T) {
	for _, c := range []struct {
		question Question
		body     string
	}{
		{Question{Days: 3}, `{"days":3,"query":"get_iocs"}`},
		{Question{Malware: "Lantern RAT"}, `{"limit":1000,"malware":"Lantern RAT","query":"malwareinfo"}`},
		{Question{Tag: `a"b`}, `{"limit":1000,"query":"taginfo","tag":"a\"b"}`},
		{Question{IOC: "192[.]0[.]2[.]7"}, `{"query":"search_ioc","search_term":"192.0.2.7"}`},
	} {
		s, got := server(t, always(200, records))
		cl, notices := client(t, s.URL+"/api/v1/")
		b, err := cl.Ask(context.Background(), c.question)
		if err != nil {
			t.Fatal(err)
		}
		want := []asked{{"POST", "/api/v1/", secret, "application/json", c.body}}
		if diff := cmp.Diff(want, got(), cmp.AllowUnexported(asked{})); diff != "" {
			t.Error(diff)
		}
		var lines []string
		for _, i := range b.IOCs {
			lines = append(lines, fmt.Sprintf("%s %s %s %q %d %s", i.Type, i.Value, i.Threat, i.Family, i.Confidence, feed.FormatSeen(i.FirstSeen)))
		}
		wantIOCs := []string{
			`ip:port 192.0.2.7:443 botnet_cc "Lantern RAT" 75 2026-05-26T10:11:12Z`,
			`url http://files.example.org/Drop/a.exe payload_delivery "Lantern RAT" 100 2026-05-25T10:11:12Z`,
			`ip:port [2001:db8::5]:40669 botnet_cc "" 50 2026-05-25T10:11:12Z`,
		}
		if diff := cmp.Diff(wantIOCs, lines); diff != "" {
			t.Error(diff)
		}
		if len(b.Findings) > 0 || len(*notices) > 0 {
			t.Errorf("%v %v", b.Findings, *notices)
		}
		noKey(t, "the client", cl)
		noKey(t, "the client", *cl)
		noKey(t, "the key", cl.key)
	}
}

func TestWrongQuestions(t *testing.T) {
	cl, _ := client(t, "http://127.0.0.1:1/")
	for _, q := range []Question{{}, {Days: 8}, {Days: -1}, {Days: 1, Tag: "x"}, {Malware: "x", IOC: "y"}} {
		if _, err := cl.Ask(context.Background(), q); err == nil {
			t.Errorf("%+v was asked", q)
		}
	}
}

// TestAnswers holds what is said of each answer that brings no IOC.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name     string
		code     int
		body     string
		attempts int
		want     string
	}{
		{"401", 401, `{"error":"Unauthorized"}`, 1, "ThreatFox: it does not take the Auth-Key (status 401, Unauthorized); check the key; https://auth.abuse.ch/ gives a free one"},
		{"403 with the key", 403, "no " + secret, 1, "ThreatFox: it does not take the Auth-Key (status 403, Forbidden); check the key; https://auth.abuse.ch/ gives a free one"},
		{"no result", 200, `{"query_status":"no_result","data":"Your search did not yield any result"}`, 1, `ThreatFox has no such IOC: "Your search did not yield any result"`},
		{"no result without data", 200, `{"query_status":"no_result"}`, 1, `ThreatFox has no such IOC: "no_result"`},
		{"empty list", 200, `{"query_status":"ok","data":[]}`, 1, `ThreatFox has no such IOC: "the list is empty"`},
		{"data is a sentence", 200, `{"query_status":"ok","data":"Come back later"}`, 1, `ThreatFox: it answers "ok: Come back later" and gives no IOCs; check the question and the Auth-Key`},
		{"wrong question", 200, `{"query_status":"illegal_days","data":"Value of days is out of range"}`, 1, `ThreatFox: it answers "illegal_days: Value of days is out of range" and gives no IOCs; check the question and the Auth-Key`},
		{"error beside 200", 200, `{"error":"Unauthorized"}`, 1, `ThreatFox: it answers "Unauthorized" and gives no IOCs; check the question and the Auth-Key`},
		{"the key in words", 200, `{"query_status":"unknown_auth_key","data":"no such key: ` + strings.ReplaceAll(secret, "/", `\/`) + `"}`, 1,
			`ThreatFox: it answers "unknown_auth_key: no such key: (Auth-Key)" and gives no IOCs; check the question and the Auth-Key`},
		{"no status", 200, `{}`, 1, `ThreatFox: it answers "nothing" and gives no IOCs; check the question and the Auth-Key`},
		{"HTML", 200, "\n <!DOCTYPE html><html>Please log in</html>", 1, "ThreatFox: the answer is a web page, not JSON; a proxy or a login page may stand in between; open ENDPOINT in a browser"},
		{"empty", 200, "", 1, "ThreatFox: the answer is empty; ask again"},
		{"cut", 200, records[:300], 1, "ThreatFox: the answer breaks off before its end; ask again; a proxy on the way may cut answers"},
		{"no JSON", 200, "ok \x1b]0;x", 1, `ThreatFox: the answer is no JSON: "invalid character 'o' looking for beginning of value"; ask again; a proxy may stand in between`},
		{"a list", 200, "[]", 1, "ThreatFox: the answer is JSON, but none as ThreatFox writes it; ask again; another server may have answered"},
		{"404", 404, "x", 1, "ThreatFox: it answers with the status 404, Not Found; ask again; a proxy may stand in between"},
		{"odd", 299, "x", 1, "ThreatFox: it answers with the status 299; ask again; a proxy may stand in between"},
		{"500", 500, secret, 5, "ThreatFox: it is out of order (status 500, Internal Server Error); ask again later"},
		{"503", 503, "", 5, "ThreatFox: it is out of order (status 503, Service Unavailable); ask again later"},
		{"429", 429, "", 5, "ThreatFox: it was asked too often (status 429); ask again later"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, got := server(t, always(c.code, c.body))
			cl, notices := client(t, s.URL)
			b, err := cl.Ask(context.Background(), Question{Days: 1})
			if err == nil {
				t.Fatalf("it is an answer: %+v", b)
			}
			if text := strings.ReplaceAll(err.Error(), s.URL, "ENDPOINT"); text != c.want {
				t.Errorf("got  %s\nwant %s", text, c.want)
			}
			var none *NoResultError
			var input *feed.InputError
			if errors.As(err, &none) == errors.As(err, &input) {
				t.Errorf("%T", err)
			}
			if n := len(got()); n != c.attempts || len(*notices) != n-1 {
				t.Errorf("%d attempts, want %d; noticed %q", n, c.attempts, *notices)
			}
			noKey(t, "the error", err)
			noKey(t, "the notices", *notices)
		})
	}
}

// TestMends holds that what goes by is tried again.
func TestMends(t *testing.T) {
	for name, fault := range map[string]func(http.ResponseWriter){
		"500": func(w http.ResponseWriter) { w.WriteHeader(500) },
		"429": func(w http.ResponseWriter) { w.Header().Set("Retry-After", "0"); w.WriteHeader(429) },
		"cut": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", fmt.Sprint(len(records)))
			_, _ = io.WriteString(w, records[:400])
		},
		"gone": func(w http.ResponseWriter) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			s, got := server(t, func(w http.ResponseWriter, _ *http.Request, attempt int) {
				if attempt < 3 {
					fault(w)
					return
				}
				_, _ = io.WriteString(w, records)
			})
			cl, notices := client(t, s.URL)
			b, err := cl.Ask(context.Background(), Question{Days: 1})
			if err != nil || len(b.IOCs) != 3 || len(got()) != 3 {
				t.Fatalf("%v after %d attempts", err, len(got()))
			}
			for _, a := range got() {
				if a.body != `{"days":1,"query":"get_iocs"}` || a.key != secret {
					t.Errorf("%+v", a)
				}
			}
			if len(*notices) != 2 || !strings.HasPrefix((*notices)[0], "ThreatFox ") || !strings.Contains((*notices)[0], "; asking again in ") {
				t.Errorf("%q", *notices)
			}
		})
	}
}

// TestRetryAfter holds that the server's wish is kept: waited for where it is
// short, told where it is long.
func TestRetryAfter(t *testing.T) {
	for _, c := range []struct {
		after    string
		waits    bool
		attempts int
		advice   string
	}{
		{"3600", false, 1, "ask again in 1h0m0s"},
		{"99999999999999999", false, 1, "ask again later"},
		{time.Now().Add(12 * time.Hour).UTC().Format(http.TimeFormat), false, 1, "ask again in "},
		{"soon", true, 5, "ask again later"},
		{"-5", true, 5, "ask again later"},
	} {
		s, got := server(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Retry-After", c.after)
			w.WriteHeader(429)
		})
		cl, _ := client(t, s.URL)
		_, err := cl.Ask(context.Background(), Question{Days: 1})
		if err == nil || !strings.Contains(err.Error(), "; "+c.advice) || len(got()) != c.attempts {
			t.Errorf("%s: %v after %d attempts", c.after, err, len(got()))
		}
	}
	key, _ := NewKey(secret)
	cl, err := New(key, "")
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[string]time.Duration{"7": 7 * time.Second, "60": time.Minute, "3600": time.Minute, "": 8 * time.Second} {
		resp := &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {after}}}
		if got := cl.wait(cl.http.RetryWaitMin, cl.http.RetryWaitMax, 3, resp); got != want {
			t.Errorf("Retry-After %q: waits %s, want %s", after, got, want)
		}
	}
}

// TestRedirects holds that the key goes to one host only.
func TestRedirects(t *testing.T) {
	other, atOther := server(t, always(200, records))
	for _, code := range []int{301, 302, 303, 307, 308} {
		s, got := server(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Location", other.URL+"/x?k="+secret)
			w.WriteHeader(code)
		})
		cl, _ := client(t, s.URL)
		_, err := cl.Ask(context.Background(), Question{Days: 1})
		want := fmt.Sprintf("ThreatFox: it sends the question on to %q (status %d); the key was not sent there; a proxy or a login page may stand in between", other.URL, code)
		if err == nil || err.Error() != want || len(got()) != 1 {
			t.Errorf("%d: %v", code, err)
		}
		noKey(t, "the error", err)
	}
	if n := len(atOther()); n > 0 {
		t.Errorf("%d questions went to another host", n)
	}
	for _, code := range []int{302, 307, 308} {
		s, got := server(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			if r.URL.Path == "/api/v2/" {
				_, _ = io.WriteString(w, records)
				return
			}
			w.Header().Set("Location", "/api/v2/")
			w.WriteHeader(code)
		})
		cl, _ := client(t, s.URL)
		_, err := cl.Ask(context.Background(), Question{Days: 1})
		if (err == nil) != (code > 303 && len(got()) == 2) {
			t.Errorf("%d within the host: %v after %d", code, err, len(got()))
		}
		for _, a := range got() {
			if a.method != "POST" || a.key != secret {
				t.Errorf("%+v", a)
			}
		}
	}
	s, got := server(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		w.Header().Set("Location", r.URL.Path)
		w.WriteHeader(307)
	})
	cl, _ := client(t, s.URL)
	if _, err := cl.Ask(context.Background(), Question{Days: 1}); err == nil || len(got()) > 5 {
		t.Errorf("round and round: %v after %d", err, len(got()))
	}
}

// TestEnds holds that a cancelled context ends every kind of waiting.
func TestEnds(t *testing.T) {
	for name, handler := range map[string]func(http.ResponseWriter, *http.Request, func()){
		"before the answer": func(_ http.ResponseWriter, r *http.Request, cancel func()) { cancel(); <-r.Context().Done() },
		"within the answer": func(w http.ResponseWriter, r *http.Request, cancel func()) {
			_, _ = io.WriteString(w, records[:300])
			w.(http.Flusher).Flush()
			cancel()
			<-r.Context().Done()
		},
		"between attempts": func(w http.ResponseWriter, _ *http.Request, _ func()) { w.WriteHeader(503) },
	} {
		ctx, cancel := context.WithCancel(context.Background())
		s, _ := server(t, func(w http.ResponseWriter, r *http.Request, _ int) { handler(w, r, cancel) })
		cl, _ := client(t, s.URL)
		if name == "between attempts" {
			cl.http.RetryWaitMin, cl.http.RetryWaitMax = time.Hour, time.Hour
			cl.Notice = func(string) { cancel() }
		}
		if _, err := cl.Ask(ctx, Question{Days: 1}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
}

func TestTimeOut(t *testing.T) {
	s, got := server(t, func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() })
	cl, _ := client(t, s.URL)
	cl.http.HTTPClient.Timeout = 20 * time.Millisecond
	_, err := cl.Ask(context.Background(), Question{Days: 1})
	if want := "ThreatFox: there was no answer in 20ms; ask again, or for fewer days"; err == nil || err.Error() != want || len(got()) != 5 {
		t.Errorf("%v after %d attempts", err, len(got()))
	}
}

func TestTooLarge(t *testing.T) {
	s, got := server(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		for range 3 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
	})
	cl, _ := client(t, s.URL)
	cl.limit = 2 << 20
	_, err := cl.Ask(context.Background(), Question{Days: 1})
	if want := "ThreatFox: the answer is larger than 2 MiB; ask for fewer days"; err == nil || err.Error() != want || len(got()) != 1 {
		t.Errorf("%v after %d attempts", err, len(got()))
	}
}

// TestAlwaysBreaksOff holds what is said where every attempt ends in the middle.
func TestAlwaysBreaksOff(t *testing.T) {
	s, got := server(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, records[:400])
	})
	cl, _ := client(t, s.URL)
	_, err := cl.Ask(context.Background(), Question{Days: 1})
	if want := "ThreatFox: the answer breaks off before its end; ask again; a proxy on the way may cut answers"; err == nil || err.Error() != want || len(got()) != 5 {
		t.Errorf("%v after %d attempts", err, len(got()))
	}
}

// raw answers every connection with a text that may be no HTTP.
func raw(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.WriteString(c, answer)
			}
			c.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

// TestErrorsOfTheNetwork holds that errors of net/http do not show the key, even
// where it comes back in a broken answer.
func TestErrorsOfTheNetwork(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	for name, endpoint := range map[string]string{
		"nobody listens":   closed.URL,
		"no HTTP":          raw(t, "Auth-Key: "+secret+"\r\n\r\n"),
		"a broken header":  raw(t, "HTTP/1.1 200 OK\r\nAuth-Key "+secret+"\r\n\r\n"),
		"a broken status":  raw(t, "HTTP/1.1 "+secret+" OK\r\n\r\n"),
		"a broken length":  raw(t, "HTTP/1.1 200 OK\r\nContent-Length: "+secret+"\r\n\r\n"),
		"a broken chunk":   raw(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"+secret+"\r\n"),
		"a broken coding":  raw(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: "+secret+"\r\n\r\n"),
		"TLS without TLS":  strings.Replace(closed.URL, "http:", "https:", 1),
		"a wrong location": raw(t, "HTTP/1.1 307 X\r\nLocation: http://["+secret+"\r\nContent-Length: 0\r\n\r\n"),
	} {
		cl, _ := client(t, endpoint)
		_, err := cl.Ask(context.Background(), Question{Days: 1})
		var input *feed.InputError
		if !errors.As(err, &input) || !strings.HasPrefix(err.Error(), "ThreatFox: ") || input.Advice == "" {
			t.Errorf("%s: %v", name, err)
		}
		t.Log(name, ": ", err)
		noKey(t, name, err)
	}
}

// TestUntrusted holds that TLS is checked, and said to be what is wrong.
func TestUntrusted(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the question was sent") }))
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	defer s.Close()
	cl, notices := client(t, s.URL)
	_, err := cl.Ask(context.Background(), Question{Days: 1})
	if err == nil || !strings.Contains(err.Error(), "certificate") || len(*notices) > 0 {
		t.Errorf("%v, %q", err, *notices)
	}
}

// TestKeyInRecords holds that a key that comes back is in no IOC.
func TestKeyInRecords(t *testing.T) {
	s, _ := server(t, always(200, strings.ReplaceAll(records, "Lantern RAT", "Lantern "+secret)))
	cl, _ := client(t, s.URL)
	b, err := cl.Ask(context.Background(), Question{Days: 1})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(b)
	if err != nil || strings.Contains(string(text), secret) || b.IOCs[0].Family != "Lantern (Auth-Key)" {
		t.Errorf("%v %s", err, text)
	}
}

// TestUnusable holds that what cannot be used is told, and that a full answer
// may not be all.
func TestUnusable(t *testing.T) {
	s, _ := server(t, always(200, `{"query_status":"ok","data":[{"id":"1","ioc":"a.example","ioc_type":"ja4","malware_printable":"X"}]}`))
	cl, _ := client(t, s.URL)
	b, err := cl.Ask(context.Background(), Question{Tag: "x"})
	if err != nil || len(b.IOCs) != 0 || len(b.Findings) != 1 || b.Findings[0].Code != "unknown-type" {
		t.Errorf("%v %+v", err, b)
	}
	var all []string
	for n := range MaxRecords {
		all = append(all, fmt.Sprintf(`{"id":"%d","ioc":"h%d.example","ioc_type":"domain","threat_type":"botnet_cc","malware_printable":"X"}`, n, n))
	}
	s, _ = server(t, always(200, `{"query_status":"ok","data":[`+strings.Join(all, ",")+`]}`))
	for _, q := range []Question{{Tag: "x"}, {Days: 1}} {
		cl, _ = client(t, s.URL)
		b, err = cl.Ask(context.Background(), q)
		if err != nil || len(b.IOCs) != MaxRecords || (len(b.Findings) == 1 && b.Findings[0].Code == "answer-full") != (q.Tag != "") {
			t.Errorf("%+v: %v %+v", q, err, b.Findings)
		}
	}
}

func TestEndpoints(t *testing.T) {
	key, _ := NewKey(secret)
	for _, bad := range []string{"http://threatfox-api.abuse.ch/api/v1/", "https://threatfox-api.abuse.ch.example/", "http://localhost:8080/", "http://127.0.0.1.example/",
		"ftp://127.0.0.1/", "http://198.51.100.7/", "//127.0.0.1/", "http://user:word@127.0.0.1/", "http://[::1", "127.0.0.1", "http://10.0.0.1/"} {
		if _, err := New(key, bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	for _, good := range []string{"", "http://127.0.0.1:8080/api/v1/", "http://[::1]:8080/", "https://127.3.2.1/"} {
		c, err := New(key, good)
		if err != nil || good == "" && c.endpoint.String() != Endpoint {
			t.Errorf("%s: %v", good, err)
		}
	}
	if !strings.HasPrefix(Endpoint, "https://") {
		t.Error("the key goes over the network in the clear")
	}
}
