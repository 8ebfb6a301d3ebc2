package emergency

import (
	"strings"

	"yitong/internal/gate"
)

// Process is the process that the resources of emergency access belong to.
const Process = "emergency"

// Owned are the resources that only processes write. Consents by which something opens without the resident are written by the
// process of their own category, those that last as long as a case by any; of a category that there is not yet, by nobody.
func Owned() []gate.Ownership {
	none := "category=" + gate.SystemPermit + "|"
	known := []gate.Ownership{
		{Process: Process, Type: typeConsent, Query: none + gate.PermitEmergency, By: "Patient/$emergency-access"},
		{Process: gate.AnyProcess, Type: typeConsent, Query: none + gate.PermitProcess, By: "the process that opens the record for as long as it lasts"},
		{Process: gate.PermitDuty, Type: typeConsent, Query: none + gate.PermitDuty, By: "the public-health duty that it follows from"},
	}
	var not []string
	for _, o := range known {
		not = append(not, strings.TrimPrefix(o.Query, "category="))
	}
	other := none + "&category:not=" + strings.Join(not, ",")
	return append(known,
		gate.Ownership{Process: nobody, Type: typeConsent, Query: other, By: "the codes of category that there are"},
		gate.Ownership{Process: Process, Type: typeTask, Query: "code=" + SystemProcess + "|" + codeReview, By: "Task/$emergency-review"},
		gate.Ownership{Process: Process, Type: typeCommunication, Query: "category=" + SystemProcess + "|" + codeNotice, By: "Patient/$emergency-access"},
	)
}

// nobody is the name of a process that there is not.
const nobody = "none"
