package rest_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestRoomForBodies fills the room that bodies have together with requests that do not end: the next one is told to
// come back, and is served once there is room again.
func TestRoomForBodies(t *testing.T) {
	t.Parallel()
	const most = 1000
	base := serve(t, databases["sqlite"](t), options{maxBody: most})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	var slow []net.Conn
	hold := func() { // a create that comes while they are read can take the last of the room from one of them
		for _, c := range slow {
			c.Close()
		}
		slow = nil
		for range 4 {
			c, err := net.Dial("tcp", u.Host)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(c, "POST /fhir/Patient HTTP/1.1\r\nHost: %s\r\nContent-Type: application/fhir+json\r\nContent-Length: %d\r\n\r\n%s", u.Host, most, strings.Repeat(" ", most-1))
			slow = append(slow, c)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Cleanup(func() {
		for _, c := range slow {
			c.Close()
		}
	})
	create := func() *http.Response {
		t.Helper()
		answer, err := http.Post(base+"/Patient", "application/fhir+json", strings.NewReader(`{"resourceType":"Patient"}`))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer
	}
	until(t, func() bool { hold(); return create().StatusCode == http.StatusServiceUnavailable })
	if got := create().Header.Get("Retry-After"); got == "" {
		t.Error("it is not told when to come back")
	}
	fmt.Fprint(slow[0], " ")
	answer, err := http.ReadResponse(bufio.NewReader(slow[0]), nil)
	if err != nil || answer.StatusCode != http.StatusBadRequest {
		t.Fatalf("%v, %v", answer, err)
	}
	slow[1].Close()
	until(t, func() bool { return create().StatusCode == http.StatusCreated })
}

// until waits for something that another goroutine brings about.
func until(t *testing.T, is func() bool) {
	t.Helper()
	for range 200 {
		if is() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("it did not come about")
}
