// Package race tells a test whether it runs with the race detector, which takes
// ten times as long and looks for something else than what a test of a great size
// does. Such a test takes a part of the size there; a run without it, such as that
// of README.md, takes the whole.
package race
