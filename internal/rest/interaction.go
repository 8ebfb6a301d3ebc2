package rest

import (
	"net/http"
	"slices"
	"strings"

	"yitong/internal/fault"
)

// interaction is one thing that can be done at one kind of address.
type interaction struct {
	code   string // of http://hl7.org/fhir/restful-interaction
	level  level
	method string
	do     func(*Server, *request) (*response, error)

	operation string   // its name, where it is one
	types     []string // that the operation is about; nil for all
	canonical string   // of the operation's definition
	media     string   // of its answer, where that is not a resource
}

// table lists all interactions but the operations that modules carry out, which come from their declarations ([declared]).
func table() []interaction {
	return append([]interaction{
		{code: "capabilities", level: levelMetadata, method: http.MethodGet, do: (*Server).capabilities},
		{code: "search-system", level: levelSystem, method: http.MethodGet, do: (*Server).search},
		{code: "search-system", level: levelSystemSearch, method: http.MethodPost, do: (*Server).search},
		{code: "search-type", level: levelType, method: http.MethodGet, do: (*Server).search},
		{code: "search-type", level: levelTypeSearch, method: http.MethodPost, do: (*Server).search},
		{code: "search-compartment", level: levelCompartment, method: http.MethodGet, do: (*Server).search},
		{code: "search-compartment", level: levelCompartmentSearch, method: http.MethodPost, do: (*Server).search},
		{code: "batch", level: levelSystem, method: http.MethodPost, do: (*Server).bundle},
		{code: "transaction", level: levelSystem, method: http.MethodPost, do: (*Server).bundle},
		{code: "history-system", level: levelSystemHistory, method: http.MethodGet, do: (*Server).history},
		{code: "create", level: levelType, method: http.MethodPost, do: (*Server).create},
		{code: "update", level: levelType, method: http.MethodPut, do: (*Server).update},
		{code: "patch", level: levelType, method: http.MethodPatch, do: (*Server).patch},
		{code: "delete", level: levelType, method: http.MethodDelete, do: (*Server).delete},
		{code: "history-type", level: levelTypeHistory, method: http.MethodGet, do: (*Server).history},
		{code: "read", level: levelInstance, method: http.MethodGet, do: (*Server).read},
		{code: "update", level: levelInstance, method: http.MethodPut, do: (*Server).update},
		{code: "patch", level: levelInstance, method: http.MethodPatch, do: (*Server).patch},
		{code: "delete", level: levelInstance, method: http.MethodDelete, do: (*Server).delete},
		{code: "history-instance", level: levelInstanceHistory, method: http.MethodGet, do: (*Server).history},
		{code: "vread", level: levelVersion, method: http.MethodGet, do: (*Server).read},
		{code: "operation", level: levelInstanceOperation, method: http.MethodGet, do: (*Server).everything,
			operation: "everything", types: []string{"Patient"}, canonical: "http://hl7.org/fhir/OperationDefinition/Patient-everything"},
		{code: "operation", level: levelSystemOperation, method: http.MethodPost, do: (*Server).validate, operation: "validate", canonical: canonicalValidate},
		{code: "operation", level: levelTypeOperation, method: http.MethodPost, do: (*Server).validate, operation: "validate", canonical: canonicalValidate},
		{code: "operation", level: levelInstanceOperation, method: http.MethodPost, do: (*Server).validate, operation: "validate", canonical: canonicalValidate},
		{code: "operation", level: levelInstanceOperation, method: http.MethodGet, do: (*Server).validate, operation: "validate", canonical: canonicalValidate},
		{code: "operation", level: levelSystemOperation, method: http.MethodPost, do: (*Server).fhirpath, operation: "fhirpath", canonical: "urn:yitong:operation:fhirpath"},
		{code: "operation", level: levelInstanceOperation, method: http.MethodPost, do: (*Server).export,
			operation: "export", types: []string{"Task"}, canonical: "urn:yitong:operation:export", media: mediaLines},
	}, subscriptionOperations()...)
}

const canonicalValidate = "http://hl7.org/fhir/OperationDefinition/Resource-validate"

// name is what the interaction is called where they are counted: an operation by its own name.
func (x *interaction) name() string {
	if x.operation != "" {
		return "$" + x.operation
	}
	return x.code
}

// find is the interaction that a request means.
func (s *Server) find(a address, method string) (*interaction, []string) {
	var allow []string
	for i := range s.table {
		x := &s.table[i]
		if x.level != a.level || x.operation != a.operation || x.types != nil && !slices.Contains(x.types, a.ref.Type.String()) {
			continue
		}
		if x.method == method {
			return x, nil
		}
		if !slices.Contains(allow, x.method) {
			allow = append(allow, x.method)
		}
	}
	return nil, allow
}

// mean finds the interaction that a request means, so that it can be carried out.
func (s *Server) mean(r *request) error {
	x, allow := s.find(r.address, r.method)
	switch {
	case x == nil && allow == nil && r.operation != "":
		return noOperation("$" + r.operation)
	case x == nil:
		r.allow = allow
		return fault.New(fault.NotAllowed, "%s is not offered at this address; it takes %s.", clip(r.method), strings.Join(allow, ", "))
	}
	r.act = x
	if x.operation != "" {
		return r.session.Call(x.operation)
	}
	return nil
}
