//go:build unix

package store

import (
	"errors"
	"syscall"
)

// processExists asks the system for a process, also for one of somebody else.
func processExists(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
