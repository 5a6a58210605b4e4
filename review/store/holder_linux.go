package store

import (
	"bytes"
	"fmt"
	"os"
)

// startOf is when a process was started, in ticks since the machine was, so that
// another one with its number is told from it; "" when that cannot be read. ended
// says that it only waits for its parent to take note of its end. proc(5) has the
// order of the fields; those behind the name have no spaces.
func startOf(pid int) (start string, ended bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", false
	}
	const state, started = 0, 19 // behind the name
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= started {
		return "", false
	}
	return string(fields[started]), bytes.ContainsAny(fields[state], "ZXx")
}
