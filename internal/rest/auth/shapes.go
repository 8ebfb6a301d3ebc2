package auth

// Shapes are a value of each struct that is answered as JSON, by the name that its type has in the browser app.
func Shapes() map[string]any { return map[string]any{"Who": who{}, "Acting": acting{}, "Help": help{}} }
