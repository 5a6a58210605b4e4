package review

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
)

// maker makes random reviews of hostile documents.
type maker struct {
	*rand.Rand
	t      testing.TB
	values []string // of IOCs so far, for the texts to name
}

func newMaker(t testing.TB, seed uint64) *maker {
	return &maker{Rand: rand.New(rand.NewPCG(seed, 7)), t: t}
}

func pick[T any](m *maker, from []T) T { return from[m.IntN(len(from))] }

// shards are what hostile texts are put together from.
var shards = []string{
	"word", "two words", "", " ", "|", "||", "|---|---|", "a|b", "`", "``", "```", "````", "`|`", "`x`", "\\", "\\\\", "\\|", "\\`",
	"[x](http://evil.example/)", "![i](//evil.example/x.png)", "[x]: http://evil.example", "[x]", "[^1]", "[^1]: note", "[ ] do", "- [x] done",
	"<http://evil.example>", "<b>", "<br>", "<br/>", "<script>alert(1)</script>", "<!--", "-->", "<a href=x>", "a<br>b", "&lt;br&gt;", "&amp;", "&#35;", "&copy;",
	"---", "***", "___", "===", ":--", "-:", ":", "# head", "## Scenarios", "### Scenario 9: x", "foo #", "foo ##", "#", "1.", "1)", "12345. x", "- x", "+ y", "* z", "> q",
	"    code", "\tcode", "~~~", "~~s~~", "~", "**b**", "__b__", "_i_", "*i*", "a_b_c", "_", "*", "$x$", "{#id}", ":smile:", "@user", "#123", "%s%d", `"q"`, "'q'", "=1+1",
	"---\nquarry: 2\n---", "quarry: 9", "\n---\n", "http://evil.example/p_a?a=b&c=[d]", "https://[2001:db8::1]:8443/x", "http://192.0.2.1/x",
	"www.evil.example", "www.", "WWW.evil.example", "ftp://192.0.2.7/x", "http://", "https:", "HTTP://EVIL.example/", "//", "http:", "://",
	"user@evil.example", "user@host.internal", "a@b.c", "@b.c", "mailto:a@evil.example", "evil.example.", "evil[.]example", "hxxp://evil[.]example/x", "hxxp://evil.example",
	"evil[.]sub.example", "192.0.2.1:443", "192[.]0[.]2[.]1", "192.0.2[.]1", "192.0.2.0/24", "2001:db8::1", "2001:db8:[:]1", "[2001:db8::1]:443", "::1", "::",
	"user[at]evil.example", "user(at)evil(dot)example", "user[@]evil.example", "evil(dot)example", "evil[dot]sub.example", "hxxp[:]//evil.example/x", "http[://]evil.example", "evil[.example",
	"evil.]example", "192.0.2.1-192.0.2.9", "192.0.2.1[:]443", "2001:db8::1/64", "IP:192.0.2.1", "evil.example:443", "evil.example/x", "*.evil.example", "h**p://evil.example",
	"[.]", "[.](x)", "[.]: y", "[.][.]", "[[.]]", "[@]", "[:]", "![.]", "(.)", "...", "..", ".", "[...]",
	"\u202e", "\u200b", "\u200d", "\x1b[31m", "\x00", "\x07", "\x7f", "\r\n", "\r", "\u2028", "\u2029", "\u0085", "\ufeff", "\u00a0", "\u3000", "\u00ad", "\U000E0041", "\u3164", "\ufe0f", "\uffff", "\xff\xfe",
	"é", "日本語", "e\u0301", "😀", "пример.example", `C:\Windows\Temp\`, `\\host\share`, `\x1b`, `\u202e`, `\x2e`,
	"Description: x", "**Filter/Exclusion:** x", "**Document 1:** x", "Document 2", "a.md:12", "yes, risks accepted", "cut off", "Read as:", "on", "off",
	strings.Repeat("long ", 300), strings.Repeat("x", 2000), strings.Repeat("[", 50), strings.Repeat("a.", 300), strings.Repeat("*_", 40), "\n", "\n\n", "x\n",
}

// text makes a hostile text, which may name IOCs.
func (m *maker) text() string {
	var b strings.Builder
	for range m.IntN(7) {
		if len(m.values) > 0 && m.IntN(4) == 0 {
			b.WriteString(m.embedded(pick(m, m.values)))
		} else {
			b.WriteString(pick(m, shards))
		}
		b.WriteString(pick(m, []string{"", " ", " ", " ", "\n"}))
	}
	return b.String()
}

// embedded writes a value where it is hard to find.
func (m *maker) embedded(v string) string {
	return fmt.Sprintf(pick(m, []string{
		"%s", "%s.", "(%s)", "`%s`", "[%s]", "<%s>", "|%s|", "%s(", "C:\\%s", "/%s/x", "version %s", `\\%s\share`, "$%s", "x:%s", "http://%s/x", "http://a.example/%s", "*%s*", "\"%s\"", "é%s", "%s,%[1]s", "%s%%",
		"_%s", "IP:%s", "%s:", "%s:443", "-%s_x", "x.%s", "%s...", "%s[.]x", "%s.x", "%s:%[1]s", "%s::1", "x%s", "%s@b.example",
	}), v)
}

func (m *maker) line() int { return m.IntN(90) }

// values of every type, hostile where the type lets them be.
var values = map[feed.Type][]string{
	feed.IPPort: {"192.0.2.%d:443", "198.51.100.%d:65535", "[2001:db8::%x]:8080", "203.0.113.%d:1"},
	feed.IP:     {"192.0.2.%d", "2001:db8::%x", "2001:db8:%x::"},
	feed.CIDR:   {"192.0.2.%d/32", "2001:db8:%x::/48", "198.51.%d.0/24"},
	feed.Domain: {"evil%d.example", "www.evil%d.example", "x_%d.test", "xn--e1afmkfd%d.example", "a-%d.b.c.example.com"},
	feed.URL: {
		"http://evil%d.example/a|b`c", "https://[2001:db8::%x]:8443/x?y=[z](w)", "http://192.0.2.%d/a_b_*c*?u=http://other.example/&m=_a@b.example",
		"ftp://x%d.example/\\path\\", "http://evil%d.example/<b>&amp;", "https://user:pw@evil%d.example:8080/#frag", "http://evil%d.example/\"'$~--",
		"http://www%d.example", "tcp://evil%d.example:443", "http://Evil%d.Example/A.B/www.c.example", "http://evil%d.example/\u65e5\u672c?q=192.0.2.1",
		"http://evil%d.example/" + strings.Repeat("a.example/", 700), "http://evil%d.example/x[.y", "http://evil%d.example/http://evil2.example/http://evil3.example",
	},
	feed.SHA256: {"%064x"}, feed.SHA1: {"%040x"}, feed.MD5: {"%032x"}, feed.SHA512: {"%0128x"}, feed.SHA3384: {"%096x"},
	feed.FileName: {
		"invoice|%d.pdf.exe", "a  b%d.exe", "`x%d`.dll", "# x%d.js", "evil%d.example", "<b>%d.hta", "-x%d.exe", "=cmd%d.exe", `x\y%d.exe`,
		"\u00e9t\u00e9%d.exe", "[x](y)%d.lnk", "1. x%d.vbs", "x%d[.]example", "http://evil%d.example/", "--- %d", "a\u00a0b%d",
	},
	feed.Email:        {"a%d@evil.example", "a.b+c_%d@evil.example", "we|rd`%d@evil.example", "evil.example%d@mail.example", "a@b%d@evil.example"},
	feed.EnvelopeFrom: {"bounce%d@evil.example"},
	feed.BodyFrom:     {"ceo%d@mail.evil.example", "*x*%d@evil.example"},
}

func (m *maker) ioc(names []string) feed.IOC {
	kind := pick(m, feed.Types)
	value, err := feed.Canonical(kind, fmt.Sprintf(pick(m, values[kind]), 1+m.IntN(9)))
	if err != nil {
		m.t.Fatal(err)
	}
	i := feed.IOC{Type: kind, Value: value, Confidence: m.IntN(102) - 1, Threat: feed.Threat(pick(m, []string{"", "botnet_cc", "payload", m.text()}))}
	if m.IntN(3) == 0 {
		i.Family = m.text()
	}
	switch m.IntN(3) {
	case 0:
		i.FirstSeen = time.Date(2026, 5, 1+m.IntN(28), 0, 0, 0, 0, time.UTC)
	case 1:
		i.FirstSeen = time.Unix(1_700_000_000+m.Int64N(1e7), m.Int64N(1e9)).UTC()
	}
	if m.IntN(3) == 0 {
		i.LastSeen = time.Date(2026, 6, 1+m.IntN(28), m.IntN(24), 0, 0, 0, time.UTC)
	}
	if m.IntN(3) == 0 {
		i.Reference, i.Tags = m.text(), []string{m.text(), m.text()}
	}
	for range m.IntN(4) {
		i.Sources = append(i.Sources, feed.Source{Name: pick(m, names), Line: m.line()})
	}
	if m.IntN(6) == 0 {
		i.Differs = append(i.Differs, m.text(), m.text())
	}
	m.values = append(m.values, value)
	return i
}

func (m *maker) mention(names []string) feed.IOC {
	i := m.ioc(names)
	i.Mention, i.Context = true, m.text()
	if m.IntN(3) > 0 {
		i.Confidence, i.Threat, i.Family, i.FirstSeen = feed.NoConfidence, "", "", time.Time{}
	}
	return i
}

// query makes a published query.
func (m *maker) query() string {
	var b strings.Builder
	for range m.IntN(6) {
		b.WriteString(pick(m, []string{
			"DnsEvents", "| where Name has_any (dynamic([\"evil1.example\"]))", "```", "````kql", "  ```", "~~~", "\tindented  ", "", "// comment", "let x = 1;", m.text(),
		}))
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), pick(m, []string{"", "\n"}))
}

// filters of which some can be read as conditions.
var filters = []string{
	"Exclude processes where the parent process is schtasks.exe.", "Exclude processes where the command line includes backup.",
	"Exclude processes where the file path contains C:\\Program Files\\Backup\\.", "Exclude the user svc_backup.", "Exclude source IP range 192.0.2.0/24.",
}

func (m *maker) document(name string, line int, names []string) *feed.Bulletin {
	d := &feed.Bulletin{
		Source: feed.Source{Name: name, Line: line}, SHA256: pick(m, []string{"", strings.Repeat("5e", 32)}), Format: "bulletin",
		Title: m.text(), Family: m.text(), Text: m.text(), Total: m.IntN(20) - 1,
	}
	place := func() feed.Source {
		if m.IntN(8) == 0 {
			return feed.Source{Name: pick(m, append(names, "", "other: 1", m.text())), Line: m.line()}
		}
		return feed.Source{Name: name, Line: line + m.IntN(5)}
	}
	for range m.IntN(9) {
		d.IOCs = append(d.IOCs, m.ioc(names))
	}
	for range m.IntN(4) {
		d.Mentions = append(d.Mentions, m.mention(names))
	}
	d.Text += m.text()
	for range m.IntN(3) {
		d.Types = append(d.Types, pick(m, []feed.Type{feed.Domain, feed.IPPort, feed.Type(m.text())}))
		d.Tables = append(d.Tables, feed.TableNote{Name: pick(m, []string{"DnsEvents", "DeviceNetworkEvents", "UrlClickEvents", m.text()}), Note: m.text(), Source: place()})
		d.Queries = append(d.Queries, feed.Query{Text: m.query(), Source: place()})
		d.Scenarios = append(d.Scenarios, feed.Scenario{
			Title: m.text(), Description: m.text(), Filter: pick(m, append(filters, m.text())), Cut: m.IntN(5) == 0, Source: place(),
		})
		d.Findings = append(d.Findings, feed.Finding{
			Code: pick(m, []string{"count-differs", "x"}), Severity: feed.Warning, Source: place(), Text: m.text(),
		})
	}
	return d
}

// documents makes documents from several sources, and several in one.
func (m *maker) documents() []*feed.Bulletin {
	names := []string{pick(m, []string{"a.md", "evil1.example", "dir/a b.md", "dir/b", "dir/Document 2"}), pick(m, []string{"b:5", "-", "b|`.md", "b", "other/b|`.md", "Document 2", `C:\x\a.md`, "d/ e.md", "d/", "x/own"}), m.text()}
	lines := m.IntN(3) > 0
	var all []*feed.Bulletin
	for n := range 1 + m.IntN(4) {
		line := 0
		if lines {
			line = 1 + 20*n
		}
		all = append(all, m.document(pick(m, names), line, names))
	}
	return all
}

// decision makes one that the review may refuse.
func (m *maker) decision(r *Review) Decision {
	var iocs []int
	for range 1 + m.IntN(4) {
		iocs = append(iocs, m.IntN(r.IOCs().Len()+1))
	}
	tables := r.Catalogue().Tables()
	return pick(m, []Decision{
		Include{iocs, m.IntN(2) == 0}, Invert{iocs}, SetVerdict{iocs, pick(m, Verdicts)}, SetNote{iocs[0], m.text()}, SetNotes{iocs, m.text()},
		ChooseTable{pick(m, tables).Name, m.IntN(3) > 0}, SetTarget{pick(m, kqlTargets)},
		SetLookback{time.Duration(m.Int64N(int64(40 * 24 * time.Hour)))}, m.attach(r), m.scenario(r),
		SetMatch{pick(m, []kql.Match{kql.SubdomainMatch, kql.ExactMatch, kql.LooseMatch, "near"})}, SetPort{pick(m, []kql.PortMode{kql.LabelPort, kql.RequirePort, kql.IgnorePort, "far"})},
		SetOwnSide{m.IntN(2) == 0}, SetLong{pick(m, []Long{KeepLong, SplitLong, WatchlistLong, "short"})}, SetMinConfidence{m.IntN(130) - 10},
	})
}

// id is that of a scenario, or of none.
func (m *maker) id(r *Review) int {
	if n := r.ScenarioCount(); n > 0 && m.IntN(8) > 0 {
		return r.Scenario(m.IntN(n)).ID
	}
	return m.IntN(5) - 3
}

func (m *maker) attach(r *Review) Decision {
	return Attach{Scenario: m.id(r), On: m.IntN(3) > 0, Accept: pick(m, []exclusions.Fit{"", exclusions.Partly, exclusions.Dangerous, exclusions.NoColumn})}
}

// scenario is a decision that makes or changes scenarios.
func (m *maker) scenario(r *Review) Decision {
	text := pick(m, []string{"", `process.name is "a.exe"`, `not (remote.host is one of ("a.example", "b  c"))`, `process.path starts with 'C:\x\'`, "process.name is", `action is "\u202e"`})
	filter := pick(m, []string{"", m.text(), "Exclude processes where the process name is tool.exe."})
	return pick(m, []Decision{
		EditCondition{m.id(r), text}, NewScenario{m.text(), m.text(), filter, text}, DuplicateScenario{m.id(r)}, RewriteScenario{m.id(r), m.text(), filter, text},
		RemoveScenario{m.id(r)}, MoveScenario{m.id(r), m.IntN(7) - 3}, SetScenarioNote{m.id(r), m.text()},
	})
}

// review makes a review with decisions.
func (m *maker) review() *Review {
	r := start(m.t, m.documents()...)
	m.decisions(r, m.IntN(25))
	return r
}

func (m *maker) decisions(r *Review, n int) {
	for range n {
		// A refusal is as good as any.
		_, _ = r.Decide(m.decision(r), "jk", atNoon)
	}
}

func TestReviewedBulletinRoundTrip(t *testing.T) {
	for seed := range uint64(rounds(t, 150)) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { checkRoundTrip(t, newMaker(t, seed).review()) })
		if t.Failed() {
			return
		}
	}
}
