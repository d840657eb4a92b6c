/** What may be wider than the screen: it scrolls by finger, wheel or keyboard, and its edges say so. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** The sides where more is hidden: what `[data-more~=…]` shades in the style sheet. */
export function hiddenSides({ scrollLeft, scrollWidth, clientWidth }: Element): string {
  const left = scrollLeft > 1 ? "left" : "";
  const right = scrollLeft + clientWidth < scrollWidth - 1 ? "right" : "";
  return `${left} ${right}`.trim();
}

/** `label` names the region, which takes the focus only when there is something to scroll. */
export function SideScroll({ label, children }: { label: string; children: ComponentChildren }) {
  const region = useRef<HTMLDivElement>(null);
  const [more, setMore] = useState("");
  useEffect(() => {
    const element = region.current;
    if (!element) return undefined;
    const look = () => setMore(hiddenSides(element));
    const sizes = new ResizeObserver(look);
    for (const sized of [element, ...element.children]) sizes.observe(sized);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  const focusable = more ? { role: "region" as const, "aria-label": label, tabIndex: 0 } : {};
  return (
    <div class="side-scroll" data-more={more}>
      <div class="table-scroll" ref={region} {...focusable}>
        {children}
      </div>
    </div>
  );
}
