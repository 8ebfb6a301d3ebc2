import { Checkbox, Flex, Typography } from "antd";
import { type ReactNode, useState } from "react";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { type Column, Rows } from "../../parts/Rows";
import { type Setting, useSettings } from "./platform";
import { originWords, words } from "./words";

/** The settings in force, and where they came from. */
export default function Settings() {
  const t = useSay();
  const query = useSettings();
  const [changed, change] = useState(false);
  const shown = (query.data ?? []).filter((s) => !changed || s.from !== "default");
  const columns: Column<Setting>[] = [
    { key: "name", words: words.setting, text: (s) => [s.name, s.variable].filter(Boolean).join(" "), show: (s) => <Name of={s} /> },
    { key: "value", words: words.value, text: (s) => (s.secret ? t(s.set ? words.secretSet : words.secretUnset) : (s.value ?? "")), show: (s) => <Value setting={s} /> },
    { key: "default", words: words.default, text: (s) => s.default ?? "", show: (s) => (s.default ? <code>{s.default}</code> : <Quiet>{t(words.empty)}</Quiet>) },
    { key: "from", words: words.from, few: true, text: (s) => t(originWords[s.from]), show: (s) => (s.from === "default" ? <Quiet>{t(originWords.default)}</Quiet> : <strong>{t(originWords[s.from])}</strong>) },
    { key: "help", words: words.help, long: true, text: (s) => s.help },
  ];
  return (
    <Flex vertical gap="middle">
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.settings)}</Typography.Title>
      <Typography.Text type="secondary">{t(words.settingsWhy)}</Typography.Text>
      {query.error && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.isPending && <Loading rows={8} />}
      {query.data && (
        <Rows
          name="settings"
          label={t(words.settings)}
          columns={columns}
          rows={shown}
          rowKey={(s) => s.name}
          bar={<Checkbox checked={changed} onChange={(e) => change(e.target.checked)}>{t(words.changed)}</Checkbox>}
          empty={<Empty title={t(words.noSettings)} />}
        />
      )}
    </Flex>
  );
}

function Name({ of }: { of: Setting }) {
  return (
    <>
      <strong>{of.name}</strong>
      {of.variable && of.variable !== of.name && <div><Quiet>{of.variable}</Quiet></div>}
    </>
  );
}

function Quiet({ children }: { children: ReactNode }) {
  return <Typography.Text type="secondary">{children}</Typography.Text>;
}

/** What a setting is; of what is secret only whether it is set. */
function Value({ setting }: { setting: Setting }) {
  const t = useSay();
  if (setting.secret) return <strong>{t(setting.set ? words.secretSet : words.secretUnset)}</strong>;
  return setting.value === undefined ? <Quiet>{t(words.empty)}</Quiet> : <code className="long">{setting.value}</code>;
}
