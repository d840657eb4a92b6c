/** Going from one's own space to that of a child, and back. */
import { useEffect, useState } from "preact/hooks";
import { choice, keepChoice, profileGone } from "../api/profile-choice";
import type { Profile } from "../api/types";
import { catalogue } from "../catalogue";
import { firstName } from "../lib/format";
import { currentProfile, isChilds, profiles, switchTo, watchEnd } from "../lib/profile";
import { type Unsent, wouldLose } from "../lib/unsent";
import { announce } from "./announcer";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { Notice } from "./states";
import { toast } from "./toast";
import { UnsentDialog } from "./unsent-dialog";

const t = catalogue.shell;

/** « Espace de Léa », or « Mon espace ». */
export const spaceName = (of: Profile) =>
  isChilds(of) ? t.spaceOf(firstName(of.given_name)) : t.ownSpace;

/** Opens another profile, once what is not saved here was asked about; `question` is to be drawn. */
export function useSwitching() {
  const [asked, setAsked] = useState<{ pid: string; lost: Unsent } | null>(null);
  const go = (pid: string) => {
    // The other space needs the network: what is on screen stays.
    if (!navigator.onLine) return toast(`${catalogue.errors.offlineTitle}. ${catalogue.errors.offline}`);
    const lost = wouldLose("page");
    if (lost) setAsked({ pid, lost });
    else switchTo(pid);
    return undefined;
  };
  const question = asked && (
    <UnsentDialog
      lost={asked.lost}
      words={t.unsentHere}
      onStay={() => setAsked(null)}
      onLeave={() => switchTo(asked.pid)}
    />
  );
  return { go, question };
}

function Choice({ of, current, go }: { of: Profile; current: boolean; go: () => void }) {
  return (
    <li>
      <button type="button" class="step profile" aria-current={current ? "true" : undefined} onClick={go}>
        <Icon name={isChilds(of) ? "baby" : "user-round"} size={24} />
        <span>
          <span class="step-title">{spaceName(of)}</span>
          <span class="step-text">
            {firstName(of.given_name)} {of.family_name}
            {of.age !== null && ` · ${t.age(of.age)}`}
          </span>
          {current && (
            <span class="badge success">
              <Icon name="check" />
              <span>{t.openNow}</span>
            </span>
          )}
        </span>
      </button>
    </li>
  );
}

/** The button of who has more than one profile, and the list that it opens. */
export function Switcher() {
  const [open, setOpen] = useState(false);
  const { go, question } = useSwitching();
  const close = () => setOpen(false);
  const current = currentProfile.value?.patient_id;
  if (profiles.value.length < 2) return null;
  return (
    <>
      <Button kind="quiet" label={t.switchLabel} onPress={() => setOpen(true)}>
        {t.switch}
      </Button>
      {open && (
        <Dialog title={t.switchTitle} onClose={close}>
          <ul class="profiles" role="list">
            {profiles.value.map((of) => (
              <Choice
                key={of.patient_id}
                of={of}
                current={of.patient_id === current}
                go={() => {
                  close();
                  if (of.patient_id !== current) go(of.patient_id);
                }}
              />
            ))}
          </ul>
          <a class="link" href="/proches" onClick={close}>
            {t.relatives}
          </a>
          <div class="actions">
            <Button onPress={close}>{catalogue.common.cancel}</Button>
          </div>
        </Dialog>
      )}
      {question}
    </>
  );
}

/** Says aloud whose space has just been opened, and watches for its end. */
export function useProfileNews(profile: Profile | null) {
  useEffect(() => {
    const made = choice.value;
    if (!profile || !made?.fresh) return;
    announce(isChilds(profile) ? t.nowIn(firstName(profile.given_name)) : t.nowOwn);
    keepChoice({ ...made, fresh: false });
  }, [profile?.patient_id]);
  useEffect(() => (profile ? watchEnd(profile) : undefined), [profile?.patient_id, profile?.ends_at]);
  useEffect(() => {
    if (profileGone.value) announce(`${t.gone.title} ${t.gone.text}`);
  }, [profileGone.value]);
}

/** Why one's own space is open in place of the profile that was. */
export function GoneProfile() {
  if (!profileGone.value) return null;
  return (
    <div class="gone">
      <Notice kind="info">
        <p>
          <strong>{t.gone.title}</strong> {t.gone.text}
        </p>
        <Button
          onPress={() => {
            profileGone.value = false;
            document.querySelector<HTMLElement>("h1")?.focus();
          }}
        >
          {t.gone.close}
        </Button>
      </Notice>
    </div>
  );
}
