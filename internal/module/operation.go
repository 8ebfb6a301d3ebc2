package module

import (
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Levels are the kinds of address that an operation has.
type Levels uint8

// The levels.
const (
	System   Levels = 1 << iota // /$name
	OfType                      // /Patient/$name
	Instance                    // /Patient/1/$name
)

// Operation is something that a module does when it is asked to.
type Operation struct {
	Name    string // without its $; also that of the permission, which the policy grants to roles
	ID      string // by which its definition is known, where several operations have the name; "" for the name
	Words   bilingual.Text
	Doc     string        // what it does, what it refuses, and by which rule
	Mission []string      // ids of the requirements that it is for
	Types   []schema.Type // that it is about, on the levels OfType and Instance; nil for all. See [Types]
	Levels  Levels
	Reads   bool // it changes nothing. Then it may be asked by GET too, with a query in the place of Parameters

	// Methods are those of HTTP by which it is called, where that is otherwise; nil: POST, and GET if it only reads and
	// takes no [form.Identifier], for numbers of people's documents stand in no address.
	Methods []string

	// Canonical is the url of the definition by which it goes; "": its own, which is made of the declaration.
	Canonical string

	In      *form.Form  // what it is given
	Out     *form.Form  // what it answers with; nil for a resource
	Returns schema.Type // of the resource that it answers with; 0 for any

	// Do carries it out on a *T of the form In. It gives a T of the form Out; or a [gate.Result], a [store.Version] or a
	// [fhir.Resource], and the answer is that resource. [Op] sets it. nil for what the server does by itself.
	Do func(ctx context.Context, c *Call, in any) (any, error)
}

// Call is one call of an operation.
type Call struct {
	Session   *gate.Session     // of who asks, who may call the operation
	Ref       fhir.Ref          // on which it is called: without an id on a type, zero on the system
	Once      *gate.Idempotency // for the writes of the call, so that it can be repeated; nil for none
	IfVersion int64             // the version that has to be the newest, by If-Match; 0 for any
	Zone      *time.Location    // of dates without an offset
	Language  string            // in which who asks would rather read, as package bilingual has it

	Replayed bool // to be set where the answer is that to an earlier call with the same key. A [gate.Result] says so itself
}

// Op is an operation that takes an In and gives an Out, which are structs that declare forms (package form); or it
// gives a [gate.Result], a [store.Version] or a [fhir.Resource]. It panics where one declares no form.
//
// An output without what its form says has to be there is a defect, and is answered as one.
func Op[In, Out any](o Operation, do func(context.Context, *Call, In) (Out, error)) Operation {
	o.In = form.Of[In]()
	switch any(*new(Out)).(type) {
	case gate.Result, store.Version, fhir.Resource:
	default:
		o.Out = form.Of[Out]()
	}
	o.Do = func(ctx context.Context, c *Call, in any) (any, error) {
		given, is := in.(*In)
		if !is {
			return nil, fault.New(fault.Internal, "the operation %s was given a %T", o.Name, in)
		}
		return do(ctx, c, *given)
	}
	return o
}

// Types are the resource types of these names. [New] refuses an operation with a name that R4 does not have.
func Types(names ...string) (types []schema.Type) {
	for _, name := range names {
		t, _ := schema.TypeOf(name)
		types = append(types, t)
	}
	return types
}

// Definition is the canonical url of the operation's definition.
func (o Operation) Definition() string {
	if o.Canonical != "" {
		return o.Canonical
	}
	return "urn:yitong:operation:" + o.id()
}

// methods are those by which the operation is called.
func (o Operation) methods() []string {
	switch {
	case o.Methods != nil:
		return o.Methods
	case o.Reads && !o.identifies():
		return []string{"GET", "POST"}
	default:
		return []string{"POST"}
	}
}

// identifies tells whether the operation takes a number of somebody.
func (o Operation) identifies() bool {
	return o.In != nil && slices.ContainsFunc(o.In.Fields, func(x form.Field) bool { return x.Kind == form.KindIdentifier })
}

// Called tells whether the operation is called by a method of HTTP.
func (o Operation) Called(method string) bool { return slices.Contains(o.methods(), method) }

// Addresses are where the operation is called, such as Task/[id]/$name.
func (o Operation) Addresses() (all []string) {
	types := []string{"[type]"}
	if o.Types != nil {
		types = nil
		for _, t := range o.Types {
			types = append(types, t.String())
		}
	}
	if o.Levels&System != 0 {
		all = append(all, "$"+o.Name)
	}
	for _, t := range types {
		if o.Levels&OfType != 0 {
			all = append(all, t+"/$"+o.Name)
		}
		if o.Levels&Instance != 0 {
			all = append(all, t+"/[id]/$"+o.Name)
		}
	}
	return all
}

func (o Operation) id() string {
	if o.ID != "" {
		return o.ID
	}
	return o.Name
}

// computable is the name as programs have it: EmergencyAccess for emergency-access.
func (o Operation) computable() string {
	var b strings.Builder
	for part := range strings.SplitSeq(o.id(), "-") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
