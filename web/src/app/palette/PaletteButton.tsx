import { SearchOutlined } from "@ant-design/icons";
import { Suspense, useEffect, useState } from "react";
import { Button } from "../../plain/Button";
import { useWide } from "../../plain/screen";
import { dressed } from "../dressed";
import { useSay } from "../session";
import { paletteKey, words } from "./words";

const Palette = dressed(() => import("./Palette"));

/** Opens the palette, by a press or by Ctrl K or ⌘ K on every page. */
export function PaletteButton() {
  const t = useSay();
  const wide = useWide("middle");
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setOpen((is) => !is);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <Button
        type={wide ? "default" : "text"}
        icon={<SearchOutlined aria-hidden />}
        className={wide ? "" : "narrow"}
        aria-label={wide ? undefined : t(words.title)}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => setOpen(true)}
      >
        {wide && <>{t(words.open)} <kbd>{paletteKey()}</kbd></>}
      </Button>
      {open && (
        <Suspense>
          <Palette onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
