// Package bulletin reads threat-intelligence bulletins: a hypothesis, a summary,
// a table of IOCs, hunting queries in KQL, the tables they need, and
// false-positive scenarios.
//
// It reads the Markdown of a bulletin and the text of its page with all markup
// lost, line by line, so that every line number is that of the document, and a
// text that was cut anywhere, or that holds several bulletins one after the
// other, gives all that is in it. What has no place becomes a finding.
package bulletin
