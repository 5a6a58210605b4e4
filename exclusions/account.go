package exclusions

import (
	"unicode"
	"unicode/utf8"
)

// role reports whether the account word at an item may be a class of users and
// not the account of that name: "a system account", "the administrator", "all
// root users". Quotes, or a sign such as ==, make it a name.
func (r *reader) role(at int, c *context) bool {
	i := r.items[at]
	if i.kind == quotedToken {
		return false
	}
	the := false
	for j := at - 1; j >= 0; j-- {
		b := r.items[j]
		switch {
		case r.lex.indefinite[b.bare]:
			return true
		case b.bare == "the":
			the = true
		case !b.skips() && b.connector != andWord && b.connector != orWord && !b.mark(",") && b.account == "" && !b.class:
			j = 0
		}
	}
	if !the && r.pluralBehind(at) {
		return true
	}
	first, _ := utf8.DecodeRuneInString(i.text)
	return i.role && (the || c.named || !c.exact && !unicode.IsUpper(first))
}

// pluralBehind reports whether the account word at an item, or a list that it
// is in, describes several accounts.
func (r *reader) pluralBehind(at int) bool {
	for at++; at < r.stop; at++ {
		i := r.items[at]
		switch {
		case r.lex.plurals[i.bare]:
			return true
		case i.account == "" && i.connector != andWord && i.connector != orWord && !i.mark(",") && !i.class:
			return false
		}
	}
	return false
}
