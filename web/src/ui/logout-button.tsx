/** Logs out; where a file was not sent or something typed not saved, asks first. */
import { useState } from "preact/hooks";
import { logout } from "../api/session";
import { catalogue as t } from "../catalogue";
import { type Unsent, wouldLose } from "../lib/unsent";
import { Button } from "./button";
import { UnsentDialog } from "./unsent-dialog";

export function LogoutButton({ kind }: { kind?: "quiet" }) {
  const [lost, setLost] = useState<Unsent | null>(null);
  const ask = () => {
    const what = wouldLose("session");
    if (what) setLost(what);
    else return logout();
    return undefined;
  };
  return (
    <>
      <Button
        {...(kind ? { kind } : {})}
        icon="log-out"
        onPress={ask}
      >
        {t.shell.logout}
      </Button>
      {lost && (
        <UnsentDialog
          lost={lost}
          words={t.shell.unsent}
          onStay={() => setLost(null)}
          onLeave={() => logout()}
        />
      )}
    </>
  );
}
