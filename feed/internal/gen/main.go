// Gen writes a CSV export as ThreatFox gives one out, of as many rows as it is
// told, to measure with:
//
//	go run ./feed/internal/gen 1000000 > big.csv
//
// The same number gives the same bytes. All addresses and names are those that
// are set aside for documentation.
package main

import (
	"fmt"
	"os"
	"strconv"

	"quarry/feed/internal/gen/rows"
)

func main() {
	n := 0
	err := fmt.Errorf("usage: gen ROWS")
	if len(os.Args) == 2 {
		n, err = strconv.Atoi(os.Args[1])
	}
	if err == nil && n < 0 {
		err = fmt.Errorf("%d is no number of rows", n)
	}
	if err == nil {
		err = rows.ThreatFox(os.Stdout, n)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}
