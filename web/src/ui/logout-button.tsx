/** Logs out; where a file was chosen and not sent, asks first. */
import { useState } from "preact/hooks";
import { logout } from "../api/session";
import { catalogue as t } from "../catalogue";
import { wouldLose } from "../lib/unsent";
import { Button } from "./button";
import { Dialog } from "./dialog";

export function LogoutButton({ kind }: { kind?: "quiet" }) {
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Button
        {...(kind ? { kind } : {})}
        icon="log-out"
        onPress={() => (wouldLose() ? setAsked(true) : logout())}
      >
        {t.shell.logout}
      </Button>
      {asked && (
        <Dialog title={t.shell.unsentTitle} onClose={() => setAsked(false)} alert>
          <p>{t.shell.unsent}</p>
          <div class="actions">
            <Button kind="primary" onPress={() => setAsked(false)}>
              {t.shell.stay}
            </Button>
            <Button onPress={() => logout()}>{t.shell.logoutAnyway}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
