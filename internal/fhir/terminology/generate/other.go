package main

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/language"
)

// The lists, one code a line. "retired" marks what was a code when R4 was published and stands in records since.
var (
	//go:embed lists/currencies.txt
	currencies string // ISO 4217, as its maintenance agency (SIX) lists them
	//go:embed lists/timezones.txt
	timezones string // names of zones and links of the IANA time zone database, 2025c
	//go:embed lists/regions.txt
	regions string // UN M49, the areas that are made of countries
)

const countrySet = "http://hl7.org/fhir/ValueSet/iso3166-1-2"

// otherSystems gives the code systems that R4 draws on, and does not define, whose codes can be listed.
func otherSystems(sets []valueSet) ([]codeSystem, error) {
	countries, err := countries(sets)
	if err != nil {
		return nil, err
	}
	areas := list(regions)
	for i := range areas {
		areas[i].Property = []property{{Code: "class", ValueCode: "region"}}
	}
	for _, c := range countries {
		if c.Code[0] <= '9' {
			areas = append(areas, c)
		}
	}
	return []codeSystem{
		otherSystem("https://www.iana.org/time-zones", list(timezones)),
		otherSystem("http://unstats.un.org/unsd/methods/m49/m49.htm", areas),
		otherSystem("urn:iso:std:iso:3166", countries),
		otherSystem("urn:iso:std:iso:4217", list(currencies)),
	}, nil
}

// otherSystem is a code system of others, complete as far as this platform knows.
func otherSystem(url string, concepts []concept) codeSystem {
	return codeSystem{Type: "CodeSystem", URL: url, CaseSensitive: true, Content: "complete", Concept: concepts}
}

func list(text string) []concept {
	var all []concept
	for line := range strings.Lines(text) {
		code, mark, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		c := concept{Code: code}
		if mark != "" {
			c.Property = []property{{Code: "status", ValueCode: mark}}
		}
		all = append(all, c)
	}
	return all
}

// countries gives the two-letter codes of ISO 3166-1 that R4 lists, and the three-letter and numeric codes of the same
// countries, which R4 asks for without listing them.
func countries(sets []valueSet) ([]concept, error) {
	var two, three, numeric []concept
	for _, s := range sets {
		if s.URL != countrySet {
			continue
		}
		for _, c := range s.Compose.Include[0].Concept {
			r, err := language.ParseRegion(c.Code)
			if err != nil || r.ISO3() == "ZZZ" || r.M49() == 0 {
				return nil, fmt.Errorf("%s: what are its other codes? %w", c.Code, err)
			}
			two = append(two, concept{Code: c.Code})
			three = append(three, concept{Code: r.ISO3()})
			numeric = append(numeric, concept{Code: fmt.Sprintf("%03d", r.M49())})
		}
	}
	if two == nil {
		return nil, errors.New(countrySet + " is missing")
	}
	return append(append(two, three...), numeric...), nil
}
