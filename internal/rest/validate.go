package rest

import (
	"net/http"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// validate answers $validate (http://hl7.org/fhir/OperationDefinition/Resource-validate): what is wrong with a resource,
// one that is sent or one of the record. It answers with an OperationOutcome whatever the result, and changes nothing.
func (s *Server) validate(r *request) (*response, error) {
	a, err := r.arguments("resource", "profile", "mode")
	if err != nil {
		return nil, err
	}
	mode, err := a.one("mode")
	if err != nil {
		return nil, err
	}
	resource, err := r.validated(a, mode)
	if err != nil {
		return nil, err
	}
	issues, err := r.session.Validate(r, resource, a.texts["profile"])
	if err != nil {
		return nil, err
	}
	for i := range issues { // places are told from the resource on, also where Parameters carry it
		if inside, ok := strings.CutPrefix(issues[i].Expression, resource.Root.Path()); ok {
			issues[i].Expression = resource.Type.String() + inside
		}
	}
	out := r.issues(issues)
	if len(out) == 0 {
		fine := fault.Issue{Severity: "information", Type: "informational", English: "The resource keeps all rules.", Chinese: "资源符合全部规则。", Expression: resource.Type.String()}
		out = r.issues([]fault.Issue{fine})
	}
	return &response{status: http.StatusOK, resource: outcomeText(out...), told: true}, nil
}

// validated is the resource that a validation is about.
func (r *request) validated(a *arguments, mode string) (fhir.Resource, error) {
	n, sent := a.resources["resource"]
	switch {
	case mode != "" && mode != "create" && mode != "update" && mode != "profile":
		return fhir.Resource{}, fault.New(fault.NotSupported, "The mode %q is not offered; create, update and profile are.", clip(mode))
	case mode == "profile" && len(a.texts["profile"]) == 0:
		return fhir.Resource{}, fault.New(fault.Malformed, "The mode profile needs the parameter profile.").WithIssue("required")
	case !sent && r.level != levelInstanceOperation:
		return fhir.Resource{}, fault.New(fault.Malformed, "There is no resource to validate; send one, by itself or as the parameter resource.").WithIssue("required")
	case !sent:
		v, err := r.session.Read(r, r.ref)
		if err != nil {
			return fhir.Resource{}, err
		}
		return fhir.ParseResource(v.Resource())
	}
	resource, err := fhir.ReadResource(n)
	if err == nil && r.ref.Type != 0 && resource.Type != r.ref.Type {
		err = fault.New(fault.Malformed, "The resource is a %s, but the address says %s.", resource.Type, r.ref.Type).WithIssue("value").At(n.Path())
	}
	if err == nil && mode == "update" && r.ref.ID != "" && resource.ID != r.ref.ID {
		err = fault.New(fault.Malformed, "The resource's id is %s, but the address says %s.", resource.ID, r.ref.ID).WithIssue("value").At(n.Path())
	}
	return resource, err
}
