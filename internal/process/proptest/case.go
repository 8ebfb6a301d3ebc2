package proptest

import (
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// Case is a case as its Task says.
type Case struct {
	Ref      fhir.Ref
	Version  int64 // 0 for none
	Table    string
	State    string
	Status   string
	Resident string
	Owner    process.Who
	Parties  map[string]process.Who
	Deadline time.Time
	Entered  time.Time
	Move     string // that brought it to its state
	From     string
	By       process.Who
	Inputs   map[string]string
	Task     fhir.Resource
}

// Party is who a party is; the zero Who for nobody.
func (c *Case) Party(name string) process.Who {
	if name == process.Resident {
		return process.Who{Reference: c.Resident}
	}
	return c.Parties[name]
}

// Placed tells whether the case has a place that only one can have ([process.Case.Reserve]).
func (c *Case) Placed() bool {
	for e := c.Task.Root.Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() == gate.ReservationURL {
			return true
		}
	}
	return false
}

// caseOf reads a Task.
func caseOf(ref fhir.Ref, version int64, task fhir.Resource) Case {
	n := task.Root
	c := Case{
		Ref: ref, Version: version, Task: task, Table: n.Get("instantiatesCanonical").Str(), Status: n.Get("status").Str(),
		State:    n.Get("businessStatus").Get("coding").First().Get("code").Str(),
		Resident: n.Get("for").Get("reference").Str(), Owner: who(n.Get("owner")), Parties: map[string]process.Who{},
		Deadline: instant(n.Get("restriction").Get("period").Get("end")), Inputs: map[string]string{},
	}
	for e := n.Get("extension").First(); e.Exists(); e = e.Next() {
		switch e.Get("url").Str() {
		case process.ExtensionParty:
			c.Parties[part(e, "name").Get("valueCode").Str()] = who(part(e, "who").Get("valueReference"))
		case process.ExtensionEntered:
			c.Entered = instant(e.Get("valueInstant"))
		case process.ExtensionMove:
			c.Move, c.From = part(e, "move").Get("valueCode").Str(), part(e, "from").Get("valueCode").Str()
			c.By = who(part(e, "who").Get("valueReference"))
		}
	}
	for in := n.Get("input").First(); in.Exists(); in = in.Next() {
		c.Inputs[in.Get("type").Get("text").Str()] = in.Get("valueString").Str()
	}
	return c
}

// part is the extension of that url inside another.
func part(e fhir.Node, url string) fhir.Node {
	for x := e.Get("extension").First(); x.Exists(); x = x.Next() {
		if x.Get("url").Str() == url {
			return x
		}
	}
	return fhir.Node{}
}

func who(reference fhir.Node) process.Who {
	id := reference.Get("identifier")
	switch id.Get("system").Str() {
	case process.SystemRole:
		return process.Who{Role: roleOf(id.Get("value").Str())}
	case process.SystemActor:
		return process.Who{Reference: id.Get("value").Str()}
	}
	at := part(reference, process.ExtensionAt).Get("valueReference").Get("reference").Str()
	return process.Who{Reference: reference.Get("reference").Str(), At: at}
}

func instant(n fhir.Node) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, n.Str())
	return t
}
