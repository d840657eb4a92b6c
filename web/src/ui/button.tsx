/** Buttons and links that look like them. A press in progress swallows the next ones. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import type { IconName } from "../icons";
import { Icon } from "./icon";

type Kind = "primary" | "secondary" | "quiet" | "danger";

interface Common {
  kind?: Kind;
  icon?: IconName;
  /** The visible words; an icon alone needs a label. */
  children?: ComponentChildren;
  /** The accessible name, when the visible words are not enough in a list. */
  label?: string;
  id?: string;
}

interface Press extends Common {
  onPress?: () => void | Promise<unknown>;
  type?: "button" | "submit";
  busy?: boolean;
  pressed?: boolean;
}

export function Button({ kind = "secondary", icon, children, label, id, onPress, type = "button", busy, pressed }: Press) {
  const running = useRef(false);
  const [pending, setPending] = useState(false);
  const press = async () => {
    if (!onPress || running.current) return;
    running.current = true;
    try {
      const work = onPress();
      if (work) {
        setPending(true);
        await work;
      }
    } finally {
      running.current = false;
      setPending(false);
    }
  };
  const waiting = pending || busy;
  return (
    <button
      id={id}
      // oxlint-disable-next-line react/button-has-type -- "submit" in forms, "button" elsewhere
      type={type}
      class={`button ${kind}`}
      aria-label={label}
      aria-busy={waiting ? "true" : undefined}
      aria-pressed={pressed}
      onClick={() => {
        press().catch(reportError);
      }}
    >
      {icon && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

export function LinkButton({ kind = "secondary", icon, children, label, id, href }: Common & { href: string }) {
  return (
    <a id={id} class={`button ${kind}`} href={href} aria-label={label}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}
