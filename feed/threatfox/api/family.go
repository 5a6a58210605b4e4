package api

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"quarry/feed"
)

// UnknownMalware is the family of what ThreatFox knows no family of, in its own
// words.
const UnknownMalware = "Unknown malware"

// Families parts an answer by malware family: a document for each, in the order
// of their names, with its IOCs in the order of the answer. Mentions and
// findings are in none of them.
func Families(b *feed.Bulletin) []*feed.Bulletin {
	by := map[string]*feed.Bulletin{}
	for _, i := range b.IOCs {
		i.Family = cmp.Or(i.Family, UnknownMalware)
		key := strings.ToLower(i.Family)
		d := by[key]
		if d == nil {
			d = &feed.Bulletin{Source: b.Source, Format: b.Format, Family: i.Family, Total: feed.NoTotal}
			by[key] = d
		}
		d.IOCs = append(d.IOCs, i)
	}
	return slices.SortedFunc(maps.Values(by), func(a, b *feed.Bulletin) int {
		return cmp.Compare(strings.ToLower(a.Family), strings.ToLower(b.Family))
	})
}
