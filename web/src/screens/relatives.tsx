/** P20: the children of one's health insurance file, those whose space one manages, and until when. */
import { useRef, useState } from "preact/hooks";
import { relativesApi } from "../api/relatives";
import { renewMe } from "../api/session";
import type { Child, Profile, ReceivedInvitation } from "../api/types";
import { catalogue } from "../catalogue";
import { relativesWords as t } from "../catalogue/relatives";
import { firstName } from "../lib/format";
import { ownProfile } from "../lib/profile";
import { useResource } from "../lib/resource";
import { ActivateChild } from "../ui/activate-child";
import { LinkButton } from "../ui/button";
import { ChildCard } from "../ui/child-card";
import { Page } from "../ui/page";
import { ReceivedInvitations } from "../ui/received-invitations";
import { Empty, ErrorPanel, Loading } from "../ui/states";
import { useSwitching } from "../ui/switcher";
import { toast } from "../ui/toast";

/** The frame learns of it too; without an answer it does at the next screen of the record. */
const renewFrame = () => renewMe("/proches").catch(() => undefined);

function useChildren(own: string) {
  const known = useResource(`children ${own}`, (signal) => relativesApi.children(own, signal));
  const [error, setError] = useState<unknown>(null);
  const [moved, setMoved] = useState<string | null>(null);
  const latest = useRef(known.data);
  latest.current = known.data;

  const put = (now: Child) => {
    known.set((latest.current ?? []).map((child) => (child.patient_id === now.patient_id ? now : child)));
    setMoved(now.patient_id);
  };

  /** `done` closes the question at once with the change: what is behind it cannot take the focus. */
  const activate = async ({ patient_id: pid }: Child, done?: () => void) => {
    const now = await relativesApi.represent(own, pid);
    done?.();
    put(now);
    await renewFrame();
  };

  const stop = async (child: Child) => {
    const name = firstName(child.given_name);
    setError(null);
    try {
      await relativesApi.stop(own, child.patient_id);
    } catch (failure) {
      setError(failure);
      return;
    }
    if (child.invited) {
      // She is on no file of this person's: nothing is left to activate.
      known.set((latest.current ?? []).filter((one) => one.patient_id !== child.patient_id));
      toast(t.stopped(name));
      await renewFrame();
      return;
    }
    put({ ...child, status: "on_file" });
    const undo = () => activate(child).then(() => toast(t.undone(name)), setError);
    toast(t.stopped(name), { label: catalogue.common.undo, run: undo });
    await renewFrame();
  };
  return { known, error, moved, activate, stop };
}

function NoChild() {
  return (
    <Empty icon="baby" title={t.emptyTitle} text={t.empty}>
      <p>{t.emptyMore}</p>
      <LinkButton href="/aide">{t.toHelp}</LinkButton>
    </Empty>
  );
}

/** Always about the person herself, whichever profile is open. */
export default function Relatives({ profile }: { profile: Profile }) {
  const { known, error, moved, activate, stop } = useChildren((ownProfile.value ?? profile).patient_id);
  const [asked, setAsked] = useState<Child | null>(null);
  const { go, question } = useSwitching();
  const own = (ownProfile.value ?? profile).patient_id;
  const received = useResource(`invitations ${own}`, (signal) => relativesApi.received(own, signal));
  const answered = ({ child }: ReceivedInvitation, accepts: boolean) => {
    toast(accepts ? t.accepted(child) : t.refused);
    if (!accepts) return;
    known.reload();
    renewFrame();
  };
  const acts = { activate: setAsked, stop, open: (child: Child) => go(child.patient_id), moved };
  return (
    <Page title={t.title} intro={t.intro} back={{ href: "/plus", label: catalogue.settings.title }}>
      {error !== null && <ErrorPanel error={error} reply />}
      <ReceivedInvitations known={received} own={own} onAnswered={answered} />
      {known.loading && <Loading lines={4} />}
      {known.error !== null && <ErrorPanel error={known.error} retry={known.reload} />}
      {known.data?.length === 0 && <NoChild />}
      {known.data && known.data.length > 0 && (
        <section aria-labelledby="children">
          <h2 id="children">{t.children}</h2>
          <div class="cards">
            {known.data.map((child) => (
              <ChildCard key={child.patient_id} child={child} acts={acts} />
            ))}
          </div>
        </section>
      )}
      {asked && (
        <ActivateChild
          child={asked}
          onClose={() => setAsked(null)}
          onConfirm={async () => {
            await activate(asked, () => setAsked(null));
            toast(t.activated(firstName(asked.given_name)));
          }}
        />
      )}
      {question}
    </Page>
  );
}
