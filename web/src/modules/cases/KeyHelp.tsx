import { Descriptions, Flex, Modal, Switch } from "antd";
import { useSay } from "../../app/session";
import { words } from "./words";

interface KeyHelpProps {
  open: boolean;
  on: boolean;
  onChange: (on: boolean) => void;
  onClose: () => void;
}

/** Which keys do what, and whether they do. */
export function KeyHelp({ open, on, onChange, onClose }: KeyHelpProps) {
  const t = useSay();
  const all = [["j", words.keyNext], ["k", words.keyBefore], ["Enter / o", words.keyOpen], ["x", words.keyChoose], ["/", words.keyFilter], ["?", words.keyHelp]] as const;
  return (
    <Modal open={open} title={t(words.keys)} onCancel={onClose} footer={null} closable={{ "aria-label": t(words.close) }}>
      <Flex vertical gap="middle">
        <Descriptions size="small" bordered column={1} items={all.map(([key, what]) => ({ key, label: <kbd>{key}</kbd>, children: t(what) }))} />
        <label>
          <Switch checked={on} onChange={onChange} /> {t(words.keysOn)}
        </label>
      </Flex>
    </Modal>
  );
}
