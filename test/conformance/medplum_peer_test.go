//go:build conformance

package conformance

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// lineMost is how many bytes Medplum's longest answer may have.
const lineMost = 64 << 20

// medplum is the program that answers with Medplum's MemoryRepository, one line to each line.
type medplum struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func startMedplum(t *testing.T, resources []resource) *medplum {
	var lines bytes.Buffer
	for _, r := range resources {
		lines.Write(r.text)
		lines.WriteByte('\n')
	}
	cmd, in, out := startNode(t, "@medplum/fhir-router", "medplum.mjs", lines.Bytes())
	return &medplum{cmd, in, out}
}

// end lets the program end, which it does when there are no more questions.
func (m *medplum) end(t *testing.T) {
	if err := m.in.Close(); err != nil {
		t.Error(err)
	}
	if err := m.cmd.Wait(); err != nil {
		t.Errorf("Medplum: %v", err)
	}
}

// put asks some questions, and hands the answers on in their order.
func (m *medplum) put(t *testing.T, questions []string, each func(i int, answer []byte) error) {
	sent := make(chan error, 1)
	go func() {
		_, err := io.WriteString(m.in, strings.Join(questions, "\n")+"\n")
		sent <- err
	}()
	for i, q := range questions {
		if !m.out.Scan() {
			t.Fatalf("Medplum says nothing to %s: %v", q, m.out.Err())
		}
		if err := each(i, m.out.Bytes()); err != nil {
			t.Fatalf("Medplum's answer to %s: %v", q, err)
		}
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}

// parameter is a search parameter as Medplum knows it, and what it finds.
type parameter struct {
	of, Name, Kind string
	Target         []string // the types that it may refer to
	Types          []string // of the elements that it finds
	Values         []value
	Hollow         []string // resources where it finds elements, but in none of them a value that can be searched for
	Distant        []string // resources with a reference of which Medplum does not know whether it leads to the type asked for
	Error          string   // why it cannot be used
}

// value is a token; or of a date the first and the last millisecond; or a text.
type value struct{ System, Value, Start, End, Text string }

// UnmarshalJSON reads any of the three.
func (v *value) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, &v.Text)
	}
	type plain value
	return json.Unmarshal(text, (*plain)(v))
}

// parameters are those of the resources' types.
func (m *medplum) parameters(t *testing.T, resources []resource) (all []parameter) {
	var types []string
	for _, r := range resources {
		types = append(types, r.kind)
	}
	slices.Sort(types)
	types = slices.Compact(types)
	m.put(t, types, func(i int, answer []byte) error {
		var list []parameter
		err := json.Unmarshal(answer, &list)
		for _, p := range list {
			p.of = types[i]
			all = append(all, p)
		}
		return err
	})
	return all
}

// verdict is Medplum's answer to a question.
type verdict struct {
	Found   []string
	Refused string
}

func (m *medplum) answers(t *testing.T, questions []question) (all []verdict) {
	var list []string
	for _, q := range questions {
		list = append(list, q.of+"?"+q.query)
	}
	m.put(t, list, func(_ int, answer []byte) error {
		var v verdict
		err := json.Unmarshal(answer, &v)
		all = append(all, v)
		return err
	})
	return all
}
