// Package alliance refers patients up to a higher hospital of a medical alliance, and back down for rehabilitation (双向转诊; mission
// A18, of A2 and A28 what it needs): two processes that share their states, each institution's office reviewing, a doctor taking the
// patient over at a time that is set.
//
// # States
//
//	consulting        评估中          the doctor asks colleagues, and concludes (U1; D1)
//	consenting        待居民同意      the resident agrees that the record leaves, or does not
//	agreed            待签发          the doctor signs the letter (U2; D1)
//	sending-review    转出机构审核    the office of the doctor's own institution (U3; D2)
//	receiving-review  接收机构审核    the office of the other one, which chooses a doctor of its own, or forwards up (U4; D3)
//	assigned          待医师接收      that doctor sets the time, or books a visit, or declines (U5; D4)
//	scheduled         已约定时间      the patient comes
//	unconfirmed       待确认到院      the time has passed, and nobody has said whether the patient came
//	in-care           接诊中          the doctor treats, and answers; on the way down the plan's follow-ups fall due, one after the other
//	returned          退回            an office has rejected it: the doctor chooses anew
//	sending-late, receiving-late      an office was late: the regulator reminds it, or closes the case
//
// It ends as completed, stayed (no referral is needed), turned-away, no-show, refused, died, withdrawn or lapsed.
//
// # Boards and statistics
//
// Offices see what is open on each side, and count what became of it ([Descriptor]): by the marks of cases, in the index alone, and only
// of cases in which their institution has a part, or which it has decided. Overdue cases and those of today are looked at.
//
// # Rules and their sources
//
//   - No step is left out, each party makes its own required choice, an office chooses for its own institution only, a rejection has its
//     reason and goes back to who began: the steps of two-way referral in alliances (seed 004), 医疗联合体管理办法(试行) 2020.
//   - A referral goes where an agreement of an alliance says so that holds on the day of the choice, and of the first approval: between
//     institutions of one alliance, to a department that takes referrals by it, up to a higher hospital and down to a lower institution
//     ([OrganizationAffiliation]). Partner hospitals of other provinces are bound the same way.
//   - A forward asks the next hospital's office anew; nobody in the chain is asked twice, and it does not lead home.
//   - The record leaves with the resident's consent (个人信息保护法 Art. 23, 29), which can be taken back until the case ends (Art. 15). The other
//     institution knows nothing of a case before the first office has approved it; from then on its office, and the doctor
//     whom it chooses, see the record by a permit (Consent) that ends with the case, with a rejection, with a forward.
//   - The letter is a Composition, signed by its doctor (电子签名法 Art. 13, 14); what was written before is replaced, never changed, and
//     nobody changes it but moves. It is of the sensitive classes of what it is about and of what is attached, and opens these to who is asked.
//   - Every step has its deadline by rule data (referral.*-within); in the green channel (绿色通道, priority stat) by the minute.
//   - A visit at a clinic is booked in the transaction of the move that accepts, or of one behind it, and goes with the referral (mission A2:
//     referral draws from its pool; 国卫规划发〔2020〕22号).
//   - An episode (the diagnosis or visit that it is about) has one open referral at a time, up or down: the platform's own rule.
//
// [OrganizationAffiliation]: https://hl7.org/fhir/R4/organizationaffiliation.html
package alliance
