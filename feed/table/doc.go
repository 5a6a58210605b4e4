// Package table reads tables of indicators that vendors publish as text: cells
// between commas, tabs, semicolons or bars, with titles above the columns or
// without; and as JSON: objects in a list or one behind the other, whose keys are
// titles, as those of the Elastic Common Schema below threat.indicator. Objects that
// say of themselves that they are indicators, by a type, a key, a family, a threat, a
// confidence or a defanged value, or by being nothing but a value and its port, are; of
// others, which may be a log, the values are mentions, and told, as are those beside the list.
//
// Titles mean what columns.yaml says, and words for types what types.yaml says.
// They hold what was seen in tables of SophosLabs (github.com/sophoslabs/IoCs:
// Indicator_type,Data,Note and its kin, where the column "Indicator" is that of
// the types, and a row of the type "Description" speaks of all) and of Volexity
// (github.com/volexity/threat-intel: value,entity_type,description; one cell
// with the three hashes of a file), the types of MISP and OTX, the header of
// Defender's custom indicators that the package saved writes, and near spellings
// of all these, which nobody has measured.
//
// Which of two meanings a title has, and what the columns of a table without
// titles are, the cells say: TweetFeed publishes date, user, type, value, tags
// and link without a title. A table without titles and types has its values
// where nothing but values stands, in the first such column; a line or two of
// words with commas are no table. What looks like an indicator in a column that
// nobody can name, or in a row that gives no IOC, is a mention, as are the values
// of rows that a verdict in the table clears. Cells that say nothing (cells.yaml)
// are empty.
//
// A line of one cell, in which nothing parts cells, is no row of a table of several
// columns, unless it is a value right below a row, or one of several of the first column
// behind an empty line, with no comment and no words between: what looks like an indicator there
// is a mention, and where it is more than links,
// names and mail addresses, tabs around are a page that was copied as text, which is
// left to the reader of text.
//
// A row of nothing but titles begins another table, if the rows below are of it: a
// page copied as text has its tables one behind the other. Of several dates the one
// that says when an indicator was seen counts, and when its record was made only in rows without it.
// Dates that begin with two numbers are read where a number above 12 in another one says which
// of them is the day; a confidence of 1 is all of it in a column with parts of one.
// Without titles, numbers up to 65535 behind addresses are ports if half of them are
// usual ones (cells.yaml) or name a protocol, unless all could be percentages, and else tags, as are percentages half of which could be ports; URLs end at what parts the cells; both are told.
//
// A type that is unknown, or that is nothing to hunt with (a mutex, ja3, the
// hash of a certificate), gives no IOC: the looks of a value cannot tell the
// hash of a file from that of a certificate. Where a type is known and the value
// plainly is of another, as in the tables of Sophos that call names URLs, the
// value counts and a finding says so.
//
// The last row of a document that ends without an end of line may be cut. It
// counts, and a finding asks to look at what may not be whole of it.
package table
