/** Having erased what an application copied: only its publisher can, and how to ask for it. */
import { useState } from "preact/hooks";
import { catalogueApi } from "../api/catalogue";
import type { Consent } from "../api/types";
import { catalogue } from "../catalogue";
import { consentWords } from "../catalogue/consent";
import { outside } from "../lib/outside";
import { said } from "../lib/profile";
import { useResource } from "../lib/resource";
import { typo } from "../lib/typo";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Loading } from "./states";

const t = consentWords.mine;

/** The publisher's own page, among those of the whole catalogue: which one is looked for tells nobody. */
function Page({ application: { id, publisher, state } }: Pick<Consent, "application">) {
  const group = state === "delisted" ? state : null;
  const cards = useResource(`catalogue ${group}`, (signal) => catalogueApi.list(group, signal));
  if (cards.loading) return <Loading lines={1} />;
  const card = cards.data?.find((one) => one.id === id);
  const address = card ? (outside(card.privacy) ?? outside(card.publisher.website)) : null;
  const name = typo(publisher);
  if (!address) return <p>{t.eraseNoLink(name)}</p>;
  return (
    <p>
      <a href={address} target="_blank" rel="noopener noreferrer">
        {t.eraseLink(name)} ({consentWords.request.newTab})
      </a>{" "}
      <span class="hint">{t.eraseLinkHint}</span>
    </p>
  );
}

export function EraseElsewhere({ of }: { of: Consent }) {
  const [isAsked, setAsked] = useState(false);
  const close = () => setAsked(false);
  const words = said(consentWords).mine;
  const name = typo(of.application.name);
  return (
    <>
      <Button icon="eraser" label={words.eraseNamed(name)} onPress={() => setAsked(true)}>
        {words.erase}
      </Button>
      {isAsked && (
        <Dialog title={words.eraseTitle(name)} onClose={close}>
          <ol class="steps-text">
            {(of.status === "active" ? t.eraseText : t.eraseTextAfter).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ol>
          <Page application={of.application} />
          <div class="actions">
            <Button onPress={close}>{catalogue.common.close}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
