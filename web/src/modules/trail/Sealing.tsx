import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Card, Descriptions, Flex, Grid, theme, Typography } from "antd";
import { operate } from "../../api/parameters";
import { useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { stampOf } from "../../words/dates";
import { judged } from "./sealed";
import { state as words } from "./words";

/** How far the trail is sealed by its log, as the server tells it. */
export function Sealing() {
  const t = useSay();
  const { token } = theme.useToken();
  const wide = Grid.useBreakpoint().md ?? true;
  const query = useQuery({
    queryKey: ["trail", "state"],
    queryFn: async ({ signal }) => (await operate("$trail-state", {}, { signal })).data,
  });
  if (query.error && !query.data) return <Failed error={query.error} again={() => void query.refetch()} />;
  if (!query.data) return <Loading rows={6} />;
  const s = query.data;
  const verdict = judged(s);
  const told = {
    whole: { type: "success", title: words.whole, why: words.wholeWhy }, late: { type: "warning", title: words.late, why: words.lateWhy },
    broken: { type: "error", title: words.broken, why: words.brokenWhy }, none: { type: "warning", title: words.none, why: words.noneWhy },
  } as const;
  const code = (text: string) => <Typography.Text code copyable style={{ overflowWrap: "anywhere" }}>{text}</Typography.Text>;
  return (
    <Flex vertical gap={16}>
      <Alert role="status" type={told[verdict].type} title={<strong>{t(told[verdict].title)}</strong>} description={t(told[verdict].why)} />
      <Card title={<Typography.Title level={2} style={{ margin: 0 }}>{t(words.checkpoint)}</Typography.Title>}>
        <Descriptions
          {...(!wide && { layout: "vertical" as const, size: "small" as const })}
          column={{ xs: 1, md: 2 }}
          styles={{ label: { color: token.colorTextSecondary } }}
          items={[
            { key: "sealed", label: t(words.sealed), children: <strong className="numbers">{s.sealed}</strong> },
            { key: "until", label: t(words.until), children: s.until ? <span className="numbers">{stampOf(s.until)}</span> : "—" },
            { key: "unsealed", label: t(words.unsealed), children: <span className="numbers">{Math.max(0, s.batches - s.sealed)}</span> },
            { key: "waiting", label: t(words.waiting), children: <span className="numbers">{s.waiting}</span> },
            ...(s.log
              ? [
                  { key: "leaves", label: t(words.leaves), children: <span className="numbers">{s.leaves}</span> },
                  { key: "cosigned", label: t(words.cosigned), children: s.cosigned ? t(words.cosignedOf, s.cosigned, s.leaves ?? 0) : t(words.unwitnessed) },
                  { key: "log", label: t(words.log), span: "filled" as const, children: code(s.log) },
                  { key: "root", label: t(words.root), span: "filled" as const, children: code(s.root ?? "") },
                ]
              : []),
          ]}
        />
        <Button
          className="no-print" style={{ marginBlockStart: 8 }} onClick={() => void query.refetch()} loading={query.isFetching}
        >
          {t(words.again)}
        </Button>
      </Card>
      <section>
        <Typography.Title level={2} style={{ marginBlock: "0 8px" }}>{t(words.verify)}</Typography.Title>
        <Typography.Text>{t(words.verifyWhy)}</Typography.Text>
      </section>
    </Flex>
  );
}
