// Package own reads what Quarry itself writes for programs and spreadsheets: the
// lines of `quarry iocs --json`, one by one, in an array or indented as other
// programs leave them, the object of `quarry export --as json`, and the CSV of
// `quarry iocs --csv` and `quarry export --as csv`.
//
// All that these say of an IOC is read back. An IOC comes from the place that it
// came from at first, and from this document. What a review switched off or left
// out is a mention, and a mention that it switched on is an IOC; verdicts, notes
// and the other decisions are not read, and a finding counts them: a reviewed
// bulletin in Markdown keeps those. Of the object of an export the title, the
// families, the scenarios and the tables of the hunts are read as well. The
// hunts themselves are made anew.
package own
