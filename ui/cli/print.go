package cli

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"

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
				line.WriteString(strings.Repeat(" ", widths[i]-cell.Width(text)+2))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.Flush()
}
