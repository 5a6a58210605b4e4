package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"quarry/feed"
)

// Endpoint is where ThreatFox answers.
const Endpoint = "https://threatfox-api.abuse.ch/api/v1/"

// MaxAnswer is the longest answer that is read, in bytes. Seven days of
// ThreatFox are some 10 MB.
const MaxAnswer = 128 << 20

// How patient a client is.
const (
	attemptTime = 60 * time.Second // one attempt, with its answer
	retries     = 4
	firstWait   = time.Second // doubled with each further one
	longestWait = time.Minute // also where the server asks for more
)

// Client asks ThreatFox. It is safe for concurrent use.
type Client struct {
	// Notice is told in words why there is a wait. It may be nil.
	Notice func(string)

	key      Key
	endpoint *url.URL
	http     *retryablehttp.Client
	limit    int64         // of an answer
	longest  time.Duration // wait
}

// New makes a client. Endpoint is "" but in tests, which may name an address of
// this machine.
func New(key Key, endpoint string) (*Client, error) {
	if endpoint == "" {
		endpoint = Endpoint
	} else if err := loopback(endpoint); err != nil {
		return nil, err
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	c := &Client{key: key, endpoint: u, limit: MaxAnswer, longest: longestWait}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	// Of HTTP/2, GODEBUG=http2debug=2 would print headers.
	transport.Protocols = new(http.Protocols)
	transport.Protocols.SetHTTP1(true)
	// Of a connection that is kept, net/http logs what comes unasked.
	transport.DisableKeepAlives = true
	transport.OnProxyConnectResponse = throughProxy
	c.http = &retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: transport, Timeout: attemptTime, CheckRedirect: c.redirect},
		Logger:       nil, // it prints URLs, and errors of servers
		RetryMax:     retries,
		RetryWaitMin: firstWait,
		RetryWaitMax: longestWait,
		CheckRetry:   c.again,
		Backoff:      c.wait,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return c, nil
}

// loopback refuses an endpoint that is not on this machine: the key must not go
// anywhere else because a variable was set.
func loopback(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.User == nil {
		if a, err := netip.ParseAddr(u.Hostname()); err == nil && a.Unmap().IsLoopback() {
			return nil
		}
	}
	return fmt.Errorf("the endpoint %s is none of this machine; leave it out, or name one at 127.0.0.1", feed.Quote(endpoint))
}

// proxyError is the answer of a proxy that does not let the question through.
type proxyError struct{ code int }

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy answers with the status %d", e.code)
}

// throughProxy reads what a proxy answers when it is asked for a connection.
func throughProxy(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &proxyError{resp.StatusCode}
	}
	return nil
}

// redirect follows the server only where the key may go: to itself, with the
// same question.
func (c *Client) redirect(req *http.Request, via []*http.Request) error {
	if len(via) > 3 || req.Method != http.MethodPost || req.URL.Scheme != c.endpoint.Scheme || req.URL.Host != c.endpoint.Host {
		return http.ErrUseLastResponse
	}
	return nil
}

// errTooLarge is the error of an answer that is longer than MaxAnswer.
var errTooLarge = errors.New("the answer is too large")

// again decides on another attempt: after errors of the network, an answer that
// breaks off, 429 and 5xx, unless the server asks for more patience than there
// is.
func (c *Client) again(ctx context.Context, resp *http.Response, err error) (bool, error) {
	var proxy *proxyError
	if errors.As(err, &proxy) && proxy.code < http.StatusInternalServerError {
		return false, ctx.Err()
	}
	if errors.Is(err, errTooLarge) || err == nil && c.asked(resp) > c.longest {
		return false, ctx.Err()
	}
	return retryablehttp.DefaultRetryPolicy(ctx, resp, err)
}

// asked is how long the server asks to wait, 0 where it does not.
func (c *Client) asked(resp *http.Response) time.Duration {
	if resp == nil {
		return 0
	}
	d := retryablehttp.DefaultBackoff(0, 0, 0, resp)
	if d < 0 { // more seconds than a Duration holds
		d = 1<<63 - 1
	}
	return d
}

// wait is how long to wait for the next attempt.
func (c *Client) wait(first, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	d := min(retryablehttp.DefaultBackoff(first, longest, attempt, resp), longest)
	if c.Notice != nil {
		why := "ThreatFox cannot be reached"
		if resp != nil {
			why = fmt.Sprintf("ThreatFox answers with the status %s", statusText(resp.StatusCode))
		}
		c.Notice(fmt.Sprintf("%s; asking again in %s", why, d.Round(100*time.Millisecond)))
	}
	return d
}

// statusText is a status in the words of net/http, not in those of the server.
func statusText(code int) string {
	if text := http.StatusText(code); text != "" {
		return fmt.Sprintf("%d, %s", code, text)
	}
	return fmt.Sprint(code)
}

// post sends a question and returns the answer, without the key should that be
// in it. The error is that of the context or an [*feed.InputError].
func (c *Client) post(ctx context.Context, question any) ([]byte, error) {
	text, err := json.Marshal(question)
	if err != nil {
		return nil, err
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodPost, c.endpoint.String(), text)
	if err != nil {
		return nil, c.fail("the question cannot be asked: "+err.Error(), "this is a fault of Quarry")
	}
	req.Header.Set("Auth-Key", c.key.reveal())
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "quarry")
	var body []byte
	req.SetResponseHandler(func(resp *http.Response) (err error) {
		body = nil
		if resp.StatusCode == http.StatusOK {
			body, err = c.read(resp.Body)
		}
		return err
	})
	resp, err := c.http.Do(req)
	if resp != nil {
		defer resp.Body.Close()
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, c.unreached(err)
	case resp.StatusCode != http.StatusOK:
		return nil, c.refused(resp)
	}
	return c.key.hideIn(body), nil
}

// read reads an answer to its end.
func (c *Client) read(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, c.limit+1))
	if err == nil && int64(len(body)) > c.limit {
		err = errTooLarge
	}
	return body, err
}

// fail is an error about ThreatFox.
func (c *Client) fail(reason, advice string) *feed.InputError {
	return &feed.InputError{Name: "ThreatFox", Reason: c.key.hide(reason), Advice: advice}
}

// unreached says why there is no answer.
func (c *Client) unreached(err error) error {
	var proxy *proxyError
	switch {
	case errors.As(err, &proxy):
		return c.fail(fmt.Sprintf("the proxy lets nothing through to it (status %s)", statusText(proxy.code)), "check HTTPS_PROXY and what the proxy asks for")
	case errors.Is(err, errTooLarge):
		return c.fail(fmt.Sprintf("the answer is larger than %d MiB", c.limit>>20), "ask for fewer days")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return c.fail("the answer breaks off before its end", "ask again; a proxy on the way may cut answers")
	}
	reason := err
	var ue *url.Error
	if errors.As(err, &ue) {
		reason = ue.Err
		if ue.Timeout() {
			return c.fail(fmt.Sprintf("there was no answer in %s", c.http.HTTPClient.Timeout), "ask again, or for fewer days")
		}
	}
	return c.fail("there is no answer: "+reason.Error(), "check the network, and HTTPS_PROXY if there is a proxy")
}

// refused says what an answer other than 200 means.
func (c *Client) refused(resp *http.Response) error {
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return c.fail(fmt.Sprintf("it does not take the Auth-Key (status %s)", statusText(code)), "check the key; https://auth.abuse.ch/ gives a free one")
	case code == http.StatusTooManyRequests:
		advice := "ask again later"
		if d := c.asked(resp); d > 0 && d <= 24*time.Hour {
			advice = "ask again in " + d.Round(time.Second).String()
		}
		return c.fail("it was asked too often (status 429)", advice)
	case code >= 300 && code < 400:
		to := "elsewhere"
		if u, err := resp.Location(); err == nil {
			to = "to " + feed.Quote(u.Scheme+"://"+u.Host)
		}
		return c.fail(fmt.Sprintf("it sends the question on %s (status %d)", to, code), "the key was not sent there; a proxy or a login page may stand in between")
	case code >= 500:
		return c.fail(fmt.Sprintf("it is out of order (status %s)", statusText(resp.StatusCode)), "ask again later")
	}
	return c.fail("it answers with the status "+statusText(resp.StatusCode), "ask again; a proxy may stand in between")
}
