// Package records makes IOCs of the records that feeds are made of. It takes
// documents apart into lines, rows of CSV and JSON values, each with its line
// and none held longer than it is looked at, and turns what a record says of an
// indicator into a [feed.IOC], with a finding for all that cannot be used.
package records
