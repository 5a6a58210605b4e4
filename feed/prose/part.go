package prose

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quarry/feed"
	"quarry/feed/scan"
)

// ellipses are what stands for the rest of a value that is not written in full.
var ellipses = []string{"...", "…", "[...]", "[…]", "(...)", "(…)", "[..]"}

// onlyPart is the sign beside a value, or within it, that says that it is not
// written in full, "" when none does: an ellipsis, or the name of what stands there
// in angle brackets.
func onlyPart(text string, h scan.Hit) string {
	behind := text[h.End:]
	for _, e := range ellipses {
		if strings.HasPrefix(behind, e) || h.Type.IsHash() && strings.HasSuffix(text[:h.Start], e) {
			return e
		}
		if h.Type == feed.URL && strings.Contains(text[h.Start:h.End], e) {
			return e
		}
	}
	if h.Type == feed.URL && len(h.Value) > 0 && strings.IndexByte("/=-_.?&", h.Value[len(h.Value)-1]) >= 0 {
		return placeholder(behind)
	}
	if h.Type == feed.Domain || h.Type == feed.URL && !strings.Contains(h.Value, "://") {
		return placeholderBefore(text[:h.Start])
	}
	return ""
}

// placeholderBefore is the pattern in brackets that stands for the first part of the
// name behind s, "" where none does.
func placeholderBefore(s string) string {
	s, ok := strings.CutSuffix(s, ".")
	if !ok || s == "" {
		return ""
	}
	k := strings.IndexByte(">}]", s[len(s)-1])
	if k < 0 {
		return ""
	}
	s = strings.ToValidUTF8(s[max(0, len(s)-longestPlaceholder):], "")
	return s[strings.LastIndexAny(s, " \t")+1:] + "."
}

// longestPlaceholder is how long a name in angle brackets is at most.
const longestPlaceholder = 40

// placeholder is the name in angle brackets that s begins with, "" where that is an
// element of a page.
func placeholder(s string) string {
	end := strings.IndexByte(s[:min(len(s), longestPlaceholder)], '>')
	if end < 2 || s[0] != '<' {
		return ""
	}
	name := strings.ToLower(s[1:end])
	switch name {
	case "br", "b", "i", "u", "s", "p", "a", "em", "li", "td", "tr", "th", "sup", "sub", "div", "wbr", "span", "code", "strong":
		return ""
	}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789 _-.") != "" {
		return ""
	}
	return s[:end+1]
}

// wholly takes an IOC for a mention that is written only in part: a hash or URL with
// more of it left out is another value. What else is cut is told of.
func (d *document) wholly(b *block, h scan.Hit, v verdict, single bool) verdict {
	if v.drop || v.why == mention {
		return v
	}
	if v = d.broken(b, h, v); v.why == mention {
		return v
	}
	sign := onlyPart(b.text, h)
	switch {
	case sign == "":
	case h.Type.IsHash(), h.Type == feed.URL:
		d.begin().Find("value-cut", feed.Warning, b.lineAt(h.Start), "%s is not written in full, as %s says, so it is a mention only; look the whole value up", feed.Quote(b.text[h.Start:h.End]), feed.Quote(sign))
		return verdict{context: d.where(b) + ", not written in full"}
	case single || b.shape == item || b.shape == cell:
		d.begin().Find("value-cut", feed.Warning, b.lineAt(h.Start), "%s may not be written in full, as %s beside it says; it is taken as it stands", feed.Quote(b.text[h.Start:h.End]), feed.Quote(sign))
	}
	return v
}

// goesOn is what stands behind a URL and may belong to it, "" when nothing does:
// words behind a space that are the rest of a path, or what is behind a comma where
// the URL has no scheme.
func (d *document) goesOn(text string, h scan.Hit) string {
	behind := text[h.End:]
	if behind == "" {
		return ""
	}
	if behind[0] == ',' && (!strings.Contains(h.Value, "://") || morePorts(h.Value, behind[1:])) {
		end := len(behind)
		if at := strings.IndexAny(behind[1:], " \t,;|<>\"`"); at >= 0 {
			end = 1 + at
		}
		if end == 1 || covered(d.around, h.End+1, h.End+end) {
			return ""
		}
		return behind[:end]
	}
	return restOfPath(behind, h.Value)
}

// morePorts reports whether a URL ends with a port and a number follows, which may be
// another and makes the path behind it one of this URL.
func morePorts(url, behind string) bool {
	digits := strings.TrimLeft(behind, "0123456789")
	return digits != behind && portOf(url[strings.LastIndexByte(url, ':')+1:]) != "" && portOf(behind[:len(behind)-len(digits)]) != ""
}

// restOfPath is the words behind a URL and a space, and before a comment, that may be
// the rest of its path: they end with a path to a file, or with a file where no file
// ends the URL. They are none where they begin to say what the URL does.
func restOfPath(behind, url string) string {
	const few, far = 4, 120
	behind = behind[:min(len(behind), far+1)]
	for _, comment := range []string{" (", " [", " - ", " – ", " — ", " #", " |", "\t", "  "} {
		behind, _, _ = strings.Cut(behind, comment)
	}
	ws := strings.Fields(behind)
	if len(behind) > far || len(ws) == 0 || len(ws) > few || behind[0] != ' ' || strings.ContainsAny(behind, `,;:()[]"'\`) || len(scan.Find(behind)) > 0 {
		return ""
	}
	last := ws[len(ws)-1]
	at := strings.LastIndexByte(last, '/')
	if !isFile(last[at+1:]) || at == 0 || at < 0 && !openPath(url) || !allWords(ws) || len(ws) > 1 && words().NamingWords[ws[0]] {
		return ""
	}
	return behind[1:]
}

// saysMore reports whether words that may be the rest of a path may as well say
// something of the file behind them ("and b.dll").
func saysMore(rest string) bool {
	ws := strings.Fields(rest)
	return slices.ContainsFunc(ws[:max(len(ws)-1, 0)], func(w string) bool { return w == "and" || words().NamingWords[w] })
}

// openPath reports whether a URL has a path that ends with the name of no file.
func openPath(url string) bool {
	if at := strings.Index(url, "://"); at >= 0 {
		url = url[at+len("://"):]
	}
	at := strings.LastIndexByte(url, '/')
	return at >= 0 && at+1 < len(url) && !strings.ContainsAny(url[at:], ".?#=&")
}

// allWords reports whether each word begins with a letter or digit.
func allWords(ws []string) bool {
	return !slices.ContainsFunc(ws, func(w string) bool {
		r, _ := utf8.DecodeRuneInString(w)
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// isKey reports whether a label calls the hash behind it a key or an identifier, and
// whether it surely is one: only what is as short as an MD5 hash is, and what is
// called an identifier only where it is said of what other than a file.
// The fingerprint of what neither the label nor the heading above says is taken for a
// key's if it has the length of one.
// Maybe says that it is not known, whichever is taken.
func isKey(label, heading string, t feed.Type) (key, surely, maybe bool) {
	ws := split(label)
	l := words()
	if !t.IsHash() || len(ws) == 0 || !l.KeyLabels[ws[len(ws)-1]] || len(hashSaid(ws)) > 0 {
		return false, false, false
	}
	last, owner := ws[len(ws)-1], l.owner(ws[:len(ws)-1])
	prints := last == "fingerprint"
	switch {
	case l.FileLabels[owner] || prints && l.Hostile[owner]:
		return false, false, false
	case prints && !l.PrintOwners[owner] && !l.printed(heading):
		return t == feed.SHA1, false, true
	}
	return true, t == feed.MD5 && (last != "id" || l.IDOwners[owner]), true
}

// owner is the last of words that say whose a key is, "" where none does: "the
// certificate with the".
func (l *lexicon) owner(ws []string) string {
	for n := len(ws) - 1; n >= 0; n-- {
		if !l.Leads[ws[n]] && !l.Aside[ws[n]] {
			return ws[n]
		}
	}
	return ""
}

// printed reports whether a heading names nothing but what has fingerprints of its own,
// as certificates do.
func (l *lexicon) printed(heading string) bool {
	ws := split(heading)
	return l.madeOf(ws, l.PrintOwners) && !l.Topics.has(ws)
}

// wordsBefore is the last words of a text, which name what stands right behind: two, or
// as many as are behind one that says more than "the" or "with".
func wordsBefore(text string) string {
	const most = 4
	text = strings.ToValidUTF8(text[max(0, len(text)-longestLabel):], "")
	text = strings.TrimRight(text, marks+":=(")
	if text == "" || strings.IndexByte(".,;)", text[len(text)-1]) >= 0 {
		return ""
	}
	at := max(strings.LastIndexByte(text, ' '), 0)
	l := words()
	for n := 1; n < most && at >= 0; n++ {
		end := at
		at = strings.LastIndexByte(text[:end], ' ')
		if w := strings.ToLower(text[at+1 : end]); !l.Leads[w] && !l.Aside[w] {
			break
		}
	}
	return text[at+1:]
}

// longestBegun is how far before a dash the beginning of a name is looked for, in
// bytes: no label of a name is longer.
const longestBegun = 64

// afterDash is the word that a long dash parts from a name behind it, "" when none
// does: it may be the beginning of the name.
func afterDash(text string, h scan.Hit) string {
	before := text[:h.Start]
	r, n := utf8.DecodeLastRuneInString(before)
	if r != '—' && r != '―' {
		return ""
	}
	before = before[:len(before)-n]
	before = strings.ToValidUTF8(before[max(0, len(before)-longestBegun):], "")
	word := before[strings.LastIndexAny(before, " \t|,;(\"'`")+1:]
	if word == "" {
		return ""
	}
	return word + string(r)
}
