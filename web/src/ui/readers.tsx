/** Who may read a document, as the rules say it. */
import { useState } from "preact/hooks";
import type { CarnetDocument } from "../api/types";
import { catalogue } from "../catalogue";
import { said } from "../lib/profile";
import { typo } from "../lib/typo";
import { Button, LinkButton } from "./button";
import { Dialog } from "./dialog";
import { Icon } from "./icon";

const t = catalogue.document;

export function Readers({ doc }: { doc: CarnetDocument }) {
  const [asked, setAsked] = useState(false);
  const close = () => setAsked(false);
  const { name } = doc.depositor;
  const lines = [said(t).readers.you, ...(name ? [said(t).readers.depositor(typo(name))] : []), said(t).readers.professionals];
  return (
    <>
      <Button kind="quiet" icon="users" onPress={() => setAsked(true)}>
        {t.whoCan}
      </Button>
      {asked && (
        <Dialog title={t.whoCanTitle} onClose={close}>
          <ul class="effects" role="list">
            {lines.map((line) => (
              <li key={line}>
                <Icon name="check" />
                <span>{line}</span>
              </li>
            ))}
          </ul>
          <div class="actions">
            <LinkButton kind="primary" href="/professionnels">
              {said(t).readers.link}
            </LinkButton>
            <Button onPress={close}>{catalogue.common.close}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
