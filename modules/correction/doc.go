// Package correction is the request that something in one's record be put right (更正申请; missions A15, F4, F6): a resident, or
// who acts for them, names a resource and what is wrong with it, the institution that answers for the resource puts it right or
// says why not, and the regulator looks at what is not done in time, or not done at all.
//
// # States
//
//	open        待处理        the institution's office decides, or lets a clinician of its own
//	assigned    已分派        that clinician decides; the office may still
//	refused     不予更正      the resident may appeal, once
//	appealed    已申诉        the regulator looks at the refusal
//	escalated   逾期未办      the institution was late: the regulator reminds it, or decides
//	ordered     责令更正      the institution has to put it right
//	order-late  逾期未执行    it has not: the regulator reminds it, or hands the matter over
//	corrected   已更正        ends: a newer version of the resource is named
//	upheld      维持不予更正  ends: the regulator finds the refusal right, or refuses where the institution was silent
//	settled     不予更正生效  ends: nobody has appealed in time
//	enforced    已移送        ends: what was ordered is left to supervision outside the platform
//	withdrawn   已撤回        ends: the resident does not ask any more
//
// # Rules and their sources
//
//   - Whoever finds that information about them is wrong or incomplete may ask that it be put right; it is looked into and put right
//     promptly: 个人信息保护法 Art. 46. The law names no number of days; correction.decide-within is the region's choice.
//   - There is a convenient way to ask, and a refusal gives its reasons: Art. 50. So a refusal names one of a closed list, and
//     says more in words. Art. 50 leads from a refusal to the courts; the appeal to the regulator, once and within
//     correction.appeal-within, is the region's own and stands in nobody's way there.
//   - The institution that answers for the resource decides ([gate.Custodian]). The resident does not choose another.
//   - Medical records are changed by who may write them, and every version stays with who made it and when:
//     电子病历应用管理规范(试行) (2017) Art. 14 and 16; nobody falsifies them: 医疗纠纷预防和处理条例 Art. 15. So no move of this
//     process changes the record. Who may write the resource does so as ever; the case names the version that stood when it was asked
//     and the one that stands when it is put right, which is newer. Nobody fills in numbers of versions.
//   - A resource has one open request at a time, whoever asks: the platform's own rule.
//
// A case carries the labels of sensitive content of the resource that it is about: at the institution that answers for it, and for
// proxies, it is hidden from whom that is hidden from, but for the office and the clinician in charge.
package correction
