/** A short message at the bottom of the screen, with an undo while it can still be undone. */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import { Button } from "./button";
import { Icon } from "./icon";

interface Toast {
  text: string;
  undo?: { label: string; run: () => Promise<void> };
}

const UNDO_SECONDS = 10;
const READ_SECONDS = 6;

const shown = signal<Toast | null>(null);

/** Shows a message; with `undo`, for ten seconds not counting the time it is pointed at. */
export const toast = (text: string, undo?: Toast["undo"]) => {
  shown.value = undo ? { text, undo } : { text };
};

export function Toaster() {
  const current = shown.value;
  const [held, setHeld] = useState(false);

  useEffect(() => {
    if (!current || held) return undefined;
    const seconds = current.undo ? UNDO_SECONDS : READ_SECONDS;
    const timer = setTimeout(() => {
      shown.value = null;
    }, seconds * 1000);
    return () => clearTimeout(timer);
  }, [current, held]);

  return (
    <div class="toaster" role="status">
      {current && (
        <div
          class="toast"
          onMouseEnter={() => setHeld(true)}
          onMouseLeave={() => setHeld(false)}
          onFocusCapture={() => setHeld(true)}
          onBlurCapture={() => setHeld(false)}
        >
          <p>{current.text}</p>
          {current.undo && (
            <Button
              kind="quiet"
              icon="undo-2"
              onPress={async () => {
                shown.value = null;
                setHeld(false);
                await current.undo?.run();
              }}
            >
              {current.undo.label}
            </Button>
          )}
          <button
            type="button"
            class="button quiet"
            aria-label={t.common.close}
            onClick={() => {
              shown.value = null;
              setHeld(false);
            }}
          >
            <Icon name="x" />
          </button>
        </div>
      )}
    </div>
  );
}
