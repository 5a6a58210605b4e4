package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/user"
	"time"

	"quarry/feed"
	"quarry/feed/abusech"
	"quarry/feed/bulletin"
	"quarry/feed/misp"
	"quarry/feed/openioc"
	"quarry/feed/otx"
	"quarry/feed/own"
	"quarry/feed/plain"
	"quarry/feed/prose"
	"quarry/feed/stix"
	"quarry/feed/table"
	"quarry/feed/threatfox"
	"quarry/review"
)

// registry lists the readers of all formats, the particular ones first.
func registry() *feed.Registry {
	return feed.NewRegistry(
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
	)
}

// open reads documents and starts or resumes their review.
func (p *program) open(names []string) (*review.Review, error) {
	catalogue, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	places, err := feed.Places(names)
	if err != nil {
		return nil, err
	}
	r, err := review.Open(feed.Inputs(places, p.stdin), registry(), catalogue)
	if err != nil {
		return nil, err
	}
	return r, p.check(r)
}

// openSample opens the built-in sample.
func (p *program) openSample() (*review.Review, error) {
	catalogue, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	r, err := review.Open(func(yield func(*feed.Input, error) bool) {
		yield(feed.NewInput(sampleName, bytes.NewReader(p.sample)))
	}, registry(), catalogue)
	if err != nil {
		return nil, err
	}
	return r, p.check(r)
}

// reviewer is who decides: QUARRY_REVIEWER, or the name of the account.
func reviewer() string {
	if name := os.Getenv("QUARRY_REVIEWER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

func signature() review.Signature {
	return review.Signature{Reviewer: reviewer(), At: time.Now()}
}

// warn prints findings to standard error, where they do not get between the
// queries.
func (p *program) warn(fs []feed.Finding) {
	for _, f := range fs {
		fmt.Fprintf(p.stderr, "quarry: %s\n", findingLine(f))
	}
}
