//go:build race

package readertest

// racing says whether the tests were built with the race detector.
const racing = true
