// Package ssh serves the workbench over SSH, to teams that do not hand out
// shells.
//
// A client gets in with a public key of a file of authorized keys and in no
// other way, and gets a terminal with the workbench in it and nothing else:
// commands, subsystems, forwarding, agents and signals are refused where they
// arrive. The comment of the key names who decides. Documents are those of one
// folder, and exports go into one folder or, without one, to the clipboard of
// the client's terminal.
//
// What a client sends is bounded before anything else reads it: environment,
// name and size of the terminal, escape sequences, pastes.
package ssh
