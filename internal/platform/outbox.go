package platform

import (
	"context"
	"time"

	"yitong/internal/form"
	"yitong/internal/module"
	"yitong/internal/notice"
)

type outboxAsked struct {
	Page *string `name:"page" zh:"续页标记" en:"Where the page begins" bytes:"200" doc:"The next of the page before."`
}

type outboxTold struct {
	Messages []messageTold `name:"message" zh:"消息" en:"Message" most:"*"`
	Next     *string       `name:"next" zh:"续页标记" en:"Where the next page begins"`
}

type messageTold struct {
	ID       string       `name:"id" zh:"标识" en:"Identity"`
	Made     time.Time    `name:"made" zh:"生成时间" en:"When it was made"`
	Channel  form.AnyCode `name:"channel" zh:"渠道" en:"Channel"`
	State    form.AnyCode `name:"state" zh:"状态" en:"State" doc:"ready, sending, sent, dropped or failed."`
	To       *string      `name:"to" zh:"去向" en:"Where it went" doc:"Masked; left out before it has gone."`
	Text     *string      `name:"text" zh:"内容" en:"Text" bytes:"65536" doc:"Left out before it has gone. It tells nothing of what its notices say."`
	Count    int          `name:"count" zh:"通知条数" en:"Notices"`
	Attempts int          `name:"attempts" zh:"发送次数" en:"Attempts"`
	Receipt  *string      `name:"receipt" zh:"回执" en:"Receipt"`
}

func (d desk) outbox(ctx context.Context, _ *module.Call, in outboxAsked) (out outboxTold, err error) {
	list, err := d.server.Outbox(ctx, of(in.Page))
	for _, m := range list {
		out.Messages = append(out.Messages, messageTold{
			m.ID, m.Made, form.AnyCode(m.Channel), form.AnyCode(m.State), some(m.To), some(m.Text), m.Count, m.Attempts, some(m.Receipt),
		})
	}
	if len(list) == notice.OutboxMost {
		out.Next = &list[len(list)-1].ID
	}
	return out, err
}
