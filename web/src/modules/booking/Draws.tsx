import { ArrowLeftOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Tag, Typography } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Pairs } from "../../parts/Pairs";
import { Part } from "../../parts/Part";
import { type Column, Rows } from "../../parts/Rows";
import { clockOf, dateOf, dayOf } from "../../words/dates";
import { said } from "./said";
import { type Draw, type Lot, useDraws, wrongWith } from "./wishes";
import { words } from "./words";

/** The draws of a clinic for everybody: what was promised before, what came of it, and whether it is so. */
export default function Draws() {
  const { id = "" } = useParams();
  const t = useSay();
  const { language } = useWho();
  const go = useNavigate();
  const [given] = useSearchParams();
  const day = given.get("day") ?? "";
  const found = useDraws(id, day);
  const draw = day ? found.data?.[0] : undefined;
  return (
    <Flex vertical gap={16}>
      <div>{day ? <LinkButton type="link" to={`/draws/${id}`} icon={<ArrowLeftOutlined aria-hidden />}>{t(words.drawBack)}</LinkButton> : <Button type="link" style={{ paddingInline: 0 }} icon={<ArrowLeftOutlined aria-hidden />} onClick={() => void go(-1)}>{t(words.back)}</Button>}</div>
      <Typography.Title level={1} style={{ margin: 0 }}>{day ? t(words.drawOf, dateOf(day, language)) : t(words.draws)}</Typography.Title>
      <Typography.Text type="secondary">{t(words.drawsWhy)}</Typography.Text>
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading rows={8} />}
      {!day && found.data && <List id={id} of={found.data} />}
      {draw && <One id={id} of={draw} />}
    </Flex>
  );
}

function List({ id, of }: { id: string; of: readonly Draw[] }) {
  const t = useSay();
  const { language } = useWho();
  const columns: Column<Draw>[] = [
    { key: "day", words: words.drawDay, numbers: true, text: (d) => dateOf(d.day, language), show: (d) => <Link to={`/draws/${id}?day=${d.day}`}>{dateOf(d.day, language)}</Link> },
    { key: "state", words: words.drawState, few: true, text: (d) => t(said.draw[d.state]), show: (d) => <Tag variant="outlined" color={d.state === "done" ? "success" : "processing"}>{t(said.draw[d.state])}</Tag> },
    { key: "opens", words: words.drawWhen, numbers: true, text: (d) => `${dateOf(dayOf(d.opens), language)} ${clockOf(d.opens)}` },
    { key: "count", words: words.drawCount, numbers: true, text: (d) => (d.seed ? String(d.count) : "") },
  ];
  return <Rows name="draws" label={t(words.drawsTable)} columns={columns} rows={of} rowKey={(d) => d.day} empty={<Empty title={t(words.drawsNone)} why={t(words.drawsNoneWhy)} />} />;
}

function One({ id, of: told }: { id: string; of: Draw }) {
  const t = useSay();
  const { language } = useWho();
  const [checking, check] = useState(false);
  const whole = useDraws(id, told.day, checking, true); // who checks needs them all
  const d = whole.data?.[0] ?? told;
  const checked = whole.data?.[0] && (wrongWith(whole.data[0]) ?? "right");
  const when = `${dateOf(dayOf(d.opens), language)} ${clockOf(d.opens)}`;
  const own = d.seed ? d.entry.filter((l) => l.mine) : [];
  const got = (l: Lot) => (l.number === undefined ? t(words.gotNone) : t(words.gotPlace, l.number));
  const columns: Column<Lot>[] = [
    { key: "rank", words: words.rank, numbers: true, text: (l) => String(l.rank) },
    { key: "id", words: words.entry, text: (l) => (l.mine ? `${l.id} ${t(words.own)}` : l.id), show: (l) => <Flex gap={4} align="center" wrap><code>{l.id}</code>{l.mine && <Tag color="processing">{t(words.own)}</Tag>}</Flex> },
    { key: "got", words: words.got, few: true, text: got },
  ];
  return (
    <>
      {own.map((l) => (
        <Alert
          key={l.id} showIcon type={l.number === undefined ? "info" : "success"} title={l.number === undefined ? t(words.ownNone, l.rank) : t(words.ownPlace, l.rank, l.number)}
          action={<LinkButton size="small" to="/booking/visits">{t(words.waitSee)}</LinkButton>}
        />
      ))}
      <Part title={t(said.draw[d.state])}>
        <Flex vertical gap={12}>
          <Pairs of={[[t(words.drawWhen), when], [t(words.drawCount), d.seed ? String(d.count) : ""]]} />
          <Pairs of={[[t(words.commitment), <Digest key="c" of={d.commitment} />], [t(words.seed), d.seed ? <Digest key="s" of={d.seed} /> : t(words.seedLater)]]} />
          {d.seed && (
            <Flex gap="small" align="center" wrap>
              <Button loading={whole.isFetching} onClick={() => check(true)}>{t(words.check)}</Button>
              <Typography.Text type="secondary">{t(words.checkWhy)}</Typography.Text>
            </Flex>
          )}
          {whole.error && <Failed error={whole.error} again={() => void whole.refetch()} />}
          {checked && <Alert type={checked === "right" ? "success" : "error"} showIcon role="status" title={t({ right: words.checked, seed: words.wrongSeed, order: words.wrongOrder }[checked], d.count)} />}
        </Flex>
      </Part>
      {d.seed ? (
        <Part title={t(words.order)}>
          {d.entry.length < d.count && <Typography.Paragraph type="secondary">{t(words.orderPart)}</Typography.Paragraph>}
          <Rows name="draw-order" label={t(words.orderTable)} columns={columns} rows={d.entry} rowKey={(l) => l.id} page={50} empty={<Empty title={t(d.count > 0 ? words.noWinners : words.noEntries)} />} />
        </Part>
      ) : <Empty title={t(words.notYet)} why={t(words.notYetWhy, when)} />}
    </>
  );
}

/** Digits that may break anywhere. */
const Digest = ({ of }: { of: string }) => <code style={{ overflowWrap: "anywhere" }}>{of}</code>;
