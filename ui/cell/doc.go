// Package cell makes text from outside safe to draw and fit for a cell of
// fixed width.
//
// Bulletins and feeds are written by strangers, and some of them by the people
// the indicators are about. An indicator may hold an escape sequence that
// writes the clipboard, an override that turns "exe.txt" around, or forty
// combining marks that paint over the rows above. Nothing of that may reach a
// terminal, and nothing of it may vanish either: it is shown escaped, so that
// whoever triages the value sees what is in it.
//
// [Terminal.Clean] escapes. [Terminal.Append], [Terminal.AppendMiddle] and
// [Terminal.AppendRight] escape, cut and pad to an exact number of cells;
// [Terminal.Wrap] does the same for prose. Put at least one space or rule of
// your own between two cells: in some scripts the last letter of one text
// would otherwise join the first of the next.
package cell
