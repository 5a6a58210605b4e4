//go:build !unix

package store

import "io/fs"

// ownFile is true where the folder of temporary files is the user's own.
func ownFile(fs.FileInfo) bool { return true }
