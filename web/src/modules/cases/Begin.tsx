import { Card, Flex, Typography } from "antd";
import { useMemo } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { dropDraft } from "../../parts/form/draft";
import { SchemaForm } from "../../parts/form/SchemaForm";
import { Loading } from "../../parts/Loading";
import { toast } from "../../plain/toasts";
import { callOf, type Possible, schemaOf, useBeginnings } from "./cases";
import { useBegin } from "./moving";
import { words } from "./words";

const reference = /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/;

/** Begins a matter: one chooses which, and fills in what it needs; what is chosen already stands in the address. */
export default function Begin() {
  const t = useSay();
  const [query] = useSearchParams();
  const found = useBeginnings();
  if (found.isPending) return <Loading />;
  if (found.error) return <Failed error={found.error} again={() => void found.refetch()} />;
  const process = query.get("process");
  const chosen = found.data.find((m) => m.process === process);
  return (
    <Flex vertical gap="middle">
      <Link to="/matters">{t(words.backToMatters)}</Link>
      {chosen ? <Filling key={chosen.process} move={chosen} query={query} /> : <Choosing moves={found.data} />}
    </Flex>
  );
}

/** What one may begin. */
function Choosing({ moves }: { moves: Possible[] }) {
  const t = useSay();
  const { language } = useWho();
  if (moves.length === 0) return <Empty title={t(words.nothingToBegin)} />;
  return (
    <>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.beginTitle)}</Typography.Title>
      {moves.map((m) => {
        const looked = m.process === "access-question"; // a line of the trail is chosen where one reads it
        return (
          <Link key={m.process} to={looked ? "/looked" : `/matters/begin?process=${m.process ?? ""}`}>
            <Card hoverable>
              <Typography.Text strong>{callOf(m, language)}</Typography.Text>
              {(looked || language === "en") && <Typography.Paragraph type="secondary" style={{ margin: 0 }}>{looked ? t(words.askLooked) : m.doc}</Typography.Paragraph>}
            </Card>
          </Link>
        );
      })}
    </>
  );
}

function Filling({ move, query }: { move: Possible; query: URLSearchParams }) {
  const t = useSay();
  const { language, person } = useWho();
  const { resident } = useActing();
  const go = useNavigate();
  const begin = useBegin();
  const schema = useMemo(() => schemaOf(move), [move]);
  const preset = useMemo(
    () => Object.fromEntries(Object.entries(schema.properties ?? {}).flatMap(([name, s]) => (s["x-value"] === "valueReference" && reference.test(query.get(name) ?? "") ? [[name, query.get(name) ?? ""]] : []))),
    [schema, query],
  );
  const name = `${person ?? ""}:begin:${move.process ?? ""}:${Object.values(preset).join()}`;
  return (
    <Card>
      <Typography.Title level={1} style={{ marginTop: 0 }}>{callOf(move, language)}</Typography.Title>
      {language === "en" && <Typography.Paragraph type="secondary">{move.doc}</Typography.Paragraph>}
      <SchemaForm
        schema={schema}
        name={name}
        send={t(words.begin)}
        preset={preset}
        fold={(schema.required?.length ?? 0) > 1}
        {...(resident && { about: resident })}
        busy={begin.isPending}
        error={begin.error}
        onSend={(filled) =>
          begin.mutate({ move, with: filled }, {
            onSuccess: (id) => {
              dropDraft(name);
              toast("success", t(words.begun1));
              void go(`/cases/${id}`, { replace: true });
            },
          })
        }
      />
    </Card>
  );
}
