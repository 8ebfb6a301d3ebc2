import { SoundOutlined } from "@ant-design/icons";
import { useSay, useWho } from "../../app/session";
import { aloud, canSpeak, hush } from "../../parts/aloud";
import { Button } from "../../plain/Button";
import { words } from "./words";

/** What a page is about, to be read or heard. */
export function Heading({ text, more }: { text: string; more: string }) {
  const t = useSay();
  const { language } = useWho();
  const read = () => {
    hush();
    aloud(`${text} ${more}`, language);
  };
  return (
    <div className="kiosk-head">
      <h1>{text}</h1>
      {canSpeak() && <Button size="large" icon={<SoundOutlined aria-hidden />} onClick={read}>{t(words.read)}</Button>}
    </div>
  );
}
