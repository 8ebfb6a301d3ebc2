package witness

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"yitong/internal/fault"
)

const (
	maxSteps   = 63 // of a proof (c2sp.org/tlog-witness)
	maxRequest = 64 << 10

	addPath    = "/add-checkpoint"
	latestPath = "/latest/"
	sizeType   = "text/x.tlog.size"
)

// meter are the witness's numbers.
type meter struct {
	registry *prometheus.Registry
	asked    *prometheus.CounterVec
	size     *prometheus.GaugeVec
}

func newMeter() *meter {
	m := &meter{
		registry: prometheus.NewRegistry(),
		asked: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "yitong_witness_requests_total", Help: "Checkpoints that were sent, by the status of the answer.",
		}, []string{"status"}),
		size: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "yitong_witness_log_leaves", Help: "Leaves of the newest checkpoint of a log.",
		}, []string{"log"}),
	}
	m.registry.MustRegister(m.asked, m.size)
	return m
}

// Metrics answers Prometheus.
func (w *Witness) Metrics() http.Handler {
	return promhttp.HandlerFor(w.meter.registry, promhttp.HandlerOpts{})
}

// Handler answers POST /add-checkpoint (c2sp.org/tlog-witness), and GET /latest/NAME, which is a JSON array of strings:
// the newest checkpoint of each epoch of the log, signed by it and by the witness at this moment.
func (w *Witness) Handler(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+addPath, func(rw http.ResponseWriter, r *http.Request) {
		line, err := w.add(http.MaxBytesReader(rw, r.Body, maxRequest))
		status := statusOf(err)
		w.meter.asked.WithLabelValues(strconv.Itoa(status)).Inc()
		if err != nil {
			refuse(rw, log, status, err)
			return
		}
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		rw.Write(line)
	})
	mux.HandleFunc("GET "+latestPath+"{name...}", func(rw http.ResponseWriter, r *http.Request) {
		notes, err := w.Latest(r.PathValue("name"))
		if err != nil {
			refuse(rw, log, statusOf(err), err)
			return
		}
		texts := make([]string, len(notes))
		for i, n := range notes {
			texts[i] = string(n)
		}
		rw.Header().Set("Content-Type", "application/json")
		json.NewEncoder(rw).Encode(texts)
	})
	return mux
}

// add reads a request.
func (w *Witness) add(body io.Reader) ([]byte, error) {
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, fault.New(fault.Malformed, "The request has more than %d bytes, or broke off.",
			maxRequest).Because(err)
	}
	old, steps, checkpoint, err := parse(text)
	if err != nil {
		return nil, fault.New(fault.Malformed, "The request is not as c2sp.org/tlog-witness has it: %v.", err)
	}
	return w.Add(old, steps, checkpoint)
}

// parse takes a request apart: "old" and a number, the steps of the proof, an empty line, the checkpoint.
func parse(text []byte) (old int64, steps [][]byte, checkpoint []byte, err error) {
	head, checkpoint, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	number, begins := strings.CutPrefix(lines[0], "old ")
	if !found || !begins {
		return 0, nil, nil, errors.New("it should begin with old, a space and a number, and have an empty line " +
			"before the checkpoint")
	}
	if old, err = strconv.ParseInt(number, 10, 64); err != nil || old < 0 || strconv.FormatInt(old, 10) != number {
		return 0, nil, nil, fmt.Errorf("%q is not a number of leaves", number)
	}
	if len(lines)-1 > maxSteps {
		return 0, nil, nil, fmt.Errorf("the proof has more than %d steps", maxSteps)
	}
	for _, line := range lines[1:] {
		step, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			return 0, nil, nil, errors.New("a step of the proof is not in base64")
		}
		steps = append(steps, step)
	}
	return old, steps, checkpoint, nil
}

// statusOf is the status of an answer.
func statusOf(err error) int {
	switch fault.CodeOf(err) {
	case "":
		return http.StatusOK
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Unprocessable:
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}

func refuse(rw http.ResponseWriter, log *slog.Logger, status int, err error) {
	if c, ok := errors.AsType[*conflict](err); ok {
		rw.Header().Set("Content-Type", sizeType)
		rw.WriteHeader(status)
		fmt.Fprintln(rw, c.size)
		return
	}
	if status != http.StatusBadRequest && status != http.StatusNotFound {
		log.Warn("a checkpoint was not cosigned", "status", status, "cause", err)
	}
	message := fault.From(err).Message
	if status == http.StatusInternalServerError {
		message = "The witness cannot sign at the moment."
	}
	http.Error(rw, message, status)
}
