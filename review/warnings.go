package review

import (
	"quarry/exclusions/warnings"
	"quarry/feed"
	"quarry/feed/scan"
)

// Check lets the review say what is suspicious about its IOCs. Without a
// checker it says nothing.
func (r *Review) Check(c *warnings.Checker) { r.checker = c }

// Warnings lists what is suspicious about the IOC at position i, warnings before
// information. Nothing is switched off by it. Of a mention that is not hunted
// there is nothing to say.
func (r *Review) Warnings(i int) []warnings.Warning {
	if r.checker == nil {
		return nil
	}
	ioc := r.iocs.At(i)
	if ioc.Mention && !r.On(i) {
		return nil
	}
	all := r.checker.Check(ioc)
	if name, named := r.benign()[ioc.Key()]; named {
		if w, on := r.checker.Named(name); on {
			all = append([]warnings.Warning{w}, all...)
		}
	}
	return all
}

// Suspicious is how loud the warnings about the IOC at position i are: "" where
// there are none.
func (r *Review) Suspicious(i int) warnings.Level {
	if all := r.Warnings(i); len(all) > 0 {
		return all[0].Level
	}
	return ""
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
