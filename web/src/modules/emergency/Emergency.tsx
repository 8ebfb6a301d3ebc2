import { Flex, Table, Typography } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { dropDraft } from "../../parts/form/draft";
import { FieldForm } from "../../parts/form/FieldForm";
import { fieldOf } from "../../parts/form/named";
import { Loading } from "../../parts/Loading";
import { Part } from "../../parts/Part";
import { lasting, useTimes } from "../../parts/times";
import { toast } from "../../plain/toasts";
import { documents } from "../family/entrust";
import { type Own, useOpen, useOwn, wrongWith } from "./emergency";
import { words } from "./words";

const minute = 60_000;

/** Opens the record of a resident in an emergency, and tells which are open. */
export default function Emergency() {
  const t = useSay();
  const { id = "" } = useParams();
  const own = useOwn();
  return (
    <Flex vertical gap={16}>
      <div>
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
        <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
      </div>
      {own.error && <Failed error={own.error} again={() => void own.refetch()} />}
      {own.isPending && <Loading rows={8} />}
      {own.data && (
        <>
          <Know rules={own.data} />
          <Part title={t(words.whose)}><Opening key={id} id={id} rules={own.data} /></Part>
          <Part title={t(words.open)}><Open all={own.data.open} /></Part>
        </>
      )}
    </Flex>
  );
}

/** What comes of it. */
function Know({ rules }: { rules: Own }) {
  const t = useSay();
  const { language } = useWho();
  const [lasts, review] = [rules.lasts, rules.review].map((minutes) => lasting(minutes * minute, language));
  return (
    <Part title={t(words.know)}>
      <ul style={{ margin: 0, paddingInlineStart: 20 }}>
        <li>{t(words.knowLasts, lasts ?? "")}</li>
        <li>{t(words.knowTold)}</li>
        <li>{t(words.knowReview, review ?? "")}</li>
        <li>{t(words.knowMost, rules.most)}</li>
      </ul>
    </Part>
  );
}

const reasonBytes = 2000;

function Opening({ id, rules }: { id: string; rules: Own }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const go = useNavigate();
  const open = useOpen();
  const [preset] = useState({ document: "citizen" });
  const resident = id && `Patient/${id}`;
  const draft = `emergency:${id}`;
  const codes = Object.entries(documents).map(([code, d]) => ({ code, label: t(d.words) }));
  const fields = [
    ...(id ? [] : [
      fieldOf("document", t(words.document), { kind: "code", required: true, codes }),
      fieldOf("number", t(words.number), { required: true, doc: t(words.numberHelp) }),
    ]),
    fieldOf("reason", t(words.reason), { required: true, bytes: reasonBytes, doc: t(words.reasonHelp, rules.least, rules.length) }),
  ];
  return (
    <Flex vertical gap={16}>
      {id && (
        <Flex wrap gap="4px 16px" align="center">
          <strong>{t(words.chosen, id.slice(-8))}</strong>
          <Link to="/emergency" style={{ minHeight: 24 }}>{t(words.other)}</Link>
        </Flex>
      )}
      <FieldForm
        fields={fields}
        name={draft}
        send={t(words.send)}
        {...(!id && { preset })}
        busy={open.isPending}
        error={open.error}
        check={(values) => wrongWith({ resident, values }, rules, language)}
        onSend={(values) =>
          open.mutate({ resident, values }, {
            onSuccess: ({ patient, until }) => {
              dropDraft(draft);
              toast("success", t(words.done, times.time(until)));
              void go(`/residents/${patient.split("/")[1]}`);
            },
          })
        }
      />
    </Flex>
  );
}

/** The records that are open. */
function Open({ all }: { all: Own["open"] }) {
  const t = useSay();
  const times = useTimes();
  if (all.length === 0) return <Typography.Text type="secondary">{t(words.none)}</Typography.Text>;
  return (
    <Table
      size="small"
      aria-label={t(words.open)}
      rowKey="patient"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={all}
      columns={[
        {
          title: t(words.resident),
          render: (_, o) => <Link to={`/residents/${o.patient.split("/")[1]}`} style={{ minHeight: 24 }}>{o.name ?? o.patient}</Link>,
        },
        { title: t(words.until), className: "numbers", render: (_, o) => times.time(o.until) },
        { title: t(words.left), render: (_, o) => times.left(o.until) },
      ]}
    />
  );
}
