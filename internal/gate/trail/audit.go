package trail

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/schema"
)

// Codes of AuditEvents.
const (
	systemRole      = "urn:yitong:role"      // as what somebody acts
	systemAgent     = "urn:yitong:agent"     // what an agent is to the event: person, institution, program or process
	systemOperation = "urn:yitong:operation" // the name of an operation, without the dollar sign
	systemOther     = "urn:yitong:interaction"
	systemOutcome   = "urn:yitong:outcome" // an [Outcome], as a subtype, where it is not done
	systemOwn       = "urn:yitong:"        // with account, grant or client behind it, as the system of an identifier
	systemClient    = systemOwn + "client" // the id of a program
	systemProcess   = "urn:yitong:process"
	systemGrant     = "urn:yitong:grant:" // a role's grant, as a policy
	urlRequest      = "urn:yitong:request"

	hl7               = "http://terminology.hl7.org/CodeSystem/"
	systemInteraction = "http://hl7.org/fhir/restful-interaction"
	systemTypes       = "http://hl7.org/fhir/resource-types"
)

// Sheet shows records as FHIR's AuditEvents (R4, https://hl7.org/fhir/R4/auditevent.html).
type Sheet struct {
	Zone *time.Location          // in whose time the words tell it
	Name func(ref string) string // how a person of the staff or an institution is called; "" for not known. nil: nobody is
	Site string                  // where the platform is; "" for not said
	Mute bool                    // without words
}

// AuditEvent is a record as an AuditEvent whose id is the record's, with words for people as its narrative. To those who read it as
// some Patients it shows only what is about these, or what they did themselves: no other resident, nothing that is about others, no
// criteria and no addresses but their own. Without Patients it shows all.
//
// Outcomes are those of R4: 0 for done, 8 for failed, 4 for all others, which a code of urn:yitong:outcome among the subtypes tells
// apart. Searches and operations have the action E.
func (s Sheet) AuditEvent(r Record, patients []string) []byte {
	x := r.seenBy(patients)
	e := auditEvent{
		ResourceType: "AuditEvent", ID: r.ID,
		Type: draft.Coded(hl7+"audit-event-type", "rest"), Subtype: r.subtypes(), Action: x.action(),
		Recorded: r.At.UTC().Format(fhir.InstantLayout), Outcome: r.Outcome.Code(),
		Agent:  x.agents(),
		Source: source{Site: s.Site, Observer: draft.Reference{Display: "Yitong"}, Type: []draft.Coding{draft.Coded(hl7+"security-source-type", "4")}},
		Entity: x.entities(),
	}
	if !s.Mute {
		e.Text = s.narrative(&x)
	}
	if r.Outcome != Done {
		e.OutcomeDesc = string(r.Outcome)
	}
	if r.Why != "" {
		e.Purpose = []draft.Concept{draft.Code(hl7+"v3-ActReason", r.Why)}
	}
	if x.Request != "" {
		e.Extension = []draft.Extension{{URL: urlRequest, String: x.Request}}
	}
	var out bytes.Buffer
	write := json.NewEncoder(&out)
	write.SetEscapeHTML(false)
	if err := write.Encode(e); err != nil {
		panic(err) // texts and numbers always can be
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// Code is the outcome as R4 has it (http://hl7.org/fhir/audit-event-outcome).
func (o Outcome) Code() string {
	switch o {
	case Done:
		return "0"
	case Failed:
		return "8"
	}
	return "4"
}

// Outcomes are all outcomes.
func Outcomes() []Outcome { return []Outcome{Done, Denied, Absent, Refused, Failed} }

// interactions are those of R4 and what they do (http://hl7.org/fhir/audit-event-action).
var interactions = map[string]string{
	"read": "R", "vread": "R", "update": "U", "patch": "U", "delete": "D", "create": "C", "capabilities": "R", "transaction": "E", "batch": "E",
	"history": "R", "history-instance": "R", "history-type": "R", "history-system": "R", "search": "E", "search-type": "E", "search-system": "E",
}

// action is what was done: a single resource that was written tells it best, for an update may have made it.
func (r *Record) action() string {
	if len(r.Wrote) == 1 {
		return r.Wrote[0][:1]
	}
	if a := interactions[r.Do]; a != "" {
		return a
	}
	return "E"
}

func (r *Record) subtypes() (types []draft.Coding) {
	name, operation := strings.CutPrefix(r.Do, "$")
	switch {
	case operation:
		types = []draft.Coding{draft.Coded(systemInteraction, "operation"), draft.Coded(systemOperation, name)}
	case interactions[r.Do] != "":
		types = []draft.Coding{draft.Coded(systemInteraction, r.Do)}
	case strings.HasPrefix(r.Do, "search-"):
		types = []draft.Coding{draft.Coded(systemInteraction, "search")}
	default:
		types = []draft.Coding{draft.Coded(systemOther, r.Do)}
	}
	if r.Outcome != Done {
		types = append(types, draft.Coded(systemOutcome, string(r.Outcome)))
	}
	return types
}

// extract is what somebody sees of a record.
type extract struct {
	Record
	of    int  // how many residents the record is about
	mine  bool // it is read as somebody whom it is about, or who did it
	own   bool // who reads it did it
	alone bool // it is about nobody else
	vague bool // it has more about them than it can tell from what is about others
}

// seenBy is what those see of a record who read it as some Patients; nil is everything.
func (r Record) seenBy(patients []string) extract {
	x := extract{Record: r, of: len(r.Of)}
	if patients == nil {
		return x
	}
	is := func(ref string) bool { return slices.Contains(patients, ref) }
	x.mine, x.own = true, is(r.Who)
	x.alone = !slices.ContainsFunc(r.Of, func(ref string) bool { return !is(ref) })
	x.Of = slices.DeleteFunc(slices.Clone(r.Of), func(ref string) bool { return !is(ref) })
	x.Saw, x.Wrote, x.By = x.mineOf(r.Saw, 0, r.Of, is), x.mineOf(r.Wrote, writing, r.Of, is), x.mineOf(r.By, 0, r.Of, is)
	if open := is(r.On) || x.has(r.On) || x.alone && (x.own || typeOf(r.On) != "Patient"); !open {
		x.On = typeOf(r.On)
	}
	if !x.own {
		x.From, x.Request, x.Grant = "", "", ""
		if strings.HasPrefix(r.Who, "Patient/") {
			x.Who = ""
		}
	}
	if !x.own || !x.alone {
		x.Query = ""
	}
	if !x.alone {
		x.Number = 0
	}
	return x
}

// writing is the length of what stands in front of an entry of Wrote: a letter and a space.
const writing = 2

// mineOf are the entries that are about some Patients. front is the length of what stands in front of each.
func (x *extract) mineOf(entries []string, front int, of []string, is func(string) bool) (mine []string) {
	for _, text := range entries {
		what, places, placed := strings.Cut(text[front:], " ")
		ref, _ := versioned(what)
		switch {
		case strings.HasPrefix(ref, "Patient/"):
			if !is(ref) {
				continue
			}
		case x.alone:
		case !placed:
			x.vague = true
			continue
		default:
			about := func(place string) bool {
				n, err := strconv.Atoi(place)
				return err == nil && n >= 0 && n < len(of) && is(of[n])
			}
			if !slices.ContainsFunc(strings.Split(places, ","), about) {
				continue
			}
		}
		mine = append(mine, text[:front]+what)
	}
	return mine
}

// has tells whether a version of a resource was given out or made.
func (x *extract) has(ref string) bool {
	of := func(front int) func(string) bool {
		return func(text string) bool { one, _ := versioned(entry(text[front:])); return one == ref }
	}
	return slices.ContainsFunc(x.Saw, of(0)) || slices.ContainsFunc(x.Wrote, of(writing))
}

// entry is what an entry names, without the places in Of that may stand behind it.
func entry(text string) string {
	what, _, _ := strings.Cut(text, " ")
	return what
}

// versioned splits Type/id/version; without a version it is "".
func versioned(what string) (ref, version string) {
	kind, rest, _ := strings.Cut(what, "/")
	id, version, _ := strings.Cut(rest, "/")
	return kind + "/" + id, version
}

func typeOf(ref string) string {
	kind, _, _ := strings.Cut(ref, "/")
	return kind
}

// agents are who did it, for which institution, by which program and on behalf of which process.
func (x *extract) agents() (all []agent) {
	first := agent{Type: agentType("person"), Who: who(x.Who), Requestor: true}
	if x.As != "" {
		first.Role = []draft.Concept{draft.Code(systemRole, x.As)}
	}
	if x.From != "" {
		first.Network = &network{x.From, "2"}
	}
	if x.Grant != "" {
		first.Policy = []string{systemGrant + url.PathEscape(x.Grant)}
	}
	all = []agent{first}
	if x.For != "" {
		all = append(all, agent{Type: agentType("institution"), Who: who(x.For)})
	}
	if x.Client != "" {
		all = append(all, agent{Type: agentType("program"), Who: &draft.Reference{Identifier: &draft.Identifier{System: systemClient, Value: x.Client}}})
	}
	if x.Process != "" {
		all = append(all, agent{Type: agentType("process"), Who: &draft.Reference{Identifier: &draft.Identifier{System: systemProcess, Value: x.Process}}})
	}
	return all
}

func agentType(name string) *draft.Concept { c := draft.Code(systemAgent, name); return &c }

// who is somebody: by a reference, or by the account; nil for nobody.
func who(ref string) *draft.Reference {
	if r := what(ref); r != nil || ref == "" {
		return r
	}
	return &draft.Reference{Identifier: &draft.Identifier{System: systemOwn + "account", Value: ref}}
}

// what names what a record names: a resource or a version of one by a reference, also where more stands behind it or the method of a
// bundle's entry in front; what is kept of people who sign in by an identifier. It is nil where neither is named.
func what(text string) *draft.Reference {
	text = text[strings.IndexByte(text, ' ')+1:]
	kind, id, _ := strings.Cut(text, "/")
	if slices.Contains(register, kind) {
		id, _, _ = strings.Cut(id, "/")
		return &draft.Reference{Identifier: &draft.Identifier{System: systemOwn + kind, Value: id}}
	}
	ref, _ := versioned(text)
	for _, one := range []string{text, ref} {
		if fhir.ParseReference(one).Kind == fhir.ReferenceLocal {
			return &draft.Reference{Reference: one}
		}
	}
	return nil
}

// register are the kinds of what is kept of people and programs that sign in.
var register = []string{"account", "grant", "client"}

// The codes of what entities are (object-type and object-role of HL7, after DICOM) and what became of them.
var (
	isPerson   = draft.Coded(hl7+"audit-entity-type", "1")
	isOther    = draft.Coded(hl7+"audit-entity-type", "4")
	asPatient  = &draft.Coding{System: hl7 + "object-role", Code: "1"}
	asResource = &draft.Coding{System: hl7 + "object-role", Code: "4"}
	asPermit   = &draft.Coding{System: hl7 + "object-role", Code: "13"}
	asQuery    = &draft.Coding{System: hl7 + "object-role", Code: "24"}
	made       = &draft.Coding{System: hl7 + "dicom-audit-lifecycle", Code: "1"}
	changed    = &draft.Coding{System: hl7 + "dicom-audit-lifecycle", Code: "3"}
	used       = &draft.Coding{System: hl7 + "dicom-audit-lifecycle", Code: "6"}
	deleted    = &draft.Coding{System: hl7 + "dicom-audit-lifecycle", Code: "14"}
)

// entities are whom it is about, what was written and given out, what was asked for, and the permits that opened it.
func (x *extract) entities() (all []entity) {
	for _, ref := range x.Of {
		all = append(all, entity{What: who(ref), Type: &isPerson, Role: asPatient})
	}
	for _, text := range x.Wrote {
		lifecycle := map[string]*draft.Coding{"C": made, "U": changed, "D": deleted}[text[:1]]
		all = append(all, version(text[writing:], lifecycle))
	}
	for _, text := range x.Saw {
		all = append(all, version(text, used))
	}
	if asked, some := x.asked(); some {
		all = append(all, asked)
	}
	for _, text := range x.By {
		all = append(all, entity{What: who(entry(text)), Type: kind(entry(text)), Role: asPermit})
	}
	return all
}

// version is the entity of a version of a resource.
func version(text string, lifecycle *draft.Coding) entity {
	ref, number := versioned(entry(text))
	named := ref
	if number != "" {
		named += "/_history/" + number
	}
	return entity{What: what(named), Type: kind(ref), Role: asResource, Lifecycle: lifecycle}
}

// asked is the entity of what was asked for, unless another one says it already.
func (x *extract) asked() (e entity, some bool) {
	said := x.On == "" || x.has(x.On) || slices.Contains(x.Of, x.On)
	if x.On != "" {
		e.Type = kind(x.On)
	}
	if strings.Contains(x.On, "/") && !said {
		e.What = what(x.On)
	}
	if x.Query != "" {
		e.Role, e.Query = asQuery, base64.StdEncoding.EncodeToString([]byte(x.Query))
	}
	if x.Number != 0 {
		e.Detail = []detail{{"count", strconv.FormatInt(x.Number, 10)}}
	}
	return e, e.What != nil || e.Query != "" || e.Detail != nil || !said && len(x.Saw)+len(x.Wrote) == 0
}

// kind is what something that a record names is: a type of resources, or something else.
func kind(text string) *draft.Coding {
	t := typeOf(text[strings.IndexByte(text, ' ')+1:])
	if _, is := schema.TypeOf(t); !is {
		return &isOther
	}
	return &draft.Coding{System: systemTypes, Code: t}
}
