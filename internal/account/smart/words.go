package smart

// Sentence says in plain words what a scope allows, such as “read your laboratory results”.
type Sentence struct {
	Chinese string
	English string
}
