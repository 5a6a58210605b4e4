//go:build unix

package store

import (
	"io/fs"
	"os"
	"syscall"
)

// ownFile reports whether a file is of the user who runs the program, and nobody else
// may write to it whatever group they are in.
func ownFile(info fs.FileInfo) bool {
	system, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(system.Uid) == os.Geteuid() && info.Mode().Perm()&0o002 == 0
}
