package cli

import (
	"fmt"
	"os"
	"os/user"
	"slices"
	"time"

	"quarry/feed"
	"quarry/feed/bulletin"
	"quarry/review"
)

// registry lists the readers of all formats.
func registry() *feed.Registry { return feed.NewRegistry(bulletin.Reader{}) }

// open reads documents and starts or resumes their review.
func (p *program) open(names []string) (*review.Review, error) {
	inputs, err := p.read(names)
	if err != nil {
		return nil, err
	}
	return p.review(inputs)
}

// read reads documents, each once.
func (p *program) read(names []string) ([]feed.Input, error) {
	var inputs []feed.Input
	for i, n := range names {
		if slices.Contains(names[:i], n) {
			continue // standard input, for one, has nothing left
		}
		in, err := feed.ReadFile(n, p.stdin)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, in)
	}
	return inputs, nil
}

func (p *program) review(inputs []feed.Input) (*review.Review, error) {
	catalogue, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	return review.Open(inputs, registry(), catalogue)
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
