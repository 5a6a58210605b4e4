package prose

import (
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// definition is where the target of a link's definition ("[1]: https://...",
// "[1] https://...", ":url: https://...") begins, or 0.
func definition(t string) int {
	if t[0] == ':' {
		if at := strings.Index(t[1:], ": "); at > 0 && strings.IndexByte(t[1:1+at], ' ') < 0 {
			return at + 2
		}
		return 0
	}
	if t[0] != '[' {
		return 0
	}
	at := strings.IndexByte(t, ']')
	if at < 2 || at+2 >= len(t) || t[at+1] != ':' && t[at+1] != ' ' {
		return 0
	}
	rest := strings.TrimLeft(t[at+2:], " <")
	label := strings.Trim(t[1:at], "0123456789^")
	if strings.HasPrefix(rest, "http://") || strings.HasPrefix(rest, "https://") {
		if t[at+1] == ':' || label == "" {
			return at + 2
		}
	}
	return 0
}

// targets adds the targets of links: [text](target), link:target[text],
// href="target".
func targets(links []link, t string) []link {
	if strings.IndexByte(t, '(') < 0 && strings.IndexByte(t, ':') < 0 {
		return links
	}
	for from := 0; ; {
		at := strings.Index(t[from:], "](")
		if at < 0 {
			break
		}
		start := from + at + 2
		end := len(t)
		if n := strings.IndexByte(t[start:], ')'); n >= 0 {
			end = start + n
		}
		links = append(links, link{start, end})
		from = end
	}
	if !strings.Contains(t, "://") {
		return inOrder(links)
	}
	for _, mark := range []string{"link:", "image:", "xref:", `href="`, `src="`} {
		for from := 0; ; {
			at := strings.Index(t[from:], mark)
			if at < 0 {
				break
			}
			start := from + at + len(mark)
			end := len(t)
			if n := strings.IndexAny(t[start:], "[\"> "); n >= 0 {
				end = start + n
			}
			links = append(links, link{start, end})
			from = end
		}
	}
	return inOrder(links)
}

// cutLink takes the text of a link of AsciiDoc, https://example.com/[text], off
// its target, if it is one.
func cutLink(b *block, h scan.Hit) (target scan.Hit, ok bool) {
	raw := b.text[h.Start:min(h.End+1, len(b.text))]
	for at := strings.Index(raw, "://") + len("://"); at < len(raw); at++ {
		if raw[at] != '[' || raw[at-1] == '/' && at < len("https://[") || feed.DefangedLen(raw[at:]) > 0 {
			continue
		}
		v, err := feed.Canonical(feed.URL, raw[:at])
		if err != nil {
			return h, false
		}
		h.Value, h.End = v, h.Start+at
		return h, true
	}
	return h, false
}
