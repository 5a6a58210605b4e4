package table

import (
	"fmt"
	"strconv"
	"strings"

	"quarry/feed"
)

// dayOrder is which of the first two numbers of a date is the day.
type dayOrder int

const (
	noOrder dayOrder = iota // nothing says it
	dayFirst
	monthFirst
)

// orderOf is the order of the dates in the columns of when an indicator was seen, where a
// number above 12 in one of them says it and none contradicts.
func (l *layout) orderOf(rows [][]string) dayOrder {
	day, month := false, false
	for _, row := range rows {
		for k, c := range l.columns {
			if k >= len(row) || c.is != firstColumn && c.is != lastColumn && c.spare == unread {
				continue
			}
			if a, b, _, _, ok := numbersOf(row[k]); ok {
				day, month = day || a > 12, month || b > 12
			}
		}
	}
	switch {
	case day && !month:
		return dayFirst
	case month && !day:
		return monthFirst
	}
	return noOrder
}

// numbersOf are the numbers of a date with the year behind, "22/10/2026" or "22.10.2026",
// and the time that follows.
func numbersOf(cell string) (a, b, year int, clock string, ok bool) {
	date, clock, _ := strings.Cut(cell, " ")
	for _, sign := range []string{"/", "."} {
		parts := strings.Split(date, sign)
		if len(date) > len("22/10/2026") || len(parts) != 3 || len(parts[2]) != 4 {
			continue
		}
		a, err := strconv.Atoi(parts[0])
		b, err2 := strconv.Atoi(parts[1])
		year, err3 := strconv.Atoi(parts[2])
		return a, b, year, clock, err == nil && err2 == nil && err3 == nil && a > 0 && b > 0 && a <= 31 && b <= 31
	}
	return 0, 0, 0, "", false
}

// dated is a date as it is read everywhere, where the table says in which order its
// numbers are; any other cell stays.
func (t *table) dated(cell string, line int) string {
	if t.order == noOrder {
		return cell
	}
	day, month, year, clock, ok := numbersOf(cell)
	if !ok {
		return cell
	}
	first := "day"
	if t.order == monthFirst {
		day, month, first = month, day, "month"
	}
	date := strings.TrimSpace(fmt.Sprintf("%04d-%02d-%02d %s", year, month, day, clock))
	if _, err := feed.ParseSeen(date); err != nil {
		return cell
	}
	t.tally.Add("date-order", feed.Info, line, "dates that begin with numbers are read with the "+first+" first, as the numbers above 12 among them say")
	return date
}
