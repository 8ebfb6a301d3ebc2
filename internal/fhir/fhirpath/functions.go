package fhirpath

import "yitong/internal/fault"

// function is one function of FHIRPath: how many arguments it takes and what it does with the collection before it.
// What it lays on the stack is its result.
type function struct {
	min, max int
	do       func(m *machine, c *call, in span) error
}

// functions by name. Where no source is named they are those of FHIRPath N1; R4 stands for those that FHIR adds, STU
// for parts of FHIRPath that are not normative yet.
var functions = map[string]*function{
	// Existence
	"empty":      {0, 0, fnEmpty},
	"exists":     {0, 1, fnExists},
	"all":        {1, 1, fnAll},
	"allTrue":    {0, 0, every(yes, true)},
	"anyTrue":    {0, 0, every(yes, false)},
	"allFalse":   {0, 0, every(no, true)},
	"anyFalse":   {0, 0, every(no, false)},
	"subsetOf":   {1, 1, fnSubsetOf},
	"supersetOf": {1, 1, fnSupersetOf},
	"count":      {0, 0, fnCount},
	"distinct":   {0, 0, fnDistinct},
	"isDistinct": {0, 0, fnIsDistinct},
	// Filtering and projection
	"where":     {1, 1, fnWhere},
	"select":    {1, 1, fnSelect},
	"repeat":    {1, 1, fnRepeat},
	"repeatAll": {1, 1, fnRepeatAll}, // STU
	"ofType":    {1, 1, fnOfType},
	"coalesce":  {1, 32, fnCoalesce}, // STU
	"aggregate": {1, 2, fnAggregate}, // STU
	"sort":      {0, 32, fnSort},     // STU
	// Subsetting
	"single":    {0, 0, fnSingle},
	"first":     {0, 0, fnFirst},
	"last":      {0, 0, fnLast},
	"tail":      {0, 0, fnTail},
	"skip":      {1, 1, fnSkip},
	"take":      {1, 1, fnTake},
	"intersect": {1, 1, fnIntersect},
	"exclude":   {1, 1, fnExclude},
	// Combining
	"union":   {1, 1, fnUnion},
	"combine": {1, 1, fnCombine},
	// Conversion
	"iif":                {2, 3, fnIif},
	"toBoolean":          {0, 0, conversion(kindBoolean, false)},
	"toInteger":          {0, 0, conversion(kindInteger, false)},
	"toDecimal":          {0, 0, conversion(kindDecimal, false)},
	"toString":           {0, 0, conversion(kindString, false)},
	"toDate":             {0, 0, conversion(kindDate, false)},
	"toDateTime":         {0, 0, conversion(kindDateTime, false)},
	"toTime":             {0, 0, conversion(kindTime, false)},
	"toQuantity":         {0, 1, conversion(kindQuantity, false)},
	"convertsToBoolean":  {0, 0, conversion(kindBoolean, true)},
	"convertsToInteger":  {0, 0, conversion(kindInteger, true)},
	"convertsToDecimal":  {0, 0, conversion(kindDecimal, true)},
	"convertsToString":   {0, 0, conversion(kindString, true)},
	"convertsToDate":     {0, 0, conversion(kindDate, true)},
	"convertsToDateTime": {0, 0, conversion(kindDateTime, true)},
	"convertsToTime":     {0, 0, conversion(kindTime, true)},
	"convertsToQuantity": {0, 1, conversion(kindQuantity, true)},
	// Strings
	"indexOf":        {1, 1, fnIndexOf},
	"lastIndexOf":    {1, 1, fnLastIndexOf}, // STU
	"substring":      {1, 2, fnSubstring},
	"startsWith":     {1, 1, fnStartsWith},
	"endsWith":       {1, 1, fnEndsWith},
	"contains":       {1, 1, fnContains},
	"upper":          {0, 0, fnUpper},
	"lower":          {0, 0, fnLower},
	"replace":        {2, 2, fnReplace},
	"matches":        {1, 2, fnMatches},
	"matchesFull":    {1, 2, fnMatchesFull}, // STU
	"replaceMatches": {2, 3, fnReplaceMatches},
	"length":         {0, 0, fnLength},
	"toChars":        {0, 0, fnToChars},
	"encode":         {1, 1, fnEncode},   // STU
	"decode":         {1, 1, fnDecode},   // STU
	"escape":         {1, 1, fnEscape},   // STU
	"unescape":       {1, 1, fnUnescape}, // STU
	"trim":           {0, 0, fnTrim},     // STU
	"split":          {1, 1, fnSplit},    // STU
	"join":           {0, 1, fnJoin},     // STU
	// Math
	"abs":      {0, 0, fnAbs},
	"ceiling":  {0, 0, fnCeiling},
	"exp":      {0, 0, fnExp},
	"floor":    {0, 0, fnFloor},
	"ln":       {0, 0, fnLn},
	"log":      {1, 1, fnLog},
	"power":    {1, 1, fnPower},
	"round":    {0, 1, fnRound},
	"sqrt":     {0, 0, fnSqrt},
	"truncate": {0, 0, fnTruncate},
	// Precision
	"lowBoundary":  {0, 1, fnLowBoundary},  // STU
	"highBoundary": {0, 1, fnHighBoundary}, // STU
	"precision":    {0, 0, fnPrecision},    // STU
	"comparable":   {1, 1, fnComparable},   // R4 and STU
	// Parts of dates and times, STU
	"yearOf":           {0, 0, partOf(precisionYear, datePart)},
	"monthOf":          {0, 0, partOf(precisionMonth, datePart)},
	"dayOf":            {0, 0, partOf(precisionDay, datePart)},
	"hourOf":           {0, 0, partOf(precisionHour, timePart)},
	"minuteOf":         {0, 0, partOf(precisionMinute, timePart)},
	"secondOf":         {0, 0, partOf(precisionSecond, timePart)},
	"millisecondOf":    {0, 0, partOf(precisionSecond, millisecondPart)},
	"timezoneOffsetOf": {0, 0, fnTimezoneOffsetOf},
	"dateOf":           {0, 0, fnDateOf},
	"timeOf":           {0, 0, fnTimeOf},
	// Tree navigation
	"children":    {0, 0, fnChildren},
	"descendants": {0, 0, fnDescendants},
	// Utilities
	"trace":     {1, 2, fnTrace},
	"now":       {0, 0, fnNow},
	"today":     {0, 0, fnToday},
	"timeOfDay": {0, 0, fnTimeOfDay},
	// Types and Boolean
	"is":   {1, 1, fnIs},
	"as":   {1, 1, fnAs},
	"type": {0, 0, fnType}, // STU
	"not":  {0, 0, fnNot},
	// R4
	"extension":         {1, 1, fnExtension},
	"hasValue":          {0, 0, fnHasValue},
	"getValue":          {0, 0, fnGetValue},
	"resolve":           {0, 0, fnResolve},
	"memberOf":          {1, 1, fnMemberOf},
	"subsumes":          {1, 1, fnSubsumes},
	"subsumedBy":        {1, 1, fnSubsumedBy},
	"htmlChecks":        {0, 0, fnHTMLChecks},
	"conformsTo":        {1, 1, fnConformsTo},
	"elementDefinition": {0, 0, fnRefused},
	"slice":             {2, 2, fnRefused},
	"checkModifiers":    {0, 32, fnRefused},
}

func (c *call) apply(m *machine, in span) error {
	if err := m.spend(1); err != nil {
		return err
	}
	if err := c.callable(); err != nil {
		return err
	}
	return c.f.do(m, c, in)
}

// callable tells whether the function is there and takes so many arguments.
func (c *call) callable() error {
	n := len(c.args)
	if c.typ != nil {
		n = 1
	}
	switch {
	case c.f == nil:
		return fault.New(fault.Unprocessable, "FHIRPath, %s: there is no function %s().", c.at, c.name)
	case n < c.f.min || n > c.f.max:
		return fault.New(fault.Unprocessable,
			"FHIRPath, %s: %s() takes %s, not %d.", c.at, c.name, counted(c.f.min, c.f.max), n)
	}
	return nil
}

func counted(least, most int) string {
	switch {
	case most == 0:
		return "no arguments"
	case least == most && most == 1:
		return "one argument"
	case least == most:
		return "two arguments"
	case least == 0 && most == 1:
		return "at most one argument"
	}
	return "other arguments"
}

func fnRefused(_ *machine, c *call, _ span) error {
	return fault.New(fault.NotSupported, "FHIRPath, %s: %s() is not offered here.", c.at, c.name)
}

// each evaluates an argument for every item in turn, with $this and $index set, and calls done with the place of the
// result, which done may leave on the stack or take off. done returns false to end.
func (m *machine) each(n node, in span, done func(i int, s span) (bool, error)) error {
	outer := m.frame
	for i := in.from; i < in.to; i++ {
		m.frame.this, m.frame.index = span{i, i + 1}, i-in.from
		s, err := m.eval(n)
		m.frame = outer
		if err != nil {
			return err
		}
		if more, err := done(i, s); err != nil || !more {
			return err
		}
	}
	return nil
}

// test evaluates a criterion for one item.
func (m *machine) test(n node, in span, i int) (truth, error) {
	outer := m.frame
	m.frame.this, m.frame.index = span{i, i + 1}, i-in.from
	t, err := m.truth(n)
	m.frame = outer
	return t, err
}

// argument evaluates an argument outside of the items, takes it off the stack and gives its only value.
func (m *machine) argument(c *call, i int, k kind) (v Value, ok bool, err error) {
	if i >= len(c.args) {
		return v, false, nil
	}
	s, err := m.eval(c.args[i])
	if err != nil {
		return v, false, err
	}
	v, ok, err = m.oneOf(k, s, c.what)
	m.cut(s.from)
	return v, ok, err
}
