package exclusions

import (
	"net/netip"
	"strings"
	"unicode"

	"quarry/feed"
)

type valueKind uint8

// What a value looks like. It tells in which columns it can stand.
const (
	wordValue      valueKind = iota
	nameValue                // a word that is a name and no English: svc_backup, NightlyScan, --check
	fileValue                // the name of a file
	extensionValue           // .ps1
	pathValue                // an absolute path or a piece of one
	hostValue                // a DNS name, or *.name
	urlValue
	ipValue
	rangeValue
	hashValue
	mailValue
	numberValue
	wildValue // *anything*
)

type value struct {
	span     Span
	text     string // refanged
	raw      string // as written, "" when text is put together
	kind     valueKind
	quoted   bool
	software *software
	account  string // as the columns write it
}

// valueOf looks at one item as a value.
func (r *reader) valueOf(i item) value {
	v := value{span: Span{i.start, i.end}, text: feed.Refang(i.text), raw: i.text, kind: i.form, quoted: i.kind == quotedToken}
	if v.quoted {
		p := r.lex.phrases[strings.ToLower(v.text)]
		if p != nil {
			v.software, v.account = p.software, p.account
		}
	} else {
		v.software, v.account = i.software, i.account
	}
	return v
}

// pattern is a value as a regular expression, just as it is written.
func (v value) pattern() value {
	if v.raw != "" {
		v.text = v.raw
	}
	return v
}

// unescaped is a path as columns hold it, where it is written as in a query.
func (v value) unescaped() value {
	if v.kind == pathValue && (strings.Contains(v.text, `:\\`) || strings.HasPrefix(v.text, `\\\\`)) {
		v.text = strings.ReplaceAll(v.text, `\\`, `\`)
	}
	return v
}

func (r *reader) kindOf(s string) valueKind {
	bare := strings.Trim(s, "*")
	last := bare[strings.LastIndexByte(bare, '.')+1:]
	switch {
	case bare == "":
		return wordValue
	case strings.Contains(bare, "://"):
		return urlValue
	case isAddr(bare):
		return ipValue
	case isRange(s):
		return rangeValue
	case strings.Trim(bare, "0123456789") == "":
		return numberValue
	case isHash(bare):
		return hashValue
	case strings.IndexByte(s, '.') == 0 && len(bare) <= 6 && allLetters(bare[1:]):
		return extensionValue
	case strings.HasPrefix(s, "*.") && r.lex.extensions[strings.ToLower(last)] && strings.Count(s, ".") == 1:
		return extensionValue
	case isPath(bare):
		return pathValue
	case strings.IndexByte(bare, '@') > 0 && isHost(bare[strings.IndexByte(bare, '@')+1:]):
		return mailValue
	case strings.Contains(bare, ".") && r.lex.extensions[strings.ToLower(last)] && !strings.ContainsAny(bare, " /"):
		return fileValue
	case isHost(strings.TrimPrefix(bare, ".")):
		return hostValue
	case bare != s && !strings.Contains(bare, "*"):
		return wildValue
	case looksNamed(bare):
		return nameValue
	}
	return wordValue
}

func isAddr(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Zone() == ""
}

func isRange(s string) bool {
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	_, ok := octets(s)
	return ok
}

// octets reads a range written as 192.0.2.* or 10.0.*.*.
func octets(s string) (netip.Prefix, bool) {
	parts := strings.Split(s, ".")
	fixed := len(parts)
	for fixed > 0 && parts[fixed-1] == "*" {
		fixed--
	}
	if fixed == len(parts) || fixed == 0 || len(parts) > 4 {
		return netip.Prefix{}, false
	}
	full := append(append([]string{}, parts[:fixed]...), "0", "0", "0")[:4]
	a, err := netip.ParseAddr(strings.Join(full, "."))
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, 8*fixed), true
}

func isHash(s string) bool {
	return (len(s) == 32 || len(s) == 40 || len(s) == 64) && strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

func isHost(s string) bool {
	c, err := feed.Canonical(feed.Domain, s)
	last := c[strings.LastIndexByte(c, '.')+1:]
	return err == nil && len(last) > 1 && allLetters(last)
}

func allLetters(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// isPath reports whether s is an absolute path, a piece of one, or begins with
// an environment variable.
func isPath(s string) bool {
	switch {
	case strings.ContainsRune(s, '\\'):
		return len(s) > 1
	case len(s) > 1 && s[1] == ':' && unicode.IsLetter(rune(s[0])):
		return true
	case strings.HasPrefix(s, "~/"), strings.HasPrefix(s, "%") && strings.Count(s, "%") >= 2:
		return true
	}
	// Words such as and/or or CI/CD are none.
	return strings.HasPrefix(s, "/") && len(s) > 2 || strings.Count(s, "/") > 0 && (strings.HasSuffix(s, "/") || strings.Count(s, "/") > 1)
}

// looksNamed reports whether a word is a name and no English word: with a
// digit, an underscore, a dash in front, or capitals inside.
func looksNamed(s string) bool {
	if strings.HasPrefix(s, "-") && len(s) > 1 || strings.ContainsAny(s, "_0123456789$") {
		return true
	}
	lower := false
	for _, r := range s {
		if lower && unicode.IsUpper(r) {
			return true
		}
		lower = lower || unicode.IsLower(r)
	}
	return false
}
