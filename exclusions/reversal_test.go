package exclusions

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/kql"
)

// negations are words that say the opposite of what stands beside them. The
// list is not that of words.yaml, so that one checks the other.
var negations = []string{
	"not", "no", "never", "neither", "nor", "none", "none of", "nothing but", "nobody", "cannot", "don't", "doesn't", "isn’t", "aren't", "wasn't", "hasn't",
	"without", "unless", "except", "except for", "except when", "excluding", "other than", "apart from", "aside from", "rather than", "instead of",
	"with the exception of", "anything but", "all but", "everything except", "but not", "not only", "lacks", "lacking", "missing", "fails to",
	"differs from", "different from", "unlike", "outside", "outside of", "besides", "between", "no longer", "whether or not", "regardless of",
	"anything other than", "any host other than", "greater than", "at least", "below", "is not", "are not", "does not contain", "not in", "must not",
}

// reversed reports whether a condition has a "not" in it.
func reversed(c kql.Condition) bool {
	switch c := c.(type) {
	case kql.Not:
		return true
	case kql.And:
		return slices.ContainsFunc(c, reversed)
	case kql.Or:
		return slices.ContainsFunc(c, reversed)
	}
	return false
}

// TestUnreadNegation puts words that reverse what is said anywhere into
// sentences that are understood. Either the condition has a "not" then, or it
// is not all that the filter says.
func TestUnreadNegation(t *testing.T) {
	sentences := []string{
		"Exclude events where the user is svc_x and the host is WS1 .",
		"Exclude processes where the parent process is agentd.exe or the command line includes acme-sync .",
		"Exclude traffic from 10.0.0.5 to 192.0.2.10 on port 443 .",
		"Exclude DNS queries from dc01.corp.example for updates.example.com .",
		"Exclude processes named acme.exe , backup.exe , and agent.exe run by the svc_backup account .",
		"Exclude connections to 198.51.100.7 on port 443 from host BUILD-01 .",
		"Exclude files located in C:\\Acme\\bin\\ that are signed by “Acme” .",
		"Exclude scripts run by Jenkins that connect to mirror.example.org when the account is svc_ci .",
	}
	for _, s := range sentences {
		words := strings.Fields(s)
		for _, negation := range negations {
			for at := 1; at < len(words); at++ {
				text := strings.Join(slices.Insert(slices.Clone(words), at, negation), " ")
				r := Read(feed.Scenario{Filter: text})
				if r.Complete && !reversed(r.Condition) {
					t.Errorf("%s\nread as %s", text, kql.FormatCondition(r.Condition))
				}
			}
		}
	}
}

// TestNegationsAnyOrder puts two of them anywhere.
func TestNegationsAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	parts := []string{"the user is svc_x", "the host is WS1", "the parent is agentd.exe", "from 10.0.0.5", "to 192.0.2.10", "named acme.exe", "signed by “Acme”",
		"and", "or", ",", "where", "that", "processes", "traffic", "any", "the command line contains --sync", "acme.exe", "svc_x"}
	for range 5_000 {
		words := []string{"Exclude"}
		for range 2 + random.IntN(6) {
			words = append(words, parts[random.IntN(len(parts))])
		}
		n := negations[random.IntN(len(negations))]
		words = slices.Insert(words, 1+random.IntN(len(words)-1), n)
		text := strings.Join(words, " ") + "."
		r := Read(feed.Scenario{Filter: text})
		if r.Complete && !reversed(r.Condition) {
			t.Fatalf("%s\nread as %s", text, kql.FormatCondition(r.Condition))
		}
	}
}
