package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"yitong/internal/fault"
	"yitong/internal/tlog"
	"yitong/internal/tlog/witness"
)

// Witness are the settings of a second party that cosigns the logs of trails.
type Witness struct {
	KeyFile string   `help:"File with the witness's key; yitong witness key makes one." name:"key" required:"" placeholder:"FILE"`
	State   string   `help:"Folder in which the witness remembers what it has signed. It must not be lost, nor brought back to what it was: a witness that forgets is none." default:"witness" placeholder:"DIR"`
	Listen  string   `help:"Address to listen on. Nothing secret goes over the wire, and all that counts is signed." default:"127.0.0.1:8090"`
	Logs    []string `help:"Public key of a log to cosign, as yitong trail key prints it. For several, repeat it." name:"log" required:"" placeholder:"KEY"`
	Metrics bool     `help:"Answer Prometheus at /metrics, from this machine only."`
}

// Serve listens until ctx ends. up is called once with the address that is listened on.
func (c Witness) Serve(ctx context.Context, log *slog.Logger, up func(addr string)) (err error) {
	w, err := c.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	mux := http.NewServeMux()
	mux.Handle("/", w.Handler(log))
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	if c.Metrics {
		mux.Handle("/metrics", here(w.Metrics()))
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fault.New(fault.Unavailable, "The witness cannot listen on %s.", c.Listen).Because(err)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	up(l.Addr().String())
	select {
	case err := <-failed:
		return fault.Wrap(err, "serving")
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return server.Shutdown(ctx)
}

// open opens the witness.
func (c Witness) open() (*witness.Witness, error) {
	text, err := secretFile(c.KeyFile)
	if err != nil {
		return nil, err
	}
	key, err := witness.ReadKey(text)
	if err != nil {
		return nil, err
	}
	var logs []tlog.Public
	for _, text := range c.Logs {
		l, err := tlog.ParsePublic(text)
		if err != nil {
			return nil, err
		}
		logs = append(logs, l)
	}
	return witness.Open(c.State, key, logs)
}

// NewWitnessKey makes a file with the key of a witness, and tells by what others check what it signs.
func NewWitnessKey(path, name string) (public string, err error) {
	if err := witness.NewKey(path, name); err != nil {
		return "", err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fault.Wrap(err, "reading the key of a witness")
	}
	return witness.Public(string(text))
}
