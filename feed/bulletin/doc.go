// Package bulletin reads threat-intelligence bulletins: a hypothesis, a summary,
// a table of IOCs, hunting queries in KQL, the tables they need, and
// false-positive scenarios. There are two forms: those made of ThreatFox, with
// types, values, threats, dates and confidences in the table, and those made of
// URLhaus, with URLs that are online or not. A URL that is offline is an IOC too;
// its state is a tag.
//
// It reads the Markdown of a bulletin and the text of its page with all markup
// lost, line by line, so that every line number is that of the document, and a
// text that was cut anywhere, or that holds several bulletins one after the
// other, gives all that is in it. What has no place becomes a finding.
package bulletin
