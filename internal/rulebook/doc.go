// Package rulebook is the module of rules by region and year (package rule): what a rule says, drafting a version of its rows and
// publishing it (missions F5, F7). The operator drafts, the regulator publishes.
package rulebook
