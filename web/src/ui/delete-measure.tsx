/** Taking a measure away: one's own comes back in one press; what somebody else added does not. */
import { useState } from "preact/hooks";
import { measuresApi } from "../api/measures";
import type { Measure } from "../api/types";
import { catalogue } from "../catalogue";
import { measureWords as t } from "../catalogue/measures";
import { keepPlace } from "../lib/focus";
import { idempotencyKey } from "../lib/ids";
import { again, momentOf, sourceOf, valueOf } from "../lib/measures";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { ErrorPanel, tell } from "./states";
import { toast } from "./toast";

interface Props {
  pid: string;
  of: Measure;
  child: string | null;
  /** It is there no longer. */
  onGone: () => void;
  /** It is there again. */
  onBack: () => void;
}

/** Deletes, then offers to add the same measure again: a lost answer and a second press do it once. */
function useDelete({ pid, of, onGone, onBack }: Props) {
  const [error, setError] = useState<unknown>(null);
  const remove = async (): Promise<boolean> => {
    setError(null);
    const regain = keepPlace(".measures tbody tr");
    try {
      await measuresApi.delete(pid, of);
    } catch (failure) {
      setError(failure);
      return false;
    }
    onGone();
    regain();
    const key = idempotencyKey();
    const undo = async () => {
      try {
        await measuresApi.add(pid, again(of), key);
      } catch (failure) {
        toast(tell(failure).text, { label: catalogue.common.retry, run: undo });
        return;
      }
      onBack();
      toast(t.restored);
    };
    toast(t.deleted, of.is_own ? { label: catalogue.common.undo, run: undo } : undefined);
    return true;
  };
  return { remove, error };
}

export function DeleteMeasure(props: Props) {
  const { of, child } = props;
  const { remove, error } = useDelete(props);
  const [asked, setAsked] = useState(false);
  if (!of.abilities.delete) return null;
  const label = t.deleteNamed(valueOf(of), momentOf(of));
  return (
    <>
      <Button kind="quiet" icon="trash" label={label} onPress={of.is_own ? remove : () => setAsked(true)}>
        {t.delete}
      </Button>
      {error !== null && !asked && <ErrorPanel error={error} reply />}
      {asked && (
        <Dialog title={t.deleteTitle} onClose={() => setAsked(false)} alert>
          <p>{t.deleteText(valueOf(of), sourceOf(of, child))}</p>
          {error !== null && <ErrorPanel error={error} />}
          <div class="actions">
            <Button kind="danger" onPress={async () => { if (await remove()) setAsked(false); }}>
              {t.deleteThis}
            </Button>
            <Button onPress={() => setAsked(false)}>{catalogue.common.cancel}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
