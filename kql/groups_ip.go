package kql

import "strings"

// ipGroup matches addresses: in columns that hold one, in text that lists
// several, and as the host of a URL.
func (x selecting) ipGroup() group {
	g := group{hit: "IocIpHit", ranges: x.blocks() || x.o.Watchlist != ""}
	if !x.anyAddr() {
		return g
	}
	for _, c := range x.hunted(x.t.IOC.IP) {
		x.address(&g, c)
	}
	four, six := x.s.has(x.o.ip4()), x.s.has(x.o.ip6Text())
	for _, c := range x.hunted(x.t.IOC.IPList) {
		x.addressIn(&g, c, four, six, ip4InText, ip6InText)
	}
	for _, c := range x.hunted(x.t.IOC.URLList) {
		x.addressIn(&g, c, four, six, ip4InURLs, ip6InURLs)
	}
	for _, c := range x.hunted(x.t.IOC.URL) {
		x.addressOfURL(&g, c)
	}
	return g
}

// anyAddr reports whether an address counts without its port.
func (x selecting) anyAddr() bool {
	return x.s.has(x.o.ip4()) || x.s.has(x.o.ip6()) || x.blocks()
}

func (x selecting) blocks() bool { return x.blocks4() || x.blocks6() }

func (x selecting) blocks4() bool { return len(x.s.bits4) > 0 && x.t.CarriesWith(cidr4Shape, x.o) }
func (x selecting) blocks6() bool { return len(x.s.bits6) > 0 && x.t.CarriesWith(cidr6Shape, x.o) }

// ipLists are the lists that [inIP] compares with.
func (x selecting) ipLists() []listID {
	var all []listID
	for _, l := range []listID{x.o.ip4(), x.o.ip6(), cidr4List, cidr6List} {
		if x.s.has(l) {
			all = append(all, l)
		}
	}
	return all
}

// address adds a column that holds one address, perhaps in brackets and with a
// port. IPv4 is searched for; for IPv6 and for blocks the address is worked out.
func (x selecting) address(g *group, c *Column) {
	only6 := c.Only == onlyIPv6
	four := x.s.has(x.o.ip4()) && !only6
	six := x.s.has(x.o.ip6()) || only6 && x.blocks6()
	blocks := x.blocks4() && !only6 || x.blocks6()
	if !four && !six && !blocks {
		return
	}
	g.use(x.ipLists(), inIP)
	hit := c.call(inIP)
	g.hits = append(g.hits, hit)
	if !only6 && x.find4(g, c, hit) || !six && !x.blocks6() {
		return
	}
	g.use(nil, isIP6)
	g.wheres = append(g.wheres, c.call(isIP6))
}

// find4 adds what finds the rows of a column that may hold addresses and blocks
// of IPv4, and reports whether that finds all others as well.
func (x selecting) find4(g *group, c *Column, hit expr) (all bool) {
	switch {
	case x.blocks4() && !x.prefixed():
		g.wheres = append(g.wheres, found(hit))
		return true
	case x.blocks4():
		g.wheres = append(g.wheres, c.inBlocks())
		g.narrow, g.prefix = true, true
	case x.s.has(x.o.ip4()):
		g.find(x.searchIPv4(c, x.o.ip4()))
		g.narrow = true
	}
	return false
}

// six narrows a test to rows that may hold IPv6; contains skips IPv4 cheaply.
func (c *Column) six(test expr) expr {
	return and(c.contains(":"), test)
}

// addressIn adds a column in which addresses stand among other text.
func (x selecting) addressIn(g *group, c *Column, four, six bool, in4, in6 *matcher) {
	if four {
		g.use([]listID{x.o.ip4()}, in4)
		g.match(c.call(in4), x.searchIPv4(c, x.o.ip4()))
	}
	if six {
		g.use([]listID{x.o.ip6Text()}, in6)
		g.match(c.call(in6), x.search(c, x.o.ip6Text()))
	}
}

// addressOfURL adds a column of URLs whose host may be an address.
func (x selecting) addressOfURL(g *group, c *Column) {
	if !x.s.has(x.o.ip4()) && !x.s.has(x.o.ip6()) && !x.blocks() {
		return
	}
	g.use(x.ipLists(), hostOf, inIP)
	hit := c.of(inIP, hostOf)
	g.hits = append(g.hits, hit)
	if !x.find4(g, c, hit) && (x.s.has(x.o.ip6()) || x.blocks6()) {
		g.use(nil, isIP6)
		g.wheres = append(g.wheres, and(c.contains("["), c.of(isIP6, hostOf)))
	}
}

// portGroup finds rows whose address and port are both as the IOC says. Unless
// the port is required it selects no rows of its own: whether the port matters
// is for the analyst.
func (x selecting) portGroup() group {
	g := group{hit: "IocPortHit"}
	if !x.s.has(portList) || x.o.Port == IgnorePort {
		return g
	}
	for _, c := range x.hunted(x.t.IOC.IP) {
		if c.Port == "" || c.Only == onlyIPv6 && !x.s.has(ip6List) {
			continue
		}
		g.use([]listID{portList}, inPort)
		hit := func(q *query) {
			q.name(inPort.name)
			q.text("(")
			c.value(q)
			q.text(", ")
			c.port(q)
			q.text(")")
		}
		g.hits = append(g.hits, hit)
		if x.o.Port == RequirePort {
			x.required(&g, c, found(hit))
		}
	}
	for _, c := range x.hunted(x.t.IOC.URL) {
		x.portOfURL(&g, c)
	}
	return g
}

// port writes the port of an address, as text. Custom logs hold numbers as real
// ones, and how those are written as text is nowhere said.
func (c *Column) port(q *query) {
	real := strings.HasSuffix(c.Port, "_d")
	q.text("tostring(")
	if real {
		q.text("toint(")
	}
	q.name(name(c.Port))
	if real {
		q.text(")")
	}
	q.text(")")
}

// portOfURL compares the host of a URL and its port, which may be that of the
// scheme.
func (x selecting) portOfURL(g *group, c *Column) {
	g.use([]listID{portList}, hostOf, portOf, inPort)
	hit := func(q *query) {
		q.name(inPort.name)
		q.text("(")
		c.call(hostOf)(q)
		q.text(", ")
		c.call(portOf)(q)
		q.text(")")
	}
	g.hits = append(g.hits, hit)
	if x.o.Port != RequirePort {
		return
	}
	if x.s.has(ip4List) {
		g.use([]listID{ip4List})
		g.find(x.searchIPv4(c, ip4List))
		g.narrow = true
	}
	if x.s.has(ip6List) {
		g.wheres = append(g.wheres, and(c.contains("["), found(hit)))
	}
}

// and writes that both hold.
func and(a, b expr) expr {
	return func(q *query) {
		q.text("(")
		a(q)
		q.text(" and ")
		b(q)
		q.text(")")
	}
}

// required selects rows by their address first, which is looked up faster.
func (x selecting) required(g *group, c *Column, hit expr) {
	if x.s.has(ip4List) && c.Only != onlyIPv6 {
		g.use([]listID{ip4List})
		g.find(x.searchIPv4(c, ip4List))
		g.narrow = true
	}
	if x.s.has(ip6List) {
		g.wheres = append(g.wheres, c.six(hit))
	}
}
