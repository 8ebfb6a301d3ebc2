// Package form declares what somebody fills in once, as a Go struct: the parameters of an operation, what it answers,
// what a move of a process needs (missions F7, F8). From the declaration come how the parameters are read and checked,
// how they are written, the JSON Schema from which a screen is drawn, and the parameters of an OperationDefinition.
//
//	type asked struct {
//		Reason  string           `name:"reason" zh:"理由" en:"Reason" bytes:"2000"`
//		Patient *form.Reference  `name:"patient" zh:"居民" en:"Resident" types:"Patient"`
//		Codes   []form.Coding    `name:"code" zh:"代码" en:"Code" most:"20"`
//	}
//
// # Tags
//
//	name   of the parameter
//	zh, en what people call it; both are needed
//	doc    what there is to know about it, beyond that
//	bytes  of a text at most; [TextMost] where it is left out
//	types  that a Reference may point at, or a Resource may be of, with | between; any where it is left out. On a string: it
//	       may be given as a Reference to one of these too, and is then the text of the reference
//	from   the least whole number that is taken; to the greatest
//	least  how often it has to be given; of a slice only
//	most   how often it may be given, [RepeatsMost] where it is left out, * for any number; of a slice only
//
// # Types
//
//	string          a text            bool               true or false
//	int             a whole number    [Decimal]          a number with its digits as written
//	time.Time       an instant        [DateTime] [Date]  a date of any precision; a day
//	[Reference]     to a resource of this record; [Named] with what it is called
//	[Coding]        a code of a system
//	[Identifier]    a number and its system
//	fhir.Resource   a resource, whole
//	a named string with a method Codes() []Code: one of a closed list; [AnyCode] of one that is not
//	a struct        the parameter has these as its parts
//	*X              it need not be given
//	[]X             it may be given several times
//
// Everything else has to be given, exactly once. A text of nothing but white space is not given.
//
// The package is pure: no I/O, no clock.
package form
