package publish

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/rule"
)

const (
	// Process is the process that versions of rule tables belong to.
	Process = "rules"
	// URL is what the url of a version begins with; the name of the table is behind it.
	URL = "urn:yitong:rule:"

	systemProcess = "urn:yitong:process"
	systemCountry = "urn:iso:std:iso:3166"
	country       = "CN"
	ofRules       = "type=" + systemProcess + "|" + Process
	instant       = "2006-01-02T15:04:05.000000Z07:00"
)

// The operations that the access policy decides about.
const (
	OperationDraft   = "rules-draft"
	OperationPublish = "rules-publish"
)

// State is where a version stands.
type State string

// The states, as Library.status has them.
const (
	StateDraft   State = "draft"
	StateActive  State = "active"
	StateRetired State = "retired" // replaced for all of its days; it is still read for what was known before
)

var typeLibrary, _ = schema.TypeOf("Library")

// Owned are the resources that only this process writes.
func Owned() []gate.Ownership {
	return []gate.Ownership{{Process: Process, Type: typeLibrary, Query: ofRules, IDs: idForm, Under: URL, By: "yitong rules"}}
}

// idForm is the form of [ID].
var idForm = regexp.MustCompile(`^[a-z][a-z0-9.-]*--[0-9A-Za-z.-]+$`)

// ID is the id of the Library of a version.
func ID(table, version string) string { return table + "--" + version }

// Document is a version of a table as it stands in the record.
type Document struct {
	rule.Version        // Published is zero for a draft
	ID           string // of the Library
	State        State
	Note         string    // why, for people
	Author       string    // who drafted it, such as Practitioner/…
	Drafted      time.Time // of a draft: when
	number       int64     // of the Library's version
	body         []byte
}

// content is how rows are kept.
type content struct {
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// library is the Library of a draft.
func library(t *rule.Table, v rule.Version, note, by string, now time.Time) (fhir.Resource, error) {
	l := r4.NewLibrary()
	l.PutString("id", ID(v.Table, v.Name))
	l.SetURL(URL + v.Table)
	l.SetVersion(v.Name)
	l.SetTitle(t.Title.Zh)
	l.SetSubtitle(t.Title.En)
	l.SetStatus(string(StateDraft))
	code := l.Type().Coding().Add()
	code.SetSystem(systemProcess)
	code.SetCode(Process)
	l.SetDate(now.Format(instant))
	l.SetDescription(note)
	place := l.Jurisdiction().Add().Coding().Add()
	if place.SetSystem(systemCountry); v.Region == "" {
		place.SetCode(country)
	} else {
		place.SetSystem(rule.SystemDivision)
		place.SetCode(v.Region)
	}
	l.EffectivePeriod().SetStart(v.From)
	l.Author().Add().SetName(by)
	c, seen := content{Columns: t.Columns(), Rows: [][]string{}}, map[string]bool{}
	for _, line := range v.Lines {
		c.Rows = append(c.Rows, line.Cells())
		if !seen[line.Source] {
			seen[line.Source] = true
			cited := l.RelatedArtifact().Add()
			cited.SetType("citation")
			cited.SetCitation(line.Source)
		}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fhir.Resource{}, fault.Wrap(err, "writing rows")
	}
	rows := l.Content().Add()
	rows.SetContentType("application/json")
	rows.SetData(base64.StdEncoding.EncodeToString(text))
	text, err = l.Bytes()
	if err != nil {
		return fhir.Resource{}, fault.Wrap(err, "writing a Library")
	}
	return fhir.ParseResource(text)
}

// read reads a Library of a version. tables finds its table; where there is none the lines are left out, and where they
// are none of it Unread says so. The error is Unprocessable for a Library of something else.
func read(body []byte, number int64, tables func(string) *rule.Table) (d Document, err error) {
	d.body = body
	l, err := d.library()
	if err != nil {
		return d, err
	}
	name, is := strings.CutPrefix(l.URL(), URL)
	code := l.Type().Coding().At(0)
	if !is || code.System() != systemProcess || code.Code() != Process {
		return d, fault.New(fault.Unprocessable, "The Library %s is no version of a rule table.", l.GetString("id")).
			InChinese("资源 Library/%s 不是规则的版本。", l.GetString("id"))
	}
	d.ID, d.State, d.number = l.GetString("id"), State(l.Status()), number
	d.Note, d.Author = l.Description(), l.Author().At(0).Name()
	d.Table, d.Name, d.From = name, l.Version(), l.EffectivePeriod().Start()
	if place := l.Jurisdiction().At(0).Coding().At(0); place.System() == rule.SystemDivision {
		d.Region = place.Code()
	}
	at, err := time.Parse(instant, l.Date())
	if err != nil {
		return d, d.unreadable(err)
	}
	if d.State == StateDraft {
		d.Drafted = at
	} else {
		d.Published = at
	}
	t := tables(name)
	if t == nil {
		return d, nil
	}
	if d.Lines, err = rows(t, l.Content().At(0).Data()); err != nil {
		d.Unread = d.unreadable(err)
	}
	return d, nil
}

func (d Document) unreadable(err error) error {
	return fault.New(fault.Unprocessable, "The version %s of the rule table %s cannot be read.", d.Name,
		d.Table).Because(err)
}

// rows reads the rows of a Library.
func rows(t *rule.Table, data string) (lines []rule.Line, err error) {
	text, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, err
	}
	var c content
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, err
	}
	columns := t.Columns()
	if strings.Join(c.Columns, ",") != strings.Join(columns, ",") {
		return nil, fault.New(fault.Unprocessable, "It has the columns %v; the table has %v.", c.Columns, columns)
	}
	for i, row := range c.Rows {
		if len(row) != len(columns) {
			return nil, fault.New(fault.Unprocessable, "Row %d has %d cells, not %d.", i+1, len(row), len(columns))
		}
		lines = append(lines, t.LineOf(row))
	}
	return lines, nil
}

// library is a copy of the Library, as it was read.
func (d Document) library() (r4.Library, error) {
	doc, err := fhir.NewDoc(d.body)
	if err != nil {
		return r4.Library{}, fault.Wrap(err, "reading a Library")
	}
	return r4.AsLibrary(doc)
}

// edited is the op that changes a Library as it was read; if it is another by then, it is refused.
func (d Document) edited(change func(r4.Library)) (gate.Op, error) {
	l, err := d.library()
	if err != nil {
		return gate.Op{}, err
	}
	change(l)
	text, err := l.Bytes()
	if err != nil {
		return gate.Op{}, fault.Wrap(err, "changing a Library")
	}
	r, err := fhir.ParseResource(text)
	return gate.Op{Kind: gate.Update, Type: typeLibrary, ID: d.ID, IfVersion: d.number, Resource: r}, err
}
