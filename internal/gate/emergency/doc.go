// Package emergency opens the record of a resident to somebody who treats them in an emergency, and sees to it that this is told
// and looked at (missions A15, F4, F6; PIPL Art. 13: to save life and health, personal information may be handled without
// consent).
//
// A use of emergency access is three resources that are written together: a Consent from which the gate makes the permit, a
// Communication by which the resident is told, and a Task for the review. They belong to the process [Process]: nobody writes
// them but this package. How long a permit lasts, how soon it is reviewed and what makes a pattern of abuse is for the region
// to say ([Rules], in the policy).
//
// Uses of one practitioner are numbered without a gap, and each is written on the condition that there is none of its number.
// So requests at the same moment go one after the other, whichever residents they name: no resident is opened twice, and nobody
// has more permits at a time than the rules let them.
package emergency
