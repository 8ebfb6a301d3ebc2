package gate

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// Apply carries out ops as one transaction, all or none, in the order deletes, creates, updates, patches, reads. It
// returns one result for each op, in the order given. With an idempotency key the same request is carried out once.
//
// The error is that of the first op that cannot be done: NotFound, Gone or Precondition where its target or condition
// says so, Conflict for a delete of what others point to, Unprocessable for a reference that leads nowhere, Malformed
// for two ops on one target.
func (s *Session) Apply(ctx context.Context, ops []Op, once *Idempotency) ([]Result, error) {
	return s.Commit(ctx, ops, nil, once)
}

// Job is work that is asked for in a transaction, to be done when that stands and the job is due.
type Job = store.Job

// Commit is [Session.Apply] that asks for jobs in the same transaction: both stand or neither does.
func (s *Session) Commit(ctx context.Context, ops []Op, jobs []Job, once *Idempotency) ([]Result, error) {
	t := &transaction{ctx: ctx, session: s, reader: s.gate.db, ops: ops, jobs: jobs, once: once}
	results, err := t.apply()
	if err != nil {
		return nil, cmp.Or(t.tried(err), err)
	}
	return results, nil
}

func (t *transaction) apply() ([]Result, error) {
	s, ctx := t.session, t.ctx
	if err := t.permitted(); err != nil {
		return nil, err
	}
	if err := t.look(); err != nil {
		return nil, err
	}
	t.ask()
	if t.looksAhead() { // resolve and patch outside the writer; inside, only check that nothing has changed
		found, err := s.gate.db.Gather(ctx, t.want)
		if err != nil {
			return nil, err
		}
		if found.Answer != nil { // it stands, however the conditions would come out now
			past, err := t.recall(found.Answer)
			if err != nil {
				return nil, err
			}
			return s.replay(ctx, past)
		}
		resolved, err := t.settle(s.gate.db, found)
		if err != nil {
			return nil, err
		}
		if err := t.patchAhead(ctx, found, resolved); err != nil {
			return nil, err
		}
	} else if err := t.prepare(resolution{}); err != nil {
		return nil, err
	}
	var results []Result
	var past []recalled
	want := t.want
	want.Live, want.Places = t.targets, t.wanted()
	want.Heads = slices.Concat(want.Heads, t.editions)
	want.Seek = slices.Concat(want.Seek, t.inbound())
	err := s.gate.db.Write(ctx, store.Work{Puts: len(t.ops), Want: want, Do: func(tx store.Tx, found store.Found) (err error) {
		results, past, err = t.run(tx, want, found)
		return err
	}})
	if err == nil && past != nil {
		return s.replay(ctx, past)
	}
	if err == nil {
		err = s.tellFound(results)
	}
	return results, err
}

// looksAhead tells whether the ops need to see the record before their resources can be prepared.
func (t *transaction) looksAhead() bool {
	return len(t.conditions) > 0 || slices.ContainsFunc(t.ops, func(o Op) bool { return o.Kind == Patch })
}

// transaction is the work on one list of ops. What can be done before the database's transaction is done once: what
// must be asked, the new ids, and, as long as the conditions come out the same, the bodies and keys.
type transaction struct {
	ctx     context.Context // of the request; validation ends with it
	session *Session
	view    *view
	reader  reader // of the database, or of the transaction while it runs
	ops     []Op
	jobs    []Job
	once    *Idempotency

	want       store.Want
	conditions map[string]*condition // by their text, so that each is asked once
	newIDs     []string              // for ops that may create
	met        resolution            // what was found last
	settled    resolution            // for which prepared holds
	known      map[string]string     // names of this record for the full URLs of the list
	prepared   []prepared            // by op; zero for ops without a resource
	targets    []fhir.Ref            // what the prepared resources refer to outside the list
	editions   []fhir.Ref            // those of which they name a version
	ahead      map[int]patched       // by op
	silent     silence               // of what ops change
}

// resolution tells which resource each condition means: nil for none.
type resolution map[string]*store.Version

// prepared is the form in which a resource will be kept.
type prepared struct {
	ref    fhir.Ref
	body   fhir.Body
	issues []fault.Issue // that the writer is told of
	said   said
	description
}

// ask collects what the transaction must know.
func (t *transaction) ask() {
	t.conditions = map[string]*condition{}
	t.newIDs = make([]string, len(t.ops))
	t.prepared = make([]prepared, len(t.ops))
	if t.once != nil {
		t.want.Key = t.idempotencyKey()
	}
	asked := make(map[fhir.Ref]bool, len(t.ops))
	for i := range t.ops {
		o := &t.ops[i]
		if o.ID != "" {
			if !asked[o.target()] {
				t.want.Heads = append(t.want.Heads, o.target())
			}
			asked[o.target()] = true
		} else {
			t.newIDs[i] = newID()
		}
		if o.Match != nil {
			t.condition(o.Match)
		}
		if o.Kind == Create || o.Kind == Update {
			o.Resource.Links(func(l fhir.Link) {
				if c := t.session.conditional(l); c != nil {
					t.condition(c)
				}
			})
			if o.Match != nil && o.Resource.ID != "" { // a conditional update may create under its own id
				t.want.Heads = append(t.want.Heads, fhir.Ref{Type: o.Type, ID: o.Resource.ID})
			}
		}
	}
	for _, c := range t.conditions {
		c.want(t.session.gate, &t.want)
	}
}

func (t *transaction) condition(c *Criteria) {
	if _, ok := t.conditions[c.String()]; !ok {
		wide := *c
		wide.all = t.view.narrowed(c.Type, c.all)
		other := slices.ContainsFunc(c.all, func(one *search.Criterion) bool { return !one.Identifies() })
		t.conditions[c.String()] = &condition{Criteria: &wide, identifies: !other}
	}
}

// look makes the view of the conditions. These find what may be found without a permit; what a resident withholds is there for
// the feeds that keep it up.
func (t *transaction) look() (err error) {
	var all []*search.Criterion
	t.criteria(func(c *Criteria) { all = append(all, c.all...) })
	if t.view, _, err = t.session.viewOf(t.ctx, t.session.gate.db, all); err == nil {
		err = t.view.touchBy(all)
	}
	return err
}

// criteria calls do with those of every op.
func (t *transaction) criteria(do func(*Criteria)) {
	for i := range t.ops {
		o := &t.ops[i]
		if o.Match != nil {
			do(o.Match)
		}
		if o.Kind == Create || o.Kind == Update {
			o.Resource.Links(func(l fhir.Link) {
				if c := t.session.conditional(l); c != nil {
					do(c)
				}
			})
		}
	}
}

// settle resolves the conditions and prepares the bodies anew where they come out otherwise than before.
func (t *transaction) settle(reader store.Reader, found store.Found) (resolution, error) {
	now := resolution{}
	if err := t.bounded(found); err != nil {
		return nil, err
	}
	t.met = now
	for text, c := range t.conditions {
		match, err := c.one(t.view, reader, found)
		if err != nil {
			return nil, err
		}
		now[text] = match
	}
	if t.settled != nil && maps.EqualFunc(now, t.settled, sameRef) {
		return now, nil
	}
	return now, t.prepare(now)
}

// searchedMost bounds the conditions of a transaction that have to be searched for, while other writes wait.
const searchedMost = 50

// bounded refuses conditions that would keep other writes waiting.
func (t *transaction) bounded(found store.Found) error {
	searched := 0
	for _, c := range t.conditions {
		if _, few := c.few(found); !few {
			searched++
		}
	}
	if searched > searchedMost {
		return fault.New(fault.TooLarge, "More than %d conditions of the transaction need a search; let them name identifiers, or send them in several transactions.", searchedMost).WithIssue("too-costly")
	}
	return nil
}

func sameRef(a, b *store.Version) bool { return a == b || a != nil && b != nil && a.Ref == b.Ref }

// run is the transaction proper.
func (t *transaction) run(tx store.Tx, want store.Want, found store.Found) (results []Result, past []recalled, err error) {
	t.reader, t.view.open = tx, nil // what permits there are is asked anew
	if found.Answer != nil {
		past, err = t.recall(found.Answer)
		return nil, past, err
	}
	resolved, err := t.settle(tx, found)
	if err != nil {
		return nil, nil, err
	}
	d := decision{transaction: t, resolved: resolved}
	d.learn(want, found)
	if err := d.listen(tx, d.head); err != nil {
		return nil, nil, err
	}
	if err := d.decide(); err != nil {
		return nil, nil, err
	}
	if err := d.check(tx); err != nil {
		return nil, nil, err
	}
	if err := d.reserve(tx); err != nil {
		return nil, nil, err
	}
	if err := d.withhold(tx); err != nil {
		return nil, nil, err
	}
	if err := tx.Put(d.changes); err != nil {
		return nil, nil, err
	}
	if len(t.jobs) > 0 {
		if err := tx.Enqueue(t.jobs); err != nil {
			return nil, nil, err
		}
	}
	if err := d.grants(tx); err != nil {
		return nil, nil, err
	}
	if err := d.trace(tx); err != nil {
		return nil, nil, err
	}
	if results, err = d.results(); err != nil {
		return nil, nil, err
	}
	return results, nil, t.remember(tx, results)
}

// inbound asks for what points to the resources that ops delete by their ids.
func (t *transaction) inbound() (seeks []store.Seek) {
	if !t.session.gate.config.References {
		return nil
	}
	for i := range t.ops {
		if o := &t.ops[i]; o.Kind == Delete && o.Match == nil {
			seeks = append(seeks, t.pointingTo(o.target()))
		}
	}
	return seeks
}

// pointingTo asks for one resource more than the ops could themselves delete or change.
func (t *transaction) pointingTo(ref fhir.Ref) store.Seek {
	g := t.session.gate
	seek := store.Seek{Most: len(t.ops) + 1, Naming: true}
	for _, of := range schema.Types() {
		for _, span := range g.index.Table().Referring(of, ref).Spans {
			seek.Keys = append(seek.Keys, g.hasher.Key(span.Term))
		}
	}
	return seek
}

// at puts the place of an op in front of the places of an error.
func (o *Op) at(err error) error {
	f := fault.From(err)
	if o.Place == "" || f.Code == fault.Internal {
		return err
	}
	places := []string{o.Place}
	if len(f.Expression) > 0 {
		places = make([]string, len(f.Expression))
		for i, x := range f.Expression {
			places[i] = o.inRequest(x)
		}
	}
	f = f.At(places...)
	f.Issues = o.issues(f.Issues)
	return f
}

// issues puts the place of an op in front of the places of issues.
func (o *Op) issues(issues []fault.Issue) []fault.Issue {
	if o.Place == "" {
		return issues
	}
	issues = slices.Clone(issues)
	for i := range issues {
		issues[i].Expression = o.inRequest(issues[i].Expression)
	}
	return issues
}

// inRequest turns a place in the op's resource into one in the request.
func (o *Op) inRequest(place string) string {
	if o.Place == "" || strings.HasPrefix(place, o.Place) {
		return place
	}
	_, inside, ok := strings.Cut(place, ".")
	if !ok {
		return o.Place + ".resource"
	}
	return o.Place + ".resource." + inside
}
