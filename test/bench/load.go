package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// client is one connection that sends requests one after the other. It does no more than it must, because it runs on
// the server's cores.
type client struct {
	conn   net.Conn
	in     *bufio.Reader
	out    bytes.Buffer
	answer []byte
	host   string
}

func dial(addr string) (*client, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), host: addr}, nil
}

// do sends a request and reads its answer whole. The answer's bytes are good until the next request.
func (c *client) do(method, path string, body []byte, header string) (status int, location string, answer []byte, err error) {
	c.out.Reset()
	fmt.Fprintf(&c.out, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nContent-Type: application/fhir+json\r\n%s\r\n", method, path, c.host, len(body), header)
	c.out.Write(body)
	if _, err = c.conn.Write(c.out.Bytes()); err != nil {
		return 0, "", nil, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil || len(line) < 12 {
		return 0, "", nil, fmt.Errorf("no status line: %q, %w", line, err)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, "", nil, err
	}
	size, location, err := c.headers()
	if err != nil {
		return 0, "", nil, err
	}
	c.answer = slices.Grow(c.answer[:0], size)[:size]
	_, err = io.ReadFull(c.in, c.answer)
	return status, location, c.answer, err
}

// headers reads the two headers that are of interest. The server tells the length of every answer that it does not
// compress.
func (c *client) headers() (size int, location string, err error) {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, "", err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			return size, location, nil
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) {
		case "Content-Length":
			if size, err = strconv.Atoi(string(value)); err != nil {
				return 0, "", err
			}
		case "Location":
			location = string(value)
		case "Transfer-Encoding":
			return 0, "", fmt.Errorf("an answer without a length")
		}
	}
}

// load is what a number of workers have done in a time.
type load struct {
	took   time.Duration
	times  []time.Duration // of each request, or of each call of step
	units  int
	failed int
}

func (l load) rate() float64 { return float64(l.units) / l.took.Seconds() }

func (l load) percentile(share float64) time.Duration {
	if len(l.times) == 0 {
		return 0
	}
	slices.Sort(l.times)
	return l.times[min(int(share*float64(len(l.times))), len(l.times)-1)]
}

// step does one thing, times it by itself if need be, and tells how many units it was. It ends the load with io.EOF.
type step func(worker, n int) (units int, err error)

// drive runs step on workers until the time is over or every worker has met io.EOF. Any other error fails the load's
// unit; the first one is returned with the load.
func drive(ctx context.Context, workers int, most time.Duration, do step) (load, error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	var mu sync.Mutex
	var all load
	var first error
	var wg sync.WaitGroup
	began := time.Now()
	for w := range workers {
		wg.Go(func() {
			var mine load
			for n := 0; n == 0 || ctx.Err() == nil; n++ { // once, however late a busy machine lets it begin
				start := time.Now()
				units, err := do(w, n)
				if err == io.EOF {
					break
				}
				mine.times = append(mine.times, time.Since(start))
				mine.units += units
				if err != nil {
					mine.failed++
					mu.Lock()
					if first == nil {
						first = err
					}
					mu.Unlock()
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all.times = append(all.times, mine.times...)
			all.units += mine.units
			all.failed += mine.failed
		})
	}
	wg.Wait()
	all.took = time.Since(began)
	return all, first
}
