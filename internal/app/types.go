package app

import (
	"maps"
	"reflect"

	"yitong/internal/app/typescript"
	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/rest/auth"
	"yitong/internal/rest/notices"
	"yitong/internal/rest/staff"
)

// Types are the types of what the server declares, for the browser app: the text of web/src/api/declared.ts.
func Types() (string, error) {
	all, err := Modules()
	if err != nil {
		return "", err
	}
	shapes := map[string]any{"Both": bilingual.Text{}}
	for _, some := range []map[string]any{auth.Shapes(), notices.Shapes(), staff.Shapes()} {
		maps.Copy(shapes, some)
	}
	text, err := typescript.Declared{
		Operations: all.Operations(), Processes: all.Processes(), Shapes: shapes, Lists: []typescript.List{
			{Name: "Role", Doc: "What somebody is to the platform.", Of: reflect.TypeFor[gate.Role](), All: texts(gate.Roles())},
			{Name: "Fault", Doc: "The kinds of refusals.", Of: reflect.TypeFor[fault.Code](), All: texts(fault.Codes())},
		},
	}.Source()
	if err != nil {
		return "", fault.Wrap(err, "writing the types for the browser app")
	}
	return text, nil
}

// texts are the texts of codes.
func texts[T ~string](codes []T) (all []string) {
	for _, c := range codes {
		all = append(all, string(c))
	}
	return all
}
