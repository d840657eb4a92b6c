/** A lucide drawing, always beside a word: hidden from assistive technology. */
import { h } from "preact";
import drawings from "virtual:icons";
import type { IconName } from "../icons";

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {(drawings[name] ?? []).map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}
