//go:build conformance

package conformance

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"yitong/internal/fhir"
)

// folder is where npm puts HL7's package of all examples of R4.
const folder = "node_modules/hl7.fhir.r4.examples"

// examplesLeast is how many of the files are resources; the package does not change any more.
const examplesLeast = 5306

// refused are the examples that the server does not take, with the status of the refusal and why it is right.
var refused = map[string]struct {
	status int
	why    string
}{
	"SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json": {http.StatusBadRequest,
		"its id has 67 characters, of which FHIR allows 64"},
	"Bundle-resources.json":    {http.StatusRequestEntityTooLarge, "35 MB: all definitions in one Bundle; a resource may have 16 MB"},
	"Bundle-dataelements.json": {http.StatusRequestEntityTooLarge, "21 MB: all elements in one Bundle; a resource may have 16 MB"},
}

// example is a file of the package.
type example struct {
	file, kind, id, bundle string
	text                   []byte
}

// readExample reads a file; false when it holds no resource.
func readExample(t *testing.T, file string) (e example, ok bool) {
	text, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		t.Fatal(err)
	}
	var head struct{ ResourceType, ID, Type any }
	if err := json.Unmarshal(text, &head); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	e = example{file: file, text: text}
	e.kind, ok = head.ResourceType.(string)
	e.id, _ = head.ID.(string)
	if e.kind == "Bundle" {
		e.bundle, _ = head.Type.(string)
	}
	return e, ok
}

func exampleFiles(t *testing.T) (names []string) {
	list, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(list) < examplesLeast {
		t.Fatalf("the examples are not in %s (%d files, %v): run make conformance", folder, len(list), err)
	}
	for _, path := range list {
		names = append(names, filepath.Base(path))
	}
	return names
}

// Every official example goes through the server and comes back as it was, on both databases.
func TestExamples(t *testing.T) {
	files := exampleFiles(t)
	onBoth(t, func(t *testing.T, h http.Handler) {
		// Two files hold the same resource; one worker does all work on one resource, in turn.
		var lanes [8]chan example
		var wait sync.WaitGroup
		var kept, bytes atomic.Int64
		for i := range lanes {
			lanes[i] = make(chan example, 4)
			wait.Go(func() {
				for e := range lanes[i] {
					known, is := refused[e.file]
					err := roundTrip(h, e.kind, idToPut(e), e.text)
					switch {
					case !is && err != nil:
						t.Errorf("%s: %v", e.file, err)
					case is:
						if err := refusal(h, e, known.status); err != nil {
							t.Errorf("%s should be refused, because %s: %v", e.file, known.why, err)
						}
					default:
						kept.Add(1)
						bytes.Add(int64(len(e.text)))
					}
				}
			})
		}
		read := map[string]int{}
		for _, file := range files {
			if e, ok := readExample(t, file); ok {
				read[e.kind]++
				lane := fnv.New32a()
				fmt.Fprint(lane, e.kind, e.id)
				lanes[lane.Sum32()%uint32(len(lanes))] <- e
			}
		}
		for _, lane := range lanes {
			close(lane)
		}
		wait.Wait()
		t.Logf("%d examples of %d types, %d bytes, came back whole; %d are refused", kept.Load(), len(read), bytes.Load(), len(refused))
		if n := int(kept.Load()) + len(refused); n < examplesLeast {
			t.Errorf("%d examples, should be at least %d", n, examplesLeast)
		}
	})
}

// idToPut is the id of an example where it is one; an example without is created.
func idToPut(e example) string {
	if fhir.ValidID(e.id) {
		return e.id
	}
	return ""
}

// refusal sees that an example is refused with an outcome, and that nothing of it is kept.
func refusal(h http.Handler, e example, status int) error {
	a := ask(h, http.MethodPost, "/"+e.kind, e.text)
	if err := a.must(status); err != nil {
		return err
	}
	if !strings.HasPrefix(string(a.body), `{"resourceType":"OperationOutcome"`) {
		return fmt.Errorf("the answer is %.300s", a.body)
	}
	if id := idToPut(e); id != "" {
		if err := ask(h, http.MethodPut, "/"+e.kind+"/"+id, e.text).must(status); err != nil {
			return err
		}
		return ask(h, http.MethodGet, "/"+e.kind+"/"+id, nil).must(http.StatusNotFound)
	}
	return nil
}

// transactions are the examples that are transactions or batches, with what the server answers to them as a whole.
var transactions = map[string]struct {
	status  int
	entries []string // the status of each, of those that are carried out
	why     string
}{
	"Bundle-hla-1.json":    {status: http.StatusOK, entries: slices.Repeat([]string{"201"}, 22)},
	"Bundle-xds.json":      {status: http.StatusOK, entries: slices.Repeat([]string{"201"}, 5)},
	"Bundle-ussg-fht.json": {status: http.StatusNotFound, why: "it puts resources below another server's base"},
	"Bundle-bundle-transaction.json": {status: http.StatusNotImplemented,
		why: "one entry calls an operation, one searches"},
	"Bundle-bundle-request-medsallergies.json": {status: http.StatusOK, entries: []string{"404", "400", "400", "400", "400"}, why: "its searches ask for _list, which is not offered, and notgiven, which is none of R4"},
	"Bundle-bundle-request-simplesummary.json": {status: http.StatusOK, entries: []string{"404", "200", "200", "200"}, why: "its entries search"},
}

// Every example that is a transaction or a batch is sent to the base.
func TestExampleTransactions(t *testing.T) {
	var found []example
	for _, file := range exampleFiles(t) {
		if !strings.HasPrefix(file, "Bundle-") {
			continue
		}
		if e, _ := readExample(t, file); e.bundle == "transaction" || e.bundle == "batch" {
			found = append(found, e)
		}
	}
	if len(found) != len(transactions) {
		t.Errorf("%d transactions and batches, %d are known", len(found), len(transactions))
	}
	onBoth(t, func(t *testing.T, h http.Handler) {
		for _, e := range found {
			if err := transact(h, e); err != nil {
				t.Errorf("%s: %v", e.file, err)
			}
		}
	})
}

func transact(h http.Handler, e example) error {
	want := transactions[e.file]
	a := ask(h, http.MethodPost, "/", e.text)
	if err := a.must(want.status); err != nil || want.status != http.StatusOK {
		return err
	}
	var answer struct {
		Type  string
		Entry []struct {
			Response struct{ Status, Location string }
		}
	}
	if err := json.Unmarshal(a.body, &answer); err != nil {
		return err
	}
	if answer.Type != e.bundle+"-response" || len(answer.Entry) != len(want.entries) {
		return fmt.Errorf("the answer is a %s of %d entries", answer.Type, len(answer.Entry))
	}
	sent, err := entries(e.text)
	if err != nil {
		return err
	}
	for i, entry := range answer.Entry {
		sent[i].at, _, _ = strings.Cut(entry.Response.Location, "/_history/")
	}
	for i, entry := range answer.Entry {
		r := entry.Response
		if status, _, _ := strings.Cut(r.Status, " "); status != want.entries[i] {
			return fmt.Errorf("entry %d: %s, not %s", i, r.Status, want.entries[i])
		}
		if r.Location == "" {
			continue
		}
		got := ask(h, http.MethodGet, "/"+r.Location, nil)
		if err := got.must(http.StatusOK); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		if err := Same(renamed(sent, i), got.body); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return nil
}

type sentEntry struct {
	FullURL  string `json:"fullUrl"`
	Resource json.RawMessage
	at       string // Type/id that it was given
}

func entries(text []byte) (list []sentEntry, err error) {
	var b struct{ Entry []sentEntry }
	err = json.Unmarshal(text, &b)
	return b.Entry, err
}

// renamed is a resource with the names that a transaction gives to its entries, in place of their full URLs and of what
// is relative to the resource's own (R4, 2.36.4.1: beside a urn:uuid nothing is).
func renamed(sent []sentEntry, i int) []byte {
	resource, base := string(sent[i].Resource), baseOf(sent[i].FullURL)
	for _, e := range sent {
		names := []string{e.FullURL}
		if base != "" && baseOf(e.FullURL) == base {
			names = append(names, strings.TrimPrefix(e.FullURL, base))
		}
		for _, name := range names {
			resource = strings.ReplaceAll(resource, `"`+name+`"`, `"`+e.at+`"`)
			resource = strings.ReplaceAll(resource, `\"`+name+`\"`, `\"`+e.at+`\"`) // in a narrative
		}
	}
	return []byte(resource)
}

// baseOf is what stands before Type/id in an absolute address.
func baseOf(fullURL string) string {
	parts := strings.SplitAfter(fullURL, "/")
	return strings.Join(parts[:max(0, len(parts)-2)], "")
}
