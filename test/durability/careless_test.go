package durability

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

const carelessEnv = "DURABILITY_TEST_CARELESS"

// careless are servers that answer what is not yet on the disk, each by another fault that ours must not have, and one that
// does not write the log that is looked at. These are the statements that their connections begin with.
var careless = map[string]map[string][]string{
	"sqlite": {
		"synchronous off":           {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=OFF"},
		"synchronous normal":        {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL"},
		"answers before the commit": {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"},
		"no log":                    {"PRAGMA journal_mode=DELETE", "PRAGMA synchronous=FULL"},
	},
	"pgx": {
		"synchronous_commit off":    {"SET synchronous_commit = off"},
		"answers before the commit": {"SET synchronous_commit = on"},
	},
}

// beCareless serves a table in a careless way until it is told to end.
func beCareless(how, address string) {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	go func() { <-end; os.Exit(0) }()
	driver := "sqlite"
	if strings.HasPrefix(address, "postgres:") {
		driver = "pgx"
	}
	ctx := context.Background()
	db, err := sql.Open(driver, address)
	must(err)
	conn, err := db.Conn(ctx) // one is enough to be careless with
	must(err)
	for _, s := range append(careless[driver][how], "DROP TABLE IF EXISTS res", "CREATE TABLE res (body TEXT)") {
		_, err := conn.ExecContext(ctx, s)
		must(err)
	}
	turn := make(chan struct{}, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Printf("careless at http://%s\n", l.Addr())
	must(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		must(err)
		turn <- struct{}{}
		defer func() { <-turn }()
		tx, err := conn.BeginTx(ctx, nil)
		must(err)
		_, err = tx.ExecContext(ctx, "INSERT INTO res VALUES ($1)", string(body))
		must(err)
		if strings.HasPrefix(how, "answers before") {
			answer(w, body)
			must(tx.Commit())
			return
		}
		must(tx.Commit())
		answer(w, body)
	})))
}

func answer(w http.ResponseWriter, body []byte) {
	w.WriteHeader(http.StatusCreated)
	_, err := w.Write(body)
	must(err)
	must(http.NewResponseController(w).Flush())
}

// must ends the careless server at the first error.
func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "careless:", err)
		os.Exit(1)
	}
}

// itself is the command that serves carelessly: this test.
func itself(string) []string { return []string{os.Args[0]} }
