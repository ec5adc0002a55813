// Package archtest holds the sentences of ARCHITECTURE.md that can be tests:
// the import ladder, the purity of rules, sizes, budgets, and that what the
// documents name exists. It has no code of its own; nobody imports it.
package archtest
