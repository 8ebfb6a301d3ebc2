import { Alert, Button, Card, Flex, theme, Typography } from "antd";
import { Suspense, useEffect, useMemo, useRef } from "react";
import { Problem } from "../../api/http";
import type { Parameters } from "../../api/parameters";
import { useSay, useWho } from "../../app/session";
import { SchemaForm } from "../../parts/form/SchemaForm";
import { Loading } from "../../parts/Loading";
import { inLanguage, told } from "../../parts/told";
import { callOf, type Case, type Possible, schemaOf } from "./cases";
import { mayBeDone } from "./moving";
import { ownOf } from "./own";
import { words } from "./words";

interface MovePanelProps {
  id: string;
  found: Case;
  chosen: Possible | undefined;
  busy: boolean;
  error: Error | null;
  yours: boolean; // it is for the reader to act
  numbered: boolean; // moves are chosen by digits
  onChoose: (move: Possible | undefined) => void;
  onSend: (move: Possible, filled: Parameters) => void;
}

/** Under which name what is typed for a move is kept: by case, move and person. */
export const draftName = (id: string, move: Pick<Possible, "code">, person: string | undefined): string => `${person ?? ""}:${id}:${move.code}`;

/** Whether somebody else was quicker. */
const wasQuicker = (error: Error | null): boolean => error instanceof Problem && (error.status === 412 || (error.status === 409 && /by the move/.test(error.message)));

/** The moves that one may make now; the form of one opens in place. */
export function MovePanel({ id, found, chosen, busy, error, yours, numbered, onChoose, onSend }: MovePanelProps) {
  const t = useSay();
  const { language, person } = useWho();
  const { token } = theme.useToken();
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef<Possible>(undefined);
  const schema = useMemo(() => (chosen ? schemaOf(chosen) : undefined), [chosen]);
  useEffect(() => {
    if (chosen) document.querySelector<HTMLElement>("#move-form textarea, #move-form input, #move-form button")?.focus();
    else if (before.current) heading.current?.focus(); // the form has gone
    before.current = chosen;
  }, [chosen]);
  const own = ownOf(found.place.process);
  const OwnForm = chosen && own?.forms[chosen.code];
  const blocked = found.move.filter((m) => m.blocked);
  const quicker = wasQuicker(error);
  const ended = error instanceof Problem && error.status === 401;
  return (
    <Card className="no-print">
      <Flex vertical gap="middle">
        <Typography.Title level={2} ref={heading} tabIndex={-1} style={{ margin: 0 }}>{chosen ? callOf(chosen, language) : t(words.whatNow)}</Typography.Title>
        {error && <Alert type={quicker ? "warning" : "error"} showIcon role="alert" title={t(quicker ? words.quicker : mayBeDone(error) && !ended ? words.notKnown : words.notDone)} description={quicker && told(error, language)} />}
        {!chosen && found.move.length === 0 && <Typography.Text>{t(found.place.waits ? words.nothingNow : words.ended)}</Typography.Text>}
        {!chosen && found.move.length > 0 && (
          <Flex gap="small" wrap>
            {found.move.map((m, i) => (
              <Button key={m.code} type={yours && i === 0 && !m.blocked && !own?.last.includes(m.code) ? "primary" : "default"} disabled={Boolean(m.blocked)} aria-describedby={m.blocked ? `why-${m.code}` : undefined} aria-keyshortcuts={numbered && i < 9 ? String(i + 1) : undefined} onClick={() => onChoose(m)} style={{ height: "auto", minHeight: token.controlHeight, maxWidth: "100%", whiteSpace: "normal" }}>
                {callOf(m, language)}
                {numbered && i < 9 && <kbd aria-hidden style={{ opacity: 0.75 }}>{i + 1}</kbd>}
              </Button>
            ))}
          </Flex>
        )}
        {!chosen && blocked.map((m) => <Typography.Text key={m.code} id={`why-${m.code}`} type="secondary">{t(words.blocked, callOf(m, language), inLanguage(m.blocked ?? "", language))}</Typography.Text>)}
        {chosen && schema && (
          <div id="move-form">
            {language === "en" && <Typography.Paragraph type="secondary">{chosen.doc}</Typography.Paragraph>}
            {OwnForm ? (
              <Suspense fallback={<Loading rows={3} />}>
                <OwnForm id={id} found={found} move={chosen} busy={busy} error={quicker ? null : error} onSend={(filled) => onSend(chosen, filled)} onCancel={() => onChoose(undefined)} />
              </Suspense>
            ) : (
              <SchemaForm
                schema={schema}
                name={draftName(id, chosen, person)}
                send={t(words.submit, callOf(chosen, language))}
                {...(found.place.resident && { about: found.place.resident })}
                busy={busy}
                error={quicker ? null : error}
                onSend={(filled) => onSend(chosen, filled)}
              >
                <Button onClick={() => onChoose(undefined)} disabled={busy}>{t(words.cancel)}</Button>
              </SchemaForm>
            )}
          </div>
        )}
      </Flex>
    </Card>
  );
}
