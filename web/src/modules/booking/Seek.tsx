import { AimOutlined, ArrowLeftOutlined } from "@ant-design/icons";
import { Button, Card, Checkbox, Flex, Radio, Typography } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { Loading } from "../../parts/Loading";
import { Compare } from "./Compare";
import { Criteria } from "./Criteria";
import { type Nearby, type Order, type Sought, toggled, useNear, usePlace } from "./near";
import { NearFacts } from "./NearFacts";
import { orders, words } from "./words";

/** Finds departments by what matters to somebody, and sets some of them side by side. */
export default function Seek() {
  const t = useSay();
  const go = useNavigate();
  const { place, ask, forget, asking, failed } = usePlace();
  const [sought, seek] = useState<Sought>({});
  const [order, sort] = useState<Order>("time");
  const [compared, compare] = useState<readonly string[]>([]);
  const { km, ...rest } = sought;
  const near = useNear({ ...rest, ...place, ...(place && km !== undefined && { km }), order: order === "distance" && !place ? "time" : order });
  const all = near.data?.department ?? [];
  const chosen = all.filter((d) => compared.includes(d.reference.reference));
  const book = (d: Nearby) => void go(`/booking/find?department=${d.reference.reference}`);
  return (
    <Flex vertical gap={16}>
      <div><LinkButton type="link" to="/booking" icon={<ArrowLeftOutlined aria-hidden />}>{t(words.toStart)}</LinkButton></div>
      <div>
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.seek)}</Typography.Title>
        <Typography.Text type="secondary">{t(words.seekWhy)}</Typography.Text>
      </div>
      <Card>
        <Criteria onSeek={seek} busy={near.isFetching} />
        <Flex gap="small" align="center" wrap style={{ marginBlockStart: 16 }}>
          {place ? (
            <>
              <Typography.Text role="status">{t(words.located)}</Typography.Text>
              <Button type="link" onClick={() => { forget(); sort("time"); }}>{t(words.forget)}</Button>
            </>
          ) : (
            <Button icon={<AimOutlined aria-hidden />} loading={asking} onClick={() => { ask(); sort("distance"); }}>{t(words.locate)}</Button>
          )}
          <Typography.Text type="secondary">{t(failed ? words.placeFailed : km !== undefined && !place ? words.needsPlace : words.placeWhy)}</Typography.Text>
        </Flex>
      </Card>
      <Flex justify="space-between" align="center" gap="small" wrap>
        <Typography.Text strong role="status">{near.data && !near.error ? t(words.found, all.length) : ""}</Typography.Text>
        <Radio.Group
          aria-label={t(words.sortBy)}
          optionType="button"
          value={order === "distance" && !place ? "time" : order}
          onChange={(e) => sort(e.target.value as Order)}
          options={(["time", "price", "distance"] as const).map((value) => ({ value, label: t(orders[value]), disabled: value === "distance" && !place }))}
        />
      </Flex>
      {chosen.length > 1 && <Compare of={chosen} onBook={book} />}
      {near.error && <Failed error={near.error} again={() => void near.refetch()} />}
      {near.isPending && <Loading rows={6} />}
      {near.data && !near.error && all.length === 0 && <Empty title={t(words.noneFits)} why={t(words.noneFitsWhy)}><LinkButton to="/triage">{t(words.unsureWhere)}</LinkButton></Empty>}
      {!near.error && all.map((d) => {
        const id = d.reference.reference;
        return (
          <Card key={id} size="small">
            <Flex justify="space-between" align="center" gap="small" wrap>
              <NearFacts of={d} />
              <Flex gap="small" align="center" wrap>
                <Checkbox checked={compared.includes(id)} aria-label={t(words.compareOf, d.institution.display, d.reference.display)} onChange={() => compare(toggled(compared, id))}>{t(words.compare)}</Checkbox>
                <Button type="primary" aria-label={t(words.chooseOf, d.institution.display, d.reference.display)} onClick={() => book(d)}>{t(words.choose)}</Button>
              </Flex>
            </Flex>
          </Card>
        );
      })}
      {near.data?.whole === false && <Typography.Text type="secondary">{t(words.cutDepartments)}</Typography.Text>}
    </Flex>
  );
}
