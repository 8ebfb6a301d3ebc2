package rest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// mediaForm is the form of a search that is posted.
const mediaForm = "application/x-www-form-urlencoded"

// search answers searches of a type, of several, and of a compartment.
func (s *Server) search(r *request) (*response, error) {
	types, err := r.searched()
	if err != nil {
		return nil, err
	}
	return r.find(types, nil)
}

// everything answers Patient/id/$everything: the Patient, what is in its compartment, and what these refer to.
func (s *Server) everything(r *request) (*response, error) {
	for _, p := range r.pairs {
		if !slices.Contains([]string{"_since", "_type", "_count", "_cursor", "_format", "_pretty"}, p.Name) {
			return nil, fault.New(fault.Malformed, "The parameter %q is not known here.", clip(p.Name))
		}
	}
	if _, err := r.session.Read(r, r.ref); err != nil {
		return nil, err
	}
	types, err := r.searched()
	if err != nil {
		return nil, err
	}
	if i := slices.Index(types, r.ref.Type); i > 0 {
		types = slices.Insert(slices.Delete(types, i, i+1), 0, r.ref.Type)
	}
	include := []search.Include{{Param: "*"}}
	if _, some := r.query["_type"]; some {
		include = nil
		for _, t := range types {
			include = append(include, search.Include{Param: "*", Target: t})
		}
	}
	return r.find(types, include)
}

// searched are the types that a search is about.
func (r *request) searched() (types []schema.Type, err error) {
	one := r.ref.Type
	switch r.level {
	case levelType, levelTypeSearch:
	case levelCompartment, levelCompartmentSearch:
		if one = r.member; one == 0 {
			types = append(r.session.Parameters().Members(r.ref.Type), r.ref.Type)
		}
	case levelInstanceOperation:
		one, types = 0, append(r.session.Parameters().Members(r.ref.Type), r.ref.Type)
	}
	if one != 0 {
		if _, some := r.query["_type"]; some {
			return nil, fault.New(fault.Malformed, "_type is for searches of several types; the address names one.").WithIssue("not-supported")
		}
		return []schema.Type{one}, nil
	}
	slices.Sort(types)
	types = slices.Compact(types)
	asked, err := r.askedTypes()
	switch {
	case err != nil:
		return nil, err
	case asked == nil && types == nil:
		return nil, fault.New(fault.Unprocessable, "A search of the whole record must name its types in _type.").WithIssue("too-costly")
	case asked == nil:
		return types, nil
	case types == nil:
		return asked, nil
	}
	return slices.DeleteFunc(types, func(t schema.Type) bool { return !slices.Contains(asked, t) }), nil
}

// askedTypes are the types that _type names, nil for none.
func (r *request) askedTypes() (types []schema.Type, err error) {
	for _, p := range r.pairs {
		if p.Name != "_type" {
			continue
		}
		for name := range strings.SplitSeq(p.Value, ",") {
			t, known := schema.TypeOf(name)
			if !known {
				return nil, fault.New(fault.Malformed, "%q in _type is not a resource type of FHIR R4.", clip(name)).WithIssue("value")
			}
			if !slices.Contains(types, t) {
				types = append(types, t)
			}
		}
	}
	return types, nil
}

// find carries a search out and renders its page.
func (r *request) find(types []schema.Type, include []search.Include) (*response, error) {
	pairs := r.pairs
	if r.level == levelInstanceOperation {
		pairs = since(pairs)
	}
	asked, err := r.session.Request(types, pairs, gate.Wishes{Lenient: r.prefer("handling") == "lenient", Base: r.base})
	if err != nil {
		return nil, err
	}
	if err := r.compartment(asked); err != nil {
		return nil, err
	}
	asked.Include = append(asked.Include, include...)
	subset, err := r.subset()
	if err == nil && len(types) == 1 {
		err = subset.Check(types[0])
	}
	if err != nil {
		return nil, err
	}
	if _, is := r.query["_cursor"]; is && r.query.Get("_cursor") == "" {
		return nil, fault.New(fault.Malformed, "The _cursor is empty. Follow the links as they are.")
	}
	found, err := r.session.Search(r, asked, r.self(asked.Used, "", true), r.query.Get("_cursor"))
	if err != nil {
		return nil, err
	}
	return r.page(asked, found, subset)
}

// since turns the operation's _since into the parameter that it means.
func since(pairs []search.Pair) (out []search.Pair) {
	for _, p := range pairs {
		if p.Name == "_since" {
			p = search.Pair{Name: "_lastUpdated", Value: "ge" + strings.ReplaceAll(p.Value, " ", "+")}
		}
		out = append(out, p)
	}
	return out
}

// compartment adds the criterion that resources are in the compartment of the address.
func (r *request) compartment(asked *search.Request) error {
	if r.level != levelCompartment && r.level != levelCompartmentSearch && r.level != levelInstanceOperation {
		return nil
	}
	for i := range asked.Parts {
		c, is := r.session.Parameters().Compartment(asked.Parts[i].Type, r.ref)
		if !is {
			return fault.New(fault.NotFound, "The compartment of a %s has no %s in it.", r.ref.Type, asked.Parts[i].Type)
		}
		asked.Parts[i].All = append(asked.Parts[i].All, c)
	}
	return nil
}

// page renders what a search has found.
func (r *request) page(asked *search.Request, found *gate.Results, subset fhir.Subset) (*response, error) {
	b := newBundle("searchset")
	if found.Total >= 0 {
		b.total(found.Total)
	}
	b.link("self", r.self(asked.Used, r.query.Get("_cursor"), false))
	if found.Next != "" {
		b.link("next", r.self(asked.Used, found.Next, false))
	}
	if found.Prev != "" {
		b.link("previous", r.self(asked.Used, found.Prev, false))
	}
	for _, list := range []struct {
		mode     string
		versions []store.Version
	}{{"match", found.Matches}, {"include", found.Included}} {
		for _, v := range list.versions {
			if err := b.found(r.base, v, subset, list.mode); err != nil {
				return nil, err
			}
		}
	}
	if !found.Whole {
		b.told(outcomeText(issue{Severity: "warning", Code: "incomplete", Diagnostics: "More resources were to be included than a page may have. Ask for fewer matches with _count."}))
	}
	return &response{status: http.StatusOK, resource: b.bytes()}, nil
}

// self is the address of the search as it was used, with the cursor of a page; or, to bind cursors to it, without what
// only concerns the form of the answer.
func (r *request) self(used []search.Pair, cursor string, bound bool) string {
	var out strings.Builder
	out.WriteString(r.base)
	if path := strings.TrimSuffix("/"+r.address.String(), "/_search"); path != "/" {
		out.WriteString(path)
	}
	mark := byte('?')
	write := func(name, value string) {
		out.WriteByte(mark)
		mark = '&'
		out.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(value))
	}
	for _, p := range used {
		form := p.Name == "_format" || p.Name == "_pretty" || p.Name == "_total"
		if p.Name != "_cursor" && !(bound && form) {
			write(p.Name, p.Value)
		}
	}
	if cursor != "" {
		write("_cursor", cursor)
	}
	return out.String()
}

// form reads the parameters of a search that is posted; those of the address count as well.
func (r *request) form() error {
	text := string(r.body.bytes)
	if _, err := parseQuery(text); err != nil {
		return err
	}
	r.pairs = append(r.pairs, gate.Pairs(text)...)
	if r.query == nil {
		r.query = url.Values{}
	}
	for _, p := range r.pairs {
		r.query.Set(p.Name, p.Value)
	}
	return nil
}
