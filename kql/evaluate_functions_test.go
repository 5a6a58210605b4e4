package kql

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// functions are the functions that hunts call.
var functions = map[string]func([]any) any{
	"ago": func(a []any) any { return now - a[0].(int) },
	"startofday": func(a []any) any {
		if a[0] == nil {
			return nil
		}
		return a[0].(int) - a[0].(int)%(24*60)
	},
	"tostring": func(a []any) any { return text(a[0]) },
	"tolower":  func(a []any) any { return strings.ToLower(text(a[0])) },
	"toint": func(a []any) any {
		if s, ok := a[0].(string); ok {
			n, err := strconv.Atoi(s)
			if err != nil {
				return nil
			}
			return n
		}
		return a[0]
	},
	"isempty": func(a []any) any { return text(a[0]) == "" },
	"trim_end": func(a []any) any {
		return compiled("(?:"+a[0].(string)+")$").ReplaceAllString(text(a[1]), "")
	},
	"trim": func(a []any) any {
		s := compiled("(?:"+a[0].(string)+")$").ReplaceAllString(text(a[1]), "")
		return compiled("^(?:"+a[0].(string)+")").ReplaceAllString(s, "")
	},
	"replace_regex": func(a []any) any {
		rewrite := compiled(`\\([0-9])`).ReplaceAllString(a[2].(string), "$${${1}}")
		return compiled(a[1].(string)).ReplaceAllString(text(a[0]), rewrite)
	},
	"has_any_index": func(a []any) any {
		s := lower(text(a[0]))
		return slices.IndexFunc(considered(a[1]), func(v string) bool { return hasWord(s, lower(v)) })
	},
	"format_ipv4_mask": func(a []any) any {
		addr, err := netip.ParseAddr(text(a[0]))
		if err != nil || !addr.Is4() {
			return ""
		}
		return netip.PrefixFrom(addr, a[1].(int)).Masked().String()
	},
	"parse_ipv6_mask": func(a []any) any {
		addr, err := netip.ParseAddr(text(a[0]))
		if err != nil {
			return nil
		}
		return netip.PrefixFrom(netip.AddrFrom16(addr.As16()), a[1].(int)).Masked().Addr().StringExpanded()
	},
	"isnotempty": func(a []any) any { return text(a[0]) != "" },
	"not": func(a []any) any {
		if a[0] == nil {
			return nil
		}
		return a[0] != true
	},
	"iff": func(a []any) any {
		if a[0] == true {
			return a[1]
		}
		return a[2]
	},
	"case": func(a []any) any {
		for i := 0; i+1 < len(a); i += 2 {
			if a[i] == true {
				return a[i+1]
			}
		}
		return a[len(a)-1]
	},
	"coalesce": func(a []any) any {
		for _, v := range a {
			if v != nil && v != "" {
				return v
			}
		}
		return a[len(a)-1]
	},
	"strcat": func(a []any) any {
		s := ""
		for _, v := range a {
			s += text(v)
		}
		return s
	},
	"substring": func(a []any) any {
		s := a[0].(string)
		return s[min(a[1].(int), len(s)):]
	},
	"extract": func(a []any) any {
		m := compiled(a[0].(string)).FindStringSubmatch(text(a[2]))
		if m == nil {
			return ""
		}
		return m[a[1].(int)]
	},
	"extract_all": func(a []any) any {
		var all []string
		for _, m := range compiled(a[0].(string)).FindAllStringSubmatch(text(a[1]), -1) {
			all = append(all, m[1])
		}
		return all
	},
	"set_intersect": func(a []any) any {
		list, ok := a[1].([]string)
		if !ok || list == nil {
			return nil
		}
		return scrambled(slices.DeleteFunc(slices.Clone(a[0].([]string)), func(v string) bool { return !slices.Contains(list, v) }))
	},
	"set_has_element": func(a []any) any {
		list, ok := a[0].([]string)
		if !ok || list == nil {
			return nil
		}
		return slices.Contains(list, text(a[1]))
	},
	"array_concat": func(a []any) any {
		var all []string
		for _, list := range a {
			all = append(all, list.([]string)...)
		}
		return all
	},
	"array_slice": func(a []any) any {
		list := a[0].([]string)
		start, end := a[1].(int), a[2].(int)
		if end < 0 {
			end += len(list)
		}
		return list[min(start, len(list)):max(start, min(end+1, len(list)))]
	},
	"array_sort_asc": func(a []any) any { return slices.Sorted(slices.Values(a[0].([]string))) },
	"pack_array":     func(a []any) any { return slices.Clone(a) },
	"bag_pack": func(a []any) any {
		bag := map[string]any{}
		for i := 0; i < len(a); i += 2 {
			bag[text(a[i])] = a[i+1]
		}
		return bag
	},
	"replace_string": func(a []any) any { return strings.ReplaceAll(text(a[0]), text(a[1]), text(a[2])) },
	"array_length": func(a []any) any {
		switch list := a[0].(type) {
		case []string:
			return len(list)
		case []any:
			return len(list)
		}
		return nil
	},
	"has_any_ipv4": func(a []any) any { return hasAnyWord(text(a[0]), considered(a[1])) },
	"has_any_ipv4_prefix": func(a []any) any {
		whole := func(addr string) bool {
			return slices.ContainsFunc(considered(a[1]), func(p string) bool { return addr == p || strings.HasSuffix(p, ".") && strings.HasPrefix(addr, p) })
		}
		words := strings.FieldsFunc(text(a[0]), func(r rune) bool { return r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		return slices.ContainsFunc(words, func(w string) bool {
			octets := strings.Split(w, ".")
			for n := 0; n+4 <= len(octets); n++ {
				if addr, err := netip.ParseAddr(strings.Join(octets[n:n+4], ".")); err == nil && whole(addr.String()) {
					return true
				}
			}
			return false
		})
	},
	"ipv4_is_in_any_range": func(a []any) any { return inRanges(a[0].(string), a[1].([]string), true) },
	"ipv6_is_in_any_range": func(a []any) any { return inRanges(a[0].(string), a[1].([]string), false) },
	"parse_ipv6": func(a []any) any {
		addr, err := netip.ParseAddr(text(a[0]))
		if err != nil {
			return nil
		}
		return netip.AddrFrom16(addr.As16()).StringExpanded()
	},
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string: // the most by far, and long lists of them
		return v
	}
	return fmt.Sprint(v)
}

// lower is how comparisons without case see a text: they know ASCII only.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r |= 0x20
		}
		return r
	}, s)
}

// hasAnyWord is true when one of the values stands in s as a word: the meaning
// of has_any and of has_any_ipv4.
func hasAnyWord(s string, values []string) bool {
	s = lower(s)
	return slices.ContainsFunc(values, func(v string) bool { return hasWord(s, lower(v)) })
}

// hasWord is true when value stands in s with no letter or digit on either
// side. Both are in lower case.
func hasWord(s, value string) bool {
	alnum := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for at := 0; ; {
		i := strings.Index(s[at:], value)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(s[:at+i])
		after, _ := utf8.DecodeRuneInString(s[at+i+len(value):])
		if !alnum(before) && !alnum(after) { // at an end there is utf8.RuneError, which is neither
			return true
		}
		at += i + 1
	}
}

// inRanges is null for what is no address of the family.
func inRanges(s string, ranges []string, v4 bool) any {
	addr, err := netip.ParseAddr(s)
	if err != nil || v4 && !addr.Is4() {
		return nil
	}
	for _, r := range ranges {
		if a, err := netip.ParseAddr(r); err == nil && a.Unmap() == addr.Unmap() {
			return true
		}
		if p, err := netip.ParsePrefix(r); err == nil && p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// considered are the values that a search looks at.
func considered(list any) []string {
	all := list.([]string)
	return all[:min(len(all), AnyValues)]
}

// scrambled puts values in an order that nobody would expect, always the same.
func scrambled(all []string) []string {
	sum := func(s string) uint32 {
		h := fnv.New32a()
		h.Write([]byte(s))
		return h.Sum32()
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(sum(a), sum(b)) })
	return all
}

var regexes sync.Map // text to *regexp.Regexp

// compiled is a regular expression; each is compiled once.
func compiled(re string) *regexp.Regexp {
	if known, ok := regexes.Load(re); ok {
		return known.(*regexp.Regexp)
	}
	made := regexp.MustCompile(re)
	regexes.Store(re, made)
	return made
}
