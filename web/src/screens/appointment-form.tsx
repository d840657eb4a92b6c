/** P10: adding an appointment, changing one's own, or the reminders of one that somebody else set. */
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { agendaApi } from "../api/agenda";
import type { Appointment, Preferences, Profile } from "../api/types";
import { agendaWords as t } from "../catalogue/agenda";
import { type Typed, blank, takePrefill, typedFrom } from "../lib/appointment-draft";
import { setterFirst } from "../lib/appointments";
import { draftName, dropDraft, useDraft } from "../lib/kept-drafts";
import { forgetLists } from "../lib/paging";
import { useResource } from "../lib/resource";
import { clock, inWords } from "../lib/when";
import { AppointmentForm } from "../ui/appointment-form";
import { Button } from "../ui/button";
import { Form } from "../ui/form";
import { Page } from "../ui/page";
import { ReminderChips } from "../ui/reminder-chips";
import { ErrorPanel, Loading, Notice, Resumed } from "../ui/states";
import { toast } from "../ui/toast";

const quietWords = ({ quiet_from: from, quiet_until: until }: Preferences) =>
  from === null || until === null ? null : t.reminders.quiet(clock(from), clock(until));

interface Ready {
  pid: string;
  preferences: Preferences;
  set: Appointment | null;
  latest: () => void;
}

/** What was typed elsewhere for a new one comes before what was left here. */
function startOf(pid: string, preferences: Preferences): Typed {
  const given = takePrefill();
  if (Object.keys(given).length > 0) dropDraft(draftName(pid, null));
  return blank(preferences.zone, given);
}

/** What somebody else set: only the reminders are the person's. */
function RemindersOnly({ pid, preferences, set, latest }: Ready & { set: Appointment }) {
  const { route } = useLocation();
  const { typed, set: type, drop, resumed, restart } = useDraft(draftName(pid, set), {
    reminders: set.reminders,
  });
  const [error, setError] = useState<unknown>(null);
  const save = async () => {
    setError(null);
    try {
      await agendaApi.change(pid, set, typed);
    } catch (failure) {
      setError(failure);
      return;
    }
    drop();
    forgetLists();
    toast(t.form.changed);
    route(`/agenda/${set.id}`, true);
  };
  return (
    <Form onSubmit={save} label={t.form.remindersTitle}>
      {error !== null && (
        <ErrorPanel
          error={error}
          kept
          reply
          latest={() => {
            drop();
            latest();
          }}
        />
      )}
      {resumed && <Resumed restart={restart} />}
      <Notice kind="info">
        <p>{t.view.theirs(setterFirst(set))}</p>
      </Notice>
      <div class="card">
        <ReminderChips
          value={typed.reminders}
          onValue={(reminders) => type({ reminders })}
          allDay={set.all_day}
          quiet={quietWords(preferences)}
        />
      </div>
      <Button kind="primary" type="submit" icon="check">
        {t.form.save}
      </Button>
    </Form>
  );
}

function Whole({ pid, preferences, set, latest }: Ready) {
  const { route } = useLocation();
  const [start] = useState(() => (set ? typedFrom(set) : startOf(pid, preferences)));
  return (
    <>
      {(preferences.address === "none" || !preferences.mail.appointment) && (
        <Notice kind="warning">
          <p>{preferences.address === "none" ? t.noChannel : t.noMailWanted}</p>
        </Notice>
      )}
      <AppointmentForm
        start={start}
        label={set ? t.form.editTitle : t.form.addTitle}
        quiet={quietWords(preferences)}
        withReminders
        draft={draftName(pid, set)}
        latest={() => {
          dropDraft(draftName(pid, set));
          latest();
        }}
        save={async (draft, key) => {
          const saved = set
            ? await agendaApi.change(pid, set, draft)
            : await agendaApi.add(pid, draft, key);
          forgetLists();
          toast(set ? t.form.changed : t.form.added(inWords(saved)));
          route(`/agenda/${saved.id}`, true);
        }}
      />
    </>
  );
}

export default function AppointmentScreen({ profile }: { profile: Profile }) {
  const pid = profile.patient_id;
  const { id } = useRoute().params as { id?: string };
  const loaded = useResource(`form ${pid} ${id}`, async (signal) => {
    const [preferences, set] = await Promise.all([
      agendaApi.preferences(pid, signal),
      id ? agendaApi.one(pid, id, signal) : null,
    ]);
    return { preferences, set };
  });
  const set = loaded.data?.set ?? null;
  const latest = loaded.reload;
  const theirs = set !== null && !set.abilities.edit;
  const title = theirs ? t.form.remindersTitle : id ? t.form.editTitle : t.form.addTitle;
  return (
    <Page title={title} back={{ href: id ? `/agenda/${id}` : "/agenda", label: id ? t.view.tab : t.title }}>
      {loaded.loading && <Loading lines={6} />}
      {loaded.error !== null && <ErrorPanel error={loaded.error} retry={loaded.reload} />}
      {loaded.data && theirs && (
        <RemindersOnly key={set.version} pid={pid} preferences={loaded.data.preferences} set={set} latest={latest} />
      )}
      {loaded.data && !theirs && <Whole key={set?.version} pid={pid} {...loaded.data} latest={latest} />}
    </Page>
  );
}
