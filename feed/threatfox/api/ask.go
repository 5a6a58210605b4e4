package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"quarry/feed"
	"quarry/feed/threatfox"
)

// The bounds of a [Question].
const (
	MaxDays     = 7
	DefaultDays = 3
	MaxRecords  = 1000 // of a family or a tag; ThreatFox gives the newest ones
)

// Question says which IOCs are wanted: exactly one of its fields is set.
type Question struct {
	Days    int    // added within so many days, up to MaxDays
	Malware string // of a family, by its name or its identifier of Malpedia
	Tag     string
	IOC     string // that hold this text: an address, a domain, a URL, a hash
}

// NoResultError says that ThreatFox has nothing to answer.
type NoResultError struct{ Says string }

func (e *NoResultError) Error() string { return "ThreatFox has no such IOC: " + feed.Quote(e.Says) }

// body is the question as the API takes it.
func (q Question) body() (any, error) {
	set := 0
	for _, is := range []bool{q.Days != 0, q.Malware != "", q.Tag != "", q.IOC != ""} {
		if is {
			set++
		}
	}
	switch {
	case set != 1:
		return nil, errors.New("ask for days, a malware family, a tag or an IOC: one of them")
	case q.Malware != "":
		return map[string]any{"query": "malwareinfo", "malware": q.Malware, "limit": MaxRecords}, nil
	case q.Tag != "":
		return map[string]any{"query": "taginfo", "tag": q.Tag, "limit": MaxRecords}, nil
	case q.IOC != "":
		return map[string]any{"query": "search_ioc", "search_term": feed.Refang(q.IOC)}, nil
	case q.Days < 1 || q.Days > MaxDays:
		return nil, fmt.Errorf("ThreatFox answers for 1 to %d days, not for %d", MaxDays, q.Days)
	}
	return map[string]any{"query": "get_iocs", "days": q.Days}, nil
}

// Ask asks a question. Of the IOCs each states its family; findings say what of
// the answer could not be used, and that the answer is as long as it gets, so
// that there may be more. The error is that of the context, a [*NoResultError],
// a [*feed.InputError], or about the question.
func (c *Client) Ask(ctx context.Context, q Question) (*feed.Bulletin, error) {
	question, err := q.body()
	if err != nil {
		return nil, err
	}
	answer, err := c.post(ctx, question)
	if err != nil {
		return nil, err
	}
	return c.parse(answer, q)
}

// parse reads an answer. Its envelope is looked at first, for what package
// threatfox takes for a document without IOCs.
func (c *Client) parse(answer []byte, q Question) (*feed.Bulletin, error) {
	var envelope struct {
		Status string          `json:"query_status"`
		Error  string          `json:"error"`
		Data   json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(answer, &envelope); err != nil {
		return nil, c.unread(answer, err)
	}
	var says string
	worded := json.Unmarshal(envelope.Data, &says) == nil && string(envelope.Data) != "null"
	switch {
	case envelope.Status == "no_result":
		return nil, &NoResultError{c.key.hide(cmp.Or(says, envelope.Status))}
	case envelope.Status != "ok" || worded:
		words := cmp.Or(envelope.Status, envelope.Error, "nothing")
		if says != "" {
			words += ": " + says
		}
		return nil, c.fail("it answers "+feed.Quote(words)+" and gives no IOCs", "check the question and the Auth-Key")
	}
	in, err := feed.NewInput("ThreatFox", bytes.NewReader(answer))
	if err != nil {
		return nil, err
	}
	all, err := feed.Collect(threatfox.Reader{}.Read, in)
	if err != nil {
		return nil, err
	}
	b := all[0]
	b.Findings = append(b.Findings, in.Findings()...)
	if len(b.IOCs) == 0 && len(b.Findings) == 0 {
		return nil, &NoResultError{"the list is empty"}
	}
	if records := count(envelope.Data); records >= MaxRecords && q.Days == 0 {
		b.Findings = append(b.Findings, feed.Finding{
			Code: "answer-full", Severity: feed.Warning, Source: b.Source,
			Text: fmt.Sprintf("the answer has %d records, which is as many as ThreatFox gives; there may be more", records),
		})
	}
	return b, nil
}

// count is how many records a list has.
func count(list json.RawMessage) int {
	var all []json.RawMessage
	if json.Unmarshal(list, &all) != nil {
		return 0
	}
	return len(all)
}

// unread says why an answer is no JSON.
func (c *Client) unread(answer []byte, err error) error {
	text := bytes.TrimSpace(answer)
	var wrong *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case len(text) == 0:
		return c.fail("the answer is empty", "ask again")
	case text[0] == '<':
		return c.fail("the answer is a web page, not JSON", "a proxy or a login page may stand in between; open "+c.endpoint.String()+" in a browser")
	case errors.As(err, &wrong) && wrong.Offset >= int64(len(answer)), errors.Is(err, io.ErrUnexpectedEOF):
		return c.fail("the answer breaks off before its end", "ask again; a proxy on the way may cut answers")
	case errors.As(err, &kind):
		return c.fail("the answer is JSON, but none as ThreatFox writes it", "ask again; another server may have answered")
	}
	return c.fail("the answer is no JSON: "+feed.Quote(err.Error()), "ask again; a proxy may stand in between")
}
