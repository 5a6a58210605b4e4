package review

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"quarry/exclusions/warnings"
	"quarry/feed"
	"quarry/feed/scan"
	"quarry/kql"
)

// Check lets the review say what is suspicious about its IOCs, and hunt URLs on
// hosts that many people share as a whole only. Without a checker it says
// nothing.
func (r *Review) Check(c *warnings.Checker) {
	r.checker = c
	r.ready = nil
	r.findLevels()
	for i := range r.shapes { // of a URL it decides how much is hunted
		if r.iocs.Type(i) != feed.URL {
			continue
		}
		url := feed.IOC{Type: feed.URL, Value: r.iocs.Value(i)}
		r.shapes[i] = r.shape(url, kql.ShapeOf(url))
		if !r.iocs.Mention(i) {
			r.listed |= 1 << r.shapes[i]
		}
	}
	r.rebase(false, true)
}

// findLevels finds how loud the warnings about each IOC are. Of a million it is
// some tenths of a second of work, which all processors do together.
func (r *Review) findLevels() {
	r.levels = nil
	if r.checker == nil {
		return
	}
	n, processors := r.iocs.Len(), runtime.GOMAXPROCS(0)
	r.levels = make([]levelCode, n)
	part := max(levelsAtOnce, (n+processors-1)/processors)
	var all sync.WaitGroup
	for from := 0; from < n; from += part {
		all.Go(func() {
			for i := from; i < min(n, from+part); i++ {
				r.levels[i] = codeOfLevel(r.checker.Level(r.iocs.Facts(i)))
			}
		})
	}
	all.Wait()
}

// levelCode is a level as a place in levelCodes: there is one for each IOC.
type levelCode uint8

var levelCodes = [...]warnings.Level{"", warnings.Inform, warnings.Warn}

func codeOfLevel(l warnings.Level) levelCode {
	switch l {
	case warnings.Warn:
		return 2
	case "":
		return 0
	}
	return 1
}

// levelsAtOnce is how many IOCs are looked at by one processor at least.
const levelsAtOnce = 1 << 12

// findLevel finds how loud the warnings are about an IOC that is new, or of
// which more is known now.
func (r *Review) findLevel(i int) {
	if r.checker == nil {
		return
	}
	level := codeOfLevel(r.checker.Level(r.iocs.Facts(i)))
	if i == len(r.levels) {
		r.levels = append(r.levels, level)
	} else {
		r.levels[i] = level
	}
}

// shared reports whether an IOC is a URL whose host is everybody's.
func (r *Review) shared(i feed.IOC) bool {
	return r.checker != nil && i.Type == feed.URL && r.checker.SharedHost(i.Host())
}

// shape is the shape of an IOC, which is that of its type unless its host is
// everybody's.
func (r *Review) shape(i feed.IOC, s kql.Shape) kql.Shape {
	if r.shared(i) {
		return s.OfSharedHost()
	}
	return s
}

// sharedHosts says which hosts of URLs are not hunted because they are
// everybody's.
func (r *Review) sharedHosts() []feed.Finding {
	if r.checker == nil {
		return nil
	}
	var hosts []string
	var first feed.Source
	n := 0
	for i := range r.hunted() {
		if r.iocs.Type(i) != feed.URL {
			continue
		}
		ioc := r.iocs.At(i)
		if !r.shared(ioc) {
			continue
		}
		if n++; n == 1 && len(ioc.Sources) > 0 {
			first = ioc.Sources[0]
		}
		if host := ioc.Host(); !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	if n == 0 {
		return nil
	}
	what, it := feed.Counted(n, "URL")+" stand on hosts", "them"
	if n == 1 {
		what, it = "1 URL stands on a host", "it"
	}
	return []feed.Finding{{
		Code: "host-not-hunted", Severity: feed.Info, Source: first,
		Text: fmt.Sprintf("%s that many people share (%s): hunts look for %s as a whole, not for the host alone", what, some(hosts), it),
	}}
}

// some names the first of several.
func some(all []string) string {
	const most = 5
	if len(all) <= most {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %s more", strings.Join(all[:most], ", "), feed.Thousands(len(all)-most))
}

// Warnings lists what is suspicious about the IOC at position i, warnings before
// information. Nothing is switched off by it. Of a mention that is not hunted
// there is nothing to say.
func (r *Review) Warnings(i int) []warnings.Warning {
	if r.checker == nil || r.iocs.Mention(i) && !r.On(i) {
		return nil
	}
	return r.suspicion().of(r.iocs.At(i))
}

// Suspicious is how loud the warnings about the IOC at position i are: "" where
// there are none.
func (r *Review) Suspicious(i int) warnings.Level {
	if r.checker == nil || r.iocs.Mention(i) && !r.On(i) {
		return ""
	}
	level := levelCodes[r.levels[i]]
	if named := r.benign(); level != warnings.Warn && len(named) > 0 {
		return r.suspicion().louder(level, r.iocs.Facts(i))
	}
	return level
}

// suspicion is what makes IOCs of a review suspicious.
type suspicion struct {
	checker *warnings.Checker // nil says nothing
	named   map[string]string // see benign
}

func (r *Review) suspicion() suspicion { return suspicion{r.checker, r.benign()} }

func (s suspicion) of(i feed.IOC) []warnings.Warning {
	all := s.checker.Check(i)
	if name, named := s.named[i.Key()]; named && !i.Mention {
		if w, on := s.checker.Named(name); on {
			all = append([]warnings.Warning{w}, all...)
		}
	}
	return all
}

func (s suspicion) level(i feed.IOC) warnings.Level { return s.louder(s.checker.Level(i), i) }

// louder is the level of the warnings about an IOC, where that is level without
// what scenarios say.
func (s suspicion) louder(level warnings.Level, i feed.IOC) warnings.Level {
	if level == warnings.Warn || len(s.named) == 0 || i.Mention {
		return level
	}
	if name, named := s.named[i.Key()]; named {
		if w, on := s.checker.Named(name); on && (level == "" || w.Level == warnings.Warn) {
			return w.Level
		}
	}
	return level
}

// findings say which of the hunted IOCs have warnings, one finding a rule.
func (s suspicion) findings(hunted []*kql.Indicator) []feed.Finding {
	if s.checker == nil {
		return nil
	}
	type suspected struct {
		w     warnings.Warning
		names []string
		first feed.Source
	}
	var all []*suspected
	for _, x := range hunted {
		if s.level(x.IOC) != warnings.Warn {
			continue
		}
		for _, w := range s.of(x.IOC) {
			if w.Level != warnings.Warn {
				continue
			}
			at := slices.IndexFunc(all, func(o *suspected) bool { return o.w.Code == w.Code })
			if at < 0 {
				at = len(all)
				all = append(all, &suspected{w: w})
				if len(x.Sources) > 0 {
					all[at].first = x.Sources[0]
				}
			}
			all[at].names = append(all[at].names, feed.Defang(x.Type, x.Value))
		}
	}
	var fs []feed.Finding
	for _, o := range all {
		text := some(o.names) + " is on: " + o.w.Text + "; " + o.w.Advice
		if len(o.names) > 1 {
			text = some(o.names) + " are on: " + s.checker.Means(o.w.Code) + "; of each: " + o.w.Advice
		}
		fs = append(fs, feed.Finding{Code: "suspicious-on", Severity: feed.Warning, Source: o.first, Text: text})
	}
	return fs
}

// benign are the IOCs that the filters of scenarios name, by key, with the name
// of the first scenario that does.
func (r *Review) benign() map[string]string {
	if r.named != nil && r.namedBy == len(r.scenarios) {
		return r.named
	}
	r.named, r.namedBy = map[string]string{}, len(r.scenarios)
	add := func(i feed.IOC, name string) {
		if _, there := r.named[i.Key()]; !there {
			r.named[i.Key()] = name
		}
	}
	for _, s := range r.scenarios {
		for _, h := range scan.Find(s.Filter) {
			i := feed.IOC{Type: h.Type, Value: h.Value}
			add(i, s.Name())
			if host := i.Host(); h.Type == feed.URL && host != "" {
				add(feed.IOC{Type: feed.Domain, Value: host}, s.Name())
			}
		}
	}
	return r.named
}
