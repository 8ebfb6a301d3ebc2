import { Button } from "antd";
import { useSay, useWho } from "../../app/session";
import { dropDraft } from "../../parts/form/draft";
import { FieldForm } from "../../parts/form/FieldForm";
import { textOf } from "../../parts/form/values";
import { Opened } from "../../parts/Opened";
import { toast } from "../../plain/toasts";
import { reasonFields } from "./forms";
import { useChange } from "./staff";
import { words } from "./words";

interface DisableProps {
  of: "accounts" | "clients";
  id: string;
  said: { title: string; what: string; send: string; done: string };
  onDone: () => void;
}

/** Closes an account or a program, for a reason that is asked for. */
export function Disable({ of, id, said, onDone }: DisableProps) {
  const t = useSay();
  const { language } = useWho();
  const disable = useChange<{ reason: string }>(of, (body) => ({ path: `${of}/${id}/disable`, body }));
  const draft = `${of}:disable:${id}`;
  return (
    <Opened title={said.title}>
      <FieldForm
        fields={reasonFields(said.what, language)}
        name={draft}
        send={said.send}
        danger
        busy={disable.isPending}
        error={disable.error}
        onSend={(values) =>
          disable.mutate({ reason: textOf(values["reason"]).trim() }, {
            onSuccess: () => {
              dropDraft(draft);
              toast("success", said.done);
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
