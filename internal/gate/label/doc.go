// Package label tells which classes of sensitive information a resource belongs to, by the codes in it: HIV, sexually
// transmitted diseases, mental health, sexual and reproductive health, and genetic information. The classes are codes
// of HL7's InformationSensitivityPolicy, so that they can stand as labels in meta.security (R4, security-labels.html).
//
// What the classes are good for is decided by others; a class may be hidden, or only be kept out of an export.
// Regulation asks for it: 艾滋病防治条例 Art. 39, 精神卫生法 Art. 4, 母婴保健法 Art. 34, 性病防治管理办法,
// 人类遗传资源管理条例; GB/T 39725-2020 puts what is written about AIDS and sexually transmitted diseases on its
// highest level, 5.
//
// # Rules
//
// The rules are data: the file rules.csv, one rule a line, with lines of comment that begin with #. Its columns:
//
//	class    HIV, STD, PSY, SEX or GDIS; or "system" in a line that gives a code system one of its addresses
//	system   what the rules call the code system
//	code     a code; or a prefix: Z21*; or a range: B20-B24. In a line of class system: the address
//	from     the first day on which the rule is in force in China, such as 2021-07-01; empty for ever before
//	to       the last such day; empty for no end
//	meaning  what the code stands for, for readers
//	source   the code system, and the law that protects this, for readers
//
// A range runs over the codes that begin with its first end, with its last, or with anything between; both ends are
// equally long. A name of a system may have several addresses, and an address several names: the clinical modification
// of ICD-10 is under the rules for ICD-10 and some of its own.
//
// A code may be in several classes (O98.7, HIV in pregnancy, is in HIV and in SEX), and in the same by several rules.
//
// # How codes are read
//
// Dots and the case of letters do not count, so that B24, B24.x01, b24x01 and B24.900 are all below B24; the Chinese
// extensions of ICD-10 need no rules of their own. Several codes may stand in one Coding.code, separated by anything
// that no code has: A54.8†M01.3*, a cluster of ICD-11, an expression of SNOMED CT. Each is looked up.
//
// # What is not seen
//
// Words: a narrative, CodeableConcept.text, Coding.display. Codes of systems without rules, and codes without a system.
// What another resource says that this one refers to. What somebody can conclude, such as from the department of an
// encounter, or from a drug that has other uses. Of SNOMED CT and LOINC the rules list the main codes, not all that
// are below these.
//
// The package is pure: no I/O, no clock.
package label
