package kql

import (
	"fmt"
	"slices"
	"strings"

	"quarry/feed"
)

// unfound says which columns of a table that is hunted are not compared with
// IOCs that it carries in others.
func (x selecting) unfound() (all []feed.Finding) {
	say := func(code, text string, columns []string) {
		if len(columns) > 0 {
			all = append(all, feed.Finding{Code: code, Severity: feed.Info, Text: fmt.Sprintf("%s: "+text, x.t.Name, strings.Join(columns, ", "))})
		}
	}
	if x.blocks() {
		say("blocks-not-compared", "blocks of addresses are not compared with %s, where several addresses stand", x.named(x.t.IOC.IPList, x.t.IOC.URLList))
	}
	if x.s.shapes[ip6Shape] > 0 || x.s.shapes[port6Shape] > 0 {
		only4 := slices.DeleteFunc(slices.Clone(x.t.IOC.Text), func(c Column) bool { return c.Only != onlyIPv4 })
		say("ipv6-not-compared", "IPv6 addresses are not looked for in %s, which would make the query longer than a rule takes", x.named(only4))
	}
	if x.o.Port == RequirePort && x.s.has(portList) {
		silent := x.named(x.t.IOC.IPList, x.t.IOC.URLList)
		for _, c := range x.hunted(x.t.IOC.IP) {
			if c.Port == "" && (c.Only != onlyIPv6 || x.s.has(ip6List)) {
				silent = append(silent, c.title())
			}
		}
		say("port-not-compared", "an IOC with a port is not looked for in %s, which do not say the port; label finds it there", silent)
	}
	return all
}

// named are the names of the columns that are hunted, each once.
func (x selecting) named(kinds ...[]Column) (names []string) {
	for _, c := range x.hunted(slices.Concat(kinds...)) {
		if !slices.Contains(names, c.title()) {
			names = append(names, c.title())
		}
	}
	return names
}

// title is the column as a person finds it, with the path in it.
func (c *Column) title() string {
	if c.Path != "" {
		return c.Column + "." + c.Path
	}
	return c.Column
}
