/** D2: no record is open. The same page whatever the reason: it must give no clue but what was seen here. */
import { useEffect, useRef } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import { wasOpen } from "../lib/recent-patients";
import { LinkButton } from "./button";
import { Notice } from "./states";

/** `pid`: the record asked for, when it is one; opened earlier, it is said to be open no more. */
export function Refusal({ pid = "" }: { pid?: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const closed = wasOpen(pid);
  const lines = closed ? t.pro.closed : t.pro.refusal;
  return (
    <div role="alert" ref={box} tabIndex={-1}>
      <Notice kind="warning" title={closed ? t.pro.closedTitle : t.pro.refusalTitle}>
        <ul>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        {!closed && <p class="muted">{t.pro.refusalNote}</p>}
        <LinkButton href="/pro">{t.pro.again}</LinkButton>
      </Notice>
    </div>
  );
}
