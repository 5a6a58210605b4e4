// Package termtest drives terminal programs in tests, in five ways, each
// nearer to a real terminal and slower than the one before.
//
//   - [Simulate] calls Update and View of a Bubble Tea model, runs its
//     commands in order, and needs no clock: the base of all tests.
//   - [Emulate] runs the whole program in process, renderer and input reader
//     included, against a terminal emulator.
//   - [StartPty] runs a binary in a pseudo-terminal and records what it writes,
//     clipboard sequences decoded.
//   - [NewTmux] is a private tmux server: keys in, screen out.
//   - [NewSSHD] is a private OpenSSH server on the loopback interface.
//
// The last three are for Unix; a tool they need and do not find skips the test,
// or fails it under QUARRY_REQUIRE=1.
// Waiting is always for a condition, never for a time; a condition that does
// not come true within [Patience] fails the test and prints the screen.
package termtest
