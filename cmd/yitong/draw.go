package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/modules/scheduling"
)

type drawCommand struct {
	File string `arg:"" help:"File with an answer of Schedule/…/$draw; - for standard input." placeholder:"FILE"`
}

// Run draws what was drawn once more, and says whether it was as is published.
func (c *drawCommand) Run() error {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	n := 0
	err := eachResource(c.File, func(at source) {
		n++
		if wrong := drawAgain(out, at.text); wrong != nil {
			n = -1 << 30
			fmt.Fprintln(out, say(wrong))
		}
	})
	switch {
	case err != nil:
		return err
	case n < 0:
		return fault.New(fault.Unprocessable, "The draw is not as it was published.")
	}
	return nil
}

// drawAgain checks an answer of $draw and prints the order.
func drawAgain(out io.Writer, text []byte) error {
	r, err := fhir.ParseResource(text)
	if err != nil {
		return err
	}
	drawn := 0
	for p := r.Root.Get("parameter").First(); p.Exists(); p = p.Next() {
		if p.Get("name").Str() != "draw" {
			continue
		}
		if is, err := drawOnce(out, p); err != nil {
			return err
		} else if is {
			drawn++
		}
	}
	if drawn == 0 {
		return fault.New(fault.Unprocessable, "There is no draw with its seed in it. Ask $draw with day=… and all=true, behind the draw.")
	}
	return nil
}

// drawOnce checks one draw; is says that its seed is known.
func drawOnce(out io.Writer, p fhir.Node) (is bool, err error) {
	var commitment, seed, day string
	var ids []string
	count := -1
	for part := p.Get("part").First(); part.Exists(); part = part.Next() {
		switch part.Get("name").Str() {
		case "commitment":
			commitment = part.Get("valueString").Str()
		case "seed":
			seed = part.Get("valueString").Str()
		case "day":
			day = part.Get("valueDate").Str()
		case "count":
			n, _ := part.Get("valueInteger").Int()
			count = int(n)
		case "entry":
			for one := part.Get("part").First(); one.Exists(); one = one.Next() {
				if one.Get("name").Str() == "id" {
					ids = append(ids, one.Get("valueString").Str())
				}
			}
		}
	}
	if seed == "" {
		return false, nil
	}
	bytes, err := hex.DecodeString(seed)
	if err != nil {
		return false, fault.New(fault.Malformed, "The seed is not in hex: %s.", seed)
	}
	if is := scheduling.Commitment(bytes); is != commitment {
		return false, fault.New(fault.Unprocessable, "The seed of %s is not the one that was promised: its SM3 is %s, and promised was %s.", day, is, commitment)
	}
	if count >= 0 && count != len(ids) {
		return false, fault.New(fault.Unprocessable, "Of %d entries of %s there are %d in it. Ask $draw with all=true.", count, day, len(ids))
	}
	order := scheduling.Order(bytes, ids)
	for i, id := range order {
		if ids[i] != id {
			return false, fault.New(fault.Unprocessable, "On %s place %d of the order is of %s, and published is %s.", day, i+1, id, ids[i])
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		return false, fault.New(fault.Unprocessable, "An entry of %s is there twice.", day)
	}
	fmt.Fprintf(out, "%s: the seed is the one that was promised, and the order of %d entries is as published.\n", day, len(ids))
	return true, nil
}
