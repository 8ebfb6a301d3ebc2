import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Resource } from "../../api/fhir";
import { operate } from "../../api/parameters";
import { type Role, useActing, useSay, useWho } from "../../app/session";
import { dropDraft } from "../../parts/form/draft";
import { FieldForm } from "../../parts/form/FieldForm";
import { fieldOf } from "../../parts/form/named";
import { textOf, type Values } from "../../parts/form/values";
import { Part } from "../../parts/Part";
import { toast } from "../../plain/toasts";
import type { Concept } from "../../resource/codes";
import { say, type Text } from "../../words";
import { settling as words } from "./words";

interface Kind {
  title: Text;
  what: Text; // what comes of it
  roles: readonly Role[];
  choices: readonly [code: string, words: Text][]; // the last one needs a reason
  send: (id: string, choice: string, why: string | undefined) => Promise<unknown>;
}

/** Tasks that no process drives, by their codes: who settles them, and how. */
const kinds: Record<string, Kind> = {
  "emergency-review": {
    title: words.review, what: words.reviewWhat, roles: ["administrator", "regulator"], choices: [["justified", words.justified], ["unjustified", words.unjustified]],
    send: (id, choice, note) => operate("Task/[id]/$emergency-review", { verdict: choice as "justified" | "unjustified", note }, { id }),
  },
  export: {
    title: words.decide, what: words.decideWhat, roles: ["regulator"], choices: [["approve", words.approve], ["reject", words.reject]],
    send: (id, choice, reason) => operate("Task/[id]/$export-decide", { decision: choice as "approve" | "reject", reason }, { id }),
  },
};

const whyBytes = 1500;

/** The form by which a use of emergency access is reviewed, or a request for an export decided about; nothing for anything else, and for who does not do so. */
export function Settle({ resource }: { resource: Resource }) {
  const { role } = useActing();
  const code = (resource["code"] as Concept | undefined)?.coding?.[0]?.code ?? "";
  const kind = kinds[code];
  if (resource.resourceType !== "Task" || resource["status"] !== "requested" || !kind?.roles.includes(role)) return null;
  return <Form kind={kind} id={resource.id ?? ""} />;
}

function Form({ kind, id }: { kind: Kind; id: string }) {
  const t = useSay();
  const { language } = useWho();
  const client = useQueryClient();
  const draft = `settle:${id}`;
  const settle = useMutation({
    mutationFn: (values: Values) => kind.send(id, textOf(values["choice"]), textOf(values["why"]).trim() || undefined),
    onSuccess: () => {
      dropDraft(draft);
      toast("success", t(words.done));
      return Promise.all([["record"], ["cases"], ["emergency"]].map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  });
  const check = (values: Values): Record<string, string> =>
    textOf(values["choice"]) === kind.choices.at(-1)?.[0] && !textOf(values["why"]).trim() ? { why: t(words.whyNeeded) } : {};
  const codes = kind.choices.map(([choice, text]) => ({ code: choice, label: say(text, language) }));
  const fields = [fieldOf("choice", t(words.choice), { kind: "code", required: true, codes, doc: t(kind.what) }), fieldOf("why", t(words.why), { bytes: whyBytes })];
  return (
    <div className="no-print">
      <Part title={t(kind.title)}>
        <FieldForm fields={fields} name={draft} send={t(words.send)} busy={settle.isPending} error={settle.error} check={check} onSend={(values) => settle.mutate(values)} />
      </Part>
    </div>
  );
}
