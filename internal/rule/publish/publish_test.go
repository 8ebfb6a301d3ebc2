package publish_test

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
	"yitong/internal/fhir/validate"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
	"yitong/internal/store"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

var china = time.FixedZone("CST", 8*60*60)

var answerWithin = rule.Of[rule.Workdays](rule.Table{
	Name: "access-question.answer-within", Title: bilingual.Text{Zh: "查询答复期限", En: "time to answer"}, Edition: "2026-01",
	Value: rule.Value{Min: "1", Max: "60"}, Rows: "region,from,to,value,source\n,2020-01-01,,15,某法第一条\n",
})

var tables = []*rule.Table{answerWithin.Table(), rule.WorkdayTable.Table()}

// world is a record with a clock of its own.
type world struct {
	*testing.T
	db    store.DB
	gate  *gate.Gate
	desk  *publish.Desk
	clock atomic.Int64 // microseconds
}

// each runs a test in a world of its own on each database.
func each(t *testing.T, test func(w *world)) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := &world{T: t, db: db, desk: publish.NewDesk(china, tables)}
		w.gate = gate.New(db, gate.Config{References: true, Zone: china, Owned: publish.Owned(),
			Now: func() time.Time { return time.UnixMicro(w.clock.Load()) }})
		w.at("2026-03-01")
		test(w)
	})
}

// at sets the clock to noon of a date.
func (w *world) at(date string) { w.clock.Store(noon(date).UnixMicro()) }

func noon(date string) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, date, china)
	if err != nil {
		panic(err)
	}
	return at.Add(12 * time.Hour)
}

// as is a session of somebody in a role, by the policy of the program.
func (w *world) as(name string, role gate.Role) *gate.Session {
	who := gate.Actor{Reference: "Practitioner/" + name, Role: role,
		Access: policy.Standard().Access(role, gate.Of{Actor: "Practitioner/" + name})}
	return w.gate.Session(who)
}

func (w *world) operator() *gate.Session { return w.as("operator", gate.Operator) }

func (w *world) regulator() *gate.Session { return w.as("regulator", gate.Regulator) }

// proposal is one for the table of tests.
func proposal(region, from string, rows ...string) publish.Proposal {
	lines, err := answerWithin.Table().ReadCSV("region,from,to,value,source\n" + strings.Join(rows, "\n") + "\n")
	if err != nil {
		panic(err)
	}
	return publish.Proposal{Version: rule.Version{Table: answerWithin.Table().Name, Region: region, From: from,
		Lines: lines}, Note: "因某决定"}
}

// draft drafts what is right.
func (w *world) draft(p publish.Proposal) publish.Document {
	w.Helper()
	all, err := w.desk.Draft(w.Context(), w.operator(), p)
	if err != nil {
		w.Fatal(err)
	}
	return all[0]
}

// publish publishes what is right.
func (w *world) publish(id string) publish.Document {
	w.Helper()
	d, err := w.desk.Publish(w.Context(), w.regulator(), id)
	if err != nil {
		w.Fatal(err)
	}
	return d
}

func (w *world) refused(err error, code fault.Code, says string) {
	w.Helper()
	if fault.CodeOf(err) != code || !strings.Contains(fault.From(err).Message, says) {
		w.Errorf("%v; want %s: %s", err, code, says)
	}
}

// TestFromDraftToBook: a draft counts for nobody; once it is published every book that follows has it, from its day on.
func TestFromDraftToBook(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.Context()
		live, err := publish.NewLive(ctx, w.desk, w.gate.Session(gate.Actor{Reference: "Device/rules",
			Access: gate.Whole()}))
		if err != nil {
			w.Fatal(err)
		}
		find := func(date string) rule.Ref {
			w.Helper()
			if err := live.Follow(ctx); err != nil {
				w.Fatal(err)
			}
			_, row, err := answerWithin.Find(live.Book(), "440106", noon(date))
			if err != nil {
				w.Fatal(err)
			}
			return row.Ref()
		}
		one := w.draft(proposal("440000", "2026-04-01", "440000,,,10,粤某文", "440100,,,8,穗某文"))
		if one.ID != "access-question.answer-within--2026-03" ||
			find("2026-05-01") != "access-question.answer-within@2026-01/1" {
			w.Errorf("a draft %s counts: %s", one.ID, find("2026-05-01"))
		}
		old := live.Book()
		w.at("2026-03-20")
		done := w.publish(one.ID)
		if got := find("2026-05-01"); got != "access-question.answer-within@2026-03/2" ||
			done.State != publish.StateActive {
			w.Errorf("%s, %s", got, done.State)
		}
		if got := find("2026-03-31"); got != "access-question.answer-within@2026-01/1" {
			w.Errorf("before its first day: %s", got)
		}
		if row, err := old.Find(answerWithin.Table().Name, "440106", noon("2026-05-01")); err != nil ||
			row.Ref() != "access-question.answer-within@2026-01/1" {
			w.Error("a book that somebody holds has changed")
		}
		if row, err := live.Book().AsKnown(noon("2026-03-19")).Find(answerWithin.Table().Name, "440106",
			noon("2026-05-01")); err != nil || row.Value() != "15" {
			w.Errorf("as known before: %v, %v", row, err)
		}
		if same := live.Book(); live.Follow(ctx) != nil || live.Book() != same {
			w.Error("a new book, though nothing has changed")
		}
		all, err := w.desk.List(ctx, w.regulator(), answerWithin.Table().Name)
		if err != nil || len(all) != 1 || all[0].Author != "Practitioner/operator" || all[0].Note != "因某决定" ||
			!all[0].Published.Equal(noon("2026-03-20")) {
			w.Errorf("%+v, %v", all, err)
		}
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.Context()
		p := proposal("", "2026-04-01", ",,,10,国某文")
		for _, role := range gate.Roles() {
			_, err := w.desk.Draft(ctx, w.as("a", role), p)
			if want := role == gate.Operator; (err == nil) != want {
				w.Errorf("%s drafts: %v", role, err)
			}
		}
		one := w.draft(p)
		for _, role := range gate.Roles() {
			if role != gate.Regulator {
				_, err := w.desk.Publish(ctx, w.as("a", role), one.ID)
				w.refused(err, fault.Forbidden, "$rules-publish")
			}
		}
		_, err := w.desk.Publish(ctx, w.as("operator", gate.Regulator), one.ID)
		w.refused(err, fault.Forbidden, "somebody else has to look")
		w.publish(one.ID)
	})
}

// TestNobodyElseWrites: an operator may write Libraries, but not these, and makes none of another into one.
func TestNobodyElseWrites(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.Context()
		one := w.draft(proposal("", "2026-04-01", ",,,10,国某文"))
		typeLibrary, _ := schema.TypeOf("Library")
		v, err := w.operator().Read(ctx, fhir.Ref{Type: typeLibrary, ID: one.ID})
		if err != nil {
			w.Fatal(err)
		}
		for _, body := range []string{
			string(v.Resource()), strings.Replace(string(v.Resource()), `"draft"`, `"active"`, 1),
			strings.Replace(string(v.Resource()), `"rules"`, `"x"`, 1),
		} {
			r, err := fhir.ParseResource([]byte(body))
			if err != nil {
				w.Fatal(err)
			}
			_, err = w.operator().Apply(ctx, []gate.Op{{Kind: gate.Update, Type: typeLibrary, ID: one.ID, Resource: r}},
				nil)
			w.refused(err, fault.Forbidden, "belongs to the process rules")
			body = strings.Replace(body, one.ID, "x", 1)
			for _, name := range []string{"", "urn:example:"} { // under the url of versions, and another
				r, _ = fhir.ParseResource([]byte(strings.Replace(body, `"`+publish.URL, `"`+cmp.Or(name, publish.URL), 1)))
				_, err = w.operator().Apply(ctx, []gate.Op{{Kind: gate.Create, Type: typeLibrary, Resource: r}}, nil)
				if want := name == "" || strings.Contains(body, `"rules"`); want != (fault.CodeOf(err) == fault.Forbidden) {
					w.Errorf("a Library of one's own: %v", err)
				}
			}
		}
		_, err = w.operator().Apply(ctx, []gate.Op{{Kind: gate.Delete, Type: typeLibrary, ID: one.ID}}, nil)
		w.refused(err, fault.Forbidden, "belongs to the process rules")
	})
}

func TestWhatIsRefused(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.Context()
		good, bad := proposal("", "2026-04-01", ",,,10,a"), proposal("", "2026-04-01", ",,,0,a", ",,,x,")
		_, err := w.desk.Draft(ctx, w.operator(), good, bad)
		w.refused(err, fault.Unprocessable, `row 1, value: "0" should be at least 1`)
		if n := len(fault.From(err).Issues); n != 3 {
			w.Errorf("%d issues", n)
		}
		if all, err := w.desk.List(ctx, w.operator(), ""); len(all) != 0 || err != nil {
			w.Errorf("part of it was taken: %v, %v", all, err)
		}
		other := good
		other.Table = "other"
		_, err = w.desk.Draft(ctx, w.operator(), other)
		w.refused(err, fault.NotFound, "no rule table other")
		_, err = w.desk.Draft(ctx, w.operator())
		w.refused(err, fault.Unprocessable, "1 to 200")
		_, err = w.desk.Publish(ctx, w.regulator(), "nothing")
		w.refused(err, fault.NotFound, "Library/nothing")
		one := w.draft(good)
		w.publish(one.ID)
		_, err = w.desk.Publish(ctx, w.regulator(), one.ID)
		w.refused(err, fault.Conflict, "active already")
	})
}

// TestSuccession: a version that is replaced for all of its days is retired, and is still known; one that is not stays
// active.
func TestSuccession(t *testing.T) {
	each(t, func(w *world) {
		states := func() string {
			all, err := w.desk.List(w.Context(), w.regulator(), "")
			if err != nil {
				w.Fatal(err)
			}
			var list []string
			for _, d := range all {
				list = append(list, d.Name+" "+string(d.State))
			}
			return strings.Join(list, ", ")
		}
		var got []string
		for i, p := range []publish.Proposal{
			proposal("440000", "2026-06-01", "440000,,,10,a"), proposal("440000", "2026-04-01",
				"440000,,,9,b"), proposal("", "2026-05-01", ",,,20,c"),
		} {
			w.at(fmt.Sprintf("2026-03-0%d", i+2))
			w.publish(w.draft(p).ID)
			got = append(got, states())
		}
		want := []string{
			"2026-03 active",
			"2026-03 retired, 2026-03.2 active",
			"2026-03 retired, 2026-03.2 active, 2026-03.3 active",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			w.Errorf("%q", got)
		}
		b, err := w.desk.Book(w.Context(), w.regulator())
		if err != nil {
			w.Fatal(err)
		}
		for date, value := range map[string]string{"2026-03-31": "15", "2026-04-30": "9", "2026-05-01": "20",
			"2026-07-01": "20"} {
			if row, err := b.Find(answerWithin.Table().Name, "440106", noon(date)); err != nil || row.Value() != value {
				w.Errorf("%s: %v, %v; want %s", date, row, err, value)
			}
		}
		if row, err := b.Row("access-question.answer-within@2026-03/1"); err != nil || row.Value() != "10" {
			w.Errorf("the row of a retired version: %v, %v", row, err)
		}
	})
}

// TestParsedOnce: what has not changed is not parsed again; what has changed is told as it is now.
func TestParsedOnce(t *testing.T) {
	each(t, func(w *world) {
		one := w.draft(proposal("", "2026-04-01", ",2020-01-01,,12,新法第一条"))
		list := func() publish.Document {
			w.Helper()
			all, err := w.desk.List(w.Context(), w.regulator(), "")
			if err != nil || len(all) != 1 {
				w.Fatal(all, err)
			}
			return all[0]
		}
		first, again := list(), list()
		if &first.Lines[0] != &again.Lines[0] {
			t.Error("what stayed as it was is parsed again")
		}
		w.publish(one.ID)
		if now := list(); now.State != publish.StateActive || now.Published.IsZero() || first.State != publish.StateDraft {
			t.Errorf("after publishing: %+v, before: %+v", now, first)
		}
	})
}

// TestRaces: of those who publish one draft at the same time one does; those who draft at the same time get different
// names, or are told.
func TestRaces(t *testing.T) {
	each(t, func(w *world) {
		one := w.draft(proposal("", "2026-04-01", ",,,10,a"))
		const many = 6
		var published, drafted atomic.Int32
		var all sync.WaitGroup
		for i := range many {
			all.Go(func() {
				_, err := w.desk.Publish(w.Context(), w.as(fmt.Sprint("r", i), gate.Regulator), one.ID)
				switch fault.CodeOf(err) {
				case "":
					published.Add(1)
				case fault.Conflict, fault.Unavailable:
				default:
					w.Error(err)
				}
			})
			all.Go(func() {
				_, err := w.desk.Draft(w.Context(), w.as(fmt.Sprint("o", i), gate.Operator),
					proposal("", "2026-05-01", ",,,11,b"))
				switch fault.CodeOf(err) {
				case "":
					drafted.Add(1)
				case fault.Conflict, fault.Unavailable:
				default:
					w.Error(err)
				}
			})
		}
		all.Wait()
		list, err := w.desk.List(w.Context(), w.regulator(), "")
		if err != nil || published.Load() != 1 || len(list) != 1+int(drafted.Load()) {
			w.Errorf("%d published, %d drafted, %d there; %v", published.Load(), drafted.Load(), len(list), err)
		}
	})
}

// TestDraftsPublishedTogether: one of them is; the others have not seen it, and are told.
func TestDraftsPublishedTogether(t *testing.T) {
	each(t, func(w *world) {
		const many = 5
		var ids []string
		for i := range many {
			ids = append(ids, w.draft(proposal("", "2026-04-01", fmt.Sprintf(",,,%d,a", i+1))).ID)
		}
		w.at("2026-03-02")
		var published atomic.Int32
		var all sync.WaitGroup
		for _, id := range ids {
			all.Go(func() {
				_, err := w.desk.Publish(w.Context(), w.regulator(), id)
				switch fault.CodeOf(err) {
				case "":
					published.Add(1)
				case fault.Conflict, fault.Unavailable:
				default:
					w.Error(err)
				}
			})
		}
		all.Wait()
		b, err := w.desk.Book(w.Context(), w.regulator())
		if err != nil || published.Load() != 1 || len(b.Versions(answerWithin.Table().Name)) != 2 {
			w.Errorf("%d published, %v; %v", published.Load(), b.Versions(answerWithin.Table().Name), err)
		}
	})
}

// TestLibraryIsValid: what is written is FHIR, as a draft and published.
func TestLibraryIsValid(t *testing.T) {
	each(t, func(w *world) {
		one := w.draft(proposal("440000", "2026-04-01", "440000,,,10,a", "440100,,,8,b"))
		typeLibrary, _ := schema.TypeOf("Library")
		v := validate.New(structure.R4(), terminology.R4())
		check := func() {
			w.Helper()
			kept, err := w.regulator().Read(w.Context(), fhir.Ref{Type: typeLibrary, ID: one.ID})
			if err != nil {
				w.Fatal(err)
			}
			r, err := fhir.ParseResource(kept.Resource())
			if err != nil {
				w.Fatal(err)
			}
			for _, i := range v.Resource(r.Root, validate.Options{}) {
				if i.Severity == validate.Error || i.Rule != "dom-6" && !strings.Contains(i.English, "urn:yitong:") {
					w.Errorf("%s: %s", i.Place(), i.English)
				}
			}
		}
		check()
		w.publish(one.ID)
		check()
	})
}

// TestTryOnThePast: what resources record is decided again by a draft.
func TestTryOnThePast(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.Context()
		b, err := w.desk.Book(ctx, w.operator())
		if err != nil {
			w.Fatal(err)
		}
		typeBasic, _ := schema.TypeOf("Basic")
		whole := w.gate.Session(gate.Actor{Reference: "Device/a", Access: gate.Whole()})
		for i, region := range []string{"440106", "450000", "440300"} {
			at := noon("2026-05-01").AddDate(0, 0, i)
			_, row, err := answerWithin.Find(b, region, at)
			if err != nil {
				w.Fatal(err)
			}
			doc, err := fhir.NewDoc([]byte(`{"resourceType":"Basic","code":{"text":"a"}}`))
			if err != nil {
				w.Fatal(err)
			}
			row.Used(region, at).Record(r4.ResourceAt(fhir.ElementOf(doc)).Element.Extension())
			r, err := fhir.ParseResource(doc.Bytes())
			if err != nil {
				w.Fatal(err)
			}
			if _, err := whole.Apply(ctx, []gate.Op{{Kind: gate.Create, Type: typeBasic, Resource: r}},
				nil); err != nil {
				w.Fatal(err)
			}
		}
		one := w.draft(proposal("440000", "2026-04-01", "440000,,,10,粤", "440300,,,15,深"))
		cases, failed := publish.Cases(ctx, whole)
		d, err := rule.Try(ctx, b, one.Version, cases)
		if err != nil || failed() != nil {
			w.Fatal(err, failed())
		}
		if d.Cases != 3 || d.Same != 2 || len(d.Some) != 1 || d.Some[0].Region != "440106" ||
			d.Some[0].Old.Value() != "15" || d.Some[0].New.Value() != "10" ||
			!strings.HasPrefix(d.Some[0].Subject, "Basic/") {
			w.Errorf("%+v", d)
		}
	})
}

// TestDraftThatIsBehind: who has drafted before something else was published has not seen it, and would take it back.
func TestDraftThatIsBehind(t *testing.T) {
	each(t, func(w *world) {
		behind, beside := w.draft(proposal("440000", "2026-06-01", "440000,,,10,a")), w.draft(proposal("450000",
			"2026-06-01", "450000,,,10,a"))
		w.at("2026-03-02")
		w.publish(w.draft(proposal("440100", "2026-04-01", "440100,,,9,b")).ID)
		w.at("2026-03-03")
		_, err := w.desk.Publish(w.Context(), w.regulator(), behind.ID)
		w.refused(err, fault.Conflict, "access-question.answer-within@2026-03.3 was published after access-question.answer-within@2026-03 had been drafted")
		w.publish(beside.ID) // of another region
		w.publish(w.draft(proposal("440000", "2026-06-01", "440000,,,10,a", "440100,,,9,b")).ID)
	})
}

// TestPublishedInOneMicrosecond: versions have an order, though the clock stands.
func TestPublishedInOneMicrosecond(t *testing.T) {
	each(t, func(w *world) {
		first, second := w.draft(proposal("440000", "2026-06-01", "440000,,,10,a")), w.draft(proposal("440000",
			"2026-06-01", "440000,,,11,a"))
		a, b := w.publish(first.ID), w.publish(second.ID)
		if !b.Published.After(a.Published) {
			w.Errorf("%s, then %s", a.Published, b.Published)
		}
	})
}

// TestTableThatHasChanged: a program whose table has other columns does not read what was published for it, and answers
// nothing by that table; a draft of it stands in nobody's way.
func TestTableThatHasChanged(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.Context()
		other := *answerWithin.Table()
		other.Keys = []rule.Key{{Name: "level", Codes: []bilingual.Code{{Code: "1",
			Words: bilingual.Text{Zh: "一", En: "one"}}}}}
		other.Rows = "region,from,to,level,value,source\n,,,1,15,a\n"
		desk := publish.NewDesk(china, []*rule.Table{rule.Declare(other), rule.WorkdayTable.Table()})
		one := w.draft(proposal("", "2026-04-01", ",,,10,a"))
		find := func(level ...string) (*rule.Book, error) {
			b, err := desk.Book(ctx, w.operator())
			if err != nil {
				w.Fatal(err)
			}
			_, err = b.Find(other.Name, "", noon("2026-05-01"), level...)
			return b, err
		}
		if _, err := find("1"); err != nil {
			w.Errorf("with a draft: %v", err)
		}
		_, err := desk.Publish(ctx, w.regulator(), one.ID)
		w.refused(err, fault.Unprocessable, "cannot be read")
		w.publish(one.ID)
		b, err := find("1")
		if fault.CodeOf(err) != fault.Internal || len(b.Broken()) != 1 {
			w.Errorf("%v, %v", err, b.Broken())
		}
		if _, err := b.Find("workday", "", noon("2026-01-01")); err != nil {
			w.Error(err)
		}
	})
}
