// Package kql writes hunting queries for Microsoft Sentinel and Defender XDR.
//
// A [Catalogue] says which columns of which table carry which indicator; a
// [Hunt] is one query for one table. Query text can only come from constants
// of this package and from names that the catalogue checked; everything that
// comes from a document passes one literal writer, so that no value can leave
// its quotes.
//
// The rules behind the shapes, all from Microsoft's Kusto documentation:
// time filter first, then indexed terms, then regular expressions; "in" lists
// before computed columns; no blank line inside a query, because the Defender
// editor splits queries there; no comparison whose null result would drop rows.
package kql
