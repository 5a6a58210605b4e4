package saved

import (
	"fmt"
	"strconv"

	"quarry/feed"
)

// Limits of a watchlist that is uploaded as a file (Sentinel service limits).
// The size is said in MB; the smaller meaning is kept.
const (
	watchlistBytes = 3_800_000
	watchlistLine  = 10_240
)

// WatchlistKey is the column to choose as the watchlist's search key.
const WatchlistKey = "IocKey"

var watchlistHeader = []string{WatchlistKey, "Ioc", "IocType", "IocThreat", "IocConfidence", "Family", "FirstSeen", "Source"}

// Watchlist writes the IOCs as a CSV that Sentinel takes as a watchlist, in
// parts that it takes in one upload. [Alias] of the title is the alias.
//
// IocKey is what a column of a log holds: the address of an ip:port, else the
// value; a block of addresses stands as it is, and no column equals it. IocKey
// and Ioc are exact. A mail address or file name that a spreadsheet
// would run as a formula is therefore left out, and so is a row of more than
// 10,240 bytes; each IOC is in one row or in a finding. Other cells pass
// [PlainCell].
//
// The error is a [*NothingError]; then there are no files.
func Watchlist(all []feed.IOC, about About) ([]File, []feed.Finding, error) {
	about = about.clean()
	s, err := newSheet(watchlistHeader, limits{bytes: watchlistBytes, line: watchlistLine})
	if err != nil {
		return nil, nil, err
	}
	var out omissions
	for _, i := range all {
		if !out.checked(i) {
			continue
		}
		if i.Type != feed.Domain && PlainCell(i.Value) != i.Value { // a name can spell no formula
			out.add("formula", "left out, for a spreadsheet would run it as a formula; add it by hand", i)
			continue
		}
		written, err := s.add(watchlistRow(i))
		if err != nil {
			return nil, nil, err
		}
		if !written {
			out.add("over-watchlist-line", fmt.Sprintf("left out, longer than the %d bytes that a watchlist takes in a line", watchlistLine), i)
		}
	}
	findings := out.findings(feed.Warning)
	files := s.files(Alias(about.Title) + "-watchlist")
	switch {
	case len(files) == 0:
		return nil, findings, &NothingError{"a watchlist"}
	case len(files) > 1:
		findings = append(findings, feed.Finding{Code: "watchlist-parts", Severity: feed.Info, Text: fmt.Sprintf(
			"the watchlist is in %d files, for one upload takes 3.8 MB: create it from the first, then add the others with a bulk update", len(files))})
	}
	return files, findings, nil
}

func watchlistRow(i feed.IOC) []string {
	key := i.Value
	if i.Type == feed.IPPort {
		key = i.Host()
	}
	var confidence, source string
	if i.Confidence != feed.NoConfidence {
		confidence = strconv.Itoa(i.Confidence)
	}
	if len(i.Sources) > 0 {
		source = i.Sources[0].String()
	}
	row := []string{key, i.Value}
	for _, text := range []string{string(i.Type), string(i.Threat), confidence, i.Family, feed.FormatSeen(i.FirstSeen), source} {
		row = append(row, PlainCell(oneLine(text)))
	}
	return row
}
