import { ArrowLeftOutlined } from "@ant-design/icons";
import { Alert, App, Button, Flex, Typography } from "antd";
import { type ReactNode, useState } from "react";
import { Link, useParams } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { dropDraft } from "../../parts/form/draft";
import { FieldForm } from "../../parts/form/FieldForm";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Copy, Once } from "../../parts/Once";
import { Opened } from "../../parts/Opened";
import { Part } from "../../parts/Part";
import { Pairs } from "../../parts/Pairs";
import { useTimes } from "../../parts/times";
import { toast } from "../../plain/toasts";
import { titleOf } from "../../resource/summary";
import { Disable } from "../accounts/Disable";
import { Past } from "../accounts/Past";
import { useChange, useHistory, useNamed } from "../accounts/staff";
import { calledIn, type Client, eventsOf, useClient } from "./clients";
import { State } from "./Clients";
import { clientAsks, clientBody, clientFields, clientValues, clientWrong } from "./forms";
import { words } from "./words";

/** One program: its registration, how it is changed and closed, and all that has happened to it. */
export default function ClientPage() {
  const { id = "" } = useParams();
  const t = useSay();
  const { language } = useWho();
  const { role } = useActing();
  const client = useClient(id);
  const history = useHistory<Client>("client", client.data?.id ?? "", role === "operator");
  const [open, setOpen] = useState<"change" | "disable">();
  const [secret, setSecret] = useState("");
  const c = client.data;
  if (client.error && !c) {
    return (
      <Flex vertical gap={16}>
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Failed error={client.error} again={() => void client.refetch()} />
      </Flex>
    );
  }
  if (!c) return <Loading rows={10} />;
  const close = () => setOpen(undefined);
  return (
    <Flex vertical gap={16}>
      <div><LinkButton type="link" to="/clients" icon={<ArrowLeftOutlined aria-hidden />} style={{ paddingInline: 0 }}>{t(words.back)}</LinkButton></div>
      <Flex align="center" gap="4px 12px" wrap>
        <Typography.Title level={1} style={{ margin: 0 }}>{calledIn(c, language)}</Typography.Title>
        <State of={c} />
      </Flex>
      <Flex gap="small" wrap className="no-print">
        {(c.backend ? role === "administrator" : role === "operator") && <Button type="primary" onClick={() => setOpen("change")}>{t(words.change)}</Button>}
        {role === "operator" && (c.disabled ? <Enable of={c} /> : <Button danger onClick={() => setOpen("disable")}>{t(words.disable)}</Button>)}
      </Flex>
      {secret && <Once title={t(words.secretOnce)} secret={secret} why={t(words.secretWhy)} onDone={() => setSecret("")} />}
      {open === "change" && <Change of={c} onDone={close} onSecret={setSecret} />}
      {open === "disable" && (
        <Disable
          of="clients" id={c.id} onDone={close}
          said={{ title: t(words.disableTitle), what: t(words.disableWhat), send: t(words.disableSend), done: t(words.disabledNow) }}
        />
      )}
      <Part title={t(words.about)}><About of={c} /></Part>
      {role === "operator" && (
        <Part title={t(words.history)}>
          {history.error && <Failed error={history.error} again={() => void history.refetch()} />}
          {history.data ? <Past events={eventsOf(history.data.changes, language)} names={history.data.names} /> : !history.error && <Loading />}
        </Part>
      )}
    </Flex>
  );
}

function About({ of }: { of: Client }) {
  const t = useSay();
  const times = useTimes();
  const { language } = useWho();
  const named = useNamed([of.institution]);
  const institution = named.data?.get(of.institution);
  const keys = (of.keys as { keys?: unknown[] } | undefined)?.keys;
  const proof = keys ? t(words.keyCount, keys.length) : of.keysUrl ? of.keysUrl : t(of.secret ? words.secret : words.public);
  const several = (all: string[] | undefined) => all && all.length > 0 && <Flex vertical>{all.map((one) => <span key={one}>{one}</span>)}</Flex>;
  const lines: [string, ReactNode][] = [
    [t(words.id), <Flex key="id" gap={8} align="center" wrap><span className="numbers">{of.id}</span><Copy text={of.id} small /></Flex>],
    [t(words.kind), t(of.backend ? words.backend : words.app)],
    [t(words.institution), <Link key="institution" to={`/institutions/${of.institution.split("/")[1]}`}>{institution ? titleOf(institution, language) : of.institution}</Link>],
    [t(words.name), of.name],
    [t(words.english), of.english],
    [t(words.contact), of.contact],
    [t(words.redirects), several(of.redirects)],
    [t(words.launch), of.launch],
    [t(words.origins), several(of.origins)],
    [t(words.scopes), several(of.scopes.split(" "))],
    [t(words.proof), proof],
    [t(words.introspects), of.introspects && t(words.yes)],
    [t(words.expires), times.day(of.expires)],
    [t(words.whyDisabled), of.disabled],
  ];
  return <Pairs of={lines} />;
}

function Change({ of, onDone, onSecret }: { of: Client; onDone: () => void; onSecret: (secret: string) => void }) {
  const t = useSay();
  const { language } = useWho();
  const acting = useActing();
  const change = useChange<ReturnType<typeof clientBody>, { secret?: string }>("clients", (body) => ({ path: `clients/${of.id}`, method: "PUT", body }));
  const draft = `clients:change:${of.id}`;
  return (
    <Opened title={t(words.change)}>
      <Flex vertical gap="middle">
        <Alert type="warning" showIcon title={t(words.changeWarning)} />
        <FieldForm
          fields={clientFields(acting, language, of)}
          name={draft}
          send={t(words.changeSend)}
          preset={clientValues(of)}
          busy={change.isPending}
          error={change.error}
          show={clientAsks}
          check={(values) => clientWrong(values, Date.now(), language)}
          onSend={(values) =>
            change.mutate(clientBody(acting, values, of), {
              onSuccess: ({ secret }) => {
                dropDraft(draft);
                toast("success", t(words.changed));
                onSecret(secret ?? "");
                onDone();
              },
            })
          }
        >
          <Button onClick={onDone}>{t(words.cancel)}</Button>
        </FieldForm>
      </Flex>
    </Opened>
  );
}

function Enable({ of }: { of: Client }) {
  const t = useSay();
  const { modal } = App.useApp();
  const enable = useChange<void>("clients", () => ({ path: `clients/${of.id}/disable`, body: { reason: "" } }));
  const ask = () =>
    void modal.confirm({
      title: t(words.enableTitle, of.name),
      content: t(words.enableWhat),
      okText: t(words.enable),
      cancelText: t(words.cancel),
      onOk: () => enable.mutateAsync().then(() => toast("success", t(words.enabledNow)), () => {}),
    });
  return (
    <>
      <Button onClick={ask} loading={enable.isPending}>{t(words.enable)}</Button>
      {enable.error && <Failed error={enable.error} />}
    </>
  );
}
