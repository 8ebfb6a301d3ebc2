import { type ReactNode, useEffect, useId, useRef } from "react";

/** A dialog above the page, which cannot be used meanwhile; Esc closes it where it can be closed. */
export function Dialog({ title, look, onClose, children }: { title: string; look: "box" | "drawer"; onClose?: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const it = dialog.current;
    it?.showModal();
    return () => it?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`${look} plain`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => event.target === dialog.current && onClose?.()} // beside what it holds
    >
      <h2 id={id} className={look === "drawer" ? "unseen" : undefined}>{title}</h2>
      {children}
    </dialog>
  );
}
