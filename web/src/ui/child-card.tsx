/** One child: whether one manages the space, until when, with whom, and what can be done of it. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Child } from "../api/types";
import { catalogue } from "../catalogue";
import { relativesWords as t } from "../catalogue/relatives";
import { dateMedium, firstName } from "../lib/format";
import { majorityDay, timeLeft } from "../lib/majority";
import { currentProfile } from "../lib/profile";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { Representatives } from "./sent-invitations";
import { Name } from "./whose";

function Until({ child }: { child: Child }) {
  if (!child.ends_at) return null;
  const end = majorityDay(child.birth_date);
  return (
    <p>
      {t.until(dateMedium(end))}{" "}
      <span class="muted">
        {t.left(timeLeft(end))} {t.after}
      </span>
    </p>
  );
}

function Stop({ child, stop }: { child: Child; stop: () => Promise<void> }) {
  const [asked, setAsked] = useState(false);
  const name = firstName(child.given_name);
  const close = () => setAsked(false);
  return (
    <>
      <Button kind="quiet" icon="x" label={t.stopNamed(name)} onPress={() => setAsked(true)}>
        {t.stop}
      </Button>
      {asked && (
        <Dialog title={t.stopTitle(name)} onClose={close} alert>
          <p>{t.stopText}</p>
          <p>{child.invited ? t.stopInvited : t.stopAgain}</p>
          <div class="actions">
            <Button kind="danger" onPress={() => stop().then(close)}>
              {t.stopNamed(name)}
            </Button>
            <Button onPress={close}>{catalogue.common.cancel}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

export interface ChildActs {
  activate: (child: Child) => void;
  stop: (child: Child) => Promise<void>;
  open: (child: Child) => void;
  /** Whose state has just changed here. */
  moved: string | null;
}

function Managed({ child, acts }: { child: Child; acts: ChildActs }) {
  const name = firstName(child.given_name);
  const isOpen = currentProfile.value?.patient_id === child.patient_id;
  return (
    <>
      <Until child={child} />
      <Representatives child={child} mayInvite={!child.invited} />
      <div class="actions">
        {isOpen ? (
          <p class="badge success">
            <Icon name="check" />
            <span>{t.openNow}</span>
          </p>
        ) : (
          <Button icon="chevron-right" onPress={() => acts.open(child)}>
            {t.openNamed(name)}
          </Button>
        )}
        <Stop child={child} stop={() => acts.stop(child)} />
      </div>
    </>
  );
}

function OnFile({ child, acts }: { child: Child; acts: ChildActs }) {
  const name = firstName(child.given_name);
  return (
    <>
      <p>{t.notYet(name)}</p>
      <div class="actions">
        <Button icon="plus" onPress={() => acts.activate(child)}>
          {t.activateNamed(name)}
        </Button>
      </div>
    </>
  );
}

export function ChildCard({ child, acts }: { child: Child; acts: ChildActs }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const active = child.status === "active";
  const id = `child-${child.patient_id}`;
  // The button pressed is gone: the focus stays with the child.
  useEffect(() => {
    if (acts.moved === child.patient_id) heading.current?.focus();
  }, [acts.moved, child.status]);
  return (
    <article class="card child" aria-labelledby={id}>
      <div class="person-head">
        <Icon name="baby" size={24} />
        <div>
          <h3 id={id} ref={heading} tabIndex={-1}>
            <Name of={child} />
          </h3>
          <p class="muted">{catalogue.shell.age(child.age)}</p>
        </div>
      </div>
      <p class={active ? "badge success" : "badge"}>
        <Icon name={active ? "circle-check" : "circle-dashed"} />
        <span>{active ? (child.invited ? t.invitedBy : t.managed) : t.toActivate}</span>
      </p>
      {active ? <Managed child={child} acts={acts} /> : <OnFile child={child} acts={acts} />}
    </article>
  );
}
