/**
 * A long list drawn by blocks: blocks far from the screen leave a gap of the same height.
 * Up to 200 items everything is drawn; each item still says its rank and the total.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

const WHOLE_UP_TO = 200;
const BLOCK = 50;
const MARGIN = "1200px 0px";

interface Props<T> {
  items: T[];
  label: string;
  keyOf: (item: T) => string;
  draw: (item: T, index: number) => ComponentChildren;
  /** Total announced to assistive technology; -1 when unknown. */
  total: number;
}

function useNear(root: { current: HTMLElement | null }, enabled: boolean) {
  const [near, setNear] = useState(true);
  const height = useRef(0);
  useEffect(() => {
    const block = root.current;
    if (!block || !enabled) return undefined;
    const watch = new IntersectionObserver(
      ([entry]) => {
        if (!entry) return;
        // A block that holds the focus stays: removing it would lose the reader's place.
        const held = block.contains(document.activeElement);
        if (!entry.isIntersecting && !held) height.current = block.offsetHeight;
        setNear(entry.isIntersecting || held);
      },
      { rootMargin: MARGIN },
    );
    watch.observe(block);
    return () => watch.disconnect();
  }, [enabled]);
  return { near: near || !enabled, height: height.current };
}

function Block<T>({ items, from, total, keyOf, draw, enabled }: Omit<Props<T>, "label"> & {
  from: number;
  enabled: boolean;
}) {
  const root = useRef<HTMLDivElement>(null);
  const { near, height } = useNear(root, enabled);
  return (
    <div ref={root} role="presentation" class="block" style={near ? undefined : { height: `${height}px` }}>
      {near &&
        items.map((item, index) => (
          <div
            key={keyOf(item)}
            class="item"
            role="listitem"
            aria-posinset={enabled ? from + index + 1 : undefined}
            aria-setsize={enabled ? total : undefined}
          >
            {draw(item, from + index)}
          </div>
        ))}
    </div>
  );
}

export function Windowed<T>(props: Props<T>) {
  const { items, label } = props;
  const enabled = items.length > WHOLE_UP_TO;
  const starts = Array.from({ length: Math.ceil(items.length / BLOCK) }, (_, n) => n * BLOCK);
  return (
    <div class="rows" role="list" aria-label={label}>
      {starts.map((from) => (
        <Block key={from} {...props} items={items.slice(from, from + BLOCK)} from={from} enabled={enabled} />
      ))}
    </div>
  );
}
