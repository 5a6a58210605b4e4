package review

import "slices"

// Snapshot is the review as it stands now, for another goroutine to write while
// decisions go on being taken of this one. It costs a few bytes for each IOC. Both
// have the same documents and IOCs, so none may be added as long as it is in use.
func (r *Review) Snapshot() *Review {
	s := *r
	s.now, s.entries = r.now.clone(), slices.Clone(r.entries)
	s.scenarios, s.findings = slices.Clone(r.scenarios), slices.Clip(r.findings)
	s.ready, s.questions, s.older, s.selected = nil, nil, nil, nil // filled as they are asked for
	return &s
}
