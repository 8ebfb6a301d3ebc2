// Package narrative tells whether the XHTML of a narrative is safe to keep and to show: well-formed, of the elements
// and attributes that R4 allows, without anything that acts or loads, and not empty.
//
// The rules are those of https://hl7.org/fhir/R4/narrative.html and of its invariants txt-1 and txt-2. The elements
// and attributes of txt-1 are taken as a list of what may stand; everything else is refused, whatever it may mean.
// Names with a prefix, declarations of prefixes, CDATA sections, processing instructions and declarations are
// therefore refused too.
//
// # Two readers
//
// A browser may read the text as XML, or as HTML, where some of it means another thing: <!--> is there a whole
// comment, so that what XML takes for the comment's text comes to life. What Check accepts has the same tags and
// attributes for both: there are no elements of raw text, no CDATA and no foreign content, names are in lower case,
// values are in quotes, and no comment ends earlier in HTML.
//
// # Beyond the invariants
//
//   - Links name a scheme out of a list or none (relative ones), so javascript: and its disguises need not be
//     recognized.
//   - A data: URL is an image with pixels, in base64, in the src of an image or as a background in a style.
//   - A style calls no functions but colours and such images, and has no escapes, at-rules or position: an overlay
//     could hide what somebody else wrote.
//   - What looks blank is blank: no-break and ideographic spaces alone are no content.
//   - xml:lang is taken, XHTML's name for HTML's lang.
//
// An image may still come from another server, as one of R4's examples does, and will tell that server who reads what:
// whoever shows narratives should forbid it, by a content security policy, and give them a box of their own.
package narrative
