// Package web serves the browser app (missions A23, F7): the files that were built into the program, and for every place in the app
// the one page that draws it. The app speaks to the server as every other client does.
package web
