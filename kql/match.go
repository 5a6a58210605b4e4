package kql

// matcher is a function that a query defines. It takes what a column holds and
// gives the value of a list that it matches, or "".
type matcher struct {
	name   name
	params constant
	needs  []*matcher
	body   func(*query, *Selection, *Options)
}

// The functions of queries, see [query.define]. Each is written only into the
// queries that call it.
var (
	// nameOf is a host name without a port and the dot at its end.
	nameOf = &matcher{name: "IocNameOf", params: "(v:string)", body: func(q *query, _ *Selection, _ *Options) {
		q.text(`tolower(trim_end(@"(?:\.?:[0-9]+|\.)", v))`)
	}}
	urlOf = &matcher{name: "IocUrlOf", params: "(v:string)", body: func(q *query, _ *Selection, _ *Options) {
		q.text("replace_regex(tolower(v), ")
		q.regex(urlBody)
		q.text(`, @"`)
		q.text(urlReduced)
		q.text(`")`)
	}}
	hostOf = &matcher{name: "IocHostOf", params: "(v:string)", needs: []*matcher{urlOf}, body: func(q *query, _ *Selection, _ *Options) {
		q.text("extract(")
		q.regex(reducedHost)
		q.text(", 1, IocUrlOf(v))")
	}}
	// bareHostOf is the host of a URL only where there is nothing else but a port.
	bareHostOf = &matcher{name: "IocBareHostOf", params: "(v:string)", needs: []*matcher{hostOf}, body: func(q *query, _ *Selection, _ *Options) {
		q.text(`iff(IocUrlOf(v) matches regex @"^[^/]+/$", IocHostOf(v), "")`)
	}}
	// portOf is the port of a URL, or that of its scheme.
	portOf = &matcher{name: "IocPortOf", params: "(v:string)", needs: []*matcher{urlOf}, body: func(q *query, _ *Selection, _ *Options) {
		q.text(`let s = trim(@"""", v); coalesce(extract(@"^[^/]*:([0-9]+)/", 1, IocUrlOf(v)), case(s startswith "https:", "443", s startswith "http:", "80", ""))`)
	}}
	inName = &matcher{name: "IocInName", params: "(h:string)", body: writeInName}
	inHost = &matcher{name: "IocInHost", params: "(h:string)", body: func(q *query, _ *Selection, _ *Options) {
		q.text(`iff(h in (IocHost), h, "")`)
	}}
	inLoose = &matcher{name: "IocInLoose", params: "(v:string)", body: writeInLoose}
	inURL   = &matcher{name: "IocInUrl", params: "(v:string)", needs: []*matcher{urlOf}, body: writeInURL}
	// addrOf is an address without brackets and port. It reads IPv4 also where it
	// stands in the form of IPv6.
	addrOf = &matcher{name: "IocAddrOf", params: "(v:string)", body: func(q *query, _ *Selection, _ *Options) {
		q.text("replace_regex(v, ")
		q.regex(`(?i)^\[?(?:(?:::ffff:)?([0-9]+\.[0-9.]+)|([^\]]+))(?:\]?:[0-9]+|\])?$`)
		q.text(`, @"\1\2")`)
	}}
	inIP = &matcher{name: "IocInIp", params: "(v:string)", needs: []*matcher{addrOf}, body: writeInIP}
	// isIP6 is whether an address that is no plain IPv4 is one of the IOCs; contains
	// skips IPv4 cheaply.
	isIP6 = &matcher{name: "IocIsIp6", params: "(v:string)", needs: []*matcher{inIP}, body: func(q *query, _ *Selection, _ *Options) {
		q.text(`v contains ":" and isnotempty(IocInIp(v))`)
	}}
	// inHash is for columns that hold hashes of any algorithm.
	inHash = &matcher{name: "IocInHash", params: "(v:string)", body: func(q *query, s *Selection, _ *Options) {
		q.text("let h = tolower(v); iff(")
		anyOf(q, s.hashLists(), " or ", false, func(l listID) { q.text("h"); q.operator("in", listNames[l]) })
		q.text(`, h, "")`)
	}}
	inPort = &matcher{name: "IocInPort", params: "(v:string, p:string)", needs: []*matcher{addrOf}, body: writeInPort}
)

// define writes matchers, those that others need first, each once.
func (q *query) define(s *Selection, o *Options, done map[*matcher]bool, all ...*matcher) {
	for _, m := range all {
		if done[m] {
			continue
		}
		done[m] = true
		q.define(s, o, done, m.needs...)
		q.text("let ")
		q.name(m.name)
		q.text(" = ")
		q.text(m.params)
		q.text(" { ")
		m.body(q, s, o)
		q.text(" };\n")
	}
}

// writeInName writes the test of a host name, in lower case and without a dot
// at its end: the IOC is the name itself or, unless only exact names count, a
// name above it. Names are compared by so many of their last labels as an IOC
// has, so the query grows with the kinds of IOC and not with their number.
func writeInName(q *query, s *Selection, o *Options) {
	if o.Match == ExactMatch {
		q.text(`iff(h in (IocDomain), h, "")`)
		return
	}
	for _, n := range o.labels(s) {
		q.text("let n")
		q.count(n)
		q.text(" = extract(")
		q.regex(`(` + lastLabels(n) + `)$`)
		q.text(", 1, h); ")
	}
	q.text("case(")
	for _, n := range o.labels(s) {
		q.text("n")
		q.count(n)
		q.text(" in (IocDomain), n")
		q.count(n)
		q.text(", ")
	}
	q.text(`"")`)
}

// lastLabels matches so many labels.
func lastLabels(n int) string { return repeat(`[^.]+\.`, n-1) + `[^.]+` }

// writeInLoose writes the first domain that the index search finds.
func writeInLoose(q *query, s *Selection, _ *Options) {
	var all []func()
	for n, part := range s.parts(domainList) {
		q.text("let n")
		q.count(n)
		q.text(" = has_any_index(v, ")
		q.name(part)
		q.text("); ")
		all = append(all, func() { // a place of -1 would be the last one
			q.text("iff(n")
			q.count(n)
			q.text(` < 0, "", tostring(`)
			q.name(part)
			q.text("[n")
			q.count(n)
			q.text("]))")
		})
	}
	q.firstOf(all)
}

// writeInURL writes the test of a URL by its keys, the longest first.
func writeInURL(q *query, s *Selection, o *Options) {
	q.text("let u = IocUrlOf(v); ")
	for _, n := range o.params(s) {
		q.text("let k")
		q.count(n)
		q.text(" = extract(")
		q.regex(urlKey(n))
		q.text(", 1, u); ")
	}
	q.text("case(")
	for _, n := range o.params(s) {
		q.text("k")
		q.count(n)
		q.text(" in (IocUrl), k")
		q.count(n)
		q.text(", ")
	}
	q.text(`"")`)
}

// writeInIP writes the test of an address, IPv6 in any spelling, then the blocks, the narrowest first.
func writeInIP(q *query, s *Selection, o *Options) {
	q.text("let a = IocAddrOf(v); ")
	if s.has(o.ip6()) {
		q.text("let b = parse_ipv6(a); ")
	}
	q.text("case(")
	if s.has(o.ip4()) {
		q.inList("a", o.ip4())
	}
	if s.has(o.ip6()) {
		q.inList("b", o.ip6())
	}
	for _, bits := range s.bits4 {
		q.text("format_ipv4_mask(a, ")
		q.count(bits)
		q.text(`) in (IocCidr), strcat("` + cidrKey + `", format_ipv4_mask(a, `)
		q.count(bits)
		q.text(")), ")
	}
	for _, bits := range s.bits6 {
		mask := func() {
			q.text("strcat(parse_ipv6_mask(a, ")
			q.count(bits)
			q.text(`), "/`)
			q.count(bits)
			q.text(`")`)
		}
		q.text(`a contains ":" and `)
		mask()
		q.text(" in (IocCidr6), ")
		mask()
		q.text(", ")
	}
	q.text(`"")`)
}

// inList writes the test of a variable and the value that it has then.
func (q *query) inList(variable name, l listID) {
	q.name(variable)
	q.text(" in (")
	q.name(listNames[l])
	q.text("), ")
	q.name(variable)
	q.text(", ")
}

// writeInPort writes the test of an address with its port, which is the one that
// stands behind the address where one does.
func writeInPort(q *query, s *Selection, _ *Options) {
	q.text("let a = IocAddrOf(v); ")
	q.text(`let k = strcat(`)
	if s.has(ip6List) {
		q.text(`iff(a contains ":", strcat("[", parse_ipv6(a), "]"), a)`)
	} else {
		q.text("a")
	}
	q.text(`, ":", coalesce(extract(@"(?:\]|\.[0-9]+):([0-9]+)$", 1, v), p)); iff(k in (IocPort), k, "")`)
}
