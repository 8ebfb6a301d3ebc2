import { Button, Flex, Input, theme } from "antd";
import { useState } from "react";
import { useSay, useWho } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Part } from "../../parts/Part";
import { type Choices, fitting, inLanguage, type Person } from "./triage";
import { words } from "./words";

/** The complaints that somebody can have, by the part of the body. */
export function Choose({ of, person, onChoose }: { of: Choices; person: Person; onChoose: (complaint: string) => void }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const [typed, type] = useState("");
  const found = fitting(of, typed, person);
  const grid = { display: "grid", gap: 8, gridTemplateColumns: `repeat(auto-fill, minmax(min(calc(50% - 4px), ${token.fontSize * 11}px), 1fr))` } as const;
  const button = (c: (typeof found)[number]) => (
    <Button key={c.code} size="large" style={{ height: "auto", minHeight: token.controlHeightLG, whiteSpace: "normal", paddingBlock: 6 }} onClick={() => onChoose(c.code)}>{inLanguage(c, language)}</Button>
  );
  return (
    <Flex vertical gap={16}>
      <Input type="search" size="large" aria-label={t(words.find)} placeholder={t(words.find)} value={typed} onChange={(e) => type(e.target.value)} />
      {found.length === 0 && <Empty title={t(words.noneFits)} why={t(words.noneFitsWhy)} />}
      {typed.trim() ? (
        <div style={grid}>{found.map(button)}</div>
      ) : (
        of.group.map((g) => {
          const here = found.filter((c) => c.group === g.code);
          return here.length > 0 && <Part key={g.code} title={inLanguage(g, language)}><div style={grid}>{here.map(button)}</div></Part>;
        })
      )}
    </Flex>
  );
}
