import { AimOutlined } from "@ant-design/icons";
import { Button, Card, Flex, Typography } from "antd";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { levelFirst, type Level, type Sought, useNear, usePlace } from "./near";
import { NearFacts } from "./NearFacts";
import { words } from "./words";

interface NearByProps {
  asked: Sought;
  title: string;
  first: Level | undefined; // the level that comes first
  onBook: ((department: string) => void) | undefined; // undefined where one does not book
}

const shown = 6;

/** Some departments that fit, by distance when the person wants that, each with the way on. */
export function NearBy({ asked, title, first, onBook }: NearByProps) {
  const t = useSay();
  const { place, ask, asking, failed } = usePlace();
  const near = useNear({ ...asked, ...place });
  const all = levelFirst(near.data?.department ?? [], first).slice(0, shown);
  return (
    <section aria-label={title}>
      <Flex justify="space-between" align="center" gap="small" wrap style={{ marginBlockEnd: 8 }}>
        <Typography.Title level={2} style={{ margin: 0 }}>{title}</Typography.Title>
        {place ? <Typography.Text type="secondary" role="status">{t(words.located)}</Typography.Text> : <Button icon={<AimOutlined aria-hidden />} loading={asking} onClick={ask}>{t(words.locate)}</Button>}
      </Flex>
      <Typography.Paragraph type="secondary">{t(failed ? words.placeFailed : words.placeWhy)}</Typography.Paragraph>
      {near.error && <Failed error={near.error} again={() => void near.refetch()} />}
      {near.isPending && <Loading rows={4} />}
      {near.data && all.length === 0 && <Empty title={t(words.noneFits)} why={t(words.noClinicsWhy)} />}
      <Flex vertical gap="small">
        {all.map((d) => (
          <Card key={d.reference.reference} size="small">
            <Flex justify="space-between" align="center" gap="small" wrap>
              <NearFacts of={d} />
              <Flex gap="small" align="center" wrap>
                {d.phone && <a href={`tel:${d.phone}`} className="numbers" style={{ padding: 6 }}>{t(words.call)} {d.phone}</a>}
                {onBook && d.bookable && <Button type="primary" size="large" aria-label={t(words.chooseOf, d.institution.display, d.reference.display)} onClick={() => onBook(d.reference.reference)}>{t(words.choose)}</Button>}
              </Flex>
            </Flex>
          </Card>
        ))}
      </Flex>
    </section>
  );
}
