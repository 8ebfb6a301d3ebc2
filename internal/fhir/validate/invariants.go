package validate

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

// The advice for each constraint of HL7's R4 definitions (release 4.0.1), in our words. A block is
//
//	KEY… [TYPE]
//	en  what is wrong and how to mend it
//	zh  the same in Chinese
//
// and blank lines stand between blocks. The keys share the advice. A TYPE begins with a capital letter and stands only
// where HL7 uses a key twice with different meaning: the block is then for definitions of that type.
//
//go:embed invariants.txt
var invariantsText string

// The same for the platform's own profiles, whose keys begin with yt-.
//
//go:embed invariants_own.txt
var invariantsOwn string

var invariantsRead = sync.OnceValue(func() map[invariant]advice {
	return readInvariants(invariantsText + "\n" + invariantsOwn)
})

// invariant names a constraint. The type is empty where the key has one meaning in all of R4.
type invariant struct{ key, typ string }

// advice is a sentence or two for the person who has to repair the resource.
type advice struct{ en, zh string }

// invariantText gives what to tell about a resource that breaks a constraint of an R4 definition: the constraint's key
// (such as obs-6), typ the StructureDefinition.type that states it (such as Observation). False when R4 has no such
// constraint. Keys of other publishers may be the same and mean something else: ask for HL7's own constraints only.
func invariantText(key, typ string) (en, zh string, ok bool) {
	all := invariantsRead()
	a, ok := all[invariant{key, typ}]
	if !ok {
		a, ok = all[invariant{key: key}]
	}
	return a.en, a.zh, ok
}

// readInvariants reads the blocks. They are part of the program: a fault in them is a panic.
func readInvariants(text string) map[invariant]advice {
	all := map[invariant]advice{}
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		names, a := readInvariant(block)
		for _, name := range names {
			if _, twice := all[name]; twice {
				panic(fmt.Sprintf("validate: two blocks are for %v", name))
			}
			all[name] = a
		}
	}
	return all
}

// readInvariant reads one block.
func readInvariant(block string) ([]invariant, advice) {
	lines := strings.Split(block, "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "en  ") || !strings.HasPrefix(lines[2], "zh  ") {
		panic("validate: not a head, en and zh: " + block)
	}
	keys, typ := strings.Fields(lines[0]), ""
	if last := len(keys) - 1; last > 0 && 'A' <= keys[last][0] && keys[last][0] <= 'Z' {
		keys, typ = keys[:last], keys[last]
	}
	names := make([]invariant, 0, len(keys))
	for _, key := range keys {
		names = append(names, invariant{key, typ})
	}
	return names, advice{en: lines[1][4:], zh: lines[2][4:]}
}
