package cli

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"

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

// leastColumn is how narrow a column is made at most to fit a terminal, leastValue
// one of values: a row that runs over tells more than an address without its middle.
const (
	leastColumn = 12
	leastValue  = 40
)

// leastOf is how narrow the column below a title is made at most.
func leastOf(title string) int {
	if title == "VALUE" {
		return leastValue
	}
	return leastColumn
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
	for over -= width; over > 0; over-- {
		widest := -1
		for i, n := range widths {
			if n > leastOf(rows[0][i]) && (widest < 0 || n > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	fitted := make([][]string, len(rows))
	for n, row := range rows {
		for i, text := range row {
			if text = cell.Clean(text); cell.Width(text) > widths[i] {
				text = string(cell.Terminal{}.AppendMiddle(nil, text, widths[i]))
			}
			fitted[n] = append(fitted[n], text)
		}
	}
	return fitted
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
