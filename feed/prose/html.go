package prose

import (
	"bytes"
	"errors"
	"io"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"quarry/feed"
)

// page goes through a page of HTML.
type page struct {
	*document
	z    *html.Tokenizer
	line int // of the token
	next int // of the one behind it

	run
	hidden *hiding // the element that is not shown, if one is read

	headline int  // the level of the heading that is read, 0 outside of one
	items    int  // how deep in lists
	pre      int  // how deep in preformatted text
	around   int  // how deep in navigation, headers and footers
	inTitle  bool // in the title of the page
	skipping bool // in a script and the like

	targets []target // of links

	tables int // how deep in tables
	grid
}

// run is the text of the block that is read.
type run struct {
	text   bytes.Buffer
	breaks []int
	seams  []int  // where elements meet between letters or digits
	notes  []link // marks that lead to notes, right behind a letter or digit
	from   int    // the line on which it begins
	space  bool   // white space is due before what follows
	seam   bool   // an element begins or ends here
	above  string // the line before, which a break of line ended
	href   string // target of the link that is read
	shown  int    // where in the text the link begins
}

// target is what a link leads to that shows another text.
type target struct {
	url, text string
	line      int
}

const (
	maxToken  = 16 << 20 // the longest tag or text that is read
	maxBlock  = 1 << 20  // the longest block that is looked at as a whole
	maxBlocks = 10_000   // how many lines of a row are looked at as one
)

// read reads the page.
func (p *page) read() error {
	p.z = html.NewTokenizer(p.in)
	p.z.SetMaxBuf(maxToken)
	p.line = 1
	for {
		tt := p.z.Next()
		if tt == html.ErrorToken {
			return p.ended()
		}
		p.next = p.line + bytes.Count(p.z.Raw(), []byte("\n"))
		if err := p.token(tt); err != nil {
			return err
		}
		p.line = p.next
	}
}

// ended takes the end of the page, or of what can be read of it.
func (p *page) ended() error {
	err := p.z.Err()
	if err == io.EOF {
		err = nil
	}
	p.cut = p.text.Len() > 0 && !p.space
	if e := p.flush(); e != nil {
		return e
	}
	if e := p.show(); e != nil {
		return e
	}
	if e := p.endRow(); e != nil {
		return e
	}
	if errors.Is(err, html.ErrBufferExceeded) {
		return &feed.InputError{Name: p.in.Name, Line: p.line, Reason: "a tag or a text of the page is longer than 16 MiB", Advice: "save the page anew", Err: err}
	}
	return err
}

func (p *page) token(tt html.TokenType) error {
	switch tt {
	case html.TextToken:
		if !p.skipping {
			return p.words(p.z.Text())
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		name, attrs := p.z.TagName()
		if !p.skipping {
			return p.open(atom.Lookup(name), attrs)
		}
	case html.EndTagToken:
		name, _ := p.z.TagName()
		return p.close(atom.Lookup(name))
	}
	return nil
}

// open takes a tag that opens an element.
func (p *page) open(a atom.Atom, attrs bool) error {
	var t tag
	switch {
	case a == atom.Link || a == atom.Meta || a == atom.Base:
		p.siteOf(a, attrs)
		return nil
	case attrs:
		t = p.tag()
	}
	if err := p.openedIn(a); err != nil {
		return err
	}
	hides := p.hidden == nil && (t.hidden || t.silent && !isInline(a) || a == atom.Template) && !isVoid[a]
	if hides && isInline(a) {
		p.hide(a, true)
	}
	err := p.opened(a, t)
	if hides && !isInline(a) {
		p.hide(a, false)
	}
	return err
}

// opened takes an element by what it is.
func (p *page) opened(a atom.Atom, t tag) error {
	switch a {
	case atom.Script, atom.Style, atom.Iframe, atom.Noembed, atom.Noframes: // their text is one token
		p.skipping = true
	case atom.Title:
		err := p.flush()
		p.inTitle = true
		return err
	case atom.A:
		p.endLink()
		p.href, p.shown = t.href, p.text.Len()
		p.seam = true
	case atom.Wbr:
	case atom.Sub, atom.Sup: // a note, or a number that is none of the value's
		p.space = true
		p.put('(', p.line)
	case atom.Br:
		return p.breakLine(p.line)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		err := p.flush()
		p.headline = int(a.String()[1] - '0')
		return err
	case atom.Nav, atom.Footer, atom.Aside:
		p.around++
		return p.before()
	case atom.Ul, atom.Ol, atom.Dl:
		err := p.flush()
		p.items++
		return err
	case atom.Pre:
		err := p.flush()
		p.pre++
		return err
	case atom.Table:
		return p.openTable()
	case atom.Tr:
		if err := p.flush(); err != nil {
			return err
		}
		err := p.endRow()
		p.inRow = true
		return err
	case atom.Td, atom.Th:
		return p.openCell(a, t)
	default:
		if isBlock[a] {
			return p.flush()
		}
		p.seam = true
	}
	return nil
}

// before flushes what was read before navigation began, as what it is.
func (p *page) before() error {
	p.around--
	err := p.flush()
	p.around++
	return err
}

// close takes a tag that closes an element.
func (p *page) close(a atom.Atom) error {
	p.skipping = false
	err := p.closed(a)
	if err != nil {
		return err
	}
	return p.closedIn(a)
}

// closed takes the end of an element by what it is.
func (p *page) closed(a atom.Atom) error {
	switch a {
	case atom.Title:
		if p.pageTitle == "" {
			p.pageTitle = trim(p.text.String())
		}
		p.text.Reset()
		p.breaks, p.seams, p.notes, p.space, p.inTitle = nil, nil, nil, false, false
	case atom.A:
		p.endLink()
		p.seam = true
	case atom.Wbr:
	case atom.Sub, atom.Sup:
		p.put(')', p.line)
		p.space = true
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		err := p.flush()
		p.headline = 0
		return err
	case atom.Nav, atom.Footer, atom.Aside:
		err := p.flush()
		p.around = max(0, p.around-1)
		return err
	case atom.Ul, atom.Ol, atom.Dl:
		err := p.flush()
		p.items = max(0, p.items-1)
		return err
	case atom.Pre:
		err := p.flush()
		p.pre = max(0, p.pre-1)
		return err
	case atom.Td, atom.Th:
		err := p.flush()
		p.inCell = false
		return err
	case atom.Tr:
		if err := p.flush(); err != nil {
			return err
		}
		return p.endRow()
	case atom.Table:
		if err := p.flush(); err != nil {
			return err
		}
		err := p.endRow()
		p.tables = max(0, p.tables-1)
		p.grid = grid{}
		p.noTable()
		return err
	default:
		if isBlock[a] {
			return p.flush()
		}
		p.seam = true
	}
	return nil
}

// isBlock are the elements that part the text of a page.
var isBlock = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Li: true, atom.Dt: true, atom.Dd: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Header: true,
	atom.Blockquote: true, atom.Figure: true, atom.Figcaption: true, atom.Hr: true, atom.Tbody: true, atom.Thead: true, atom.Tfoot: true, atom.Caption: true,
	atom.Body: true, atom.Head: true, atom.Html: true, atom.Form: true, atom.Option: true, atom.Button: true, atom.Textarea: true, atom.Details: true, atom.Summary: true, atom.Address: true, atom.Center: true,
}
