package fhir

// Displays calls found for every reference of a resource to another one of this record that says something of it in words, with
// the object in which it stands. It looks into what the resource contains, too.
func (r Resource) Displays(found func(to Ref, reference Node)) {
	t := r.Root.t
	if t == nil {
		return
	}
	_, end := r.Root.Span()
	last := uint32(0) // an object with display and _display comes once
	for i := r.Root.i + 1; int(i) < len(t.nodes) && int(t.nodes[i].start) < end; i++ {
		name := Node{t, i}.Name()
		if string(name) != "display" && string(name) != "_display" {
			continue
		}
		in := Node{t, t.nodes[i].parent}
		text := in.Get("reference")
		if text.Kind() != String || in.i == last {
			continue
		}
		last = in.i
		if to := ParseReference(text.Str()); to.Kind == ReferenceLocal {
			found(to.Ref, in)
		}
	}
}

// Untold is the text of a resource without the displays of its references to some others, and without the narratives of the
// resources in which these stand, for they repeat what a display says. All other bytes stay; the text itself comes back where no
// display goes. The error is that of [ParseResource].
func Untold(resource []byte, untold func(Ref) bool) ([]byte, error) {
	for _, cut := range []func(*Edits, Node){cutNarratives, cutDisplay} { // one behind the other, for a narrative may hold references
		r, err := ParseResource(resource)
		if err != nil {
			return nil, err
		}
		var e Edits
		r.Displays(func(to Ref, reference Node) {
			if untold(to) {
				cut(&e, reference)
			}
		})
		if len(e) > 0 {
			resource, _ = e.Apply(resource, 0, len(resource), 0)
		}
	}
	return resource, nil
}

// cutDisplay takes the words out of a reference.
func cutDisplay(e *Edits, reference Node) {
	e.remove(reference, func(n Node) bool { return string(n.Name()) == "display" || string(n.Name()) == "_display" })
}

// cutNarratives takes out the narratives of the resources around a value, each once.
func cutNarratives(e *Edits, n Node) {
	for n.i != 0 {
		n.i = n.t.nodes[n.i].parent
		if !n.Get("resourceType").Exists() {
			continue
		}
		var one Edits
		one.remove(n, func(n Node) bool { return string(n.Name()) == "text" && n.Get("div").Exists() })
		for _, edit := range one {
			if !e.has(edit) {
				*e = append(*e, edit)
			}
		}
	}
}

// has tells whether a part of the text is edited already.
func (e Edits) has(one Edit) bool {
	for _, other := range e {
		if other.Start == one.Start {
			return true
		}
	}
	return false
}

// Told is the text of a resource with the displays that another one has of the same references, where it has none itself and
// untold tells of them. All other bytes stay. The error is that of [ParseResource].
func Told(resource []byte, old Resource, untold func(Ref) bool) ([]byte, error) {
	words := map[string]Node{} // by what the reference says
	old.Displays(func(to Ref, reference Node) {
		display, name := reference.Get("display"), reference.Get("reference").Str()
		if _, known := words[name]; !known && display.Exists() && untold(to) {
			words[name] = display
		}
	})
	if len(words) == 0 {
		return resource, nil
	}
	r, err := ParseResource(resource)
	if err != nil {
		return nil, err
	}
	var e Edits
	for i := r.Root.i; int(i) < len(r.Root.t.nodes); i++ {
		n := Node{r.Root.t, i}
		if string(n.Name()) != "reference" || n.Kind() != String {
			continue
		}
		in := Node{n.t, n.t.nodes[i].parent}
		if display, is := words[n.Str()]; is && !in.Get("display").Exists() {
			e.insertMember(in, "display", display.Raw())
		}
	}
	out, _ := e.Apply(resource, 0, len(resource), 0)
	return out, nil
}
