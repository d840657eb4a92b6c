/** Walking a list with j and k, for those who keep single-key shortcuts. */
import { useEffect, useRef } from "preact/hooks";
import { shortcuts } from "./prefs";
import { isTyping } from "./shortcuts";

const STEPS: Record<string, number> = { j: 1, k: -1 };

/**
 * j and k move the focus along the elements of these ids, from `at` when none of them has it;
 * Escape goes back, where there is somewhere to go.
 */
export function useWalk(ids: string[], at: string | null = null, back?: () => void) {
  const state = useRef({ ids, at, back });
  state.current = { ids, at, back };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { ids: all, at: start, back: leave } = state.current;
      if (isTyping(event)) return;
      if (event.key === "Escape" && leave) {
        leave();
        return;
      }
      const step = STEPS[event.key];
      if (!step || !shortcuts.value || all.length === 0) return;
      event.preventDefault();
      const focused = all.indexOf(document.activeElement?.id ?? "");
      const from = focused >= 0 ? focused : all.indexOf(start ?? "");
      const next = from < 0 ? 0 : Math.max(0, Math.min(all.length - 1, from + step));
      document.getElementById(all[next] ?? "")?.focus();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
