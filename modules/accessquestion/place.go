package accessquestion

import (
	"yitong/internal/process"
)

// withhold puts on the case the label of what a resident withholds: no permit opens it, and of the institution only whom a rule names.
func withhold(c *process.Case) {
	l := c.Task().Meta().Security().Add()
	l.SetSystem("urn:yitong:label")
	l.SetCode("withheld")
}
