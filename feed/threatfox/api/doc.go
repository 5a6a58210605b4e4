// Package api asks the API of ThreatFox of abuse.ch for IOCs
// (threatfox.abuse.ch/api). What it answers is read by package threatfox.
//
// The Auth-Key goes into one header of one request to one host: into no URL, no
// error, no log and no IOC, also where a server sends it back. Connections are
// made over TLS, through a proxy where HTTPS_PROXY or NO_PROXY ask for one, and
// follow no redirect to another host.
package api
