package histories

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store"
)

const (
	clients  = 8
	asks     = 40               // of each client
	patience = 20 * time.Second // that the search for an order may take
	never    = math.MaxInt64    // the end of a call whose answer was lost: it may take effect at any time, or not at all
)

// call is what a client asks. A kind of history gives its members their meaning.
type call struct {
	do      string
	key     string // the thing that it is about; things with different keys have nothing to do with each other
	n       int    // what is written; no other call of the history writes the same
	version int64  // If-Match, as in [gate.Op]
	absent  bool   // If-None-Match: *
	who     string // holder of a place, or the id of a resource
	place   int    // of a scope
	over    bool   // it is taken until an instant that has passed
}

// answer is what a client was told.
type answer struct {
	lost    bool       // nobody knows what became of the call
	code    fault.Code // of a refusal
	event   string
	id      string
	version int64
	other   int64 // the version of the second resource, where there are two
	linked  bool  // it points to the first
	value   value
}

// value is what a resource says in two places: a patch changes the second and leaves the first as it was.
type value struct{ a, b int }

func refused(code fault.Code) answer { return answer{code: code} }

// kind is a kind of history.
type kind struct {
	model porcupine.Model
	draw  func(w *worker, key string) call
	do    func(w *worker, c call) (answer, error)
	must  []string // events and codes that a history of this kind must have, or it shows too little
}

// modelOf makes a model of what a call does to a thing: the state after it, and what must have been answered. What was
// answered is given only for the ids that the server chose. The zero state is that of a thing nobody has touched.
//
// A lost call takes effect where it stands in the order. One that was never carried out stands behind all others.
func modelOf[S comparable](next func(S, call, answer) (S, answer)) porcupine.Model {
	return porcupine.Model{
		Partition: byKey,
		Init: func() any {
			var untouched S
			return untouched
		},
		Step: func(state, in, out any) (bool, any) {
			told := out.(answer)
			after, must := next(state.(S), in.(call), told)
			return told.lost || told == must, after
		},
		DescribeOperation: func(in, out any) string { return fmt.Sprintf("%+v → %+v", in, out) },
		DescribeState:     func(state any) string { return fmt.Sprintf("%+v", state) },
	}
}

func byKey(history []porcupine.Operation) (parts [][]porcupine.Operation) {
	place := map[string]int{}
	for _, op := range history {
		key := op.Input.(call).key
		i, ok := place[key]
		if !ok {
			i = len(parts)
			place[key] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], op)
	}
	return parts
}

// worker is a client and what it has been told last of each key.
type worker struct {
	*testing.T
	*rand.Rand
	*gate.Session
	db    store.DB
	known map[string]answer
}

// work asks one thing after the other. A client whose answer was lost goes on as another one, so that no client ever waits
// for two answers.
func (w *worker) work(k kind, first int, others *atomic.Int64, begun time.Time, keys []string) (list []porcupine.Operation) {
	client := first
	for n := range asks {
		c := k.draw(w, keys[w.IntN(len(keys))])
		c.n = 1 + n*clients + first
		op := porcupine.Operation{ClientId: client, Input: c, Call: int64(time.Since(begun))}
		told, err := k.do(w, c)
		op.Return = int64(time.Since(begun))
		if code := fault.CodeOf(err); code == fault.Unavailable {
			told, op.Return = answer{lost: true}, never
			client = int(others.Add(1))
		} else if err != nil {
			told = refused(code)
		}
		if told.code == fault.Internal {
			w.Errorf("%+v: %v", c, err)
		}
		if told.event != "" {
			w.known[c.key] = told
		}
		op.Output = told
		list = append(list, op)
	}
	return list
}

// record lets clients work side by side, taking turns with the servers, and returns their history.
func record(t *testing.T, k kind, servers []store.DB, seed uint64, round int) []porcupine.Operation {
	draw := rand.New(rand.NewPCG(seed, uint64(round)))
	var keys []string
	for i := range 2 + draw.IntN(4) {
		keys = append(keys, fmt.Sprintf("%d-%d", round, i))
	}
	var gates []*gate.Gate
	for _, db := range servers {
		gates = append(gates, gate.New(db, gate.Config{References: true}))
	}
	parts := make([][]porcupine.Operation, clients)
	var others atomic.Int64
	others.Store(clients - 1)
	var wg sync.WaitGroup
	begun := time.Now()
	for i := range clients {
		w := &worker{T: t, Rand: rand.New(rand.NewPCG(seed, draw.Uint64())), known: map[string]answer{}, db: servers[i%len(servers)]}
		w.Session = gates[i%len(gates)].Session(gate.Actor{Reference: fmt.Sprintf("Practitioner/%d", i), Access: gate.Whole()})
		wg.Go(func() { parts[i] = w.work(k, i, &others, begun, keys) })
	}
	wg.Wait()
	return slices.Concat(parts...)
}

// inEachWorld records histories of a kind in each world and checks them.
func inEachWorld(t *testing.T, k kind) {
	t.Parallel()
	for name, open := range worlds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			servers, seed := open(t), seedOf(t)
			seen := map[string]int{}
			for round := range rounds() {
				history := record(t, k, servers, seed, round)
				for _, op := range history {
					told := op.Output.(answer)
					seen[told.outcome()]++
				}
				check(t, k.model, history, seed)
			}
			t.Log(seen)
			enough(t, seen, k.must)
		})
	}
}

func (a answer) outcome() string {
	if a.lost {
		return "lost"
	}
	return a.event + string(a.code)
}

// enough holds that the histories had what makes them worth checking, and that most of what happened is known.
func enough(t *testing.T, seen map[string]int, must []string) {
	t.Helper()
	all := 0
	for _, n := range seen {
		all += n
	}
	if seen["lost"] > all/10 {
		t.Errorf("%d of %d answers were lost; the test shows too little", seen["lost"], all)
	}
	for _, outcome := range must {
		if seen[outcome] == 0 {
			t.Errorf("nobody was told %q; the test shows too little", outcome)
		}
	}
}

// rounds is how many histories are made: one in every test run, many with YITONG_FAULTS=long.
func rounds() int {
	if os.Getenv("YITONG_FAULTS") == "long" {
		return 60
	}
	return 1
}

// seedOf is the seed of what clients ask, a new one unless YITONG_SEED gives it.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("YITONG_SEED")
	if text == "" {
		return rand.Uint64()
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("YITONG_SEED: %v", err)
	}
	return seed
}

// check fails the test unless there is an order that explains the history.
func check(t *testing.T, m porcupine.Model, history []porcupine.Operation, seed uint64) {
	t.Helper()
	switch porcupine.CheckOperationsTimeout(m, history, patience) {
	case porcupine.Illegal:
		t.Errorf("No order of %d calls explains what the clients were told: %s (YITONG_SEED=%d)", len(history), page(t, m, history), seed)
	case porcupine.Unknown:
		t.Errorf("In %v no order was found, nor that there is none. Let there be fewer clients, calls or lost answers. (YITONG_SEED=%d)", patience, seed)
	}
}

// page writes the history for a browser, with the orders that explain most of it, and tells where. It outlives the test.
func page(t *testing.T, m porcupine.Model, history []porcupine.Operation) string {
	t.Helper()
	_, info := porcupine.CheckOperationsVerbose(m, history, patience)
	f, err := os.CreateTemp("", "history-*.html")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := porcupine.Visualize(m, info, f); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}
