import { Descriptions, Flex, Modal, Switch, Typography } from "antd";
import { paletteKey } from "../palette/words";
import { useSay } from "../session";
import type { Key } from "./typed";
import { words } from "./words";

interface KeyHelpProps {
  here: readonly Key[];
  everywhere: readonly Key[];
  on: boolean;
  onChange: (on: boolean) => void;
  onClose: () => void;
}

/** Which keys do what, on this page and on every page, and whether they do. */
export default function KeyHelp({ here, everywhere, on, onChange, onClose }: KeyHelpProps) {
  const t = useSay();
  const names = (k: Key) => (k.shown ?? k.key).split(" ").map((name, i) => <kbd key={i}>{name}</kbd>);
  const lines = (keys: readonly Key[]) => keys.map((k) => ({ key: k.key, label: names(k), children: k.called }));
  const palette: Key = { key: paletteKey(), called: t(words.find), does: () => {} };
  const list = (title: string, keys: readonly Key[]) => (
    <section style={{ flex: "1 1 280px" }}>
      <Typography.Title level={2} style={{ fontSize: "1em" }}>{title}</Typography.Title>
      <Descriptions size="small" bordered column={1} styles={{ label: { width: "35%" } }} items={lines(keys)} />
    </section>
  );
  return (
    <Modal
      open
      width={here.length > 0 ? 720 : 520}
      style={{ top: 48 }}
      title={t(words.title)}
      onCancel={onClose}
      footer={null}
      closable={{ "aria-label": t(words.close) }}
    >
      <Flex vertical gap="middle">
        <label>
          <Switch checked={on} onChange={onChange} /> {t(words.on)}
        </label>
        <Flex wrap gap="0 24px">
          {here.length > 0 && list(t(words.here), here)}
          {list(t(words.everywhere), [palette, ...everywhere])}
        </Flex>
        <Typography.Text type="secondary">{t(words.after)}</Typography.Text>
      </Flex>
    </Modal>
  );
}
