//go:build !unix

package cli

// canSuspend reports whether a shell started the program as a job; there are none
// here.
func canSuspend() bool { return false }
