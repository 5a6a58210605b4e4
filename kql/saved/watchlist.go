package saved

import (
	"fmt"
	"strconv"

	"quarry/feed"
	"quarry/kql"
)

// Limits of a watchlist that is uploaded as a file (Sentinel service limits).
// The size is said in MB; the smaller meaning is kept.
const (
	watchlistBytes = 3_800_000
	watchlistLine  = 10_240
)

// WatchlistKey is the column to choose as the watchlist's search key.
const WatchlistKey = "IocKey"

var watchlistHeader = []string{WatchlistKey, "IocList", "Ioc", "IocType", "IocThreat", "IocConfidence", "Family", "FirstSeen", "Source"}

// Watchlist writes the values that hunts compare columns with as a CSV that
// Sentinel takes as a watchlist, in parts that it takes in one upload. [Alias] of
// the title is the alias; a hunt with it as [kql.Options].Watchlist reads its
// lists there.
//
// A row is one value of one list: IocKey the value, IocList the list, Ioc the
// IOCs that it stands for. IocKey and Ioc are exact. An IOC whose value a
// spreadsheet would run as a formula is therefore left out, and so is one with a
// row of more than 10,240 bytes; of each IOC all values are there, or a finding
// says that none is. Other cells pass [PlainCell].
//
// The error is a [*NothingError]; then there are no files.
func Watchlist(of *kql.Selection, about About) ([]File, []feed.Finding, error) {
	about = about.clean()
	s, err := newSheet(watchlistHeader, limits{bytes: watchlistBytes, line: watchlistLine})
	if err != nil {
		return nil, nil, err
	}
	out, left, err := s.unfit(of)
	if err != nil {
		return nil, nil, err
	}
	for r := range of.Rows {
		if left[r.First.Key()] {
			continue
		}
		if _, err := s.add(watchlistRow(r)); err != nil {
			return nil, nil, err
		}
	}
	findings := out.findings(feed.Warning)
	files := s.files(Alias(about.Title) + "-watchlist")
	switch {
	case len(files) == 0:
		return nil, findings, &NothingError{Shape: "a watchlist"}
	case len(files) > 1:
		findings = append(findings, feed.Finding{Code: "watchlist-parts", Severity: feed.Info, Text: fmt.Sprintf(
			"the watchlist is in %d files, for one upload takes 3.8 MB: create it from the first, then add the others with a bulk update", len(files))})
	}
	return files, findings, nil
}

// unfit finds the IOCs that a watchlist cannot hold, and why.
func (s *sheet) unfit(of *kql.Selection) (out omissions, left map[string]bool, err error) {
	left = map[string]bool{}
	for r := range of.Rows {
		key := r.First.Key()
		if left[key] {
			continue
		}
		line, err := s.text(watchlistRow(r))
		if err != nil {
			return out, nil, err
		}
		switch {
		case !out.checked(r.First):
			left[key] = true
		case r.Type != feed.Domain && (PlainCell(r.Key) != r.Key || PlainCell(r.Matched) != r.Matched): // a name can spell no formula
			out.add("formula", "left out, for a spreadsheet would run it as a formula; add it by hand", r.First)
			left[key] = true
		case len(line) > watchlistLine:
			out.add("over-watchlist-line", fmt.Sprintf("left out, longer than the %d bytes that a watchlist takes in a line", watchlistLine), r.First)
			left[key] = true
		}
	}
	return out, left, nil
}

func watchlistRow(r kql.Row) []string {
	var confidence, source string
	if r.Confidence != feed.NoConfidence {
		confidence = strconv.Itoa(r.Confidence)
	}
	if len(r.First.Sources) > 0 {
		source = r.First.Sources[0].String()
	}
	row := []string{r.Key, r.List, r.Matched}
	for _, text := range []string{string(r.Type), r.Threat, confidence, r.First.Family, feed.FormatSeen(r.First.FirstSeen), source} {
		row = append(row, PlainCell(oneLine(text)))
	}
	return row
}
