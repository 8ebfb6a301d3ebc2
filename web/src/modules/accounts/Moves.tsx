import { App, Button, Flex, Typography } from "antd";
import { useState } from "react";
import { useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { dropDraft } from "../../parts/form/draft";
import { FieldForm } from "../../parts/form/FieldForm";
import { Opened } from "../../parts/Opened";
import { Once } from "../../parts/Once";
import { toast } from "../../plain/toasts";
import { Disable } from "./Disable";
import { grantAsks, grantBody, grantFields, grantWrong } from "./forms";
import { type Account, useChange } from "./staff";
import { givable, invitable, isOwn } from "./states";
import { words } from "./words";

type Open = "give" | "disable";

/** What one may do with an account. Forms open in place; the code of an invitation is shown once. */
export function Moves({ of }: { of: Account }) {
  const t = useSay();
  const acting = useActing();
  const { modal } = App.useApp();
  const [open, setOpen] = useState<Open>();
  const [code, setCode] = useState("");
  const invite = useChange<{ reset: boolean }, { code: string }>("accounts", (body) => ({ path: `accounts/${of.id}/invite`, body }));
  const enable = useChange<void>("accounts", () => ({ path: `accounts/${of.id}/disable`, body: { reason: "" } }));
  if (isOwn(of, acting.source)) return <Typography.Text type="secondary">{t(words.own)}</Typography.Text>;
  const name = of.called || of.name || t(words.residentAccount);
  const ask = (title: string, what: string, ok: string, danger: boolean, done: () => Promise<unknown>) =>
    void modal.confirm({ title, content: what, okText: ok, okButtonProps: { danger }, cancelText: t(words.cancel), onOk: () => done().catch(() => {}) });
  const give = (reset: boolean) => invite.mutateAsync({ reset }).then((told) => setCode(told.code));
  const again = of.strong || of.invited;
  const choices = givable(acting, of);
  return (
    <Flex vertical gap="middle" className="no-print">
      <Flex gap="small" wrap>
        {choices.length > 0 && <Button onClick={() => setOpen("give")}>{t(words.give)}</Button>}
        {invitable(acting, of) && <Button loading={invite.isPending} onClick={() => (again ? ask(t(words.inviteTitle, name), t(words.inviteWhat), t(words.inviteAgain), false, () => give(false)) : void give(false).catch(() => {}))}>{t(again ? words.inviteAgain : words.invite)}</Button>}
        {invitable(acting, of) && of.strong && <Button danger onClick={() => ask(t(words.resetTitle, name), t(words.resetWhat), t(words.reset), true, () => give(true))}>{t(words.reset)}</Button>}
        {of.disabled
          ? <Button loading={enable.isPending} onClick={() => ask(t(words.enableTitle, name), t(words.enableWhat), t(words.enable), false, () => enable.mutateAsync().then(() => toast("success", t(words.enabledNow))))}>{t(words.enable)}</Button>
          : <Button danger onClick={() => setOpen("disable")}>{t(words.disable)}</Button>}
      </Flex>
      {of.name && !invitable(acting, of) && <Typography.Text type="secondary">{t(words.notInvitable)}</Typography.Text>}
      {[invite.error, enable.error].map((error, i) => error && <Failed key={i} error={error} />)}
      {code && <Once title={t(words.code)} secret={code} why={t(words.codeWhy)} onDone={() => setCode("")} />}
      {open === "give" && <GiveRole of={of} onDone={() => setOpen(undefined)} />}
      {open === "disable" && (
        <Disable
          of="accounts" id={of.id} onDone={() => setOpen(undefined)}
          said={{ title: t(words.disableTitle), what: t(words.disableWhat), send: t(words.disableSend), done: t(words.disabledNow) }}
        />
      )}
    </Flex>
  );
}

function GiveRole({ of, onDone }: { of: Account; onDone: () => void }) {
  const t = useSay();
  const { language } = useWho();
  const acting = useActing();
  const give = useChange<ReturnType<typeof grantBody>>("accounts", (body) => ({ path: `accounts/${of.id}/grants`, body }));
  const draft = `accounts:give:${of.id}`;
  return (
    <Opened title={t(words.give)}>
      <FieldForm
        fields={grantFields(acting, givable(acting, of), language)}
        name={draft}
        send={t(words.giveSend)}
        busy={give.isPending}
        error={give.error}
        show={grantAsks}
        check={(values) => grantWrong(values, language)}
        onSend={(values) =>
          give.mutate(grantBody(acting, values), {
            onSuccess: () => {
              dropDraft(draft);
              toast("success", t(words.gave));
              onDone();
            },
          })
        }
      >
        <Button onClick={onDone}>{t(words.cancel)}</Button>
      </FieldForm>
    </Opened>
  );
}
