package exclusions

import (
	"fmt"
	"regexp/syntax"
	"strings"

	"golang.org/x/net/publicsuffix"

	"quarry/kql"
)

// weakRemote says why a name or URL on the other side may as well be one that
// an attacker chose. Only a whole name, what lies below one, and the beginning
// of a URL with all of its host belong to someone.
func weakRemote(t kql.Test, v string) string {
	host := strings.Trim(hostOf(v), ".*")
	url := t.Field == "remote.url"
	switch {
	case t.Op == kql.Is:
		return ""
	case t.Op == kql.Matches:
		return weakPattern(url, v)
	case !strings.Contains(host, ".") && t.Op == kql.EndsWith:
		return fmt.Sprintf("%s is a whole top-level domain, or the end of any URL", v)
	case !strings.Contains(host, "."):
		return fmt.Sprintf("whoever runs a server chooses its names and URLs, so %q may be in those of malware", v)
	case url && t.Op == kql.StartsWith && hostEnds(v):
		return ""
	case url && t.Op != kql.StartsWith:
		return fmt.Sprintf("an attacker can use a URL that %s %s, such as http://evil.example/%s", t.Op, v, below(strings.TrimPrefix(v, "/")))
	case t.Op == kql.EndsWith && strings.HasPrefix(v, "."):
		if shared(host) {
			return fmt.Sprintf("anyone can register a name that ends with %s, attackers too", v)
		}
		return ""
	case t.Op == kql.EndsWith:
		return fmt.Sprintf("an attacker can register a name that ends with %s, such as evil-%s", v, v)
	}
	return fmt.Sprintf("an attacker can register a name that %s %s, such as %s.evil.example", t.Op, v, host)
}

// shared reports whether people who have nothing to do with each other have
// names below this one: co.uk, github.io.
func shared(host string) bool {
	suffix, icann := publicsuffix.PublicSuffix(strings.ToLower(host))
	return suffix == strings.ToLower(host) && (icann || strings.Contains(suffix, "."))
}

// hostEnds reports whether the host of a URL ends inside it, so that what it
// begins with cannot be the beginning of another host.
func hostEnds(v string) bool {
	if _, rest, ok := strings.Cut(v, "://"); ok {
		v = rest
	}
	return strings.ContainsAny(v, "/?#")
}

// weakPattern tries a regular expression on names that an attacker makes out of
// those that it matches.
func weakPattern(url bool, v string) string {
	re, err := syntax.Parse("(?i)"+v, syntax.Perl)
	if err != nil {
		return fmt.Sprintf("%s is no regular expression", v)
	}
	for _, s := range samples(re) {
		for _, other := range lookalikes(url, s) {
			if holds(kql.Matches, v, other) {
				return fmt.Sprintf("an attacker can use a name or URL that %s matches, such as %s", v, other)
			}
		}
	}
	return ""
}

// lookalikes are names and URLs of someone else that hold a name or URL.
func lookalikes(url bool, s string) (all []string) {
	s = below(s)
	if url {
		all = append(all, "http://evil.example/"+strings.TrimPrefix(s, "/"))
	}
	if own, err := publicsuffix.EffectiveTLDPlusOne(hostOf(s)); err == nil && own == hostOf(s) {
		all = append(all, "evil-"+s) // not a name below the same one
	}
	if s != "" && (!hostEnds(s) || !url) {
		all = append(all, s+".evil.example")
	}
	return all
}

// below is a name below one that is written with a dot in front.
func below(s string) string {
	if strings.HasPrefix(s, ".") {
		return "x" + s
	}
	return s
}

// mostSamples bounds how many texts are made for a regular expression.
const mostSamples = 32

// samples are short texts that a regular expression matches, one for each of
// its alternatives as far as there are not too many.
func samples(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpCharClass:
		return []string{string(member(re.Rune))}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return []string{"x"}
	case syntax.OpCapture, syntax.OpPlus:
		return samples(re.Sub[0])
	case syntax.OpRepeat:
		all := []string{""}
		for range re.Min {
			all = product(all, samples(re.Sub[0]))
		}
		return all
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range re.Sub {
			all = product(all, samples(sub))
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			all = append(all, samples(sub)...)
		}
		return all[:min(len(all), mostSamples)]
	}
	return []string{""} // nothing is enough, or no text at all
}

func product(heads, tails []string) (all []string) {
	for _, h := range heads {
		for _, t := range tails {
			if all = append(all, h+t); len(all) == mostSamples {
				return all
			}
		}
	}
	return all
}

// member is a character of a class, given as pairs of first and last: one that
// a name may have where there is one.
func member(class []rune) rune {
	for _, wanted := range "xa0-._" {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= wanted && wanted <= class[i+1] {
				return wanted
			}
		}
	}
	if len(class) == 0 {
		return 'x'
	}
	return class[0]
}
