package cli

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/charmbracelet/x/term"

	"quarry/exclusions"
	"quarry/exclusions/warnings"
	"quarry/feed"
	"quarry/feed/abusech"
	"quarry/feed/bulletin"
	"quarry/feed/mail"
	"quarry/feed/misp"
	"quarry/feed/openioc"
	"quarry/feed/otx"
	"quarry/feed/own"
	"quarry/feed/plain"
	"quarry/feed/prose"
	"quarry/feed/stix"
	"quarry/feed/table"
	"quarry/feed/threatfox"
	"quarry/kql"
	"quarry/review"
)

// registry lists the readers of all formats, the particular ones first. What a mail
// holds is read as if it came by itself.
func registry() *feed.Registry {
	readers := []feed.Reader{
		bulletin.Reader{},
		own.Reader{},
		threatfox.Reader{},
		abusech.Reader{},
		misp.Reader{},
		stix.Reader{},
		otx.Reader{},
		openioc.Reader{},
		table.Reader{},
		plain.Reader{},
		prose.Reader{},
	}
	return feed.NewRegistry(append([]feed.Reader{mail.Reader{Parts: feed.NewRegistry(readers...)}}, readers...)...)
}

// opener is [review.Open], or [review.OpenOnce] where nothing is written that knows
// the documents again.
type opener = func(iter.Seq2[*feed.Input, error], *feed.Registry, *kql.Catalogue) (*review.Review, error)

// open reads documents and starts or resumes their review.
func (p *program) open(names []string, open opener) (*review.Review, error) {
	catalogue, suspicions, err := p.prepare()
	if err != nil {
		return nil, err
	}
	places, err := feed.Places(names)
	if err != nil {
		return nil, err
	}
	p.promptForText(places)
	r, err := open(feed.Inputs(places, p.stdin), registry(), catalogue)
	if err != nil {
		return nil, err
	}
	return r, p.equip(r, suspicions)
}

// promptForText says what is waited for where a document is read from a terminal.
func (p *program) promptForText(places []feed.Place) {
	if slices.ContainsFunc(places, func(at feed.Place) bool { return at.Name == "-" }) && term.IsTerminal(p.stdin.Fd()) {
		fmt.Fprintln(p.stderr, "quarry: paste the text, then Ctrl-D on a line of its own")
	}
}

// patience is how long nothing is on the screen before it is said why.
const patience = 400 * time.Millisecond

// sayWaiting says that documents are read, where that takes long: of a slow pipe or
// a large document there is nothing to look at for some time. The function that it
// returns ends the waiting.
func (p *program) sayWaiting() (end func()) {
	begun, quiet := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(quiet)
		select {
		case <-begun:
		case <-time.After(patience):
			fmt.Fprintln(p.stderr, "quarry: reading; Ctrl-C gives up")
		}
	}()
	return func() {
		close(begun)
		<-quiet
	}
}

// equip gives a review the analyst's defaults, and lets it say what is suspicious
// about its IOCs.
func (p *program) equip(r *review.Review, suspicions func() (*warnings.Checker, error)) error {
	checker, err := suspicions()
	if err != nil {
		return err
	}
	r.Begin(p.conf.begin)
	r.Check(checker)
	return nil
}

// prepare reads what a review needs beside its documents. All of it is read side
// by side, for the first screen waits for it: what is not needed before the
// documents are read is waited for by whoever uses it.
func (p *program) prepare() (*kql.Catalogue, func() (*warnings.Checker, error), error) {
	if err := p.configure(nil); err != nil {
		return nil, nil, err
	}
	suspicions := p.suspicions()
	exclusions.Prepare()
	catalogue, err := loadCatalogue()
	return catalogue, suspicions, err
}

// load begins to read documents, or the built-in sample when none is named, and
// says how many bytes they have, or 0 where that is not known. It remembers them
// in originals.
func (p *program) load(names []string, o *originals) (*review.Loading, int64, error) {
	catalogue, suspicions, err := p.prepare()
	if err != nil {
		return nil, 0, err
	}
	inputs, size := p.sampleInput(), int64(0)
	var places []feed.Place
	if len(names) > 0 {
		if places, err = feed.Places(names); err != nil {
			return nil, 0, err
		}
		p.promptForText(places)
		inputs, size = feed.Inputs(places, p.stdin), feed.Size(places)
	}
	defer p.sayWaiting()()
	l, err := p.begin(o.watch(inputs, places), catalogue, suspicions)
	return l, size, err
}

// begin begins to read inputs into a review, with what prepare gave.
func (p *program) begin(inputs iter.Seq2[*feed.Input, error], catalogue *kql.Catalogue, suspicions func() (*warnings.Checker, error)) (*review.Loading, error) {
	l, err := review.Load(inputs, registry(), catalogue)
	if err != nil {
		return nil, err
	}
	if err := p.equip(l.Review(), suspicions); err != nil {
		l.Stop()
		return nil, err
	}
	return l, nil
}

func (p *program) sampleInput() iter.Seq2[*feed.Input, error] {
	return func(yield func(*feed.Input, error) bool) {
		yield(feed.NewInput(sampleName, bytes.NewReader(p.sample)))
	}
}

// warn prints findings to standard error, where they do not get between the
// queries.
func (p *program) warn(fs []feed.Finding) {
	for _, f := range fs {
		fmt.Fprintf(p.stderr, "quarry: %s\n", findingLine(f))
	}
}
