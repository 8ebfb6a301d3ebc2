import { Flex, Table, Tag, theme, Typography } from "antd";
import { useSay } from "../../app/session";
import { Wide } from "../../parts/Wide";
import { contrast, type Pair, pairs, type Tokens } from "../../theme/contrast";
import { colours } from "../../theme/tokens";
import { colourWords, words } from "./words";

const names = Object.keys(colours) as (keyof typeof colours)[];

/** The colours of the product, and how well they can be told from each other where they meet. */
export function Colours() {
  const t = useSay();
  const { token } = theme.useToken();
  return (
    <Flex vertical gap="middle">
      <Typography.Text>{t(words.colourWhy)}</Typography.Text>
      <div className="cells">
        {names.map((name) => (
          <Flex key={name} vertical gap={4} style={{ minWidth: 0 }}>
            <div
              aria-hidden
              style={{ height: 56, background: colours[name], border: `1px solid ${token.colorBorder}`, borderRadius: token.borderRadius }}
            />
            <span>{t(colourWords[name])}</span>
            <Typography.Text type="secondary"><code>{name} {colours[name]}</code></Typography.Text>
          </Flex>
        ))}
      </div>
      <Typography.Title level={3} style={{ margin: 0 }}>{t(words.pairs)}</Typography.Title>
      <Typography.Text>{t(words.pairsWhy)}</Typography.Text>
      <Wide label={t(words.pairs)}>
        <Table<Pair>
          size="small"
          rowKey={(p) => `${p.ink}.${p.ground}`}
          pagination={false}
          dataSource={pairs}
          columns={[
            { title: t(words.sampleColumn), render: (_, p) => <Sample pair={p} /> },
            { title: t(words.ink), render: (_, p) => <code>{p.ink}</code> },
            { title: t(words.ground), render: (_, p) => <code>{p.ground}</code> },
            { title: t(words.ratio), className: "numbers", render: (_, p) => ratioOf(p, token).toFixed(2) },
            { title: t(words.needed), className: "numbers", render: (_, p) => p.least },
            { title: t(words.passes), render: (_, p) => <Passes is={ratioOf(p, token) >= p.least} /> },
          ]}
        />
      </Wide>
    </Flex>
  );
}

const ratioOf = (p: Pair, token: Tokens) => contrast(String(token[p.ink]), String(token[p.ground]));

/** A pair as it looks: text on a ground, or an edge around something. */
function Sample({ pair: { ink, ground, least } }: { pair: Pair }) {
  const t = useSay();
  const { token } = theme.useToken();
  const [over, under] = [String(token[ink]), String(token[ground])];
  const look = least === 3 ? { color: token.colorText, border: `1px solid ${over}` } : { color: over };
  return <span style={{ display: "inline-block", padding: "4px 12px", background: under, ...look }}>{t(words.sample)}</span>;
}

function Passes({ is }: { is: boolean }) {
  const t = useSay();
  return is ? <Tag color="success" variant="outlined">{t(words.passes)}</Tag> : <Tag color="error" variant="solid">{t(words.fails)}</Tag>;
}
