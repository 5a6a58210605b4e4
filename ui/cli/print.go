package cli

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"

	"quarry/ui/cell"
)

// printJSON writes a JSON object a line.
func printJSON[T any](w *os.File, all []T) error {
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	for _, v := range all {
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return b.Flush()
}

// leastColumn is how narrow a column is made to fit a terminal, leastValue one of values:
// an address without its middle tells little. Where that is not enough, narrowColumn is,
// and then narrowValue; a row that runs over still tells more than one that is cut further.
const (
	leastColumn  = 12
	leastValue   = 40
	narrowColumn = 7
	narrowValue  = 20
)

// firm are the columns, by their titles, whose texts say nothing when they are cut.
var firm = map[string]bool{
	"TYPE": true, "CONF": true, "ID": true, "ON": true, "VERDICT": true, "REVIEW": true, "DECISIONS": true, "FIRST SEEN": true, "CHANGE": true, "IN": true,
}

// tellsTime reports whether the column below a title has times, which become days.
func tellsTime(title string) bool { return title == "WHEN" || title == "CHANGED" }

// stages are how often columns are made narrower.
const stages = 3

// leasts are how narrow a column below a title is made at each stage.
func leasts(title string, width int) [stages]int {
	switch {
	case firm[title]:
		return [stages]int{width, width, width}
	case tellsTime(title):
		return [stages]int{width, len(time.DateOnly), len(time.DateOnly)}
	case title == "VALUE":
		return [stages]int{leastValue, leastValue, narrowValue}
	}
	return [stages]int{leastColumn, narrowColumn, narrowColumn}
}

// printTable is printColumns, fitted to the terminal where the file is one: the widest
// columns are cut in the middle of their texts. Elsewhere all is whole.
func printTable(w *os.File, rows [][]string) error {
	if width, _, err := term.GetSize(w.Fd()); err == nil && width > 0 {
		rows = fitColumns(rows, width)
	}
	return printColumns(w, rows)
}

// fitColumns cuts texts below a row of titles until the rows have room in so many cells, or no column could
// be narrower.
func fitColumns(rows [][]string, width int) [][]string {
	var widths []int
	for _, row := range rows {
		for i, text := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cell.Width(cell.Clean(text)))
		}
	}
	over := (len(widths) - 1) * columnGap
	for _, n := range widths {
		over += n
	}
	over -= width
	for stage := range stages {
		for ; over > 0; over-- {
			widest := -1
			for i, n := range widths {
				if n > leasts(rows[0][i], n)[stage] && (widest < 0 || n > widths[widest]) {
					widest = i
				}
			}
			if widest < 0 {
				break
			}
			widths[widest]--
		}
	}
	fitted := make([][]string, len(rows))
	for n, row := range rows {
		for i, text := range row {
			if text = cell.Clean(text); cell.Width(text) > widths[i] {
				text = shortened(rows[0][i], text, widths[i])
			}
			fitted[n] = append(fitted[n], text)
		}
	}
	return fitted
}

// shortened is a text below a title in so many cells: a time is its day.
func shortened(title, text string, width int) string {
	if tellsTime(title) && len(text) > len(time.DateOnly) {
		return text[:len(time.DateOnly)]
	}
	return string(cell.Terminal{}.AppendMiddle(nil, text, width))
}

// columnGap is the space between two columns.
const columnGap = 2

// printColumns writes rows of cells in columns, the last one as wide as it is.
func printColumns(w *os.File, rows [][]string) error {
	var widths []int
	for _, row := range rows {
		for i, text := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			row[i] = cell.Clean(text)
			widths[i] = max(widths[i], cell.Width(row[i]))
		}
	}
	b := bufio.NewWriter(w)
	for _, row := range rows {
		var line strings.Builder
		for i, text := range row {
			line.WriteString(text)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-cell.Width(text)+columnGap))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.Flush()
}
