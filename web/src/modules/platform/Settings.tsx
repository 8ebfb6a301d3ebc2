import { Button, Checkbox, Flex, Input, Table, type TableColumnsType, Typography } from "antd";
import { type ReactNode, useState } from "react";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { narrowed, type Setting, useSettings } from "./platform";
import { originWords, words } from "./words";

/** The settings in force, and where they came from. */
export default function Settings() {
  const t = useSay();
  const query = useSettings();
  const [typed, type] = useState("");
  const [changed, change] = useState(false);
  const shown = narrowed(query.data ?? [], typed, changed);
  const clear = () => {
    type("");
    change(false);
  };
  return (
    <Flex vertical gap="middle">
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.settings)}</Typography.Title>
      <Typography.Text type="secondary">{t(words.settingsWhy)}</Typography.Text>
      <Flex gap="small" wrap align="center" className="no-print">
        <Input
          type="search"
          allowClear
          style={{ flex: "0 1 320px" }}
          aria-label={t(words.filter)}
          placeholder={t(words.filter)}
          value={typed}
          onChange={(e) => type(e.target.value)}
        />
        <Checkbox checked={changed} onChange={(e) => change(e.target.checked)}>{t(words.changed)}</Checkbox>
        <Typography.Text type="secondary" role="status" style={{ marginInlineStart: "auto" }}>
          {query.data && t(words.shown, shown.length)}
        </Typography.Text>
      </Flex>
      {query.error && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.isPending && <Loading rows={8} />}
      {query.data && shown.length === 0 && <Empty title={t(words.noSettings)}><Button onClick={clear}>{t(words.clear)}</Button></Empty>}
      {shown.length > 0 && <SettingTable settings={shown} />}
    </Flex>
  );
}

function SettingTable({ settings }: { settings: Setting[] }) {
  const t = useSay();
  const columns: TableColumnsType<Setting> = [
    {
      title: t(words.setting), key: "name", width: "25%",
      render: (_, s) => (
        <>
          <strong>{s.name}</strong>
          {s.variable && s.variable !== s.name && <div><Quiet>{s.variable}</Quiet></div>}
        </>
      ),
    },
    { title: t(words.value), key: "value", width: "18%", render: (_, s) => <Value setting={s} /> },
    { title: t(words.default), key: "default", width: "13%", render: (_, s) => (s.default ? <code>{s.default}</code> : <Quiet>{t(words.empty)}</Quiet>) },
    {
      title: t(words.from), key: "from", width: "10%",
      render: (_, s) => (s.from === "default" ? <Quiet>{t(originWords.default)}</Quiet> : <strong>{t(originWords[s.from])}</strong>),
    },
    { title: t(words.help), dataIndex: "help" },
  ];
  return (
    <div tabIndex={0} role="region" aria-label={t(words.settings)} style={{ overflowX: "auto" }}>
      <Table<Setting>
        size="middle"
        rowKey="name"
        tableLayout="fixed"
        columns={columns}
        dataSource={settings}
        pagination={false}
        style={{ minWidth: 980 }}
      />
    </div>
  );
}

function Quiet({ children }: { children: ReactNode }) {
  return <Typography.Text type="secondary">{children}</Typography.Text>;
}

/** What a setting is; of what is secret only whether it is set. */
function Value({ setting }: { setting: Setting }) {
  const t = useSay();
  if (setting.secret) return <strong>{t(setting.set ? words.secretSet : words.secretUnset)}</strong>;
  return setting.value === undefined ? <Quiet>{t(words.empty)}</Quiet> : <code>{setting.value}</code>;
}
