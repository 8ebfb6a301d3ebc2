import { Button, Empty, Flex, theme, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { usePrinting } from "../../parts/printing";
import { dateOf, dayOf } from "../../words/dates";
import { typeOf } from "../../resource/elements";
import type { Result } from "../../resource/results";
import { Standing } from "../record/Standing";
import { gistOf, titleOf, whenOf } from "../../resource/summary";
import { words } from "./words";

const step = 40;

/** Everything by day, the newest first. */
export function Timeline({ all }: { all: Resource[] }) {
  const t = useSay();
  const { language } = useWho();
  const [shown, show] = useState(step);
  const printing = usePrinting(); // then nothing is left for later
  const days = new Map<string, Resource[]>();
  for (const r of all.slice(0, printing ? all.length : shown)) {
    const day = dateOf(dayOf(whenOf(r)), language) || t(words.undated);
    days.set(day, [...(days.get(day) ?? []), r]);
  }
  if (all.length === 0) return <Empty description={<><strong>{t(words.none)}</strong><div>{t(words.noneWhy)}</div></>} />;
  return (
    <Flex vertical gap={16}>
      {[...days].map(([day, of]) => <Day key={day} day={day} of={of} />)}
      {all.length > shown && <Button onClick={() => show(shown + step)}>{t(words.more)}</Button>}
    </Flex>
  );
}

function Day({ day, of }: { day: string; of: Resource[] }) {
  const { language } = useWho();
  const { token } = theme.useToken();
  return (
    <section>
      <Typography.Title level={2} className="numbers" style={{ fontSize: token.fontSizeLG, margin: 0 }}>{day}</Typography.Title>
      <ul style={{ listStyle: "none", margin: 0, paddingInlineStart: 16, borderInlineStart: `3px solid ${token.colorBorderSecondary}` }}>
        {of.map((r) => (
          <li key={`${r.resourceType}/${r.id}`} style={{ paddingBlock: 6 }}>
            <Flex wrap gap="0 12px" align="center">
              <Typography.Text type="secondary" style={{ minWidth: "7em" }}>{typeOf(r.resourceType, language)}</Typography.Text>
              <Link to={`/record/${r.resourceType}/${r.id}`} style={{ minHeight: 24 }}>{titleOf(r, language)}</Link>
              <span className="numbers">{gistOf(r, language)}</span>
              <Standing of={r as Result} short />
            </Flex>
          </li>
        ))}
      </ul>
    </section>
  );
}
