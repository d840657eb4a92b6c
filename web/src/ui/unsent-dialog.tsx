/** Before something not saved is lost: stay, or leave all the same. */
import type { Unsent } from "../lib/unsent";
import { Button } from "./button";
import { Dialog } from "./dialog";

interface Props {
  lost: Unsent;
  words: Record<Unsent, { title: string; text: string; stay: string; leave: string }>;
  onStay: () => void;
  onLeave: () => void | Promise<unknown>;
}

export function UnsentDialog({ lost, words, onStay, onLeave }: Props) {
  const t = words[lost];
  return (
    <Dialog title={t.title} onClose={onStay} alert>
      <p>{t.text}</p>
      <div class="actions">
        <Button kind="primary" onPress={onStay}>
          {t.stay}
        </Button>
        <Button onPress={onLeave}>{t.leave}</Button>
      </div>
    </Dialog>
  );
}
