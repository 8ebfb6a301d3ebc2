package load

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Bar draws the progress of a load on a terminal: how much is done, how quickly, and how long it will take.
type Bar struct {
	mu        sync.Mutex
	w         io.Writer
	total     int64
	done      int64
	resources int
	began     time.Time
	drawn     time.Time
	now       func() time.Time
}

// NewBar starts a bar for files of so many bytes.
func NewBar(w io.Writer, total int64, now func() time.Time) *Bar {
	return &Bar{w: w, total: max(total, 1), began: now(), now: now}
}

const (
	barWidth = 30
	redraw   = 200 * time.Millisecond
)

// Done implements [Progress].
func (b *Bar) Done(bytes int64, resources int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done += bytes
	b.resources += resources
	now := b.now()
	if now.Sub(b.drawn) < redraw && b.done < b.total {
		return
	}
	b.drawn = now
	fmt.Fprint(b.w, "\r"+b.line(now.Sub(b.began)))
	if b.done >= b.total {
		fmt.Fprintln(b.w)
	}
}

func (b *Bar) line(took time.Duration) string {
	part := min(float64(b.done)/float64(b.total), 1)
	full := int(part * barWidth)
	rate := float64(b.resources) / max(took.Seconds(), 0.001)
	left := "–"
	if part > 0 {
		left = (time.Duration(float64(took) * (1 - part) / part)).Round(time.Second).String()
	}
	return fmt.Sprintf("[%s%s] %3.0f %%  %d resources  %.0f/s  %s left   ", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), part*100, b.resources, rate, left)
}

// Quiet is a Progress that shows nothing.
type Quiet struct{}

// Done implements [Progress].
func (Quiet) Done(int64, int) {}
