package gate

import (
	"slices"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// Role is what somebody is to the platform (mission F4, F7). A person can have several and acts in one at a time.
type Role string

// The roles.
const (
	Resident      Role = "resident"      // 居民: for themselves
	Proxy         Role = "proxy"         // 代办人: a guardian or relative, for one resident
	Guide         Role = "guide"         // 导办员: assists at the window and on the phone
	Doctor        Role = "doctor"        // 医师
	Nurse         Role = "nurse"         // 护士
	Pharmacist    Role = "pharmacist"    // 药师
	Technician    Role = "technician"    // 医技人员
	Office        Role = "office"        // 机构管理处: referrals, consultations, filing for an institution
	Administrator Role = "administrator" // 机构管理员: the staff, places and services of an institution
	Insurer       Role = "insurer"       // 医保经办
	Regulator     Role = "regulator"     // 监管
	CDC           Role = "cdc"           // 疾控
	System        Role = "system"        // 机构系统: the feed of an institution or a third-party platform
	Operator      Role = "operator"      // 平台运维: runs the platform and sees no clinical content
)

// Roles are all roles.
func Roles() []Role {
	return []Role{Resident, Proxy, Guide, Doctor, Nurse, Pharmacist, Technician, Office, Administrator, Insurer, Regulator, CDC, System, Operator}
}

// Known tells whether there is such a role.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Clinical tells whether the role treats residents, and so sees records.
func (r Role) Clinical() bool {
	return slices.Contains([]Role{Doctor, Nurse, Pharmacist, Technician, Office}, r)
}

// Placed tells whether the role is held at an institution.
func (r Role) Placed() bool { return !slices.Contains([]Role{Resident, Proxy, Operator}, r) }

// Of whom a role of a person at an institution is.
type Of struct {
	Actor       string   // who it is in the record, such as Practitioner/…
	Institution string   // such as Organization/…; "" for none
	Resident    fhir.Ref // of a resident, and of a proxy whom it acts for
}

// About lets do something with what is about one resident: what is in their compartment and about nobody else. For no
// resident it lets do nothing.
func About(resident fhir.Ref, may May) (rules []Rule) {
	if resident == (fhir.Ref{}) {
		return nil
	}
	for _, t := range schema.Types() {
		if personal(t) {
			rules = append(rules, Rule{Type: t, May: may, Of: resident})
		}
	}
	return rules
}
