// Package cli is the command line: every verb reads documents, takes the
// decisions that its flags stand for, and prints what the workbench would
// show. No verb but the workbench asks the terminal anything.
package cli
