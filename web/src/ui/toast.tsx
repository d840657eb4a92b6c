/** A short message at the bottom of the screen, with an undo while it can still be undone. */
import { signal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import { Button } from "./button";
import { Icon } from "./icon";

interface Toast {
  text: string;
  undo?: { label: string; run: () => Promise<void> };
  /** The screen that it came up on. */
  on: string;
}

const READ_SECONDS = 6;

const shown = signal<Toast | null>(null);

/** Shows a message, for some seconds; with `undo`, until it is closed or another screen opens. */
export const toast = (text: string, undo?: Toast["undo"]) => {
  shown.value = { text, on: location.pathname, ...(undo && { undo }) };
};

export function Toaster() {
  const current = shown.value;
  const { path } = useLocation();
  const [held, setHeld] = useState(false);

  useEffect(() => {
    if (!current || current.undo || held) return undefined;
    const timer = setTimeout(() => {
      shown.value = null;
    }, READ_SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [current, held]);

  useEffect(() => {
    if (shown.value?.undo && shown.value.on !== location.pathname) shown.value = null;
  }, [path]);

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
