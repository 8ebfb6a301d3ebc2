import { Button, Col, Flex, Row } from "antd";
import { Suspense, useCallback, useMemo, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { Problem } from "../../api/http";
import type { Parameters } from "../../api/parameters";
import { useKeyboard, useKeys } from "../../app/keys/keyboard";
import { people } from "../../app/places";
import { useActing, useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { dropDraft } from "../../parts/form/draft";
import { Loading } from "../../parts/Loading";
import { toast } from "../../plain/toasts";
import { About } from "./About";
import { CaseHead } from "./CaseHead";
import { callOf, type Case, type Possible, useCase, useHistory, useTask } from "./cases";
import { Content } from "./Content";
import { draftName, MovePanel } from "./MovePanel";
import { useMove } from "./moving";
import { inOrder, type OwnProps, ownOf } from "./own";
import { Parties } from "./Parties";
import { Steps } from "./Steps";
import { words } from "./words";

/** A case: what it is, where it stands, what one may do in it, and what was done. */
export default function CasePage() {
  const t = useSay();
  const { id = "" } = useParams();
  const found = useCase(id);
  const { role } = useActing();
  const mobile = people.some((r) => r === role);
  if (found.isPending) return <Loading rows={10} />;
  if (found.error && !found.data) {
    const gone = found.error instanceof Problem && (found.error.status === 404 || found.error.status === 403);
    return gone ? <Empty title={t(words.missing)}><Link to={mobile ? "/matters" : "/inbox"}>{t(mobile ? words.backToMatters : words.backToInbox)}</Link></Empty> : <Failed error={found.error} again={() => void found.refetch()} />;
  }
  return <Open key={id} id={id} found={found.data} mobile={mobile} />;
}

function Open({ id, found: told, mobile }: { id: string; found: Case; mobile: boolean }) {
  const t = useSay();
  const who = useWho();
  const task = useTask(id, ownOf(told.place.process) && told.place.resident);
  const history = useHistory(id);
  const own = ownOf(told.place.process);
  const found = useMemo(() => ({ ...told, move: inOrder(told.move, own) }), [told, own]);
  const moving = useMove(id, found.version);
  const [chosen, setChosen] = useState<Possible>();
  const keysOn = useKeyboard().on;
  const reset = moving.reset;
  const go = useNavigate();
  const choose = useCallback((move: Possible | undefined) => {
    const page = move && own?.pages[move.code];
    if (page) return void go(`/cases/${id}/${page}`);
    reset();
    setChosen(move);
  }, [reset, own, go, id]);
  const send = (move: Possible, filled: Parameters) =>
    moving.mutate({ move, with: filled }, {
      onSuccess: () => {
        dropDraft(draftName(id, move, who.person));
        setChosen(undefined);
        toast("success", t(words.done, callOf(move, who.language)));
      },
    });
  const keys = useMemo(
    () => found.move.slice(0, 9).map((m, i) => ({ key: String(i + 1), called: callOf(m, who.language), does: () => void (!m.blocked && choose(m)) })),
    [found.move, choose, who.language],
  );
  useKeys(keys, !mobile && !chosen);

  const panel = (
    <MovePanel
      id={id}
      found={found}
      chosen={chosen}
      busy={moving.isPending}
      error={moving.error}
      yours={mobile === (found.place.waits === "resident")}
      numbered={!mobile && keysOn}
      onChoose={choose}
      onSend={send}
    />
  );
  const shown: OwnProps = { id, found, task: task.data?.task, resident: task.data?.resident, focus: task.data?.focus, steps: history.data ?? [] };
  const body = own && <Suspense fallback={<Loading rows={4} />}><own.Body {...shown} /></Suspense>;
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" wrap gap="small" className="no-print">
        <Link to={mobile ? "/matters" : "/inbox"}>{t(mobile ? words.backToMatters : words.backToInbox)}</Link>
        <Button size="small" onClick={() => window.print()}>{t(words.print)}</Button>
      </Flex>
      <CaseHead place={found.place} parties={found.party} sending={moving.isPending} />
      {own && !mobile && history.data && <Suspense fallback={<Loading rows={2} />}><own.Head {...shown} /></Suspense>}
      <Row gutter={[16, 16]}>
        <Col xs={24} xl={mobile ? 24 : 15}>
          <Flex vertical gap="middle">
            {own && mobile ? <Suspense fallback={<Loading rows={3} />}><own.Act {...shown} busy={moving.isPending} error={moving.error} onSend={send} /></Suspense> : panel}
            {own && mobile && body}
            <About task={task.data} loading={task.isPending} place={found.place} banner={!mobile} />
            {own ? !mobile && body : <Content task={task.data?.task} found={found} steps={history.data ?? []} readable={Boolean(task.data?.focus)} />}
          </Flex>
        </Col>
        <Col xs={24} xl={mobile ? 24 : 9}>
          <Flex vertical gap="middle">
            <Parties parties={found.party} />
            {history.error ? <Failed error={history.error} again={() => void history.refetch()} /> : <Steps steps={history.data} resident={found.place.resident} />}
          </Flex>
        </Col>
      </Row>
    </Flex>
  );
}
