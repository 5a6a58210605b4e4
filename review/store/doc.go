// Package store keeps reviews in a database on disk: the documents, every
// decision with who took it and when, and where in the review an analyst was.
//
// The database is SQLite in its write-ahead log: several processes use one, and
// whatever ends a process, what was saved before is there. A [Journal] saves one
// review as it happens, by a goroutine of its own; a [Store] is the database
// itself, which lists, loads and deletes reviews.
//
// Decisions name IOCs by number. A review has a list of keys, kept once, that
// says which IOC has which number; the list only grows. So a decision means the
// same IOCs whatever order a later version reads them in, and a decision on all
// of a million IOCs is one short row.
package store
