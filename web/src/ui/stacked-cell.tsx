/** A cell of a table that is stacked, line by line, on a phone: its title stands before it there. */
import type { ComponentChildren } from "preact";

export function StackedCell({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <td>
      <span class="stacked-title" aria-hidden="true">
        {title}
      </span>
      <span>{children}</span>
    </td>
  );
}
