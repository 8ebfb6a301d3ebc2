package notices

// Shapes are a value of each struct that is answered or taken as JSON, by the name that its type has in the browser app.
func Shapes() map[string]any {
	return map[string]any{"Notice": shown{}, "Notices": listed{}, "NoticeCount": counted{}, "NoticeChoices": chosen{}, "News": news{}}
}
