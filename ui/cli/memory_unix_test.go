//go:build unix

package cli

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory is the largest number of bytes that a process had in memory, 0
// when that is not known.
func peakMemory(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin":
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10
}
