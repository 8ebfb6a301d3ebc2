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
}

// table lists all interactions that there are.
func table() []interaction {
	return []interaction{
		{"capabilities", levelMetadata, http.MethodGet, (*Server).capabilities},
		{"search-system", levelSystem, http.MethodGet, (*Server).search},
		{"search-system", levelSystemSearch, http.MethodPost, (*Server).search},
		{"search-type", levelType, http.MethodGet, (*Server).search},
		{"search-type", levelTypeSearch, http.MethodPost, (*Server).search},
		{"search-compartment", levelCompartment, http.MethodGet, (*Server).search},
		{"search-compartment", levelCompartmentSearch, http.MethodPost, (*Server).search},
		{"operation", levelEverything, http.MethodGet, (*Server).everything},
		{"batch", levelSystem, http.MethodPost, (*Server).bundle},
		{"transaction", levelSystem, http.MethodPost, (*Server).bundle},
		{"history-system", levelSystemHistory, http.MethodGet, (*Server).history},
		{"create", levelType, http.MethodPost, (*Server).create},
		{"update", levelType, http.MethodPut, (*Server).update},
		{"patch", levelType, http.MethodPatch, (*Server).patch},
		{"delete", levelType, http.MethodDelete, (*Server).delete},
		{"history-type", levelTypeHistory, http.MethodGet, (*Server).history},
		{"read", levelInstance, http.MethodGet, (*Server).read},
		{"update", levelInstance, http.MethodPut, (*Server).update},
		{"patch", levelInstance, http.MethodPatch, (*Server).patch},
		{"delete", levelInstance, http.MethodDelete, (*Server).delete},
		{"history-instance", levelInstanceHistory, http.MethodGet, (*Server).history},
		{"vread", levelVersion, http.MethodGet, (*Server).read},
	}
}

// find is the interaction that a request means.
func (s *Server) find(l level, method string) (*interaction, []string) {
	var allow []string
	for i := range s.table {
		x := &s.table[i]
		if x.level != l {
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
	x, allow := s.find(r.level, r.method)
	if x == nil {
		r.allow = allow
		return fault.New(fault.NotAllowed, "%s is not offered at this address; it takes %s.", clip(r.method), strings.Join(allow, ", "))
	}
	r.act = x
	return nil
}
