//go:build unix

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// canSuspend reports whether a shell started the program as a job, which it resumes.
// Without one the system ignores the signal that suspends, and nothing would end the
// wait for the one that resumes.
func canSuspend() bool {
	parent := os.Getppid()
	group, err := unix.Getpgid(parent)
	if err != nil || group == unix.Getpgrp() {
		return false
	}
	theirs, err := unix.Getsid(parent)
	if err != nil {
		return false
	}
	ours, err := unix.Getsid(0)
	return err == nil && theirs == ours
}
