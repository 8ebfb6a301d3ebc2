import { Button, Flex, theme } from "antd";
import type { Resource } from "../../api/fhir";
import { useSay } from "../../app/session";
import { Copy } from "../../parts/Once";
import { save } from "../../parts/save";
import { print } from "../../resource/json/parse";
import { Tree } from "./Tree";
import { words } from "./words";

/** A resource as JSON: a tree that folds, to copy and to save. */
export function Text({ resource }: { resource: Resource }) {
  const t = useSay();
  const { token } = theme.useToken();
  return (
    <Flex vertical gap={12}>
      <Flex gap={8} className="no-print">
        <Copy text={print(resource)} />
        <Button onClick={() => save(print(resource), `${resource.resourceType}-${resource.id ?? ""}.json`, "application/fhir+json")}>{t(words.download)}</Button>
      </Flex>
      <div style={{ overflowX: "auto", fontFamily: token.fontFamilyCode }} tabIndex={0} role="region" aria-label={t(words.expert)}>
        <Tree value={resource} open />
      </div>
    </Flex>
  );
}
