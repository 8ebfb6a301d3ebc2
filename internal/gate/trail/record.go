package trail

import (
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"yitong/internal/fault"
)

// Record is one line of the trail: one answer, or one transaction.
type Record struct {
	ID      string    `json:"id"` // a UUID, version 7
	At      time.Time `json:"-"`  // in microseconds, by the clock of the server that answered
	Do      string    `json:"do"` // the interaction, as FHIR calls it (read, search-type, …), or an operation such as $export
	Outcome Outcome   `json:"out"`

	Who     string `json:"who"`     // reference of who asked, such as Practitioner/1
	As      string `json:"as"`      // the role
	Grant   string `json:"grant"`   // the grant of the role; "" where there is only one way to act
	For     string `json:"for"`     // reference of the institution for which
	Client  string `json:"client"`  // id of the program
	Process string `json:"process"` // on whose behalf
	Why     string `json:"why"`     // purpose of use, a code of http://terminology.hl7.org/CodeSystem/v3-ActReason
	From    string `json:"from"`    // network address
	Request string `json:"req"`     // id of the request, as logs have it

	On    string `json:"on"` // what was asked for: a type, or a resource such as Observation/1
	Query string `json:"q"`  // the criteria, as they were sent
	// Versions that were given out: Type/id/version, and, where Of names several, behind a space the places in Of of those whom it is
	// about, such as "0,3"; a Patient is about itself.
	Saw    []string `json:"saw"`
	Wrote  []string `json:"wrote"` // versions that were made: likewise, behind the letter C, U or D and a space
	Sums   []string `json:"sums"`  // of each of them the [Sum] of its body
	Of     []string `json:"of"`    // references of the Patients whom this is about
	By     []string `json:"by"`    // permits by which it was open, in an emergency
	Number int64    `json:"n"`     // of resources that an answer counts without giving them out
}

// NewID makes an id of a record of an instant: a UUID, version 7 (RFC 9562, 5.7). It is no secret.
func NewID(at time.Time) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|0x7000|rand.Uint64()>>52)
	binary.BigEndian.PutUint64(id[8:], 1<<63|rand.Uint64()>>2)
	return id.String()
}

// Outcome is what became of what was asked.
type Outcome string

// The outcomes. They are stored: never rename them.
const (
	Done    Outcome = "done"
	Denied  Outcome = "denied"  // it may not be done
	Absent  Outcome = "absent"  // there is nothing of the kind, as far as the asker may know
	Refused Outcome = "refused" // it cannot be done as asked
	Failed  Outcome = "failed"  // something went wrong here
)

// Append adds the record as a line, behind which stands a line feed.
func (r *Record) Append(line []byte) []byte {
	line = append(line, `{"id":"`...)
	line = append(line, r.ID...)
	line = append(line, `","at":`...)
	line = strconv.AppendInt(line, r.At.UnixMicro(), 10)
	for _, m := range [...]struct{ name, value string }{
		{"do", r.Do}, {"out", string(r.Outcome)}, {"who", r.Who}, {"as", r.As}, {"grant", r.Grant}, {"for", r.For}, {"client", r.Client},
		{"process", r.Process}, {"why", r.Why}, {"from", r.From}, {"req", r.Request}, {"on", r.On}, {"q", r.Query},
	} {
		if m.value != "" {
			line = quoted(named(line, m.name), m.value)
		}
	}
	for _, m := range [...]struct {
		name   string
		values []string
	}{{"saw", r.Saw}, {"wrote", r.Wrote}, {"sums", r.Sums}, {"of", r.Of}, {"by", r.By}} {
		if len(m.values) > 0 {
			line = list(named(line, m.name), m.values)
		}
	}
	if r.Number != 0 {
		line = strconv.AppendInt(named(line, "n"), r.Number, 10)
	}
	return append(line, '}', '\n')
}

func named(line []byte, name string) []byte {
	line = append(line, ',', '"')
	line = append(line, name...)
	return append(line, '"', ':')
}

func list(line []byte, values []string) []byte {
	line = append(line, '[')
	for i, v := range values {
		if i > 0 {
			line = append(line, ',')
		}
		line = quoted(line, v)
	}
	return append(line, ']')
}

// quoted adds a JSON string. Most need no escapes.
func quoted(line []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			text, _ := json.Marshal(s) // a string always can be
			return append(line, text...)
		}
	}
	line = append(line, '"')
	line = append(line, s...)
	return append(line, '"')
}

// Parse reads a line.
func Parse(line []byte) (r Record, err error) {
	read := struct {
		*Record
		At int64 `json:"at"`
	}{Record: &r}
	if err := json.Unmarshal(line, &read); err != nil {
		return r, fault.Wrap(err, "reading a line of the trail")
	}
	r.At = time.UnixMicro(read.At).UTC()
	return r, nil
}

// glance reads of a line what it is found by: when, who, for whom, of whom and the outcome. It is what [Parse] gives of these, but quicker: text
// that stands between quotes has none of its own that is not escaped, so the name of a member is where it seems to be. Members come in the
// order of [Record.Append].
func glance(line string) (r Record, err error) {
	rest, is := strings.CutPrefix(line, `{"id":"`)
	if !is || strings.IndexByte(line, '\\') >= 0 {
		return Parse([]byte(line))
	}
	at, rest := between(rest, `","at":`, `,`)
	micros, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return Parse([]byte(line))
	}
	r.At = time.UnixMicro(micros).UTC()
	out, rest := between(rest, `"out":"`, `"`)
	r.Outcome = Outcome(out)
	r.Who, rest = between(rest, `,"who":"`, `"`)
	r.For, rest = between(rest, `,"for":"`, `"`)
	if of, _ := between(rest, `,"of":["`, `"]`); of != "" {
		r.Of = strings.Split(of, `","`)
	}
	return r, nil
}

// between is the text between a name and what ends it, and what stands behind; "" where the name is not.
func between(line, name, end string) (text, rest string) {
	_, behind, is := strings.Cut(line, name)
	if !is {
		return "", line
	}
	text, rest, _ = strings.Cut(behind, end)
	return text, rest
}
