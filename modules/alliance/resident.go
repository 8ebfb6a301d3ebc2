package alliance

import (
	"cmp"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/gate/label"
	"yitong/internal/process"
)

// subjectOf is whom a record is about.
func subjectOf(r fhir.Resource) string {
	return cmp.Or(r.Root.Get("subject").Get("reference").Str(), r.Root.Get("patient").Get("reference").Str())
}

// residentsOf is what has to be found to know whom records are about that a move has read: who they are, and the resident of the case if they
// differ, for one person may be several Patients.
func residentsOf(c *process.Case, records []form.Reference) (queries []string) {
	for _, ref := range records {
		if r, is := c.Read(string(ref)); is && strings.HasPrefix(subjectOf(r), "Patient/") && subjectOf(r) != c.Resident() {
			queries = append(queries, patient(subjectOf(r)))
		}
	}
	if queries != nil && c.Resident() != "" {
		queries = append(queries, patient(c.Resident()))
	}
	slices.Sort(queries)
	return slices.Compact(queries)
}

// patient is the search for a Patient.
func patient(reference string) string {
	_, id, _ := strings.Cut(reference, "/")
	return "Patient?_id=" + id
}

// dead tells whether a Patient that a move has found has died.
func dead(c *process.Case, reference string) bool {
	return slices.ContainsFunc(c.Found(patient(reference)), func(r fhir.Resource) bool {
		return r.Root.Get("deceasedDateTime").Exists() || string(r.Root.Get("deceasedBoolean").Raw()) == "true"
	})
}

// theirs refuses what is attached if who refers does not see it, or if it is not about the resident.
func theirs(c *process.Case, attached []form.Reference) error {
	for _, ref := range attached {
		r, seen := c.Read(string(ref))
		if !seen {
			return fault.New(fault.Unprocessable, "There is no %s that you see. 没有可附上的该记录。", ref).WithIssue("not-found")
		}
		if of := subjectOf(r); of != c.Resident() && !same(c, of, c.Resident()) {
			return fault.New(fault.Unprocessable, "%s is about somebody else. 该记录不属于这位居民。", ref).WithIssue("value")
		}
	}
	return nil
}

// same tells whether two Patients that a move has found are one person.
func same(c *process.Case, one, other string) bool {
	a, b := c.Found(patient(one)), c.Found(patient(other))
	return len(a) == 1 && len(b) == 1 && gate.Golden(a[0]) == gate.Golden(b[0])
}

// sensitive are the classes of sensitive content of what a letter is about and of what is attached: those of the letter.
func sensitive(c *process.Case, attached []form.Reference) (all label.Set) {
	about := []string{c.Task().Focus().Reference()}
	for _, ref := range attached {
		about = append(about, string(ref))
	}
	for _, ref := range about {
		if r, is := c.Read(ref); is {
			all |= label.Carried(r)
		}
	}
	return all
}

// labelsOf are classes as labels; nil for none.
func labelsOf(classes label.Set) (all []draft.Coding) {
	for _, class := range classes.Classes() {
		all = append(all, draft.Coded(label.System, string(class)))
	}
	return all
}
