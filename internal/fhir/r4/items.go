package r4

import (
	"iter"

	"yitong/internal/fhir"
)

// Items is a repeating element: an array of views.
type Items[T ~struct{ Element }] struct{ array fhir.Element }

// Len is the number of items.
func (l Items[T]) Len() int { return l.array.Len() }

// At is the i-th item, from 0. An item that is not there reads as empty.
func (l Items[T]) At(i int) T { return T(struct{ Element }{Element{l.array.Nth(i)}}) }

// All are the items with their places.
func (l Items[T]) All() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		for i := 0; i < l.Len() && yield(i, l.At(i)); i++ {
		}
	}
}

// Add is the place behind the last item. The item comes to be with its first value: FHIR knows no empty objects.
func (l Items[T]) Add() T { return l.At(l.Len()) }

// Remove takes the i-th item away; those behind it move up.
func (l Items[T]) Remove(i int) { l.array.Nth(i).Remove() }

// Strings is a repeating element of a primitive type that JSON writes as a string. An item may have extensions, which
// stand at its place in a second array: _given beside given (R4, 2.6.2.3). Edits keep the two in step.
type Strings struct{ array, beside fhir.Element }

func stringsOf(e Element, name string) Strings {
	return Strings{e.Child(name), e.Child("_" + name)}
}

// Len is the number of places; one of them may have extensions and no value.
func (l Strings) Len() int { return max(l.array.Len(), l.beside.Len()) }

// At is the i-th value, from 0, "" if there is none.
func (l Strings) At(i int) string { return l.array.Node().Item(i).Str() }

// All are the values that are there, with their places.
func (l Strings) All() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i := range l.Len() {
			if v := l.At(i); v != "" && !yield(i, v) {
				return
			}
		}
	}
}

// Add puts values behind the last place. Empty ones are left out.
func (l Strings) Add(values ...string) {
	for _, v := range values {
		if v != "" {
			l.put(l.Len(), v)
		}
	}
}

// Set writes the i-th value, which has a place already or stands just behind the last; "" removes it as Remove does.
func (l Strings) Set(i int, v string) {
	switch {
	case v == "":
		l.Remove(i)
	case v != l.At(i):
		l.put(i, v)
	}
}

// put writes a value; places before it that only have extensions are filled with null.
func (l Strings) put(i int, v string) {
	for n := l.array.Len(); n < i && n < l.beside.Len(); n++ {
		l.array.Nth(n).SetRaw([]byte("null"))
	}
	l.array.Nth(i).SetRaw(fhir.Quote(v))
}

// Remove takes the i-th place away with its value and extensions; those behind it move up.
func (l Strings) Remove(i int) {
	for _, array := range [...]fhir.Element{l.array, l.beside} {
		array.Nth(i).Remove()
		if onlyNulls(array.Node()) {
			array.Remove()
		}
	}
}

func onlyNulls(array fhir.Node) bool {
	for c := array.First(); c.Exists(); c = c.Next() {
		if c.Kind() != fhir.Null {
			return false
		}
	}
	return array.Kind() == fhir.Array
}
