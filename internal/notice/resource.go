package notice

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

const (
	// System is the code system of Communication.category by which a notice tells its kind.
	System = "urn:yitong:notice"
	// Process is the process that Communications of these categories belong to.
	Process = "notice"
	// ShortURL names the extension of a Communication with what may be said of it outside, as valueString.
	ShortURL = "urn:yitong:short"
	// KindTask is the kind of what tells staff that something waits for them; KindCase, of what tells residents of a case of theirs.
	KindTask, KindCase = "task", "case"
	// KindEmergency is the kind of what residents are told of emergency access, which package emergency writes in its
	// own form.
	KindEmergency = "emergency-notice"

	systemProcess  = "urn:yitong:process"
	translationURL = "http://hl7.org/fhir/StructureDefinition/translation"
	categorySystem = "http://terminology.hl7.org/CodeSystem/communication-category"

	titleMost = 100  // characters
	textMost  = 4000 // characters

	recipientsMost = 50 // of one notice
)

var (
	typeCommunication, _    = schema.TypeOf("Communication")
	typePatient, _          = schema.TypeOf("Patient")
	typePractitioner, _     = schema.TypeOf("Practitioner")
	typePractitionerRole, _ = schema.TypeOf("PractitionerRole")
	typeOrganization, _     = schema.TypeOf("Organization")
)

// Types are the types of resources that notices are.
func Types() []schema.Type { return []schema.Type{typeCommunication} }

// Owned are the resources that nobody writes but on behalf of [Process]: else whoever may write a Communication could
// have texts sent to anybody.
func Owned() []gate.Ownership {
	return []gate.Ownership{{Process: Process, Type: typeCommunication, Query: "category=" + System + "|", By: "the process that tells of its moves"}}
}

// Recipient is for whom a notice is: the person who is a Patient or a Practitioner, who has a post (PractitionerRole),
// all who have a role at an Organization, or without one wherever they have it.
type Recipient struct {
	Reference string    `json:"reference,omitempty"` // "" for a role wherever it is held
	Role      gate.Role `json:"role,omitempty"`      // at an Organization; "" is [gate.Office]; [gate.Proxy] for who acts for a Patient
}

// meant are the recipients of a notice, and then, unless its kind is for the resident alone, those who act for the residents among them.
func (t *Told) meant() []Recipient {
	all := slices.Clone(t.Recipients)
	for _, r := range t.Recipients {
		if !t.Kind.Personal && strings.HasPrefix(r.Reference, "Patient/") {
			all = append(all, Recipient{r.Reference, gate.Proxy})
		}
	}
	return all
}

// seen are the resources that who acts for a resident must be shown to be told of a notice: itself, and what it tells of.
func (t *Told) seen() []fhir.Ref {
	all := []fhir.Ref{{Type: typeCommunication, ID: t.ID}}
	for _, name := range t.About {
		if r := fhir.ParseReference(name); r.Kind == fhir.ReferenceLocal {
			all = append(all, r.Ref)
		}
	}
	return all
}

// check refuses what nobody can be told by.
func (r Recipient) check() error {
	ref := fhir.ParseReference(r.Reference)
	known := ref.Kind == fhir.ReferenceLocal
	switch {
	case r.Reference == "" && r.Role.Known() && r.Role.Placed():
	case known && ref.Ref.Type == typeOrganization && (r.Role == "" || r.Role.Placed()):
	case known && r.Role == "" && (ref.Ref.Type == typePatient || ref.Ref.Type == typePractitioner || ref.Ref.Type == typePractitionerRole):
	default:
		return fault.New(fault.Unprocessable, "A notice is for a Patient, a Practitioner, a PractitionerRole, or for those with a role, at an Organization or wherever they have it; %q is none of these.", r.Reference)
	}
	return nil
}

// office is the role of an Organization's people who are meant.
func (r Recipient) office() Recipient {
	if r.Role == "" && strings.HasPrefix(r.Reference, "Organization/") {
		r.Role = gate.Office
	}
	return r
}

// Notice is what somebody is to be told.
type Notice struct {
	Kind       Kind
	Recipients []Recipient
	Subject    string         // the resident whom it is about, Patient/…; "" for nobody
	About      []string       // the Task or other resource that it tells of
	Sender     string         // the institution that tells it, Organization/…, which also keeps it; "" for the platform
	Sent       time.Time      // by the gate's clock
	Urgent     bool           // it goes at once, also in quiet hours
	Title      bilingual.Text // for the inbox
	Text       bilingual.Text // for the inbox; plain
	Short      bilingual.Text // for outside, of a kind that has [Own] words; else empty
	Security   []byte         // labels (meta.security, as JSON) by which it is hidden from others than its recipients; nil for none
}

// check refuses a notice that is not whole.
func (n Notice) check() error {
	_, own := n.Kind.Says.(Own)
	switch {
	case len(n.Recipients) == 0 || len(n.Recipients) > recipientsMost:
		return fault.New(fault.Unprocessable, "A notice has 1 to %d recipients.", recipientsMost)
	case !n.Title.Within(titleMost) || !n.Text.Within(textMost):
		return fault.New(fault.Unprocessable, "A notice has a title of at most %d and a text of at most %d characters, both in Chinese and in English.", titleMost, textMost)
	case n.Short != (bilingual.Text{}) && !own:
		return fault.New(fault.Unprocessable, "Of notices of the kind %s nothing is said outside but what was declared with the kind.", n.Kind.Code)
	case n.Short != (bilingual.Text{}) && !n.Short.Within(saysMost):
		return fault.New(fault.Unprocessable, "The short text of a notice has at most %d characters in each language.", saysMost)
	case n.Sent.IsZero():
		return fault.New(fault.Unprocessable, "A notice says when it is sent.")
	}
	for _, r := range n.Recipients {
		if err := r.check(); err != nil {
			return err
		}
	}
	return nil
}

// The resource, as far as it goes (R4).
type (
	payload struct {
		Content string          `json:"contentString"`
		Also    draft.Primitive `json:"_contentString"`
	}
	communication struct {
		ResourceType string            `json:"resourceType"`
		Meta         *draft.Meta       `json:"meta,omitempty"`
		Language     string            `json:"language"`
		Extension    []draft.Extension `json:"extension,omitempty"`
		Status       string            `json:"status"`
		Category     []draft.Concept   `json:"category"`
		Priority     string            `json:"priority"`
		Subject      *draft.Reference  `json:"subject,omitempty"`
		About        []draft.Reference `json:"about,omitempty"`
		Sent         string            `json:"sent"`
		Recipient    []draft.Reference `json:"recipient"`
		Sender       *draft.Reference  `json:"sender,omitempty"`
		Payload      []payload         `json:"payload"`
	}
)

// to refers to something; nil for "".
func to(name string) *draft.Reference {
	if name == "" {
		return nil
	}
	return &draft.Reference{Reference: name}
}

// translated is what stands beside a Chinese text: the English one
// (http://hl7.org/fhir/StructureDefinition/translation).
func translated(w bilingual.Text) draft.Primitive {
	return draft.Primitive{Extension: []draft.Extension{{URL: translationURL, Extension: []draft.Extension{{URL: "lang", Code: bilingual.English}, {URL: "content", String: w.En}}}}}
}

// Resource is the Communication that a notice is: to be created on behalf of [Process], in the transaction of what it
// tells of. Its first payload is the title, the second the text, in Chinese with the English translation. The error is
// Unprocessable for a notice that is not whole.
func Resource(n Notice) (fhir.Resource, error) {
	if err := n.check(); err != nil {
		return fhir.Resource{}, err
	}
	c := communication{
		ResourceType: "Communication", Language: bilingual.Chinese, Status: "completed", Priority: "routine",
		Category: []draft.Concept{draft.Code(categorySystem, "notification"), draft.Code(System, n.Kind.Code)},
		Subject:  to(n.Subject), Sent: draft.Instant(n.Sent), Sender: to(n.Sender),
		Payload: []payload{{n.Title.Zh, translated(n.Title)}, {n.Text.Zh, translated(n.Text)}},
	}
	if n.Urgent || n.Kind.Urgent {
		c.Priority = "urgent"
	}
	if n.Sender != "" || n.Security != nil {
		c.Meta = &draft.Meta{Security: n.Security}
	}
	if n.Sender != "" {
		c.Meta.Extension = []draft.Extension{draft.Refers(gate.Custodian, n.Sender)}
	}
	if n.Short != (bilingual.Text{}) {
		also := translated(n.Short)
		c.Extension = []draft.Extension{{URL: ShortURL, String: n.Short.Zh, Also: &also}}
	}
	for _, name := range n.About {
		c.About = append(c.About, *to(name))
	}
	for _, r := range n.Recipients {
		one := draft.Reference{Reference: r.Reference}
		switch {
		case r.Reference == "":
			one.Identifier = &draft.Identifier{System: gate.RoleURL, Value: string(r.Role)}
		case r.Role != "":
			one.Extension = []draft.Extension{{URL: gate.RoleURL, Code: string(r.Role)}}
		}
		c.Recipient = append(c.Recipient, one)
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fhir.Resource{}, fault.Wrap(err, "writing a notice")
	}
	return fhir.ParseResource(text)
}

// Told is a Communication as a notice.
type Told struct {
	ID         string
	Kind       Kind
	Urgent     bool
	Holds      bool // it is completed: not taken back (entered-in-error), nor begun only
	Recipients []Recipient
	Subject    string
	About      []string
	Sender     string
	Sent       string
	Title      bilingual.Text
	Text       bilingual.Text

	said said
}

// Read reads a Communication; is tells whether it is a notice of a kind of the registry.
func (r Registry) Read(c fhir.Resource) (t Told, is bool) {
	if c.Type != typeCommunication {
		return t, false
	}
	n := c.Root
	code := kindOf(n)
	t.Kind, is = r[code]
	if !is {
		return t, false
	}
	t.ID, t.Holds, t.Sent = c.ID, n.Get("status").Str() == "completed", n.Get("sent").Str()
	t.Urgent = t.Kind.Urgent || n.Get("priority").Str() == "urgent"
	t.Subject, t.Sender = target(n.Get("subject")), target(n.Get("sender"))
	for x := n.Get("about").First(); x.Exists(); x = x.Next() {
		t.About = append(t.About, target(x))
	}
	for x := n.Get("recipient").First(); x.Exists() && len(t.Recipients) < recipientsMost; x = x.Next() {
		one := Recipient{Reference: target(x), Role: gate.Role(x.Extension(gate.RoleURL).Get("valueCode").Str())}
		if id := x.Get("identifier"); one.Reference == "" && id.Get("system").Str() == gate.RoleURL {
			one.Role = gate.Role(id.Get("value").Str())
		}
		if one.check() == nil {
			t.Recipients = append(t.Recipients, one.office())
		}
	}
	t.Title, t.Text = t.Kind.Names, bilingual.Text{}
	first, second := n.Get("payload").Item(0), n.Get("payload").Item(1)
	switch {
	case code == KindEmergency: // two payloads, one a language
		t.Text = bilingual.Text{Zh: first.Get("contentString").Str(), En: second.Get("contentString").Str()}
	case second.Exists():
		t.Title, t.Text = words(first, "contentString"), words(second, "contentString")
	default:
		t.Text = words(first, "contentString")
	}
	if t.Kind.Says != nil {
		short := words(n.Extension(ShortURL), "valueString")
		if !short.Within(saysMost) {
			short = bilingual.Text{}
		}
		t.said = t.Kind.Says.said(short)
	}
	return t, true
}

// kindOf is the code of a Communication's kind, "" if it is no notice.
func kindOf(n fhir.Node) string {
	for x := n.Get("category").First(); x.Exists(); x = x.Next() {
		for c := x.Get("coding").First(); c.Exists(); c = c.Next() {
			code := c.Get("code").Str()
			if system := c.Get("system").Str(); system == System && code != KindEmergency || system == systemProcess && code == KindEmergency {
				return code
			}
		}
	}
	return ""
}

func target(n fhir.Node) string { return n.Get("reference").Str() }

// words are a text with its translation into English.
func words(n fhir.Node, name string) (w bilingual.Text) {
	w.Zh = clip(n.Get(name).Str())
	for x := n.Get("_" + name).Get("extension").First(); x.Exists(); x = x.Next() {
		if x.Get("url").Str() == translationURL && x.Extension("lang").Get("valueCode").Str() == bilingual.English {
			w.En = clip(x.Extension("content").Get("valueString").Str())
		}
	}
	return w
}

// clip is the beginning of a text that is longer than a notice has.
func clip(text string) string {
	if utf8.RuneCountInString(text) <= textMost {
		return text
	}
	return string([]rune(text)[:textMost]) + "…"
}
