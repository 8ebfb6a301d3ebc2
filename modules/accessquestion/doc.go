// Package accessquestion is the question why somebody has looked (查阅质询; missions F3, F4, F6): a resident names a line of the trail
// that is about them, the institution of whoever looked answers within five working days, and the regulator closes what is not
// answered in time, or disputed.
//
// # States
//
//	open        待答复      the institution's office answers, or first asks whoever looked
//	explaining  请当事人说明  whoever looked explains it to the office, which answers
//	answered    已答复      the resident accepts the answer, or disputes it
//	disputed    有异议      the regulator finds whether it was justified
//	escalated   逾期未答复  the institution was late: the regulator reminds it, or finds
//	accepted    已认可      ends: the resident takes the answer
//	settled     已办结      ends: nobody has disputed the answer in time
//	found       监管已结论  ends: the regulator has found whether it was justified
//	withdrawn   已撤回      ends: the resident does not ask any more
//
// A line behind which no institution stands, such as of an operator of the platform, comes to the regulator at once (escalated).
//
// # Rules and their sources
//
//   - An answer comes within five working days (access-question.answer-within): the platform's own promise to residents. It says
//     in words why the look was justified, or that it was not and what is done about it.
//   - It rests on what the law asks of whoever handles personal information: to explain by which rules when asked (个人信息保护法
//     Art. 48), a convenient way to ask and reasons for a refusal (Art. 50), and that health records are handled for a definite
//     purpose and where it is needed (Art. 28). It sets no term and names no such question: that is the platform's own.
//   - Whoever looked learns that they are asked only if the office lets them, and nobody answers for their own look: the
//     platform's own rules. So a case carries the label of what a resident withholds: it is found by the resident, the office of the
//     institution, the regulator whom it has come to, and whoever looked while they are asked; by nobody else there, and by no
//     permit but that of an emergency. A proxy neither reads the trail nor asks.
//   - A line has one open question of one resident at a time: the platform's own rule.
//
// What the line said is kept in the case as the resident reads it: who as what, for which institution, when and what, without
// other residents ([yitong/internal/gate/trail]).
package accessquestion
