package warnings

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"quarry/feed"
)

// Warning is one reason to look at an IOC again.
type Warning struct {
	Code   string `json:"code"`
	Level  Level  `json:"level"`
	Text   string `json:"text"`   // why, in a sentence
	Advice string `json:"advice"` // what to do about it
}

// Options are what a [Checker] is told. The zero Options are the usual.
type Options struct {
	Levels        map[string]Level // by the code of a rule; others are as they are
	MinConfidence int              // in percent, below which a source is not sure; 0 is [LowConfidence]
	Now           time.Time        // against which IOCs are old or expired; zero looks for none of them
	Lists         []*List          // of the analyst's own
}

const (
	// LowConfidence is the confidence below which a source is not sure.
	LowConfidence = 50
	// MaxAge is how old an IOC gets before it is old. ThreatFox drops IOCs
	// after six months since 2025-05-01.
	MaxAge = 183 * 24 * time.Hour
)

// UnknownRuleError says that a level was set for a rule that is none.
type UnknownRuleError struct {
	Code  string
	Known []string
}

func (e *UnknownRuleError) Error() string {
	return fmt.Sprintf("there is no rule %q; rules: %s", e.Code, strings.Join(e.Known, " "))
}

// Checker says what is suspicious about IOCs. It does not change and may be
// used by several goroutines.
type Checker struct {
	rules  map[string]*Rule // those that are not off, with their level
	order  map[string]int   // of all rules, those first that say most
	known  *known
	lists  []*List
	sure   int
	oldest time.Time
	now    time.Time
}

// New makes a checker. The error is an [*UnknownRuleError] or that of the
// program's own data.
func New(o Options) (*Checker, error) {
	rules, err := builtinRules()
	if err != nil {
		return nil, err
	}
	k, err := builtinKnown()
	if err != nil {
		return nil, err
	}
	c := &Checker{rules: map[string]*Rule{}, order: map[string]int{}, known: k, lists: o.Lists, sure: o.MinConfidence}
	var codes []string
	for _, r := range rules {
		c.order[r.Code] = len(codes)
		codes = append(codes, r.Code)
		if level, told := o.Levels[r.Code]; told {
			r.Level = level
		}
		if r.Level != Off {
			c.rules[r.Code] = &r
		}
	}
	for code := range o.Levels {
		if !slices.Contains(codes, code) {
			return nil, &UnknownRuleError{code, codes}
		}
	}
	if c.sure == 0 {
		c.sure = LowConfidence
	}
	if !o.Now.IsZero() {
		c.oldest, c.now = o.Now.Add(-MaxAge), o.Now
	}
	return c, nil
}

// Check lists what is suspicious about an IOC, warnings before information.
func (c *Checker) Check(i feed.IOC) []Warning {
	f := finder{c: c}
	f.ioc(i)
	slices.SortStableFunc(f.found, func(a, b Warning) int { return weight(a.Level) - weight(b.Level) })
	return f.found
}

// Level is how loud the warnings about an IOC are, "" where there are none. It
// says no more than Check and costs less.
func (c *Checker) Level(i feed.IOC) Level {
	f := finder{c: c, quiet: true}
	f.ioc(i)
	return f.loudest
}

func weight(l Level) int {
	if l == Warn {
		return 0
	}
	return 1
}

// Named is the warning about an IOC that a scenario calls benign, and whether
// the rule is on.
func (c *Checker) Named(scenario string) (Warning, bool) {
	f := finder{c: c}
	if f.hears(scenarioRule) {
		f.say("%s leaves it out as benign", scenario)
	}
	if len(f.found) == 0 {
		return Warning{}, false
	}
	return f.found[0], true
}

// Means is what a rule is about, in the plural.
func (c *Checker) Means(code string) string {
	if r, on := c.rules[code]; on {
		return r.Means
	}
	return ""
}

// SharedHost reports whether a host is one that many people share, so that rows
// about it alone say nothing of one of them. It is not where the rule is off.
func (c *Checker) SharedHost(name string) bool {
	_, on := c.rules[sharedHostRule]
	h, entry, is := c.known.shared(name)
	return on && is && (h.whole || entry == name)
}

// finder gathers the warnings about one IOC.
type finder struct {
	c       *Checker
	found   []Warning
	rule    *Rule // that is told
	quiet   bool  // only how loud they are counts
	loudest Level // of them
}

// hears notes that a rule holds, and reports whether it is to be told.
func (f *finder) hears(code string) bool {
	r, on := f.c.rules[code]
	if !on {
		return false
	}
	if f.loudest != Warn {
		f.loudest = r.Level
	}
	f.rule = r
	return !f.quiet
}

// say tells why the rule holds that was heard last.
func (f *finder) say(format string, args ...any) {
	f.found = append(f.found, Warning{f.rule.Code, f.rule.Level, fmt.Sprintf(format, args...), f.rule.Advice})
}

func (f *finder) ioc(i feed.IOC) {
	c := f.c
	f.value(i)
	if f.quiet && f.loudest == Warn {
		return // no more can be heard
	}
	for _, l := range c.lists {
		if entry, ok := l.find(i); ok && f.hears(listRule) {
			f.say("the warning list %s has %s", feed.Quote(l.Name), entry)
		}
	}
	if !c.oldest.IsZero() && !i.FirstSeen.IsZero() && i.FirstSeen.Before(c.oldest) && (i.LastSeen.IsZero() || i.LastSeen.Before(c.oldest)) && f.hears(oldRule) {
		f.say("it was first seen on %s, more than six months ago", i.FirstSeen.Format(time.DateOnly))
	}
	if until, stated := i.ValidUntil(); stated && until.Before(c.now) && f.hears(expiredRule) {
		f.say("its source held it valid until %s", until.Format(time.DateOnly))
	}
	if i.Confidence != feed.NoConfidence && i.Confidence < c.sure && f.hears(lowConfidenceRule) {
		f.say("its source is %d%% sure", i.Confidence)
	}
}

// value looks at what the IOC is.
func (f *finder) value(i feed.IOC) {
	switch i.Type {
	case feed.IP, feed.IPPort:
		if a, ok := i.Addr(); ok {
			f.address(netip.PrefixFrom(a, a.BitLen()))
		}
	case feed.CIDR:
		f.cidr(i.Value)
	case feed.Domain:
		f.domain(i.Value)
	case feed.URL:
		f.url(i)
	case feed.FileName:
		if what, ok := f.c.known.files[strings.ToLower(i.Value)]; ok && f.hears(commonFileRule) {
			f.say("it is %s", what)
		}
	case feed.Email, feed.EnvelopeFrom, feed.BodyFrom:
	default:
		if h, ok := f.c.known.hashes[i.Value]; ok && f.hears(h.code) {
			f.say("it is the hash of %s", h.name)
		}
	}
}

func (f *finder) address(p netip.Prefix) {
	b, ok := f.c.known.blocks.find(p)
	switch {
	case !ok || !f.hears(b.code):
	case b.code == "public-resolver":
		f.say("it is one of %s", b.name)
	case b.dated != "":
		f.say("%s has this address, %s", b.name, b.dated)
	default:
		f.say("it is in a block that is %s", blockKind(b.name))
	}
}

// blockKind is the name of a block behind "is".
func blockKind(name string) string {
	switch name {
	case "private", "multicast", "reserved", "link-local":
		return name
	}
	return "for " + name
}

// Blocks from this length on are no provider's whole network.
const (
	smallBlock4 = 16
	smallBlock6 = 32
)

func (f *finder) cidr(value string) {
	p, err := netip.ParsePrefix(value)
	if err != nil {
		return
	}
	if _, within := f.c.known.blocks.find(p); within {
		f.address(p)
	} else {
		f.holds(p)
	}
	if (p.Addr().Is4() && p.Bits() < smallBlock4 || p.Addr().Is6() && p.Bits() < smallBlock6) && f.hears(largeBlockRule) {
		f.say("the block is as large as a whole provider's")
	}
}

// holds looks at a block that is in no known one but may hold some. What is said
// first of the codes is said of one of them.
func (f *finder) holds(p netip.Prefix) {
	blocks := f.c.known.blocks.within(p)
	if len(blocks) == 0 {
		return
	}
	worst := slices.MinFunc(blocks, func(a, b inner[block]) int { return f.c.order[a.value.code] - f.c.order[b.value.code] })
	switch b := worst.value; {
	case !f.hears(b.code):
	case b.code == "public-resolver":
		f.say("it holds %s, one of %s", worst.prefix, b.name)
	case b.dated != "":
		f.say("it holds %s, which %s has, %s", worst.prefix, b.name, b.dated)
	default:
		f.say("it holds %s, which is %s", worst.prefix, blockKind(b.name))
	}
}

// domain looks at a name that stands for itself and those below it.
func (f *finder) domain(name string) {
	if reservedName(name) {
		if f.hears(documentationAddressRule) {
			f.say("the name is reserved for documentation and tests")
		}
		return
	}
	suffix, icann := publicsuffix.PublicSuffix(name)
	if h, entry, ok := f.c.known.shared(name); ok && (entry == name || suffix != name) {
		switch {
		case h.below && entry != name:
			if f.hears(sharedSuffixRule) {
				f.say("it stands below %s, %s where each name is another user's", entry, h.name)
			}
		case f.hears(sharedHostRule):
			f.say("%s is %s that many people share", name, h.name)
		}
		return
	}
	private := !icann && strings.Contains(suffix, ".")
	switch {
	case suffix == name && (icann || private):
		if f.hears(publicSuffixRule) {
			f.say("%s is a public suffix: names of many people stand below it", name)
		}
	case private && f.hears(sharedSuffixRule):
		f.say("it stands below %s, where anybody gets a name", suffix)
	}
}

// reserved are the names of RFC 2606 and RFC 6761.
var reserved = []string{"example", "test", "invalid", "localhost", "example.com", "example.net", "example.org"}

// reservedName reports whether a name is reserved, or stands below such a name.
func reservedName(name string) bool {
	for _, r := range reserved {
		if strings.HasSuffix(name, r) && (len(name) == len(r) || name[len(name)-len(r)-1] == '.') {
			return true
		}
	}
	return false
}

// url looks at a URL: what it says beyond its host makes a shared host no
// problem.
func (f *finder) url(i feed.IOC) {
	host := i.Host()
	bare := withoutPath(i.Value)
	if a, err := netip.ParseAddr(host); err == nil {
		f.address(netip.PrefixFrom(a, a.BitLen()))
	} else if bare {
		f.domain(host)
	} else if h, _, ok := f.c.known.shared(host); ok && f.hears(sharedURLHostRule) {
		f.say("its host %s is %s that many people share", host, h.name)
	}
	if bare && f.hears(noPathRule) {
		f.say("the URL names only a host")
	}
}

// withoutPath reports whether a URL ends behind its host.
func withoutPath(url string) bool {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return false
	}
	at := strings.IndexAny(rest, "/?#")
	return at < 0 || rest[at:] == "/"
}
