package review

import (
	"cmp"
	"slices"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
)

// join makes one review of several inputs, of which the reviewed bulletins come
// first.
type join struct {
	r         *Review
	parts     []part
	cleaned   [][]*feed.Bulletin // the documents of each part, with their IOCs
	fresh     [][]*feed.Bulletin // those of them that no reviewed bulletin before covers
	scenarios [][]int            // the position in the review of each part's scenarios
	covered   map[identity]int   // position of the documents of reviewed bulletins
	said      map[feed.Finding]bool
}

// identity tells documents apart whatever their files are called.
type identity struct {
	sha256 string
	line   int
	nth    int // of those on one line, where a format has no lines
}

func newJoin(parts []part, catalogue *kql.Catalogue) *join {
	return &join{
		r: &Review{catalogue: catalogue}, parts: parts,
		cleaned: make([][]*feed.Bulletin, len(parts)), fresh: make([][]*feed.Bulletin, len(parts)), scenarios: make([][]int, len(parts)),
		covered: map[identity]int{}, said: map[feed.Finding]bool{},
	}
}

// append adds a part behind those that the review was built of.
func (j *join) append(p part) {
	j.parts = append(j.parts, p)
	j.cleaned = append(j.cleaned, nil)
	j.fresh = append(j.fresh, nil)
	j.scenarios = append(j.scenarios, nil)
}

// extend adds whole documents to the review as it is in use.
func (j *join) extend(documents []*feed.Bulletin) {
	j.append(part{documents: documents})
	had := len(j.r.scenarios)
	at := len(j.parts) - 1
	j.add(at)
	for _, d := range j.cleaned[at] {
		for _, iocs := range [][]feed.IOC{d.IOCs, d.Mentions} {
			j.r.extend(iocs, shapesOfAll(iocs))
		}
		d.IOCs, d.Mentions = nil, nil
	}
	j.r.grow(had)
}

// add takes the documents of a part in.
func (j *join) add(p int) {
	documents := j.parts[p].documents
	ids := identities(documents)
	names := map[string]string{}
	for k, d := range documents {
		if at, again := j.covered[ids[k]]; again {
			names[d.Source.Name] = j.r.documents[at].Source.Name
		}
	}
	taken := map[int]bool{}
	for k, published := range documents {
		d := cleanDocument(published, names)
		j.judge(p, d)
		j.cleaned[p] = append(j.cleaned[p], d)
		at, again := j.covered[ids[k]]
		if !again {
			at = j.document(p, d)
			if j.parts[p].decided != nil && d.SHA256 != "" {
				j.covered[ids[k]] = at
			}
		}
		for _, s := range d.Scenarios {
			same := -1
			if again {
				same = j.same(s, at, taken)
			}
			if same < 0 {
				same = len(j.r.scenarios)
				j.r.scenarios = append(j.r.scenarios, newScenario(s, same, at))
			}
			taken[same] = true
			j.scenarios[p] = append(j.scenarios[p], same)
		}
	}
}

// same is the position of a document's scenario that says the same and is not
// taken for another one yet, or -1.
func (j *join) same(s feed.Scenario, document int, taken map[int]bool) int {
	for at, o := range j.r.scenarios {
		if o.Document == document && !taken[at] && sameText(o.Scenario, s) {
			return at
		}
	}
	return -1
}

func identities(documents []*feed.Bulletin) []identity {
	count := map[identity]int{}
	ids := make([]identity, len(documents))
	for k, d := range documents {
		id := identity{sha256: d.SHA256, line: d.Source.Line}
		ids[k] = identity{id.sha256, id.line, count[id]}
		count[id]++
	}
	return ids
}

// judge says what is wrong with a document. A reviewed bulletin brings the
// findings about its own.
func (j *join) judge(p int, d *feed.Bulletin) {
	if j.parts[p].decided == nil { // a reviewed bulletin holds what was found then
		j.unread(d.Findings)
		d.Findings = append(d.Findings, j.r.unknownTables(d)...)
		d.Findings = append(d.Findings, kql.LintPublished(d)...)
		d.Findings = append(d.Findings, exclusions.Lint(d, j.r.catalogue)...)
		feed.SortFindings(d.Findings)
	}
	j.find(d.Findings...)
}

// unread takes note of what a reader could not use. It comes before [join.find],
// which knows what was said already.
func (j *join) unread(fs []feed.Finding) {
	c := cleaner{names: map[string]string{}}
	for _, f := range c.findings(fs) {
		if f.Severity == feed.Error && !j.said[f] {
			j.r.unread = append(j.r.unread, f)
		}
	}
}

// find adds findings that are not in the review yet. They are cleaned, for they
// quote what they are about, which may be several lines.
func (j *join) find(fs ...feed.Finding) {
	c := cleaner{names: map[string]string{}}
	for _, f := range c.findings(fs) {
		if !j.said[f] {
			j.said[f] = true
			j.r.findings = append(j.r.findings, f)
		}
	}
}

// document takes a document in and returns its position.
func (j *join) document(p int, d *feed.Bulletin) int {
	bare := *d
	bare.IOCs, bare.Mentions, bare.Findings = nil, nil, nil
	j.r.documents = append(j.r.documents, &bare)
	j.fresh[p] = append(j.fresh[p], &bare)
	j.r.questions = nil // the answers depend on the families
	return len(j.r.documents) - 1
}

// order puts the scenarios in the order of their documents, which get those that
// another copy of them brought.
func (j *join) order() {
	from := make([]int, len(j.r.scenarios))
	for i := range from {
		from[i] = i
	}
	slices.SortStableFunc(from, func(a, b int) int {
		return cmp.Compare(j.r.scenarios[a].Document, j.r.scenarios[b].Document)
	})
	ordered := make([]*Scenario, len(from))
	to := make([]int, len(from))
	for i, f := range from {
		ordered[i], to[f] = j.r.scenarios[f], i
		ordered[i].ID = i
	}
	j.r.scenarios = ordered
	for _, d := range j.r.documents {
		d.Scenarios = nil
	}
	for _, s := range ordered {
		d := j.r.documents[s.Document]
		d.Scenarios = append(d.Scenarios, s.Scenario)
	}
	for _, part := range j.scenarios {
		for k, at := range part {
			part[k] = to[at]
		}
	}
}

// set merges the IOCs of all parts as [feed.NewSet] does, but for those that
// say nothing new after a reviewed bulletin: it holds what comes of merging the
// same statements, and doing it again would find differences to itself.
func (j *join) set() *feed.Set {
	set := new(feed.Set)
	reviewed := len(j.parts) > 1 && j.parts[0].decided != nil
	for _, mentions := range []bool{false, true} {
		for p, documents := range j.cleaned {
			for _, d := range documents {
				iocs := d.IOCs
				if mentions {
					iocs = d.Mentions
				}
				for _, i := range iocs {
					if !(reviewed && p > 0 && states(set, i)) {
						set.Add(i)
					}
				}
			}
		}
	}
	return set
}

// states reports whether the set has an IOC with all its sources.
func states(set *feed.Set, i feed.IOC) bool {
	at, ok := set.Find(i.Key())
	if !ok {
		return false
	}
	sources := set.At(at).Sources
	return !slices.ContainsFunc(i.Sources, func(s feed.Source) bool { return !slices.Contains(sources, s) })
}
