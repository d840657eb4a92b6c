/** D2: no record is open. The same page whatever the reason: it must give no clue. */
import { useEffect, useRef } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import { LinkButton } from "./button";
import { Notice } from "./states";

export function Refusal() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div role="alert" ref={box} tabIndex={-1}>
      <Notice kind="warning" title={t.pro.refusalTitle}>
        <ul>
          {t.pro.refusal.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <p class="muted">{t.pro.refusalNote}</p>
        <LinkButton href="/pro">{t.pro.again}</LinkButton>
      </Notice>
    </div>
  );
}
