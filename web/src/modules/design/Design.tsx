import { Card, Flex, Typography } from "antd";
import type { ComponentType } from "react";
import { useSay } from "../../app/session";
import { Buttons } from "./Buttons";
import { Colours } from "./Colours";
import { Dates } from "./Dates";
import { Forms } from "./Forms";
import { Icons } from "./Icons";
import { Print } from "./Print";
import { Spacing } from "./Spacing";
import { States } from "./States";
import { Tables } from "./Tables";
import { Type } from "./Type";
import { Wording } from "./Wording";
import { words } from "./words";

const sections = {
  colours: Colours, type: Type, spacing: Spacing, icons: Icons, buttons: Buttons, tables: Tables, forms: Forms, states: States, dates: Dates,
  wording: Wording, print: Print,
} satisfies Partial<Record<keyof typeof words, ComponentType>>;

const names = Object.keys(sections) as (keyof typeof sections)[];

/** What pages are made of, drawn from the theme and the parts themselves. Each section has an address of its own. */
export default function Design() {
  const t = useSay();
  return (
    <Flex vertical gap="middle">
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
      <Typography.Text>{t(words.about)}</Typography.Text>
      <nav aria-label={t(words.contents)} className="no-print">
        <Flex wrap gap="8px 20px">
          {names.map((name) => <a key={name} href={`#${name}`} style={{ display: "inline-block", paddingBlock: 4 }}>{t(words[name])}</a>)}
        </Flex>
      </nav>
      {names.map((name) => {
        const Section = sections[name];
        return (
          <section key={name} id={name} aria-labelledby={`${name}-title`} className="anchored">
            <Card>
              <Typography.Title level={2} id={`${name}-title`} style={{ marginTop: 0 }}>{t(words[name])}</Typography.Title>
              <div data-samples><Section /></div>
            </Card>
          </section>
        );
      })}
    </Flex>
  );
}
