import { SearchOutlined } from "@ant-design/icons";
import { Flex, Grid, Input, Modal, Typography } from "antd";
import { type KeyboardEvent, useId, useState } from "react";
import { useRemembered } from "../../parts/remember";
import { Failed } from "../../parts/Failed";
import { useSettled } from "../../parts/settled";
import { placesOf } from "../places";
import { useActing, useSay } from "../session";
import { groupsOf, recentAfter } from "./groups";
import { type Item, useActions, useCases, useFoundResidents, usePlaces } from "./items";
import { Options } from "./Options";
import { words } from "./words";

/** Finds places, cases, residents and things to do from one box (WAI-ARIA combobox): arrows choose, Enter opens, Esc closes. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useSay();
  const id = useId();
  const { role } = useActing();
  const wide = Grid.useBreakpoint().md ?? true;
  const [typed, type] = useState("");
  const [chosen, choose] = useState(0);
  const [recent, remember] = useRemembered<readonly string[]>("recent", []);
  const text = typed.trim();
  const settled = useSettled(typed).trim();
  const cases = useCases(text);
  const residents = useFoundResidents(settled);
  const [places, actions] = [usePlaces(), useActions()];
  const groups = groupsOf(text, { places, actions, cases: cases.items, residents: settled === text ? residents.items : [], recent });
  const items = groups.flatMap((g) => g.items);
  const at = Math.min(chosen, items.length - 1);
  const pending = text !== "" && (cases.pending || residents.pending);

  const told = pending ? `${t(words.looking)}…` : items.length > 0 ? t(words.count, items.length) : t(words.none);

  const use = (item: Item) => {
    remember(recentAfter(recent, item));
    onClose();
    item.does();
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || items.length === 0) return;
    const to = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length }[event.key];
    const item = items[at];
    if (to !== undefined) choose(to);
    else if (event.key === "Enter" && item) use(item);
    else return;
    event.preventDefault();
  };
  return (
    <Modal
      open
      title={<label htmlFor={`${id}-box`}>{t(words.title)}</label>}
      footer={null}
      onCancel={onClose}
      closable={{ "aria-label": t(words.close) }}
      width={640}
      style={{ top: 24, paddingBottom: 24 }}
      afterOpenChange={(is) => is && document.getElementById(`${id}-box`)?.focus()}
    >
      <Input
        id={`${id}-box`}
        size="large"
        autoFocus
        autoComplete="off"
        spellCheck={false}
        prefix={<SearchOutlined aria-hidden />}
        placeholder={t(placesOf(role).some((p) => p.path === "residents") ? words.boxResidents : words.box)}
        value={typed}
        onChange={(event) => {
          type(event.target.value);
          choose(0);
        }}
        onKeyDown={press}
        role="combobox"
        aria-expanded={items.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={items[at] ? `${id}-${at}` : undefined}
      />
      <Options id={id} groups={groups} at={at} keys={wide} onUse={use} />
      {residents.error && <Failed error={residents.error} />}
      <Flex justify="space-between" gap="small" wrap style={{ marginBlockStart: 8 }}>
        <Typography.Text role="status" type="secondary">{told}</Typography.Text>
        {wide && items.length > 0 && <Typography.Text type="secondary">{t(words.how)}</Typography.Text>}
      </Flex>
    </Modal>
  );
}
