package app_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"yitong/internal/app"
)

// send sends a resource and gives the status and the body of the answer.
func send(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/fhir+json")
	request.Header.Set("Prefer", "return=OperationOutcome")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// TestValidationFor holds which of the settings counts for a type and a client (F8).
func TestValidationFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		all    string
		single map[string]string
		client string
		basic  int // what a Basic without a code is answered with
		told   bool
	}{
		"strict is the default":            {basic: 422},
		"warned":                           {all: "warn", basic: 201, told: true},
		"not looked at":                    {all: "off", basic: 201},
		"a type":                           {single: map[string]string{"Basic": "off"}, basic: 201},
		"another type":                     {single: map[string]string{"Patient": "off"}, basic: 422},
		"a client":                         {single: map[string]string{"client:lab": "warn"}, client: "lab", basic: 201, told: true},
		"another client":                   {single: map[string]string{"client:lab": "warn"}, client: "clinic", basic: 422},
		"a client before a type":           {single: map[string]string{"client:lab": "strict", "Basic": "off"}, client: "lab", basic: 422},
		"a type of a client":               {single: map[string]string{"client:lab": "strict", "client:lab/Basic": "off"}, client: "lab", basic: 201},
		"another type of a client":         {single: map[string]string{"client:lab/Patient": "off"}, client: "lab", basic: 422},
		"a type, beside one of the client": {single: map[string]string{"client:lab/Patient": "strict", "Basic": "off"}, client: "lab", basic: 201},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := settings(t)
			s.Validate, s.ValidateFor, s.Client = c.all, c.single, c.client
			base, _ := serve(t, s)
			status, text := send(t, http.MethodPost, base+"/fhir/Basic", `{"resourceType":"Basic"}`)
			if status != c.basic || strings.Contains(text, "Basic needs code") != (c.told || c.basic == 422) {
				t.Errorf("%d: %s", status, text)
			}
		})
	}
}

// TestDefinitionsOfTheRecord holds that a profile counts soon after it is stored, and its change soon after that.
func TestDefinitionsOfTheRecord(t *testing.T) {
	t.Parallel()
	base, _ := serve(t, settings(t))
	profile := func(min string) string {
		return `{"resourceType":"StructureDefinition","id":"named","url":"https://region.example/named","name":"Named","status":"active","kind":"resource",
			"abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint",
			"differential":{"element":[{"id":"Patient","path":"Patient"},{"id":"Patient.name","path":"Patient.name","min":` + min + `}]}}`
	}
	const nameless = `{"resourceType":"Patient","meta":{"profile":["https://region.example/named"]},"gender":"female"}`
	until := func(want int) {
		t.Helper()
		deadline := time.Now().Add(30 * time.Second)
		for {
			status, text := send(t, http.MethodPost, base+"/fhir/Patient", nameless)
			if status == want {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("still %d: %s", status, text)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	until(http.StatusCreated)
	if status, text := send(t, http.MethodPut, base+"/fhir/StructureDefinition/named", profile("1")); status != http.StatusCreated {
		t.Fatal(status, text)
	}
	until(http.StatusUnprocessableEntity)
	if status, text := send(t, http.MethodPut, base+"/fhir/StructureDefinition/named", profile("0")); status != http.StatusOK {
		t.Fatal(status, text)
	}
	until(http.StatusCreated)
}

// TestPublish holds that the platform's definitions are in the record, once however often it starts.
func TestPublish(t *testing.T) {
	t.Parallel()
	s := settings(t)
	for range 2 {
		a, err := app.New(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	base, _ := serve(t, s)
	_, text := get(t, base+"/fhir/StructureDefinition?url=urn:yitong:profile:resident")
	if !strings.Contains(text, `"versionId":"1"`) || !strings.Contains(text, `"snapshot"`) {
		t.Errorf("%.300s", text)
	}
	for _, address := range []string{"OperationDefinition/yitong-emergency-access", "OperationDefinition?url=urn:yitong:operation:emergency-access"} {
		if _, text := get(t, base+"/fhir/"+address); !strings.Contains(text, `"versionId":"1"`) || !strings.Contains(text, `"code":"emergency-access"`) {
			t.Errorf("%s: %.300s", address, text)
		}
	}
}
