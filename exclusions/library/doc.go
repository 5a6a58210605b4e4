// Package library holds scenarios that are used again: in files that a team
// shares, and a built-in set for what happens in every hunt for IOCs.
//
// An [Entry] has a condition with parameters, such as the names of one's own
// sandbox hosts, that are filled in when it is taken into a review. It is a text
// until then: [Entry.Fill] gives a condition that [kql.ParseCondition] reads.
package library
