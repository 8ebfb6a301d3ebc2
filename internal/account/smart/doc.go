// Package smart reads the scopes of SMART App Launch 2.2 (HL7), in the forms of version 1 and 2, and says in plain words
// what they allow (missions F4, F8).
//
//	patient/Observation.rs?category=laboratory    of one resident: read and search laboratory findings
//	user/*.read                                   of whatever the person may see: read and search (version 1)
//	system/Patient.cruds                          of whatever the program's institution may see, without a person
package smart
