/** D8: setting an appointment for a patient, or changing one that the professional set. */
import { useLocation, useRoute } from "preact-iso";
import { agendaApi } from "../api/agenda";
import type { Appointment } from "../api/types";
import { agendaWords } from "../catalogue/agenda";
import { blank, typedFrom } from "../lib/appointment-draft";
import { draftName, dropDraft } from "../lib/kept-drafts";
import { forgetLists } from "../lib/paging";
import { useResource } from "../lib/resource";
import { inWords } from "../lib/when";
import { deviceZone } from "../lib/zoned";
import { AppointmentForm } from "../ui/appointment-form";
import { Page } from "../ui/page";
import { PatientFrame } from "../ui/patient-frame";
import { Name } from "../ui/whose";
import { ErrorPanel, Loading } from "../ui/states";
import { toast } from "../ui/toast";

const t = agendaWords.pro;

function Editing({ pid, set, latest }: { pid: string; set: Appointment | null; latest?: () => void }) {
  const { route } = useLocation();
  return (
    <AppointmentForm
      start={set ? typedFrom(set) : blank(deviceZone(), { reminders: [] })}
      label={set ? agendaWords.form.editTitle : agendaWords.form.addTitle}
      withReminders={false}
      draft={draftName(pid, set)}
      {...(latest && {
        latest: () => {
          dropDraft(draftName(pid, set));
          latest();
        },
      })}
      save={async (draft, key) => {
        const saved = set
          ? await agendaApi.change(pid, set, draft)
          : await agendaApi.add(pid, draft, key);
        forgetLists();
        toast(set ? agendaWords.form.changed : agendaWords.form.added(inWords(saved)));
        route(`/pro/patients/${pid}/rendez-vous`, true);
      }}
    />
  );
}

function Loaded({ pid, id }: { pid: string; id: string }) {
  const one = useResource(`appointment ${pid} ${id}`, (signal) => agendaApi.one(pid, id, signal));
  return (
    <>
      {one.loading && <Loading lines={5} />}
      {one.error !== null && <ErrorPanel error={one.error} retry={one.reload} />}
      {one.data && <Editing key={one.data.version} pid={pid} set={one.data} latest={one.reload} />}
    </>
  );
}

export default function ProAppointmentForm() {
  const { pid = "", id } = useRoute().params as { pid?: string; id?: string };
  return (
    <PatientFrame pid={pid}>
      {(patient) => (
        <Page
          title={id ? agendaWords.form.editTitle : agendaWords.form.addTitle}
          intro={
            <>
              {t.checkPatient} <Name of={patient} />.
            </>
          }
          back={{ href: `/pro/patients/${pid}/rendez-vous`, label: t.title }}
        >
          {id ? <Loaded pid={pid} id={id} /> : <Editing pid={pid} set={null} />}
        </Page>
      )}
    </PatientFrame>
  );
}
