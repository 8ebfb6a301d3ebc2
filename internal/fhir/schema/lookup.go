package schema

import (
	"encoding/binary"
	"math/bits"
)

// Element finds the element that a JSON member's name stands for; false when the shape has none. The member resourceType is
// no element of a resource. It does not allocate.
func (s *Shape) Element(jsonName []byte) (*Element, bool) {
	if place := s.Place(jsonName); place >= 0 {
		return &s.Elements[place], true
	}
	return nil, false
}

// Place is where in Elements the element stands that Element finds, -1 when the shape has none.
func (s *Shape) Place(jsonName []byte) int {
	mask := uint(len(s.index) - 1)
	for at := hash(jsonName); ; at++ {
		place := s.index[at&mask]
		if place == 0 || s.Elements[place-1].Name == string(jsonName) {
			return int(place) - 1
		}
	}
}

// indexElements builds the table of Element, at most half full, so that a search ends soon.
func (s *Shape) indexElements() {
	s.index = make([]uint16, 1<<bits.Len(uint(2*len(s.Elements)-1)))
	mask := uint(len(s.index) - 1)
	for i := range s.Elements {
		at := hash([]byte(s.Elements[i].Name))
		for s.index[at&mask] != 0 {
			at++
		}
		s.index[at&mask] = uint16(i + 1)
	}
}

// hash mixes the length with the first and the last eight bytes of a name, which tell almost all names of a shape apart.
func hash(name []byte) uint {
	var first, last uint64
	switch n := len(name); {
	case n >= 8:
		first, last = binary.LittleEndian.Uint64(name), binary.LittleEndian.Uint64(name[n-8:])
	case n >= 4:
		first, last = uint64(binary.LittleEndian.Uint32(name)), uint64(binary.LittleEndian.Uint32(name[n-4:]))
	case n > 0:
		first, last = uint64(name[0])<<8|uint64(name[n/2]), uint64(name[n-1])
	}
	high, low := bits.Mul64(first^0x9e3779b97f4a7c15, last^uint64(len(name))^0xd1b54a32d192ed03)
	return uint(high ^ low)
}
