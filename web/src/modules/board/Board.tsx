import { Alert, Button, Card, Col, Flex, Row, theme, Typography } from "antd";
import { Link } from "react-router";
import { iconOf } from "../../app/icons";
import { menuOf } from "../../app/places";
import { type Role, useActing, useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { useTimes } from "../../parts/times";
import { type Count, scopesOf, useInbox } from "../cases/cases";
import { Matter } from "../cases/Matter";
import { type Board as Counted, disputesOf, nameOf, openIn, sum, useBoard, useUses } from "./board";
import { Daily } from "./Daily";
import { Emergency } from "./Emergency";
import { Institutions } from "./Institutions";
import { listOf } from "./listed";
import { type Figure, Numbers } from "./Numbers";
import { Processes } from "./Processes";
import { words } from "./words";

const shown = 3; // cases that come first
const reviewing: readonly Role[] = ["administrator", "regulator"];
const review = "emergency-review:requested";
const asked = "export:requested";

/** Where those begin who run the platform or an institution, or look at how it is run. */
export default function Board() {
  const t = useSay();
  const times = useTimes();
  const who = useWho();
  const acting = useActing();
  const reviews = reviewing.includes(acting.role);
  const board = useBoard();
  const uses = useUses(reviews);
  const inbox = useInbox({ of: scopesOf(acting)[0] ?? "mine", count: shown });
  const first = inbox.data?.pages[0];
  const again = () => void Promise.all([board.refetch(), inbox.refetch(), ...(reviews ? [uses.refetch()] : [])]);
  return (
    <Flex vertical gap="large">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.hello, who.called ?? "")}</Typography.Title>
        <Button className="no-print" onClick={again} loading={board.isRefetching}>{t(words.refresh)}</Button>
      </Flex>
      {board.error && <Failed error={board.error} again={() => void board.refetch()} />}
      {inbox.error && <Failed error={inbox.error} again={() => void inbox.refetch()} />}
      {board.isPending && <Loading rows={8} />}
      {board.data && (
        <>
          {!board.data.whole && <Alert type="info" showIcon title={t(words.partly)} />}
          <Figures board={board.data} role={acting.role} counts={first?.count ?? []} />
        </>
      )}
      {first && <First of={first.case} />}
      {board.data && acting.role !== "operator" && <Processes board={board.data} />}
      {board.data && acting.role === "regulator" && <Institutions board={board.data} />}
      {reviews && <Emergency of={uses} />}
      {board.data && <Daily board={board.data} />}
      {acting.role === "operator" && <Ways />}
      {board.data && acting.role !== "operator" && <Typography.Text type="secondary">{t(words.counted, times.time(board.data.at), times.day(board.data.since))}</Typography.Text>}
    </Flex>
  );
}

/** The numbers of a role. */
function Figures({ board, role, counts }: { board: Counted; role: Role; counts: Count[] }) {
  const t = useSay();
  const [opened, late, today] = [sum(board.process, (p) => p.open), sum(board.process, (p) => p.overdue), sum(board.process, (p) => p.today)];
  const [reviews, exports, disputes] = [openIn(board, review), openIn(board, asked), disputesOf(board)];
  const overdue = reviews?.overdue ?? 0;
  const all: Figure[] = [{ key: "toDo", label: t(words.toDo), value: sum(counts, (c) => c.open), to: "/inbox" }];
  if (role !== "operator") {
    all.push(
      { key: "open", label: t(words.open), value: opened, to: listOf({}) },
      { key: "late", label: t(words.late), value: late, to: listOf({ due: "late" }), bad: true },
      { key: "today", label: t(words.today), value: today, to: listOf({ due: "today" }) },
    );
  }
  if (reviewing.includes(role)) {
    all.push({ key: "reviews", label: t(words.reviews), value: reviews?.open ?? 0, to: listOf({ process: "emergency-review", state: [review] }), bad: overdue > 0, note: overdue > 0 ? t(words.reviewsLate, overdue) : t(words.noneLate) });
  }
  if (role === "regulator") {
    all.push(
      { key: "exports", label: t(words.exports), value: exports?.open ?? 0, to: listOf({ process: "export", state: [asked] }) },
      { key: "disputes", label: t(words.disputes), value: sum(disputes, (s) => s.open), to: listOf({ state: disputes.map(nameOf) }) },
    );
  }
  return <Numbers all={all} whole={board.whole} />;
}

function First({ of }: { of: Parameters<typeof Matter>[0]["place"][] }) {
  const t = useSay();
  return (
    <section aria-labelledby="first">
      <Flex justify="space-between" align="baseline">
        <Typography.Title level={2} id="first" style={{ marginBlockStart: 0 }}>{t(words.first)}</Typography.Title>
        <Link to="/inbox">{t(words.inbox)}</Link>
      </Flex>
      {of.length === 0 ? (
        <Card size="small"><Typography.Text type="secondary">{t(words.calm)}</Typography.Text></Card>
      ) : (
        <Flex vertical gap="small">{of.map((p) => <Matter key={p.case} place={p} yours />)}</Flex>
      )}
    </section>
  );
}

/** The places of who sees no cases. */
function Ways() {
  const t = useSay();
  const { role } = useActing();
  const { token } = theme.useToken();
  const all = menuOf(role).filter((p) => p.path !== "");
  return (
    <section aria-labelledby="ways">
      <Typography.Title level={2} id="ways" style={{ marginBlockStart: 0 }}>{t(words.ways)}</Typography.Title>
      <Row gutter={[12, 12]}>
        {all.map((p) => (
          <Col key={p.path} xs={12} md={8} xl={6}>
            <Link to={`/${p.path}`}>
              <Card hoverable size="small" style={{ height: "100%" }}>
                <Flex gap="small" align="center">
                  <span aria-hidden style={{ fontSize: token.fontSizeXL, color: token.colorPrimary }}>{iconOf(p.icon)}</span>
                  <Typography.Text strong>{t(p.words)}</Typography.Text>
                </Flex>
              </Card>
            </Link>
          </Col>
        ))}
      </Row>
    </section>
  );
}
