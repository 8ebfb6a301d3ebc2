package rule

import (
	"iter"
	"net/url"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
)

// UsedURL names the extension that says by which row something was decided, as valueString: [Use.String].
const UsedURL = "urn:yitong:rule-used"

// Use is a lookup and the row that it found: what a decision records, so that anybody can see by which row it was made,
// and make it again.
type Use struct {
	Ref    Ref
	Region string
	At     time.Time // zero if only the row was recorded
	Keys   []string
	// Provisional says that what was counted by it can still move: it reaches into a year whose notice of days off was not known.
	Provisional bool
}

// Used is the use of a row that was found for a region, an instant and keys.
func (r *Row) Used(region string, at time.Time, keys ...string) Use {
	return Use{Ref: r.Ref(), Region: region, At: at, Keys: keys}
}

// String is the row's name with what was asked, such as
// access-question.answer-within@2026-01/3?at=2026-03-01T00%3A00%3A00Z&region=440106.
func (u Use) String() string {
	if u.At.IsZero() {
		return string(u.Ref)
	}
	q := url.Values{"at": {u.At.UTC().Format(time.RFC3339Nano)}, "key": u.Keys}
	if u.Region != "" {
		q.Set("region", u.Region)
	}
	if u.Provisional {
		q.Set("provisional", "true")
	}
	return string(u.Ref) + "?" + q.Encode()
}

// ParseUse reads what [Use.String] writes. The error is Malformed.
func ParseUse(text string) (u Use, err error) {
	name, rest, asked := strings.Cut(text, "?")
	u.Ref = Ref(name)
	q, err := url.ParseQuery(rest)
	if asked && err == nil {
		u.Region, u.Keys, u.Provisional = q.Get("region"), q["key"], q.Has("provisional")
		u.At, err = time.Parse(time.RFC3339Nano, q.Get("at"))
	}
	if _, _, _, ok := u.Ref.parse(); !ok || err != nil {
		return Use{}, fault.New(fault.Malformed, "%q does not name the row of a rule.", text).Because(err)
	}
	return u, nil
}

// Record adds the use to extensions of a resource.
func (u Use) Record(to r4.Items[r4.Extension]) {
	e := to.Add()
	e.SetURL(UsedURL)
	e.SetValueString(u.String())
}

// Uses are those that a resource records, wherever they stand in it; what cannot be read is left out.
func Uses(n fhir.Node) iter.Seq[Use] {
	return func(yield func(Use) bool) { uses(n, yield) }
}

func uses(n fhir.Node, yield func(Use) bool) bool {
	if k := n.Kind(); k != fhir.Object && k != fhir.Array {
		return true
	}
	if n.Get("url").Str() == UsedURL {
		if u, err := ParseUse(n.Get("valueString").Str()); err == nil && !yield(u) {
			return false
		}
	}
	for c := n.First(); c.Exists(); c = c.Next() {
		if !uses(c, yield) {
			return false
		}
	}
	return true
}
