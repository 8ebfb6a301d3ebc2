import { Flex, Typography } from "antd";
import { Link } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Pairs } from "../../parts/Pairs";
import { words as common } from "../../parts/words";
import { useTimes } from "../../parts/times";
import { type Request, scopeOf } from "./exports";
import { words } from "./words";

/** All of a request, and of what was fetched by it. */
export function Details({ of }: { of: Request }) {
  const t = useSay();
  const { language } = useWho();
  const times = useTimes();
  const own = /^Organization\/[A-Za-z0-9.-]+$/.test(of.recipient);
  const recipient = own ? <Link to={`/record/${of.recipient}`}>{t(words.whoOwn)}</Link> : of.recipient;
  const breaks = { overflowWrap: "anywhere" } as const;
  const parts = of.part.map((p) => scopeOf(p, language));
  return (
    <Flex vertical gap={12}>
      <Pairs
        of={[
          [t(words.scope), <ul key="scope" style={{ margin: 0, paddingInlineStart: 20 }}>
            {parts.map((p) => <li key={p.type}>{p.type}{p.criteria && <> <code style={breaks}>{p.criteria}</code></>}</li>)}
          </ul>],
          [t(words.recipient), recipient],
          [t(words.abroad), t(of.abroad ? common.yes : common.no)],
          [t(words.assessment), of.assessment],
          [t(words.pia), of.pia],
          [t(words.most), <span key="most" className="numbers">{of.most.toLocaleString(language)}</span>],
          [t(words.task), <Link key="task" to={`/record/${of.task}`}>{of.task.slice(-8)}</Link>],
        ]}
      />
      {of.run.length > 0 && (
        <div>
          <Typography.Text strong>{t(words.runs)}</Typography.Text>
          <ul style={{ margin: 0, paddingInlineStart: 20 }}>
            {of.run.map((r) => (
              <li key={r.began}>
                {r.ended ? t(words.run, times.time(r.began), r.resources, r.people) : t(words.runBroken, times.time(r.began))}
                {r.ended && !r.whole && t(words.runPart)}
                {r.sha256 && <div><Typography.Text type="secondary" style={breaks}>{t(words.sum, r.sha256)}</Typography.Text></div>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Flex>
  );
}
