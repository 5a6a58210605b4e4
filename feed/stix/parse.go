package stix

import (
	"fmt"
	"strings"

	"quarry/feed"
	"quarry/feed/pattern"
)

// parsed is what a pattern says.
type parsed struct {
	node     pattern.Node
	skipped  []skipped
	limited  bool // REPEATS, WITHIN, START or FOLLOWEDBY says when and how often
	observed int  // observations so far
}

// skipped is a comparison that no indicator can say.
type skipped struct {
	path string
	why  string // the operator, "not" of a negation, "" where it is what is compared
}

// maxNesting is how deep brackets stand in each other at most.
const maxNesting = 100

// parsePattern reads a pattern of STIX 2.0 or 2.1. The error is a
// [*PatternError].
func parsePattern(text string, line int) (*parsed, error) {
	p := &parser{lexer: lexer{text: text}, parsed: &parsed{}, line: line}
	if err := p.advance(); err != nil {
		return nil, err
	}
	node, err := p.observations(0)
	if err != nil {
		return nil, err
	}
	if p.tok.kind != end {
		return nil, p.unexpected("the end")
	}
	p.node = node
	return p.parsed, nil
}

type parser struct {
	lexer
	*parsed
	tok  token
	line int
}

func (p *parser) advance() (err error) {
	p.tok, err = p.next()
	return err
}

// is reports whether a keyword or mark comes next. Keywords are in upper case.
func (p *parser) is(text string) bool {
	return (p.tok.kind == word || p.tok.kind == mark) && p.tok.text == text
}

// take goes over a keyword or mark if it comes next.
func (p *parser) take(text string) (bool, error) {
	if !p.is(text) {
		return false, nil
	}
	return true, p.advance()
}

func (p *parser) expect(text string) error {
	if !p.is(text) {
		return p.unexpected(text)
	}
	return p.advance()
}

func (p *parser) unexpected(want string) error {
	is := feed.Quote(p.tok.text)
	if p.tok.kind == end {
		is = "the end"
	}
	return p.fail(p.tok.at, fmt.Sprintf("%s stands where %s should be", is, want))
}

// observations reads observations joined by FOLLOWEDBY, OR and AND, of which AND
// binds closest.
func (p *parser) observations(depth int) (pattern.Node, error) {
	return p.joined("FOLLOWEDBY", true, func() (pattern.Node, error) {
		return p.joined("OR", false, func() (pattern.Node, error) {
			return p.joined("AND", true, func() (pattern.Node, error) { return p.observation(depth) })
		})
	})
}

// joined reads one or more operands joined by a keyword.
func (p *parser) joined(by string, and bool, operand func() (pattern.Node, error)) (pattern.Node, error) {
	first, err := operand()
	if err != nil || !p.is(by) {
		return first, err
	}
	all := pattern.Node{And: and, Nodes: []pattern.Node{first}}
	for {
		more, err := p.take(by)
		if err != nil || !more {
			return all, err
		}
		if by == "FOLLOWEDBY" {
			p.limited = true
		}
		next, err := operand()
		if err != nil {
			return all, err
		}
		all.Nodes = append(all.Nodes, next)
	}
}

// observation reads one in brackets or parentheses, with its qualifiers.
func (p *parser) observation(depth int) (n pattern.Node, err error) {
	if depth > maxNesting {
		return n, p.fail(p.tok.at, "parentheses are nested too deep")
	}
	switch {
	case p.is("["):
		if err = p.advance(); err != nil {
			return n, err
		}
		p.observed++
		if n, err = p.comparisons(depth + 1); err == nil {
			err = p.expect("]")
		}
	case p.is("("):
		if err = p.advance(); err != nil {
			return n, err
		}
		if n, err = p.observations(depth + 1); err == nil {
			err = p.expect(")")
		}
	default:
		err = p.unexpected("[")
	}
	if err != nil {
		return n, err
	}
	return n, p.qualifiers()
}

// qualifiers reads what says when and how often, each once.
func (p *parser) qualifiers() error {
	seen := map[string]bool{}
	for p.is("REPEATS") || p.is("WITHIN") || p.is("START") {
		name := p.tok.text
		if seen[name] {
			return p.fail(p.tok.at, name+" stands there twice")
		}
		seen[name] = true
		p.limited = true
		if err := p.advance(); err != nil {
			return err
		}
		if err := p.qualifier(name); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) qualifier(name string) error {
	if name == "START" {
		if err := p.time(); err != nil {
			return err
		}
		if err := p.expect("STOP"); err != nil {
			return err
		}
		return p.time()
	}
	if p.tok.kind != number || strings.HasPrefix(p.tok.text, "-") || name == "REPEATS" && strings.Contains(p.tok.text, ".") {
		return p.unexpected("a number")
	}
	if err := p.advance(); err != nil {
		return err
	}
	if name == "REPEATS" {
		return p.expect("TIMES")
	}
	return p.expect("SECONDS")
}

// time reads a time, which is a plain string in STIX 2.0.
func (p *parser) time() error {
	if p.tok.kind != literal && p.tok.kind != str {
		return p.unexpected("a time")
	}
	return p.advance()
}

// comparisons reads comparisons joined by OR and AND, of which AND binds closer.
func (p *parser) comparisons(depth int) (pattern.Node, error) {
	return p.joined("OR", false, func() (pattern.Node, error) {
		return p.joined("AND", true, func() (pattern.Node, error) { return p.comparison(depth) })
	})
}

func (p *parser) comparison(depth int) (n pattern.Node, err error) {
	if depth > maxNesting {
		return n, p.fail(p.tok.at, "parentheses are nested too deep")
	}
	if ok, err := p.take("("); err != nil {
		return n, err
	} else if ok {
		if n, err = p.comparisons(depth + 1); err != nil {
			return n, err
		}
		return n, p.expect(")")
	}
	if ok, err := p.take("EXISTS"); err != nil {
		return n, err
	} else if ok {
		path, err := p.path()
		return p.compared(comparison{path: path, op: "EXISTS"}), err
	}
	c := comparison{}
	if c.path, err = p.path(); err != nil {
		return n, err
	}
	if c.not, err = p.take("NOT"); err != nil {
		return n, err
	}
	if err = p.operator(&c); err != nil {
		return n, err
	}
	return p.compared(c), nil
}

// operator reads the operator of a comparison and what it compares with.
func (p *parser) operator(c *comparison) error {
	c.op = p.tok.text
	switch {
	case p.tok.kind == operator:
	case p.is("LIKE"), p.is("MATCHES"), p.is("ISSUBSET"), p.is("ISSUPERSET"):
		if err := p.advance(); err != nil {
			return err
		}
		if p.tok.kind != str {
			return p.unexpected("a string")
		}
		c.values = append(c.values, p.tok.text)
		return p.advance()
	case p.is("IN"):
		return p.set(c)
	default:
		return p.unexpected("an operator")
	}
	if err := p.advance(); err != nil {
		return err
	}
	return p.value(c)
}

// set reads the list behind IN.
func (p *parser) set(c *comparison) error {
	if err := p.advance(); err != nil {
		return err
	}
	if err := p.expect("("); err != nil {
		return err
	}
	for !p.is(")") {
		if len(c.values) > 0 {
			if err := p.expect(","); err != nil {
				return err
			}
		}
		if err := p.value(c); err != nil {
			return err
		}
	}
	return p.advance()
}

// value reads one literal.
func (p *parser) value(c *comparison) error {
	switch p.tok.kind {
	case str, number, literal:
	case word:
		if p.tok.text != "true" && p.tok.text != "false" {
			return p.unexpected("a value")
		}
	default:
		return p.unexpected("a value")
	}
	c.values = append(c.values, p.tok.text)
	return p.advance()
}

// path reads an object path such as file:hashes.'SHA-256', in which keys are
// joined by "." and indexes are left out.
func (p *parser) path() (string, error) {
	if p.tok.kind != word {
		return "", p.unexpected("the type of an object")
	}
	var b strings.Builder
	b.WriteString(p.tok.text)
	if err := p.advance(); err != nil {
		return "", err
	}
	if err := p.expect(":"); err != nil {
		return "", err
	}
	sep := ":"
	for {
		// Keys with a hyphen need quotes; without them they are not mistaken.
		if p.tok.kind != word && p.tok.kind != str {
			return "", p.unexpected("a key")
		}
		b.WriteString(sep + p.tok.text)
		sep = "."
		if err := p.advance(); err != nil {
			return "", err
		}
		for p.is("[") {
			if err := p.index(); err != nil {
				return "", err
			}
		}
		more, err := p.take(".")
		if err != nil || !more {
			return b.String(), err
		}
	}
}

func (p *parser) index() error {
	if err := p.advance(); err != nil {
		return err
	}
	if !p.is("*") && (p.tok.kind != number || strings.Contains(p.tok.text, ".")) {
		return p.unexpected("an index")
	}
	if err := p.advance(); err != nil {
		return err
	}
	return p.expect("]")
}
