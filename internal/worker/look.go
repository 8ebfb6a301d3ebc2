package worker

import (
	"context"
	"encoding/json"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"yitong/internal/fault"
)

// Statements that count the jobs that are not done, as one array of JSON; due is in seconds since 1970.
const (
	sqlPilesPostgres = "SELECT coalesce(json_agg(p), '[]')::text FROM (SELECT kind, state::text AS state, count(*) AS count," +
		" floor(extract(epoch FROM min(scheduled_at)))::bigint AS due FROM river_job WHERE state <> 'completed' GROUP BY kind, state) p"
	sqlPilesSQLite = "SELECT coalesce(json_group_array(json_object('kind', kind, 'state', state, 'count', count, 'due', due)), '[]') FROM" +
		" (SELECT kind, state, count(*) AS count, unixepoch(substr(min(scheduled_at), 1, 19)) AS due FROM river_job" + // in UTC, in several forms
		" WHERE state <> 'completed' GROUP BY kind, state)"
)

func (q *riverQueue[TTx]) piles(ctx context.Context) ([]Pile, error) {
	var text string
	var rows []struct {
		Kind, State string
		Count       int
		Due         int64
	}
	err := q.driver.GetExecutor().QueryRow(ctx, q.sql).Scan(&text)
	if err == nil {
		err = json.Unmarshal([]byte(text), &rows)
	}
	if err != nil {
		return nil, fault.Wrap(err, "counting jobs")
	}
	var all []Pile
	at := map[Pile]int{} // without numbers
	for _, r := range rows {
		key, due := Pile{Kind: r.Kind, State: standing(r.State)}, time.Unix(r.Due, 0)
		i, known := at[key]
		if !known {
			i = len(all)
			at[key], all = i, append(all, Pile{Kind: key.Kind, State: key.State, Due: due})
		}
		all[i].Count += r.Count
		if due.Before(all[i].Due) {
			all[i].Due = due
		}
	}
	return all, nil
}

func (q *riverQueue[TTx]) list(ctx context.Context, states []rivertype.JobState, kind string, below int64, most int) ([]Letter, error) {
	params := river.NewJobListParams().States(states...).First(most).OrderBy(river.JobListOrderByID, river.SortOrderDesc)
	if kind != "" {
		params = params.Kinds(kind)
	}
	if below > 0 {
		params = params.Where("id < @below", river.NamedArgs{"below": below})
	}
	found, err := q.client.JobList(ctx, params)
	if err != nil {
		return nil, fault.Wrap(err, "listing jobs")
	}
	list := make([]Letter, len(found.Jobs))
	for i, j := range found.Jobs {
		if list[i], err = letter(j); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (q *riverQueue[TTx]) one(ctx context.Context, number int64) (Letter, error) {
	j, err := q.driver.GetExecutor().JobGetByID(ctx, &riverdriver.JobGetByIDParams{ID: number})
	if err != nil {
		return Letter{}, told(err, number)
	}
	return letter(j)
}

// letter is a job as people look at it.
func letter(j *rivertype.JobRow) (Letter, error) {
	var e envelope
	if err := json.Unmarshal(j.EncodedArgs, &e); err != nil {
		return Letter{}, fault.Wrap(err, "reading a job")
	}
	l := Letter{Number: j.ID, ID: e.ID, Kind: j.Kind, State: string(j.State), Attempt: j.Attempt, Attempts: j.MaxAttempts, Due: j.ScheduledAt}
	if n := len(j.Errors); n > 0 {
		l.Error = j.Errors[n-1].Error
	}
	return l, nil
}
