// Package typescript writes what the server declares as types of TypeScript, so that the browser app cannot ask for what is not
// there: operations with what they take and answer, processes with what their moves need, closed lists of codes, and plain JSON
// by the structs that it is made of.
package typescript
