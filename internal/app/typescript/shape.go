package typescript

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// shapes are the types of the structs that were given, by their names.
func (d Declared) shapes() (map[string]string, error) {
	named := map[reflect.Type]string{
		reflect.TypeFor[time.Time](): "string", reflect.TypeFor[json.RawMessage](): "unknown", reflect.TypeFor[[]byte](): "string",
	}
	for _, l := range d.Lists {
		named[l.Of] = l.Name
	}
	names := slices.Sorted(maps.Keys(d.Shapes))
	for _, name := range names {
		t := reflect.TypeOf(d.Shapes[name])
		if t == nil || t.Kind() != reflect.Struct {
			return nil, fmt.Errorf("%s is no struct", name)
		}
		if other, twice := named[t]; twice {
			return nil, fmt.Errorf("%s and %s are the same struct %s", other, name, t)
		}
		named[t] = name
	}
	all := map[string]string{}
	for _, name := range names {
		members, err := reader{named}.members(reflect.TypeOf(d.Shapes[name]))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[name] = object(members, ";")
	}
	return all, nil
}

// reader reads structs as package encoding/json writes them.
type reader struct{ named map[reflect.Type]string }

// members are those of a struct, with those of the structs that are embedded in it.
func (r reader) members(t reflect.Type) (all []string, err error) {
	for _, f := range reflect.VisibleFields(t) { // a field that another one hides is none of them
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		if !f.IsExported() || name == "-" || f.Anonymous && !tagged {
			continue
		}
		if name == "" {
			name = f.Name
		}
		of, err := r.of(f.Type)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		name = key(name)
		if strings.Contains(options, "omit") {
			name, of = name+"?", strings.TrimSuffix(of, " | null")
		}
		all = append(all, name+": "+of)
	}
	return all, nil
}

// of is the type of a value.
func (r reader) of(t reflect.Type) (string, error) {
	if name, known := r.named[t]; known {
		return name, nil
	}
	switch t.Kind() {
	case reflect.String:
		return "string", nil
	case reflect.Bool:
		return "boolean", nil
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Float64:
		return "number", nil
	case reflect.Pointer:
		of, err := r.of(t.Elem())
		return of + " | null", err
	case reflect.Slice:
		of, err := r.of(t.Elem())
		return listOf(of), err
	case reflect.Map:
		of, err := r.of(t.Elem())
		return "Record<string, " + of + ">", err
	case reflect.Struct:
		members, err := r.members(t)
		return object(members, ";"), err
	}
	return "", fmt.Errorf("there is no type for %s", t)
}
