package exclusions

import (
	"quarry/feed"
	"quarry/kql"
)

// Lint reports the scenarios of a document that cannot be used as they stand
// on the tables that the document asks for.
func Lint(b *feed.Bulletin, tables *kql.Catalogue) []feed.Finding { return nil }
