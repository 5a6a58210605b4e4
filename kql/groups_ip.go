package kql

import "slices"

// ipGroup matches addresses, in columns that hold one, in text that lists
// several, and as the host of a URL.
func (t *Table) ipGroup(ts *terms) group {
	g := group{how: "ip", hit: "IocIpHit"}
	ip4, ip6 := ts.ip4.values, ts.ip6.values
	for _, c := range t.IOC.IP {
		if c.Side == Own {
			continue
		}
		if len(ip4) > 0 && c.Only != "ipv6" {
			g.list("IocIp", ip4)
			g.address4(c)
		}
		if len(ip6) > 0 {
			g.list("IocIp6", ip6)
			g.address6(name(c.Column))
		}
	}
	text := ts.ip6Text.values
	for _, c := range t.IOC.IPList {
		if len(ip4) > 0 {
			g.list("IocIp", ip4)
			g.list4(name(c.Column))
		}
	}
	if len(ip6) > 0 && len(t.IOC.IPList) > 0 {
		g.list("IocIp6Text", text)
		g.columns(t.IOC.IPList, "IocIp6Text", "IocIp6Rx", len(text), func() string { return addr6Regex(text) })
	}
	g.inURLs(t, ip4, text)
	return g
}

// inURLs matches URLs whose host is an address. The list for the index search
// holds both families.
func (g *group) inURLs(t *Table, ip4, ip6Text []string) {
	all := slices.Concat(ip4, ip6Text)
	if len(all) == 0 || len(t.IOC.URL)+len(t.IOC.URLList) == 0 {
		return
	}
	list := name("IocAnyIp")
	switch {
	case len(ip6Text) == 0:
		list = "IocIp"
	case len(ip4) == 0:
		list = "IocIp6Text"
	}
	g.list(list, all)
	g.columns(t.IOC.URL, list, "IocIpUrlRx", len(all), func() string { return addrRegex(all, false) })
	g.columns(t.IOC.URLList, list, "IocIpUrlsRx", len(all), func() string { return addrRegex(all, true) })
}

// plain is the name under which a column's IPv4 address is read after the
// match: without the ::ffff: that some columns put before it.
func (c Column) plain() name {
	if c.Mapped {
		return "Ioc" + name(c.Column)
	}
	return name(c.Column)
}

func (g *group) address4(c Column) {
	col := name(c.Column)
	g.wheres = append(g.wheres, func(q *query) {
		q.name(col)
		q.text(" in (IocIp)")
	})
	if c.Mapped {
		g.wheres = append(g.wheres, func(q *query) {
			q.text("(")
			q.name(col)
			q.text(` startswith "::ffff:" and substring(`)
			q.name(col)
			q.text(", 7) in (IocIp))")
		})
	}
	g.hits = append(g.hits, func(q *query) {
		q.text("iff(")
		q.name(c.plain())
		q.text(" in (IocIp), ")
		q.name(c.plain())
		q.text(`, "")`)
	})
}

// address6 compares IPv6 in any spelling, unlike a search in text. The function is null for what is no
// address; contains skips IPv4 cheaply.
func (g *group) address6(col name) {
	same := func(q *query) {
		q.name(col)
		q.text(` contains ":" and coalesce(ipv6_is_in_any_range(`)
		q.name(col)
		q.text(", IocIp6), false)")
	}
	g.wheres = append(g.wheres, func(q *query) {
		q.text("(")
		same(q)
		q.text(")")
	})
	g.hits = append(g.hits, func(q *query) {
		q.text("iff(")
		same(q)
		q.text(", ")
		q.name(col)
		q.text(`, "")`)
	})
}

// list4 finds IPv4 addresses inside text and names the first that is an IOC.
// The index search takes 192.0.2.1.5 for 192.0.2.1, as the dot delimits an
// address; comparing whole runs of numbers and dots does not.
func (g *group) list4(col name) {
	found := func(q *query) {
		q.text(`set_intersect(IocIp, extract_all(@"([0-9]+(?:\.[0-9]+)+)", `)
		q.name(col)
		q.text("))")
	}
	g.wheres = append(g.wheres, func(q *query) {
		q.text("(has_any_ipv4(")
		q.name(col)
		q.text(", IocIp) and array_length(")
		found(q)
		q.text(") > 0)")
	})
	g.hits = append(g.hits, func(q *query) {
		q.text("tostring(")
		found(q)
		q.text("[0])")
	})
}

// portGroup marks rows whose address and port are both as the IOC says. It
// selects no rows of its own: whether the port matters is for the analyst.
func (t *Table) portGroup(ts *terms) group {
	g := group{how: "ip:port", hit: "IocPortHit"}
	for _, c := range t.IOC.IP {
		if c.Side == Own || c.Port == "" {
			continue
		}
		if len(ts.port4.values) > 0 {
			g.pair4(c)
		}
		if len(ts.port6.values) > 0 {
			g.pair6(c)
		}
	}
	if len(g.hits) > 0 && len(ts.port4.values) > 0 {
		g.lets = append(g.lets, letStatement{name: "IocPort", values: ts.port4.values})
	}
	if len(g.hits) > 0 && len(ts.port6.values) > 0 {
		g.lets = append(g.lets, letStatement{name: "IocPort6", values: ts.port6.values})
	}
	return g
}

func (g *group) pair4(c Column) {
	pair := func(q *query) {
		q.text("strcat(")
		q.name(c.plain())
		q.text(`, ":", tostring(`)
		q.name(name(c.Port))
		q.text("))")
	}
	g.hits = append(g.hits, func(q *query) {
		q.text("iff(")
		pair(q)
		q.text(" in (IocPort), ")
		pair(q)
		q.text(`, "")`)
	})
}

func (g *group) pair6(c Column) {
	g.hits = append(g.hits, func(q *query) {
		q.text("iff(strcat(parse_ipv6(")
		q.name(name(c.Column))
		q.text(`), "|", tostring(`)
		q.name(name(c.Port))
		q.text(`)) in (IocPort6), strcat("[", `)
		q.name(name(c.Column))
		q.text(`, "]:", tostring(`)
		q.name(name(c.Port))
		q.text(`)), "")`)
	})
}
