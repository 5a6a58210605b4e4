//go:build !unix

package store

import "os"

// processExists asks the system for a process: on Windows one that is gone cannot
// be found.
func processExists(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	return p.Release() == nil
}
