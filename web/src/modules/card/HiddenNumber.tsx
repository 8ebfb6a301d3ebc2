import { EyeInvisibleOutlined, EyeOutlined } from "@ant-design/icons";
import { useEffect, useState } from "react";
import { useSay } from "../../app/session";
import { Button } from "../../plain/Button";
import { maskedOf } from "./identity";
import { words } from "./words";

const shownFor = 60_000; // ms, then the number is hidden again

/** A number that is hidden until one shows it, and a while later again; light on a dark ground. */
export function HiddenNumber({ number, of, light = false }: { number: string; of: string; light?: boolean }) {
  const t = useSay();
  const [shown, show] = useState(false);
  useEffect(() => {
    if (!shown) return;
    const later = setTimeout(() => show(false), shownFor);
    return () => clearTimeout(later);
  }, [shown]);
  return (
    <span className="line apart">
      <span className="numbers big" role="status">{shown ? number : maskedOf(number)}</span>
      <Button
        size="small"
        type={light ? "default" : "text"}
        className="no-print"
        icon={shown ? <EyeInvisibleOutlined /> : <EyeOutlined />}
        aria-label={t(shown ? words.hideOf : words.showOf, of)}
        onClick={() => show(!shown)}
      >
        {t(shown ? words.hide : words.show)}
      </Button>
    </span>
  );
}
