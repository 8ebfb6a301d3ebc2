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

// unprofiled are the types, and the organizations without a credit code, for which the platform has no profile.
var unprofiled = map[string]bool{"RelatedPerson": true, "Coverage": true, "HealthcareService": true, "OrganizationAffiliation": true, "Endpoint": true,
	"Organization/chenglan-alliance": true, "Organization/jialian-alliance": true}

// Every resource for which there is a profile of the platform names it, and none breaks a rule of R4 or of the
// profiles that it names, nor one of the platform's that only warns.
func TestResourcesKeepTheirProfiles(t *testing.T) {
	t.Parallel()
	v := validate.New(structure.R4().With(profiles.Definition), terms.R4().With(profiles.Terms))
	seen := map[string]bool{}
	for _, r := range read(t, Options{Seed: 13, Residents: 200, Years: 2, Today: someDay}).resources {
		if name := r.Type.String(); !unprofiled[name] && !unprofiled[name+"/"+r.ID] && !strings.HasPrefix(profile(r.Root), "urn:yitong:profile:") {
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
	if len(seen) != 15 { // one of them ""
		t.Errorf("%d profiles: %v", len(seen), seen)
	}
}

func profile(n fhir.Node) string { return n.Get("meta").Get("profile").Item(0).Str() }
