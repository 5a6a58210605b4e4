// Package bind asks Microsoft's own parser and binder about KQL: does a query
// bind against the schema of its target, which columns does it return, how is
// a literal read.
//
// The answers come from Kusto.Language, the language service of the query
// editors of Sentinel and Defender, as the npm package
// @kusto/language-service-next, run by Node.js 18 or later. A [Service] says
// where that package is; a [Checker] asks one Node process, [Service.All] asks
// several at once. A process takes about two seconds to start, then 5 to 50 ms
// for a hunt of ordinary size, and it ends when the program that started it
// does, however that ends.
//
// What is checked is form and meaning as far as the schema goes. Nothing runs:
// whether a query finds the right rows is not known here, nor whether a
// workspace has a table at all. schema/SOURCES.md says where the schemas are
// from.
package bind
