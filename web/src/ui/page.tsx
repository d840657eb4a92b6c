/** One screen: its single title, the page's title, and the focus on arrival. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { me } from "../api/session";
import { catalogue as t } from "../catalogue";
import { currentProfile, isChilds } from "../lib/profile";
import { Icon } from "./icon";

/** Whose space the page's title names: a relation, never a name (browsers keep titles). */
export const whose = signal<string | null>(null);

/** The address last shown, and whether its title received the focus from us. */
let shownPath: string | null = null;
let focusedTitle = false;

/**
 * Says whether a screen that appears must take the focus to its title: the address changed, or the
 * title that had it is gone (a screen still loading). Never on the first one, nor if it is placed.
 */
function mustTakeFocus(): boolean {
  const moved = shownPath !== null && shownPath !== location.pathname;
  const lost = focusedTitle && document.activeElement === document.body;
  shownPath = location.pathname;
  return (moved || lost) && document.querySelector("main :focus") === null;
}

function owner(): string {
  if (whose.value) return whose.value;
  if (!me.value) return t.shell.publicSpace;
  if (me.value.role !== "patient") return t.shell.spaces[me.value.role];
  return isChilds(currentProfile.value) ? t.shell.childs : t.shell.mine;
}

interface Props {
  title: string;
  /** What the browser's tab says, when the visible title must not be kept in its history. */
  tab?: string;
  back?: { href: string; label: string };
  actions?: ComponentChildren;
  intro?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}

export function Page({ title, tab, back, actions, intro, wide, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = t.shell.title(tab ?? title, owner());
  }, [tab, title, whose.value]);

  useEffect(() => {
    focusedTitle = mustTakeFocus();
    if (focusedTitle) heading.current?.focus({ preventScroll: true });
  }, []);

  return (
    <div class={wide ? "page wide" : "page"}>
      {back && (
        <a class="back" href={back.href}>
          <Icon name="chevron-left" />
          <span>{back.label}</span>
        </a>
      )}
      <div class="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div class="actions">{actions}</div>}
      </div>
      {intro && <p class="intro">{intro}</p>}
      {children}
    </div>
  );
}
