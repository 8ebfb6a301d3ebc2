package queue

import (
	"time"

	"yitong/internal/form"
)

// What the operations take.
type (
	none   struct{}
	opened struct {
		Name       string         `name:"name" zh:"诊室名称" en:"Name of the room" bytes:"90"`
		Department form.Reference `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Way        *string        `name:"way" zh:"位置指引" en:"The way there" bytes:"300" doc:"Such as 门诊楼3层东区. Who is called reads it."`
	}
	sitting struct {
		Post *form.Reference `name:"post" zh:"岗位" en:"Post" types:"PractitionerRole" doc:"Of whom sits down; for who has several posts at the institution."`
	}
	pausing struct {
		Minutes int     `name:"minutes" zh:"暂停分钟数" en:"Minutes" from:"0" to:"240" doc:"0 to go on."`
		Reason  *string `name:"reason" zh:"原因" en:"Reason" bytes:"120" doc:"Those who wait read it on the board."`
	}
	nexting struct {
		Ends *Ending `name:"ends" zh:"当前患者" en:"Who is there now" doc:"What becomes of whom the room has now; needed where it has somebody."`
	}
	calling struct {
		Room   *form.Reference `name:"room" zh:"诊室" en:"Room" types:"Location" doc:"The one in which who asks sits, where it is left out."`
		Reason *string         `name:"reason" zh:"提前呼叫理由" en:"Reason to call out of turn" bytes:"300" doc:"Needed but for one who is called again."`
	}
	finishing struct {
		As Finish `name:"as" zh:"就诊结果" en:"How it ends"`
	}
	transferring struct {
		To     form.Reference `name:"to" zh:"转到队列" en:"To which queue" types:"HealthcareService|PractitionerRole"`
		Reason string         `name:"reason" zh:"转诊室理由" en:"Reason" bytes:"300"`
	}
	prioritising struct {
		Reason Priority `name:"reason" zh:"优先理由" en:"Why first" doc:"none takes it back."`
	}
	ofLine struct {
		Room  *form.Reference `name:"room" zh:"诊室" en:"Room" types:"Location" doc:"What that room calls from."`
		Queue *form.Reference `name:"queue" zh:"队列" en:"Queue" types:"HealthcareService|PractitionerRole" doc:"Of a department all of its queues, of a doctor their own."`
	}
)

// What the reads answer.
type (
	rooms struct {
		Institution form.Named  `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		Rooms       []roomView  `name:"room" zh:"诊室" en:"Room" most:"*"`
		Mine        *form.Named `name:"mine" zh:"我的诊室" en:"My room" types:"Location" doc:"In which who asks sits."`
	}
	// roomView is a room as those who work there see it.
	roomView struct {
		Room       form.Named  `name:"location" zh:"诊室" en:"Room" types:"Location"`
		Department form.Named  `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Way        *string     `name:"way" zh:"位置指引" en:"The way there"`
		Doctor     *form.Named `name:"doctor" zh:"坐诊医师" en:"Who sits there" types:"PractitionerRole"`
		Since      *time.Time  `name:"since" zh:"开始坐诊" en:"Since"`
		Paused     *time.Time  `name:"paused" zh:"暂停至" en:"Paused until"`
		Reason     *string     `name:"reason" zh:"暂停原因" en:"Why it is paused"`
		Serves     *entry      `name:"serves" zh:"当前患者" en:"Whom it serves"`
	}
	// entry is a ticket as those see it who work there.
	entry struct {
		Ticket      form.Reference `name:"ticket" zh:"候诊单" en:"Ticket" types:"Encounter"`
		Appointment form.Reference `name:"appointment" zh:"预约" en:"Visit" types:"Appointment"`
		Number      string         `name:"number" zh:"号码" en:"Number"`
		Patient     form.Named     `name:"patient" zh:"就诊人" en:"Patient" types:"Patient"`
		Age         *int           `name:"age" zh:"年龄" en:"Age"`
		Sex         *form.AnyCode  `name:"sex" zh:"性别" en:"Sex"`
		Queue       form.Named     `name:"queue" zh:"队列" en:"Queue" types:"HealthcareService|PractitionerRole"`
		State       State          `name:"state" zh:"状态" en:"State"`
		Priority    *Priority      `name:"priority" zh:"优先理由" en:"Priority"`
		Start       time.Time      `name:"start" zh:"时段开始" en:"Start of the segment"`
		Arrived     time.Time      `name:"arrived" zh:"报到时间" en:"Checked in"`
		Since       time.Time      `name:"since" zh:"状态开始时间" en:"In this state since"`
		Calls       int            `name:"calls" zh:"呼叫次数" en:"Calls" doc:"Since it was last in the line."`
		Skips       int            `name:"skips" zh:"过号次数" en:"Times skipped"`
		Room        *form.Named    `name:"room" zh:"诊室" en:"Room" types:"Location"`
	}
	// expected is how long somebody waits, four times of five.
	expected struct {
		Low    int `name:"low" zh:"最短（分钟）" en:"At least, in minutes"`
		Median int `name:"median" zh:"中位（分钟）" en:"In the middle, in minutes"`
		High   int `name:"high" zh:"最长（分钟）" en:"At most, in minutes"`
	}
	line struct {
		Of       form.Named `name:"of" zh:"范围" en:"Of what" types:"Location|HealthcareService|PractitionerRole"`
		Time     time.Time  `name:"time" zh:"时间" en:"Time" doc:"When it stood so."`
		Rooms    []roomView `name:"room" zh:"诊室" en:"Room" most:"*"`
		Waiting  []entry    `name:"waiting" zh:"候诊" en:"Waiting" most:"*" doc:"In the order in which they are called."`
		Tests    []entry    `name:"tests" zh:"检查中" en:"At tests" most:"*"`
		Finished int        `name:"finished" zh:"今日已完成" en:"Done today"`
		Gone     int        `name:"gone" zh:"今日已离开" en:"Left today"`
		Mean     *int       `name:"mean" zh:"今日平均候诊（分钟）" en:"Mean wait of today, in minutes" doc:"Of those who were called."`
		Wait     *expected  `name:"wait" zh:"现在报到的预计候诊" en:"Wait of who would check in now" doc:"Left out where too little is known."`
	}
	// shown is a ticket as a wall shows it.
	shown struct {
		Number string    `name:"number" zh:"号码" en:"Number"`
		Name   string    `name:"name" zh:"姓名" en:"Name" doc:"Masked."`
		State  State     `name:"state" zh:"状态" en:"State"`
		Since  time.Time `name:"since" zh:"自" en:"Since"`
		Calls  int       `name:"calls" zh:"呼叫次数" en:"Calls"`
	}
	boardRoom struct {
		Room   form.Named `name:"location" zh:"诊室" en:"Room" types:"Location"`
		Way    *string    `name:"way" zh:"位置指引" en:"The way there"`
		Doctor *string    `name:"doctor" zh:"医师" en:"Doctor"`
		Paused *time.Time `name:"paused" zh:"暂停至" en:"Paused until"`
		Reason *string    `name:"reason" zh:"暂停原因" en:"Why it is paused"`
		Serves *shown     `name:"serves" zh:"正在就诊" en:"Whom it serves"`
	}
	// speech is what a board says of a call, once.
	speech struct {
		ID string    `name:"id" zh:"呼叫标识" en:"Id of the call" doc:"Each call has its own, also one that is repeated."`
		At time.Time `name:"at" zh:"呼叫时间" en:"When"`
		Zh string    `name:"zh" zh:"中文播报" en:"What to say in Chinese"`
		En string    `name:"en" zh:"英文播报" en:"What to say in English"`
	}
	board struct {
		Institution form.Named  `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		Department  form.Named  `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Time        time.Time   `name:"time" zh:"时间" en:"Time"`
		Rooms       []boardRoom `name:"room" zh:"诊室" en:"Room" most:"*" doc:"In which somebody sits."`
		Next        []shown     `name:"next" zh:"准备就诊" en:"Next" most:"*"`
		Waiting     int         `name:"waiting" zh:"候诊人数" en:"How many wait"`
		Speech      []speech    `name:"speech" zh:"语音播报" en:"Speech" most:"*" doc:"Of the calls of the last minutes, the oldest first."`
		Code        string      `name:"code" zh:"现场报到码" en:"Code to check in" doc:"Residents who are here check in by it."`
		Until       time.Time   `name:"until" zh:"报到码有效至" en:"Until when the code is shown"`
	}
	mine struct {
		Tickets []myTicket `name:"ticket" zh:"候诊单" en:"Ticket" most:"*"`
		Visits  []myVisit  `name:"visit" zh:"可报到的预约" en:"Visit to check in for" most:"*"`
	}
	// myTicket is a ticket as its person sees it.
	myTicket struct {
		Ticket      form.Reference `name:"reference" zh:"候诊单" en:"Ticket" types:"Encounter"`
		Appointment form.Reference `name:"appointment" zh:"预约" en:"Visit" types:"Appointment"`
		Number      string         `name:"number" zh:"号码" en:"Number"`
		Patient     form.Named     `name:"patient" zh:"就诊人" en:"Patient" types:"Patient"`
		Institution form.Named     `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		Department  form.Named     `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Doctor      *form.Named    `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
		Start       time.Time      `name:"start" zh:"时段开始" en:"Start of the segment"`
		State       State          `name:"state" zh:"状态" en:"State"`
		Priority    *Priority      `name:"priority" zh:"优先理由" en:"Priority"`
		Since       time.Time      `name:"since" zh:"自" en:"Since"`
		Calls       int            `name:"calls" zh:"呼叫次数" en:"Calls"`
		Room        *string        `name:"room" zh:"诊室" en:"Room" doc:"To which it is called."`
		Way         *string        `name:"way" zh:"位置指引" en:"The way there"`
		Ahead       *int           `name:"ahead" zh:"前面还有" en:"People ahead"`
		Rooms       int            `name:"rooms" zh:"接诊诊室数" en:"Rooms that call" doc:"0: nobody calls now."`
		Opens       *time.Time     `name:"opens" zh:"开诊时间" en:"When calling begins" doc:"While that is still to come."`
		Wait        *expected      `name:"wait" zh:"预计还需等候" en:"Expected wait" doc:"Left out where too little is known."`
		Mean        *int           `name:"mean" zh:"今日平均候诊（分钟）" en:"Mean wait of today, in minutes"`
		Stages      []stage        `name:"stage" zh:"就诊步骤" en:"Stage" most:"*"`
	}
	stage struct {
		Stage Stage    `name:"code" zh:"步骤" en:"Stage"`
		Is    Progress `name:"is" zh:"进度" en:"Progress"`
		Zh    string   `name:"zh" zh:"中文说明" en:"What to do, in Chinese"`
		En    string   `name:"en" zh:"英文说明" en:"What to do, in English"`
	}
	// myVisit is a visit of today that is booked.
	myVisit struct {
		Appointment form.Reference `name:"appointment" zh:"预约" en:"Visit" types:"Appointment"`
		Patient     form.Named     `name:"patient" zh:"就诊人" en:"Patient" types:"Patient"`
		Institution form.Named     `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
		Department  form.Named     `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
		Doctor      *form.Named    `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
		Start       time.Time      `name:"start" zh:"开始" en:"From"`
		End         time.Time      `name:"end" zh:"结束" en:"To"`
		From        time.Time      `name:"from" zh:"可报到时间" en:"Check-in from"`
		Open        bool           `name:"open" zh:"现在可报到" en:"Can check in now"`
	}
)
