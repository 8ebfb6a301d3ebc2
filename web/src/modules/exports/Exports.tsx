import { Alert, App, Button, Collapse, Flex, theme, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { useTimes } from "../../parts/times";
import { listed } from "../../words/list";
import { toast } from "../../plain/toasts";
import { Mark, type Tone } from "../platform/Mark";
import { Details } from "./Details";
import { type Request, scopeOf, useFetch, useOwn } from "./exports";
import { words } from "./words";

/** One's own requests for exports, how far they have come, and what can be fetched. */
export default function Exports() {
  const t = useSay();
  const own = useOwn();
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <LinkButton type="primary" to="/exports/new">{t(words.ask)}</LinkButton>
      </Flex>
      <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
      {own.error && <Failed error={own.error} again={() => void own.refetch()} />}
      {own.isPending && <Loading rows={6} />}
      {own.data?.request.length === 0 && <Empty title={t(words.none)} why={t(words.noneWhy)} />}
      {own.data && own.data.request.length > 0 && <Part title={t(words.mine)}><Requests all={own.data.request} /></Part>}
    </Flex>
  );
}

const tones: Record<Request["state"], Tone> = { waits: "quiet", rejected: "bad", open: "watch", fetched: "good", over: "quiet" };

function Requests({ all }: { all: Request[] }) {
  const t = useSay();
  const { modal } = App.useApp();
  const fetched = useFetch();
  const ask = (of: Request) =>
    void modal.confirm({
      title: t(words.getTitle),
      content: t(words.getWhat, of.left),
      okText: t(words.get),
      cancelText: t(words.cancel),
      onOk: () => void fetched.mutate(of, { onSuccess: (name) => toast("success", t(words.got, name)) }),
    });
  return (
    <Flex vertical gap="small">
      {fetched.error && <Failed error={fetched.error} />}
      {fetched.isPending && <Alert type="info" showIcon role="status" title={t(words.getting)} />}
      <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {all.map((r) => <One key={r.task} of={r} busy={fetched.isPending} onGet={() => ask(r)} />)}
      </ul>
    </Flex>
  );
}

/** A request in a few lines; the rest of it stands behind one more. */
function One({ of, busy, onGet }: { of: Request; busy: boolean; onGet: () => void }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const times = useTimes();
  const scope = listed(of.part.map((p) => scopeOf(p, language).type), language);
  return (
    <li style={{ borderBlockStart: `1px solid ${token.colorBorderSecondary}`, paddingBlock: 12 }}>
      <Flex justify="space-between" align="flex-start" wrap gap="8px 16px">
        <Flex vertical gap={4} style={{ flex: "1 1 240px", minWidth: 0 }}>
          <Flex wrap gap="4px 12px" align="center">
            <Typography.Title level={3} style={{ margin: 0, fontSize: token.fontSizeLG }}>{scope}</Typography.Title>
            <Mark tone={tones[of.state]}>{t(words[of.state])}</Mark>
          </Flex>
          <span style={{ overflowWrap: "anywhere" }}>{of.purpose}</span>
          <Typography.Text type="secondary">{t(words.times, times.time(of.at), times.time(of.until))}</Typography.Text>
          {of.why && <Typography.Text type="danger">{t(words.rejectedWhy, of.why)}</Typography.Text>}
        </Flex>
        {of.state === "open" && (
          <Button type="primary" aria-label={t(words.getOf, times.time(of.at))} disabled={busy} onClick={onGet}>{t(words.get)}</Button>
        )}
      </Flex>
      <Collapse ghost size="small" items={[{ key: "details", label: t(words.details), children: <Details of={of} /> }]} />
    </li>
  );
}
