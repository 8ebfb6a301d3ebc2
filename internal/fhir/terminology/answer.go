package terminology

// Answer says whether a code is in a value set or code system.
type Answer uint8

// The answers.
const (
	Unknown Answer = iota // it cannot be decided: something that the decision takes is not here
	In
	Out
)

func (a Answer) String() string { return [...]string{"unknown", "in", "out"}[a] }

// or is In if either is, and Out if both are.
func (a Answer) or(b Answer) Answer {
	switch {
	case a == In || b == In:
		return In
	case a == Out && b == Out:
		return Out
	default:
		return Unknown
	}
}

// and is In if both are, and Out if either is.
func (a Answer) and(b Answer) Answer { return a.not().or(b.not()).not() }

func (a Answer) not() Answer {
	switch a {
	case In:
		return Out
	case Out:
		return In
	default:
		return Unknown
	}
}

func answer(in bool) Answer {
	if in {
		return In
	}
	return Out
}

// Coding is a code with its system, and its display where one is known.
type Coding struct{ System, Code, Display string }
