package exclusions

import (
	"strings"
	"testing"

	"quarry/feed"
	"quarry/kql"
)

// TestClassesOfUsers makes sure that no class of users becomes an account,
// whether it is negated or not: the class may have a thousand accounts.
func TestClassesOfUsers(t *testing.T) {
	var sentences []string
	for _, a := range known().Accounts {
		for _, article := range []string{"a ", "an ", "any "} {
			for _, is := range []string{"is ", "is not "} {
				for _, behind := range []string{"", " account", " user"} {
					sentences = append(sentences, "Exclude events where the user "+is+article+a+behind+" and the host is WS1.")
				}
			}
		}
		sentences = append(sentences, "Exclude events where no "+a+" account acted and the host is WS1.",
			"Exclude events where the host is WS1 and the account is not "+a+"s.")
	}
	for _, a := range []string{"administrator", "admin", "guest", "user", "administrators", "service", "everyone"} {
		for _, is := range []string{"is ", "is not ", "is neither ", "was "} {
			sentences = append(sentences, "Exclude events where the user "+is+"the "+a+" and the host is WS1.",
				"Exclude events where the user "+is+a+" and the host is WS1.")
		}
		sentences = append(sentences, "Exclude processes running as the "+a+" on host WS1.", "Exclude processes not running as "+a+" on host WS1.")
	}
	for _, s := range sentences {
		r := Read(feed.Scenario{Filter: s})
		if r.Complete || strings.Contains(kql.FormatCondition(r.Condition), "account") {
			t.Errorf("%s\nread as %s", s, kql.FormatCondition(r.Condition))
		}
	}
}
