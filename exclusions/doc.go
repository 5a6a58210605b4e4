// Package exclusions holds everything known about false positives.
//
// A published scenario is a sentence in English. [Read] turns it into a
// condition as far as it is understood, and keeps every word that was not.
// [Judge] says how well a condition fits one table at one target: whether the
// table can say it, and whether it would hide the malware. [Lint] reports the
// scenarios of a document that cannot be used as they stand.
//
// The vocabulary is data: words.yaml for phrases, software.yaml for what runs
// under which file names, risks.yaml for what makes a condition dangerous or
// useless. A new sentence is tried by writing it into testdata/filters.txt.
//
// Nothing here applies a condition: that is the analyst's decision.
package exclusions
