// Package ucum brings quantities with UCUM units to one canonical form, so that a search for 5 mg finds 0.005 g. It reads
// the case-sensitive codes of the Unified Code for Units of Measure, which FHIR names http://unitsofmeasure.org.
// (https://ucum.org/ucum; the sections below are of that specification.)
//
// # Canonical form
//
// A quantity in canonical form counts products of powers of base units: of UCUM's seven (m, s, g, rad, K, C, cd) and of
// arbitrary units such as [iU], each of which is a dimension of its own. (By §25 no two terms with arbitrary units compare;
// here those with the same one do, for a litre is a litre whatever it is that [iU]/L counts.) They are written in the byte
// order of their codes, "g.m-1.s-2", or "1" when there is none. What UCUM defines as a number is one: % is 0.01, 10*3 is
// 1000, mol is 6.02214076 × 10^23, so mmol/L and 10*9/L both become m-3, as U/L becomes m-3.s-1. Annotations such as
// {creat} do not count (§6).
//
// Arithmetic is exact until the value is rounded, once, to 34 significant digits. Quantities that are equal therefore
// have equal canonical values, whatever units they came in, and so do those that differ beyond these digits only.
//
// # What is refused
//
// Of the special units (§21) the temperatures Cel, [degF] and [degRe] are converted where they stand alone: 37 Cel is
// 310.15 K, but Cel/h is refused, as a difference and a temperature convert differently. Special units that no factor
// converts, such as [pH], B, Np and [p'diop], are refused. So are codes of more than 64 bytes, exponents of more than
// three digits, units whose factor takes more than 1024 bits above or below the line, and values of more than 100 digits
// or with exponents beyond ±1000, so that no code and no value costs much.
//
// Two things are taken that UCUM does not have: annotations after parentheses, and any characters in annotations, such as
// {次}/min.
//
// # Source
//
// The table is the file units.txt, which ./generate writes from UCUM's own. UCUM is copyrighted by the Regenstrief
// Institute, whose license (https://ucum.org/license) asks that the meaning of codes is left as it is. Only facts are kept:
//
//	prefix CODE VALUE
//	base CODE METRIC
//	arbitrary CODE METRIC
//	unit CODE METRIC VALUE UNIT
//	special CODE METRIC VALUE UNIT FUNCTION
//
// METRIC is M for units that take prefixes, else "-". VALUE and UNIT say how many of what other unit one is; of a special
// unit, the argument of its function.
package ucum

//go:generate go run ./generate
