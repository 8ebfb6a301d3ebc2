// Package queue leads people from check-in through the waiting room to the doctor, to tests and back (missions A3, A23, A25). Who checks in
// gets a ticket; rooms call tickets; boards show and speak the calls; everybody sees where they stand.
//
// # Tickets
//
// A ticket is an Encounter whose id follows from the Appointment, so that nobody has two. It stands in one queue: of the doctor with whom the
// visit was booked, or of the department. Its number is the start of the segment and the number of the place, 08:30-03; that of an extra place
// (加号) is 08:30-加2. Nothing is counted to give one.
//
//	state       is                             goes to, by
//	waiting     候诊：in the line               called, left, another queue
//	called      已呼叫：is to come to a room     called again (N times at most), consulting, skipped, left
//	skipped     过号：behind the next N in line  called, waiting (who has turned up), left, another queue
//	consulting  就诊中：is with the doctor       tests, done, left
//	tests       检查中：is at tests              returning, done, left
//	returning   回诊候诊：back with results       called, left, another queue
//	done        已完成                          nothing: the Appointment is fulfilled
//	left        已离开                          nothing: the Appointment stays arrived
//
// All steps stand on the ticket. What the order needs to know of calls is read from them, nothing is counted.
//
// # Rooms
//
// A room is a Location. A doctor sits in it and calls from their own queue and from that of the room's department. One ticket at a time is in a
// room: it takes the room's place of the record, so two calls cannot both win, and a doctor takes one too, so they sit in one room.
//
// # Order
//
// A ticket is due at the start of its segment, or if it came behind the end of that when it came. [Order] puts those who have priority first
// as often as the rules let, lets people come back from tests between first visits, and those who were skipped behind some others.
package queue
