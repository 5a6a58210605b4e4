package stix

import (
	"cmp"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/pattern"
	"quarry/feed/records"
)

const lostPorts = "values with a port that they cannot have, or that a client was given, are hunted without it"

// withClient keeps the port that a client was given as a tag.
func withClient(rec records.Record, port string) records.Record {
	if port != "" {
		rec.Tags = append(slices.Clip(rec.Tags), "source port "+port)
	}
	return rec
}

// indicator reads the pattern of an indicator.
func (r *reader) indicator(line int, o *object) error {
	kind := strings.ToLower(string(o.PatternType))
	text := strings.TrimSpace(string(o.Pattern))
	if kind == "" && !strings.HasPrefix(text, "[") && !strings.HasPrefix(text, "(") {
		kind = "unknown"
	}
	if kind != "" && kind != "stix" {
		r.tally.Add("not-an-ioc", feed.Info, line, "indicators with a pattern of the type "+feed.Quote(kind)+" name no IOC that Quarry hunts")
		return nil
	}
	p, err := parsePattern(text, line)
	if err != nil {
		r.Find("bad-pattern", feed.Error, line, "the pattern %s cannot be read (%s), so no IOC is made of it", feed.Quote(text), err)
		return nil
	}
	rec := r.record(line, o, r.indicates[o.ID])
	rec.FirstSeen = r.firstSeen(o)
	switch {
	case o.Revoked.Is():
		rec.Mention, rec.Context = true, "an indicator that the source has revoked"
	case slices.ContainsFunc(slices.Concat(o.Labels, o.Kinds), func(s string) bool { return strings.EqualFold(s, "benign") }):
		rec.Mention, rec.Context = true, "an indicator that the source calls benign"
	}
	r.left(line, p)
	results := pattern.Results(p.node)
	for _, v := range results {
		if err := r.value(rec, v); err != nil {
			return err
		}
	}
	return nil
}

// value adds one value of a pattern.
func (r *reader) value(rec records.Record, v pattern.Result) error {
	rec.Type, rec.Value, rec.Port = v.Type, v.Value, v.Port
	if v.Why != "" {
		rec.Mention = true
		rec.Context = cmp.Or(rec.Context, contexts[v.Why])
		r.tally.Add(string(v.Why), feed.Info, rec.Line, told[v.Why])
	}
	if v.Narrower {
		r.tally.Add("narrower-condition", feed.Warning, rec.Line, "indicators ask for more than the value, which is hunted alone")
	}
	if v.PortLost {
		r.tally.Add("port-left-out", feed.Warning, rec.Line, lostPorts)
	}
	return r.add(withClient(rec, v.Client))
}

// contexts says where a value stands that is no indicator by itself.
var contexts = map[pattern.Why]string{
	pattern.PartOfAnd: "part of a pattern that asks for more than this value",
	pattern.BesideOne: "the name of a file whose hash is an indicator",
	pattern.TooMany:   "part of a pattern with too many alternatives",
}

// told says of all such values what follows.
var told = map[pattern.Why]string{
	pattern.PartOfAnd: "values of patterns that ask for more than one thing at once are mentions",
	pattern.BesideOne: "names of files whose hash is an indicator are mentions",
	pattern.TooMany:   "values of patterns with too many alternatives are mentions",
}

// left counts what of a pattern no IOC can say.
func (r *reader) left(line int, p *parsed) {
	for _, s := range p.skipped {
		path := feed.Quote(s.path)
		switch s.why {
		case "":
			r.tally.Add("not-an-ioc", feed.Info, line, "comparisons of "+path+" are no IOCs that Quarry hunts")
		case "not":
			r.tally.Add("negated-value", feed.Info, line, "values that a pattern rules out, of "+path+", are no IOCs")
		default:
			r.tally.Add("not-exact", feed.Info, line, "comparisons of "+path+" by "+s.why+" name no single value, so no IOC is made of them")
		}
	}
	if p.limited {
		r.tally.Add("pattern-limits", feed.Info, line, "patterns say when, how often or in which order something happens, which is not hunted for")
	}
}
