// Package fold brings text into the forms in which a search compares it (docs/search.md, "Strings fold", "phonetic",
// "Tokens"). What is stored and what is asked for go through the same function, and then compare byte by byte.
//
//   - [Text] is for strings. It is Unicode's NFKC_Casefold (3.13, R5; UAX #44), which sees to case, width,
//     compatibility forms and characters that are not seen, without accents and with single blanks.
//   - [Contact] is for telephone numbers and addresses of mail.
//   - [Readings] are the spellings of a name in pinyin, and [Spelling] is what somebody typed to find one of them. A
//     name is found when a reading begins with the spelling. Pinyin of names follows GB/T 28039-2011: letters without
//     tones, a surname as it is read as a surname, and YU for Ü (6.2), so 吕 is lyu; lv, lü and lu find it too.
//
// # Accents
//
// An accent is a combining mark on a Latin, Greek or Cyrillic letter: é is e, ё is е, ώ is ω. й stays й, a letter of its
// own in all languages that have it, as it is in ISO 14651 and in Unicode's collation. Marks of other scripts are
// letters or vowels, so they stay: が is not か, ที่ is not ท. Letters with a stroke count as accented ones, though
// Unicode does not decompose them: ø o, ł l, đ d, ħ h, ŧ t; so do the ligatures æ ae, œ oe and the ı of Turkish, which
// makes I, İ, i and ı one letter in whatever language. ß is ss.
//
// # What holds
//
// All functions are pure and safe for concurrent use, and accept any bytes; a run of what is not UTF-8 counts as one
// U+FFFD. Text, Contact and Spelling are idempotent.
//
// Text(a) is a prefix of Text(a + b) if b, after characters that are not seen, begins a character of its own: neither a
// combining mark, nor the later part of a Hangul syllable, nor a compatibility form of either.
//
// Folded text may be kept in an index only together with the version of the program that folded it: another version
// of Unicode folds characters that this one does not know yet.
package fold
