package saved

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"quarry/feed"
)

// Limits of Defender's custom indicators.
const (
	indicatorRows   = 500    // of one import
	indicatorTenant = 15_000 // of a tenant
)

// DefaultExpiry is how long a custom indicator lives unless told otherwise.
const DefaultExpiry = 90 * 24 * time.Hour

// Action is what Defender does when it meets a custom indicator.
type Action string

// The actions of Defender.
const (
	Audit             Action = "Audit" // an alert, and nothing is stopped
	Warn              Action = "Warn"
	Block             Action = "Block"
	BlockAndRemediate Action = "BlockAndRemediate" // files only
	Allowed           Action = "Allowed"
)

// Actions lists the actions, the default first.
var Actions = []Action{Audit, Warn, Block, BlockAndRemediate, Allowed}

// ParseAction reads an action's name in any case.
func ParseAction(s string) (Action, error) {
	var names []string
	for _, a := range Actions {
		if strings.EqualFold(s, string(a)) {
			return a, nil
		}
		names = append(names, string(a))
	}
	return "", fmt.Errorf("%q is no action; use %s", s, strings.Join(names, ", "))
}

// IndicatorOptions are the choices that shape custom indicators.
type IndicatorOptions struct {
	About
	// TitleOf is the title of the document in which an IOC stands; "" or nil is that of
	// the review.
	TitleOf func(feed.IOC) string
	Action  Action        // "" is [Audit]
	At      time.Time     // when they are written
	Expiry  time.Duration // how long they live from then on; 0 is [DefaultExpiry]
}

var indicatorHeader = []string{
	"indicatorType", "indicatorValue", "expirationTime", "action", "severity", "title", "description",
	"recommendedActions", "rbacGroups", "category", "mitretechniques", "GenerateAlert",
}

// expirationLayout is the only form that the import takes.
const expirationLayout = "2006-01-02T15:04:05.0Z"

// indicatorTypes are the types that the import takes. An ip:port becomes its
// address.
var indicatorTypes = map[feed.Type]string{
	feed.SHA1: "FileSha1", feed.SHA256: "FileSha256", feed.Domain: "DomainName", feed.URL: "Url",
	feed.IP: "IpAddress", feed.IPPort: "IpAddress",
}

// Indicators writes the IOCs as CSV files that Defender imports as custom
// indicators, 500 a file. Each IOC is one row, shares the row of another with
// the same value, or is in a finding: Defender takes no address blocks, no
// addresses of a private network, no mail addresses and file names, and no
// hashes but SHA-1 and SHA-256 in a file. It knows no ports, so an ip:port
// stands for all ports of its address.
//
// The error is a [*NothingError] or [*DataError], or says that the action or
// the time is missing or unknown; then there are no files.
func Indicators(all []feed.IOC, o IndicatorOptions) ([]File, []feed.Finding, error) {
	if o.Action == "" {
		o.Action = Audit
	}
	if !slices.Contains(Actions, o.Action) {
		_, err := ParseAction(string(o.Action))
		return nil, nil, err
	}
	if o.At.IsZero() {
		return nil, nil, errNoTime
	}
	if o.Expiry <= 0 {
		o.Expiry = DefaultExpiry
	}
	o.About = o.clean()
	ts, err := builtinThreats()
	if err != nil {
		return nil, nil, err
	}
	s, err := newSheet(indicatorHeader, limits{rows: indicatorRows})
	if err != nil {
		return nil, nil, err
	}
	var out, notes omissions
	for _, g := range groupIndicators(all, &out, &notes) {
		if _, err := s.add(g.row(ts, o)); err != nil {
			return nil, nil, err
		}
		if o.Action == BlockAndRemediate && !g.isFile() {
			notes.add("block-only", "written with Block, for BlockAndRemediate is for files", g.iocs[0])
		}
	}
	findings := append(out.findings(feed.Warning), notes.findings(feed.Info)...)
	if s.total == 0 {
		return nil, findings, &NothingError{Shape: "custom indicators"}
	}
	if s.total > indicatorTenant {
		findings = append(findings, feed.Finding{Code: "over-indicators", Severity: feed.Warning,
			Text: fmt.Sprintf("there are %d indicators; a tenant takes %d, so the import of the last ones will fail", s.total, indicatorTenant)})
	}
	findings = append(findings, feed.Finding{Code: "indicators-expire", Severity: feed.Info, Text: fmt.Sprintf(
		"the indicators expire on %s, and until then they ask for the action %s; change both in the file before the import where you want others",
		o.At.Add(o.Expiry).UTC().Format(time.DateOnly), o.Action)})
	return s.files(Alias(o.Title) + "-indicators"), findings, nil
}

// indicator is one row and the IOCs that it stands for.
type indicator struct {
	kind, value string
	iocs        []feed.IOC
}

func (g *indicator) isFile() bool { return strings.HasPrefix(g.kind, "File") }

func groupIndicators(all []feed.IOC, out, notes *omissions) []*indicator {
	var groups []*indicator
	at := map[string]*indicator{}
	for _, i := range all {
		if !out.checked(i) || refusedIndicator(i, out) {
			continue
		}
		kind, value := indicatorTypes[i.Type], i.Value
		key := kind + " " + i.Key()
		if kind == "IpAddress" {
			value = i.Host()
			key = kind + " " + value
		}
		if i.Type == feed.IPPort {
			notes.add("port-left-out", "written without the port, so the row stands for every port of the address", i)
		}
		if g := at[key]; g != nil {
			g.iocs = append(g.iocs, i)
			notes.add("same-indicator", "not in a row of its own, for another has the same value", i)
			continue
		}
		at[key] = &indicator{kind, value, []feed.IOC{i}}
		groups = append(groups, at[key])
	}
	return groups
}

// refusedIndicator counts an IOC that the import does not take.
func refusedIndicator(i feed.IOC, out *omissions) bool {
	refuse := func(code, why string) bool {
		out.add(code, "left out, "+why, i)
		return true
	}
	kind := indicatorTypes[i.Type]
	switch {
	case i.Type == feed.CIDR:
		return refuse("no-cidr", "for Defender takes no address blocks")
	case i.Type == feed.MD5:
		return refuse("no-md5", "for the import takes no MD5; the SHA-1 or SHA-256 of the file would do")
	case i.Type.IsHash() && kind == "":
		return refuse("no-long-hash", "for the import takes SHA-1 and SHA-256 only")
	case kind == "":
		return refuse("no-indicator-type", "for Defender has no indicator of the type")
	case kind == "IpAddress" && !external(i):
		return refuse("not-external", "for Defender takes no addresses of private or local networks")
	}
	return false
}

func external(i feed.IOC) bool {
	a, err := netip.ParseAddr(i.Host())
	return err == nil && a.IsGlobalUnicast() && !a.IsPrivate()
}

func (g *indicator) row(ts *threats, o IndicatorOptions) []string {
	_, techniques := ts.attack(g.iocs)
	worst := slices.MaxFunc(g.iocs, func(a, b feed.IOC) int { return ts.level(a) - ts.level(b) })
	action, alert := o.Action, "TRUE"
	if action == BlockAndRemediate && !g.isFile() {
		action = Block
	}
	if action == Allowed {
		alert = "FALSE"
	}
	row := []string{
		g.kind, g.value, o.At.Add(o.Expiry).UTC().Format(expirationLayout), string(action), ts.severity(g.iocs),
		g.title(worst, o.document(worst)), g.describe(worst, o), "", "", ts.of(worst.Threat).Category, strings.Join(techniques, ","), alert,
	}
	for k := range row {
		if k != 1 { // the value is exact: hash, address, name or URL spell no formula
			row[k] = PlainCell(row[k])
		}
	}
	return row
}

// document is the title of the document in which an IOC stands.
func (o IndicatorOptions) document(i feed.IOC) string {
	if o.TitleOf == nil {
		return o.About.Title
	}
	return cmp.Or(oneLine(o.TitleOf(i)), o.About.Title)
}

func (g *indicator) title(worst feed.IOC, document string) string {
	name := cmp.Or(oneLine(worst.Family), document)
	if threat := oneLine(string(worst.Threat)); threat != "" {
		name = cut(name, 200) + " " + threat
	}
	return cut(name, maxName)
}

func (g *indicator) describe(worst feed.IOC, o IndicatorOptions) string {
	var values []string
	for _, i := range g.iocs[:min(len(g.iocs), shownValues)] {
		values = append(values, string(i.Type)+" "+cut(i.Value, 200))
	}
	text := cut(o.document(worst), 300) + ": " + strings.Join(values, ", ")
	if more := len(g.iocs) - len(values); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	if worst.Confidence != feed.NoConfidence {
		text += fmt.Sprintf("; confidence %d", worst.Confidence)
	}
	if o.About.Reviewer != "" {
		text += "; reviewed by " + cut(o.About.Reviewer, 100)
	}
	return text
}
