// Package sheet writes rule tables as files that people edit, and reads them back: .xlsx with one sheet a table and one
// that explains, or .csv with one table. What is written and read again is the same, cell for cell. What cannot be read
// is told by sheet, row and column, with what to mend, all of it at once.
//
// A sheet of a workbook begins with the name of its table in A1; its second row has the titles of the columns, its
// third their names, and the rows follow. Cells are text, so that no program makes 0.80 to 0.8 or a division code to a
// number.
//
// It does no I/O of its own: it reads and writes what it is handed.
package sheet
