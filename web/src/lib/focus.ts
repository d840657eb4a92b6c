/** Where the focus goes when what had it is taken away: never back to the top of the page unsaid. */

const REACHED = "a[href], button, summary, input, select";

/**
 * Remembers which of the elements of `main` that match has the focus; call it before the change,
 * and what it returns after. If the focus was lost meanwhile, it goes to the element that follows,
 * else to the one before, else to the title of the screen.
 */
export function keepPlace(selector: string): () => void {
  const all = [...document.querySelectorAll<HTMLElement>(`main ${selector}`)];
  const at = all.findIndex((one) => one.contains(document.activeElement));
  if (at < 0) return () => undefined;
  return () => {
    // Two frames: what the change takes away has left by then.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return;
        const left = [...all.slice(at), ...all.slice(0, at).toReversed()].find((one) => one.isConnected);
        const next = left?.querySelector<HTMLElement>(REACHED);
        (next ?? document.querySelector<HTMLElement>("h1"))?.focus();
      }),
    );
  };
}
