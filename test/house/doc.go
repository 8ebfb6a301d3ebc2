// Package house holds the rules of this source tree that a compiler does not know, as checks that tests run:
//
//   - imports point down only (docs/architecture.md, "The house");
//   - every package has exactly one package comment, where one looks for it;
//   - a file is about one thing, so it has at most 400 lines (800 for tests);
//   - nothing registers itself by init();
//   - a note about unfinished work names its owner and its reason;
//   - random walks hold every process that a module declares to what is true of all.
//
// Beside the rules it holds the security documents to the tree: the tests and files that they name are there, and the
// ASVS table has every requirement once (documents.go).
//
// A rule is a function from the parsed tree to complaints, and has a test that shows it a tree which breaks it. To add
// a rule, write the function, list it in rules, and add its row to the table of bad examples.
package house

// rule looks at the whole tree and returns one complaint a breach.
type rule struct {
	name  string
	check func([]*folder) []complaint
}

// complaint says where the breach is, what is wrong, and why that is against the rules.
type complaint struct {
	where string
	what  string
}

func (c complaint) String() string { return c.where + ": " + c.what }

var rules = []rule{
	{"imports point down", importsPointDown},
	{"one package comment", onePackageComment},
	{"files are short", filesAreShort},
	{"no init functions", noInitFunctions},
	{"notes have owners", notesHaveOwners},
	{"processes are walked", processesAreWalked},
}
