/** A modal question on the browser's own dialog: focus is kept inside and given back. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { domId } from "../lib/ids";

interface Props {
  title: string;
  /** Without it, the question cannot be dismissed. */
  onClose?: () => void;
  alert?: boolean;
  opaque?: boolean;
  children: ComponentChildren;
}

export function Dialog({ title, onClose, alert, opaque, children }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const [id] = useState(() => domId("dialog"));

  useEffect(() => {
    const dialog = box.current;
    const opener = document.activeElement;
    dialog?.showModal();
    // A long one is read from its title, not from the button at its end.
    if (dialog && dialog.scrollHeight > dialog.clientHeight) dialog.querySelector("h2")?.focus();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);

  return (
    <dialog
      ref={box}
      class={opaque ? "dialog opaque" : "dialog"}
      role={alert ? "alertdialog" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClose={() => {
        // A browser may close it by force on a second Escape: a question that must stay, stays.
        if (!onClose && box.current?.isConnected) box.current.showModal();
      }}
    >
      <h2 id={id} tabIndex={-1}>{title}</h2>
      {children}
    </dialog>
  );
}
