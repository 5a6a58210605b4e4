// Command quarry is a terminal workbench for IOC triage.
package main

import (
	_ "embed"
	"os"

	"quarry/ui/cli"
)

//go:embed testdata/sample.md
var sample []byte

func main() { os.Exit(cli.Run(os.Args[1:], sample)) }
