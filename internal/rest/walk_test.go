package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/store"
)

// TestWalk does random things to a handful of resources and holds every answer against a model: a list of versions.
func TestWalk(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		server := serverOn(db, options{})
		var walks atomic.Int64
		rapid.Check(t, func(t *rapid.T) {
			w := &walk{T: t, server: server, resources: map[string]*told{}}
			for _, name := range []string{"a", "b", "c"} {
				id := fmt.Sprintf("%s%d", name, walks.Add(1))
				w.ids = append(w.ids, id)
				w.resources[id] = &told{}
			}
			for range rapid.IntRange(1, 20).Draw(t, "steps") {
				w.step()
			}
			for _, id := range w.ids {
				w.history(id)
			}
		})
	})
}

// told is what the model knows of a resource: its versions from the first; a deletion has no body.
type told struct {
	methods []string
	bodies  []map[string]any
}

func (r *told) version() int { return len(r.bodies) }

func (r *told) live() bool { return len(r.bodies) > 0 && r.bodies[len(r.bodies)-1] != nil }

func (r *told) add(method string, body map[string]any) {
	r.methods, r.bodies = append(r.methods, method), append(r.bodies, body)
}

type walk struct {
	*rapid.T
	server    http.Handler
	ids       []string
	resources map[string]*told
}

func (w *walk) step() {
	id := rapid.SampledFrom(w.ids).Draw(w.T, "id")
	r := w.resources[id]
	switch rapid.SampledFrom([]string{"create", "put", "put", "put", "patch", "patch", "delete", "read", "vread", "history"}).Draw(w.T, "action") {
	case "create":
		w.create()
	case "put":
		w.put(id, r)
	case "patch":
		w.patch(id, r)
	case "delete":
		w.delete(id, r)
	case "read":
		w.read(id, r)
	case "vread":
		w.vread(id, r, rapid.IntRange(1, r.version()+2).Draw(w.T, "version"))
	case "history":
		w.history(id)
	}
}

// ask sends a request and checks the status of its answer.
func (w *walk) ask(want int, method, address, body string, headers ...string) *httptest.ResponseRecorder {
	w.Helper()
	req := httptest.NewRequest(method, "http://localhost/fhir"+address, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/fhir+json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	got := httptest.NewRecorder()
	w.server.ServeHTTP(got, req)
	if got.Code != want {
		w.Fatalf("%s %s %q: status %d, want %d: %s", method, address, headers, got.Code, want, got.Body)
	}
	return got
}

// shows checks that an answer carries a version.
func (w *walk) shows(got *httptest.ResponseRecorder, id string, version int, want map[string]any) {
	w.Helper()
	if tag := fmt.Sprintf(`W/"%d"`, version); got.Header().Get("ETag") != tag {
		w.Fatalf("ETag is %s, want %s", got.Header().Get("ETag"), tag)
	}
	have := decoded(w.T, got.Body.Bytes())
	meta, _ := have["meta"].(map[string]any)
	if meta["versionId"] != strconv.Itoa(version) || meta["lastUpdated"] == "" {
		w.Fatalf("meta is %v, want version %d", meta, version)
	}
	if have["id"] != id || !reflect.DeepEqual(bare(have), want) {
		w.Fatalf("got  %v\nwant %v", bare(have), want)
	}
}

func decoded(t *rapid.T, text []byte) (v map[string]any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// bare is a resource without what the record adds.
func bare(r map[string]any) map[string]any {
	r = maps.Clone(r)
	delete(r, "id")
	if meta, ok := r["meta"].(map[string]any); ok {
		meta = maps.Clone(meta)
		delete(meta, "versionId")
		delete(meta, "lastUpdated")
		r["meta"] = meta
		if len(meta) == 0 {
			delete(r, "meta")
		}
	}
	return r
}

// resource draws a resource as a client may write it.
func (w *walk) resource(id string) string {
	space := rapid.SampledFrom([]string{"", " ", "\n\t"})
	members := []string{`"resourceType":"Basic"`}
	if id != "" {
		members = append(members, fmt.Sprintf(`"id":%q`, id))
	}
	for _, m := range []string{
		`"meta":{}`, `"n":1.00`, `"n":12345678901234567890`, `"list":[1,2]`, `"meta" : {"tag":[{"code":"x"}], "versionId":"9"}`,
		`"author":{"display":"é\u4f60"}`, `"_created":{"id":"x"}`,
	} {
		name, _, _ := strings.Cut(m, ":")
		if rapid.Bool().Draw(w.T, m) && !strings.Contains(strings.Join(members, ","), strings.TrimSpace(name)) {
			members = append(members, m)
		}
	}
	members = rapid.Permutation(members).Draw(w.T, "order")
	for i := range members {
		members[i] = space.Draw(w.T, "space") + members[i] + space.Draw(w.T, "space")
	}
	return space.Draw(w.T, "space") + "{" + strings.Join(members, ",") + "}"
}

func (w *walk) create() {
	if len(w.ids) > 5 {
		return
	}
	body := w.resource("")
	got := w.ask(http.StatusCreated, "POST", "/Basic", body)
	parts := strings.Split(got.Header().Get("Location"), "/")
	id := parts[len(parts)-3]
	w.ids, w.resources[id] = append(w.ids, id), &told{}
	w.resources[id].add("POST", bare(decoded(w.T, []byte(body))))
	w.shows(got, id, 1, w.resources[id].bodies[0])
}

// match draws an If-Match, or none, and tells whether it stands in the way.
func (w *walk) match(r *told) (headers []string, stops bool) {
	if !rapid.Bool().Draw(w.T, "with If-Match") {
		return nil, false
	}
	v := max(1, rapid.IntRange(r.version()-1, r.version()).Draw(w.T, "If-Match"))
	return []string{"If-Match", fmt.Sprintf(`W/"%d"`, v)}, !r.live() || v != r.version()
}

func (w *walk) put(id string, r *told) {
	body := w.resource(id)
	headers, stops := w.match(r)
	if stops {
		w.ask(http.StatusPreconditionFailed, "PUT", "/Basic/"+id, body, headers...)
		return
	}
	status := http.StatusOK
	if !r.live() {
		status = http.StatusCreated
	}
	got := w.ask(status, "PUT", "/Basic/"+id, body, headers...)
	r.add("PUT", bare(decoded(w.T, []byte(body))))
	w.shows(got, id, r.version(), r.bodies[r.version()-1])
}

func (w *walk) patch(id string, r *told) {
	headers, stops := w.match(r)
	kind := rapid.SampledFrom([]string{"add", "remove", "test"}).Draw(w.T, "operation")
	patch := fmt.Sprintf(`[{"op":"add","path":"/z","value":0},{"op":%q,"path":"/n","value":2.50}]`, kind)
	headers = append(headers, "Content-Type", "application/json-patch+json")
	status := http.StatusOK
	var next map[string]any
	switch {
	case stops:
		status = http.StatusPreconditionFailed
	case r.version() == 0:
		status = http.StatusNotFound
	case !r.live():
		status = http.StatusGone
	default:
		next = maps.Clone(r.bodies[r.version()-1])
		old, there := next["n"]
		next["z"] = json.Number("0")
		switch {
		case kind == "add":
			next["n"] = json.Number("2.50")
		case kind == "remove" && there:
			delete(next, "n")
		case old != json.Number("2.50"):
			status = http.StatusUnprocessableEntity
		}
	}
	got := w.ask(status, "PATCH", "/Basic/"+id, patch, headers...)
	if status == http.StatusOK {
		r.add("PATCH", next)
		w.shows(got, id, r.version(), next)
	}
}

func (w *walk) delete(id string, r *told) {
	headers, stops := w.match(r)
	if stops {
		w.ask(http.StatusPreconditionFailed, "DELETE", "/Basic/"+id, "", headers...)
		return
	}
	w.ask(http.StatusNoContent, "DELETE", "/Basic/"+id, "", headers...)
	if r.live() {
		r.add("DELETE", nil)
	}
}

func (w *walk) read(id string, r *told) {
	switch {
	case r.live():
		w.shows(w.ask(http.StatusOK, "GET", "/Basic/"+id, ""), id, r.version(), r.bodies[r.version()-1])
		w.ask(http.StatusNotModified, "GET", "/Basic/"+id, "", "If-None-Match", fmt.Sprintf(`W/"%d"`, r.version()))
	case r.version() > 0:
		w.ask(http.StatusGone, "GET", "/Basic/"+id, "")
	default:
		w.ask(http.StatusNotFound, "GET", "/Basic/"+id, "")
	}
}

func (w *walk) vread(id string, r *told, v int) {
	address := fmt.Sprintf("/Basic/%s/_history/%d", id, v)
	switch {
	case v > r.version():
		w.ask(http.StatusNotFound, "GET", address, "")
	case r.bodies[v-1] == nil:
		w.ask(http.StatusGone, "GET", address, "")
	default:
		w.shows(w.ask(http.StatusOK, "GET", address, ""), id, v, r.bodies[v-1])
	}
}

func (w *walk) history(id string) {
	r := w.resources[id]
	if r.version() == 0 {
		w.ask(http.StatusNotFound, "GET", "/Basic/"+id+"/_history", "")
		return
	}
	var b struct {
		Entry []struct {
			Resource json.RawMessage
			Request  struct{ Method string }
			Response struct{ Etag string }
		}
	}
	if err := json.Unmarshal(w.ask(http.StatusOK, "GET", "/Basic/"+id+"/_history", "").Body.Bytes(), &b); err != nil {
		w.Fatal(err)
	}
	if len(b.Entry) != r.version() {
		w.Fatalf("%d versions, want %d", len(b.Entry), r.version())
	}
	for i, e := range b.Entry {
		v := r.version() - i
		if e.Response.Etag != fmt.Sprintf(`W/"%d"`, v) || e.Request.Method != r.methods[v-1] {
			w.Fatalf("place %d of the history is %+v, want version %d by %s", i, e, v, r.methods[v-1])
		}
		if body := r.bodies[v-1]; (body == nil) != (e.Resource == nil) || body != nil && !reflect.DeepEqual(bare(decoded(w.T, e.Resource)), body) {
			w.Fatalf("version %d is %s, want %v", v, e.Resource, body)
		}
	}
}
