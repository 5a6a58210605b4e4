package kql

// The characters that names in running text are made of, and what ends one. A
// dot ends a sentence, not a name.
const (
	nameRunes = `[\w\x80-\x{10ffff}-]`
	nameEnd   = `\.?(?:[^\w.\x80-\x{10ffff}-]|$)`
	// hostEnd ends the host of a URL that stands alone, perhaps with a port: with
	// a path or a query behind it the URL would be another one.
	hostEnd = `\.?(?:(?::[0-9]*)?(?:/(?:[` + textQuote + `,;)\]}#\\]|$)|$)|:[0-9]*[^0-9/?]|[^\w.:/?\x80-\x{10ffff}-])`
	// textQuote ends a URL in text, with backslashes before it in JSON inside JSON.
	textQuote = "\\s\"'<>|`"
)

// plainSlashes is text in lower case in which slashes stand as they are: JSON may
// escape them, and JSON inside JSON the backslash as well.
const plainSlashes constant = `tolower(replace_regex(v, @"\\+/", "/"))`

// The heads of the URLs in a list, which is a JSON array in one string or one
// URL alone. A URL of it begins after a quote that the array sets, which is the
// first character or follows a bracket, comma or space; a quote inside a URL has
// a backslash before it. A list parted by commas or semicolons alone is not
// read: both stand in URLs, and what follows one there is no URL that was opened.
const (
	listStart = `(?:^"?|[\[,\s]")`
	listUser  = `(?:[^/?#\s"]*@)?`
	listHead  = listStart + urlScheme + listUser
	urlLabel  = `[^/?#@:\s".,\\\[\]]`
	listName  = `(\[[0-9a-f:.]+\]|[^/?#@:\s",\\\[\]]+?)\.?` // the bracket that opens the array is no name
)

// found writes a value of a list that is among all that a regular expression
// finds in a variable. Where several are, the documentation does not say which
// comes first.
func (q *query) found(l listID, re string, variable name) {
	q.text("tostring(set_intersect(")
	q.name(listNames[l])
	q.text(", ")
	q.all(re, variable)
	q.text(")[0])")
}

// all writes all that a regular expression finds in a variable.
func (q *query) all(re string, variable name) {
	q.text("extract_all(")
	q.regex(re)
	q.text(", ")
	q.name(variable)
	q.text(")")
}

// firstOf writes the first of several values that is not empty.
func (q *query) firstOf(values []func()) {
	if len(values) == 1 {
		values[0]()
		return
	}
	q.text("coalesce(")
	anyOf(q, values, ", ", false, func(write func()) { write() })
	q.text(")")
}

// writeNames writes a domain of the selection that stands in a text,
// with the labels before it that a regular expression names.
func (q *query) writeNames(s *Selection, o *Options, head, label, tail string, variable name) {
	if o.Match == ExactMatch {
		q.found(domainList, wholeNames(head, label, tail), variable)
		return
	}
	var all []func()
	for _, n := range o.labels(s) {
		re := head + `(?:` + label + `+\.)*?(` + repeat(label+`+\.`, n-1) + label + `+)` + tail
		all = append(all, func() { q.found(domainList, re, variable) })
	}
	q.firstOf(all)
}

// wholeNames matches whole names.
func wholeNames(head, label, tail string) string {
	return head + `(` + label + `+(?:\.` + label + `+)*)` + tail
}

// The functions that look into text and lists.
var (
	domainInText = &matcher{name: "IocDomainInText", params: "(v:string)", body: func(q *query, s *Selection, o *Options) {
		q.text("let t = tolower(v); ")
		q.writeNames(s, o, "", nameRunes, nameEnd, "t")
	}}
	wholesInText = &matcher{name: "IocWholesInText", params: "(v:string)", body: func(q *query, _ *Selection, _ *Options) {
		q.text("let t = tolower(v); ")
		q.all(wholeNames("", nameRunes, nameEnd), "t")
	}}
	hostInText = &matcher{name: "IocHostInText", params: "(v:string)", body: func(q *query, _ *Selection, _ *Options) {
		q.text("let t = " + plainSlashes + "; ")
		q.found(hostList, wholeNames("", nameRunes, hostEnd), "t")
	}}
	urlInText = &matcher{name: "IocUrlInText", params: "(v:string)", body: func(q *query, s *Selection, o *Options) {
		q.text("let t = replace_regex(" + plainSlashes + ", ")
		q.regex(`[a-z][a-z0-9+.-]*://(?:[^/?#@` + textQuote + `]*@)?`)
		q.text(`, " "); `)
		var all []func()
		for _, n := range o.params(s) {
			all = append(all, func() { q.found(urlList, textURL(n), "t") })
		}
		q.firstOf(all)
	}}
	ip4InText = &matcher{name: "IocIpInText", params: "(v:string)", body: func(q *query, _ *Selection, o *Options) {
		// The index search takes 192.0.2.1.5 for 192.0.2.1, as the dot delimits
		// an address; comparing whole runs of letters, digits and dots does not.
		q.found(o.ip4(), `(?i)([0-9a-z]+(?:\.[0-9a-z]+)+)`, "v")
	}}
	ip6InText = &matcher{name: "IocIp6InText", params: "(v:string)", body: func(q *query, _ *Selection, o *Options) {
		// What a colon parts from an address is no part of it, unless it could be.
		q.text("let t = tolower(v); ")
		q.found(o.ip6Text(), `(?:[g-z_][0-9a-z_]*:)?((?:[0-9a-f]+|:):(?:[0-9a-f:.]*(?:[0-9a-f]|::)|:))`, "t")
	}}
	hashInText = &matcher{name: "IocHashInText", params: "(v:string)", body: func(q *query, s *Selection, _ *Options) {
		q.text("let t = tolower(v); ")
		var all []func()
		for l := sha512List; l <= md5List; l++ {
			if s.has(l) {
				all = append(all, func() { q.found(l, `([0-9a-z]{32,})`, "t") })
			}
		}
		q.firstOf(all)
	}}
	emailInText = &matcher{name: "IocEmailInText", params: "(v:string)", body: func(q *query, _ *Selection, _ *Options) {
		q.text("let t = tolower(v); ")
		q.found(emailList, `([^\s"'<>|()\[\]{},;:=\\/@]+@`+nameRunes+`+(?:\.`+nameRunes+`+)*)`, "t")
	}}
	fileInText = &matcher{name: "IocFileInText", params: "(v:string)", body: func(q *query, _ *Selection, _ *Options) {
		// Brackets and commas stand in names, and around them.
		q.text("let t = tolower(v); let f = ")
		q.firstOf([]func(){
			func() { q.found(fileList, `([^\s"'<>|\\/:*?]+)`, "t") },
			func() {
				q.found(fileList, `([^`+textQuote+`\\/:*?,;=()\[\]{}]*[^`+textQuote+`\\/:*?,;=()\[\]{}.])`, "t")
			},
		})
		q.text(`; iff(isempty(f), "", strcat("` + fileKey + `", f))`)
	}}
	inFile = &matcher{name: "IocInFile", params: "(v:string)", body: func(q *query, _ *Selection, _ *Options) {
		q.text(`let f = tolower(extract(@"([^\\/]+)$", 1, v)); iff(f in (IocFile), strcat("` + fileKey + `", f), "")`)
	}}
	domainInURLs = &matcher{name: "IocDomainInUrls", params: "(v:string)", body: func(q *query, s *Selection, o *Options) {
		q.text("let t = tolower(v); ")
		q.writeNames(s, o, listHead, urlLabel, anyPort+hostTail, "t")
	}}
	wholesInURLs = &matcher{name: "IocWholesInUrls", params: "(v:string)", body: func(q *query, _ *Selection, _ *Options) {
		q.text("let t = tolower(v); ")
		q.all(wholeNames(listHead, urlLabel, anyPort+hostTail), "t")
	}}
	urlInURLs = &matcher{name: "IocUrlInUrls", params: "(v:string)", body: func(q *query, s *Selection, o *Options) {
		q.text("let t = replace_regex(tolower(v), ")
		q.regex(`(` + listStart + `)` + urlScheme + listUser + listName + urlPort + `(?:/?([?#"])|/|($))`)
		q.text(`, @"\1\2\3/\4"); `)
		var all []func()
		for _, n := range o.params(s) {
			all = append(all, func() { q.found(urlList, listURL(n), "t") })
		}
		q.firstOf(all)
	}}
	ip4InURLs = &matcher{name: "IocIpInUrls", params: "(v:string)", body: func(q *query, _ *Selection, o *Options) {
		q.found(o.ip4(), `(?i)`+listHead+`([0-9.]+?)`+anyPort+hostTail, "v")
	}}
	ip6InURLs = &matcher{name: "IocIp6InUrls", params: "(v:string)", body: func(q *query, _ *Selection, o *Options) {
		q.text("let t = tolower(v); ")
		q.found(o.ip6Text(), listHead+`\[([0-9a-f:.]+)\](?::[0-9]*)?`+hostTail, "t")
	}}
)

// textURL matches a URL without its scheme in running text, its key with so
// many parameters in group 1. What closes a sentence or a bracket behind it
// does not count.
func textURL(params int) string {
	const end = `[.,;:)\]}]*\\*(?:[` + textQuote + `]|$)`
	path := `((?:\[[0-9a-f:.]+\]|[^/?#@:=;({\[` + textQuote + `,\\]+)(?::[0-9]+)?/[^?#` + textQuote + `]*?`
	if params == 0 {
		return path + `)/?(?:[?#][^` + textQuote + `]*|` + end + `)`
	}
	return path + `\?[^&#` + textQuote + `]*?` + repeat(`&[^&#`+textQuote+`]*?`, params-1) + `)(?:[&#][^` + textQuote + `]*|` + end + `)`
}

// listURL matches a URL of a list whose head was cut off already, its key with
// so many parameters in group 1.
func listURL(params int) string {
	const char = `(?:[^?#"\\]|\\.)`
	if params == 0 {
		return listStart + `([^/?#"\\]+/` + char + `*?)/?(?:[?#](?:[^"\\]|\\.)*)?(?:"|$)`
	}
	const part = `(?:[^&#"\\]|\\.)*?`
	return listStart + `([^/?#"\\]+/` + char + `*?\?` + part + repeat(`&`+part, params-1) + `)(?:[&#](?:[^"\\]|\\.)*)?(?:"|$)`
}
