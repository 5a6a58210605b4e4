package review

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"quarry/exclusions/warnings"
	"quarry/feed"
)

// FilterFields names the fields of a filter in the order in which they are told.
func FilterFields() []string { return slices.Clone(fieldNames) }

var fieldNames = []string{"type", "threat", "conf", "seen", "verdict", "on", "mention", "warning", "family", "tag", "note", "source", "known", "diff"}

// filterFields read what stands behind the name of a field.
var filterFields = map[string]func(arg string) (matcher, error){
	"type": typeIs,
	"threat": func(arg string) (matcher, error) {
		arg, err := word(arg)
		if err != nil {
			return nil, err
		}
		begins := feed.Ask(beginsWith(arg))
		return func(r *Review, at int) bool { return r.iocs.ThreatIs(at, begins) }, nil
	},
	"conf":       confidenceIs,
	"confidence": confidenceIs,
	"seen":       seenIs,
	"verdict":    verdictIs,
	"on": func(arg string) (matcher, error) {
		return yesNo(arg, func(r *Review, at int) bool { return r.Hunts(at) })
	},
	"warning": warningIs,
	"diff":    changeIs,
	"known":   knownIs,
	"mention": func(arg string) (matcher, error) {
		return yesNo(arg, func(r *Review, at int) bool { return r.iocs.Mention(at) })
	},
	"family": func(arg string) (matcher, error) {
		p, err := wordNeedle(arg)
		has := feed.Ask(p.in)
		return func(r *Review, at int) bool { return r.iocs.FamilyIs(at, has) }, err
	},
	"tag": func(arg string) (matcher, error) {
		p, err := wordNeedle(arg)
		has := feed.Ask(p.in)
		return func(r *Review, at int) bool { return r.iocs.AnyTag(at, has) }, err
	},
	"note": func(arg string) (matcher, error) {
		p, err := wordNeedle(arg)
		return func(r *Review, at int) bool { return len(r.now.notes) > 0 && p.in(r.Note(at)) }, err
	},
	"source": func(arg string) (matcher, error) {
		p, err := wordNeedle(arg)
		has := feed.Ask(p.in)
		return func(r *Review, at int) bool { return r.iocs.StatedIn(at, has) }, err
	},
}

func typeIs(arg string) (matcher, error) {
	arg, err := word(arg)
	if err != nil {
		return nil, err
	}
	names := typeNames()
	begins := func(name string) bool { return strings.HasPrefix(name, arg) }
	switch {
	case arg == allHashes, !slices.ContainsFunc(names[1:], begins) && begins(allHashes):
		hash := feed.Ask(func(t string) bool { return feed.Type(t).IsHash() })
		return func(r *Review, at int) bool { return r.iocs.TypeIs(at, hash) }, nil
	case slices.ContainsFunc(names, begins):
		begins := feed.Ask(beginsWith(arg))
		return func(r *Review, at int) bool { return r.iocs.TypeIs(at, begins) }, nil
	}
	mark := "."
	if near := feed.Nearest(arg, names); near != "" {
		mark = "; did you mean " + near + "?"
	}
	return nil, fmt.Errorf("there is no type %s%s Types: %s", arg, mark, strings.Join(names, " "))
}

// allHashes is the word for every type of hash.
const allHashes = "hash"

// typeNames are what a type can be asked for as.
func typeNames() []string {
	names := []string{allHashes}
	for _, t := range feed.Types {
		names = append(names, string(t))
	}
	return names
}

// word reads what stands behind the sign of a field of words.
func word(arg string) (string, error) {
	arg = strings.ToLower(strings.TrimPrefix(arg, "="))
	switch {
	case arg == "":
		return "", fmt.Errorf("type a value behind the colon")
	case arg[0] == '<' || arg[0] == '>':
		return "", fmt.Errorf("this field has no order; use a colon")
	}
	return arg, nil
}

func wordNeedle(arg string) (needle, error) {
	arg, err := word(arg)
	return newNeedle(arg), err
}

func beginsWith(lower string) func(string) bool {
	return func(s string) bool { return strings.HasPrefix(strings.ToLower(s), lower) }
}

func yesNo(arg string, of matcher) (matcher, error) {
	switch strings.ToLower(strings.TrimPrefix(arg, "=")) {
	case "yes", "y", "true":
		return of, nil
	case "no", "n", "false":
		return func(r *Review, at int) bool { return !of(r, at) }, nil
	}
	return nil, fmt.Errorf("use yes or no")
}

// warningIs reads yes, no, or the beginning of a rule's code.
func warningIs(arg string) (matcher, error) {
	if m, err := yesNo(arg, func(r *Review, at int) bool { return r.Suspicious(at) != "" }); err == nil {
		return m, nil
	}
	arg, err := word(arg)
	if err != nil {
		return nil, err
	}
	rules, err := warnings.Rules()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(rules, func(r warnings.Rule) bool { return strings.HasPrefix(r.Code, arg) }) {
		var codes []string
		for _, r := range rules {
			codes = append(codes, r.Code)
		}
		return nil, fmt.Errorf("use yes, no or one of %s", strings.Join(codes, " "))
	}
	return func(r *Review, at int) bool {
		return slices.ContainsFunc(r.Warnings(at), func(w warnings.Warning) bool { return strings.HasPrefix(w.Code, arg) })
	}, nil
}

func verdictIs(arg string) (matcher, error) {
	arg = strings.ToLower(strings.TrimPrefix(arg, "="))
	if arg == "none" {
		return func(r *Review, at int) bool { return r.Verdict(at) == NoVerdict }, nil
	}
	for _, v := range Verdicts {
		if v != NoVerdict && arg != "" && strings.HasPrefix(string(v), arg) {
			return func(r *Review, at int) bool { return r.Verdict(at) == v }, nil
		}
	}
	return nil, fmt.Errorf("use malicious, benign, unsure or none")
}

// knownIs reads yes, no, differ, or a verdict or its beginning.
func knownIs(arg string) (matcher, error) {
	if m, err := yesNo(arg, func(r *Review, at int) bool { return len(r.memories.of(at)) > 0 }); err == nil {
		return m, nil
	}
	arg = strings.ToLower(strings.TrimPrefix(arg, "="))
	if arg != "" && strings.HasPrefix("differs", arg) {
		return func(r *Review, at int) bool { return r.memories.Differ(at) }, nil
	}
	for _, v := range Verdicts {
		if v != NoVerdict && arg != "" && strings.HasPrefix(string(v), arg) {
			return func(r *Review, at int) bool {
				m := r.memories.latest(at)
				return m != nil && m.Verdict == v
			}, nil
		}
	}
	return nil, fmt.Errorf("use yes, no, differ, malicious, benign or unsure")
}

func confidenceIs(arg string) (matcher, error) {
	holds, arg := comparison(arg)
	n, err := strconv.ParseUint(strings.TrimSuffix(arg, "%"), 10, 8)
	if err != nil || n > 100 {
		return nil, fmt.Errorf("compare with a number from 0 to 100, such as conf>=75")
	}
	return func(r *Review, at int) bool {
		c := r.iocs.Confidence(at)
		return c != feed.NoConfidence && holds(cmp.Compare(c, int(n)))
	}, nil
}

func seenIs(arg string) (matcher, error) {
	holds, arg := comparison(arg)
	day, err := time.Parse(time.DateOnly, arg)
	if err != nil {
		return nil, fmt.Errorf("compare with a date, such as seen>=2026-05-01")
	}
	return func(r *Review, at int) bool {
		seen := r.iocs.FirstSeen(at)
		return !seen.IsZero() && holds(seen.Truncate(24*time.Hour).Compare(day))
	}, nil
}

// comparison reads a sign before a value; without one it is equality.
func comparison(arg string) (holds func(order int) bool, rest string) {
	for _, s := range []struct {
		sign  string
		holds func(int) bool
	}{
		{">=", func(c int) bool { return c >= 0 }},
		{"<=", func(c int) bool { return c <= 0 }},
		{">", func(c int) bool { return c > 0 }},
		{"<", func(c int) bool { return c < 0 }},
		{"=", func(c int) bool { return c == 0 }},
	} {
		if rest, ok := strings.CutPrefix(arg, s.sign); ok {
			return s.holds, rest
		}
	}
	return func(c int) bool { return c == 0 }, arg
}
