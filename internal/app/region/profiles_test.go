package region

import (
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/structure"
	terms "yitong/internal/fhir/terminology"
	"yitong/internal/fhir/validate"
)

// Every resource but those of RelatedPerson names a profile of the platform, and none breaks a rule of R4 or of the
// profiles that it names, nor one of the platform's that only warns.
func TestResourcesKeepTheirProfiles(t *testing.T) {
	t.Parallel()
	v := validate.New(structure.R4().With(profiles.Definition), terms.R4().With(profiles.Terms))
	seen := map[string]bool{}
	for _, r := range read(t, Options{Seed: 13, Residents: 200, Today: someDay}).resources {
		if name := r.Type.String(); name != "RelatedPerson" && !strings.HasPrefix(profile(r.Root), "urn:yitong:profile:") {
			t.Errorf("%s/%s names the profile %q", name, r.ID, profile(r.Root))
		}
		seen[profile(r.Root)] = true
		for _, i := range v.Resource(r.Root, validate.Options{}) {
			if i.Severity == validate.Error || strings.HasPrefix(i.Rule, "yt-") {
				t.Errorf("%s/%s: %s %s: %s\n%s", r.Type, r.ID, i.Rule, i.Place(), i.English, r.Root.Raw())
			}
		}
		if t.Failed() {
			return
		}
	}
	if len(seen) != 13 { // one of them ""
		t.Errorf("%d profiles: %v", len(seen), seen)
	}
}

func profile(n fhir.Node) string { return n.Get("meta").Get("profile").Item(0).Str() }
