/** Everything a professional does in a record: the patient is loaded and named first. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { api } from "../api/carnet";
import { Problem } from "../api/problem";
import type { Patient } from "../api/types";
import { catalogue as t } from "../catalogue";
import { forget, remember } from "../lib/recent-patients";
import { useResource } from "../lib/resource";
import { Page, whose } from "./page";
import { Refusal } from "./refusal";
import { openPatient } from "./whose";
import { ErrorPanel, Loading } from "./states";

/** Says whether an error means that the record is not open to this professional. */
export const isRefusal = (error: unknown) =>
  error instanceof Problem && (error.status === 404 || error.status === 403);

export function PatientFrame({ pid, children }: {
  pid: string;
  children: (patient: Patient) => ComponentChildren;
}) {
  const loaded = useResource(`patient ${pid}`, (signal) => api.patient(pid, signal));
  const patient = loaded.data;
  const refused = isRefusal(loaded.error);

  useEffect(() => {
    if (patient) remember(patient);
    if (refused) forget(pid);
    openPatient.value = patient;
    whose.value = t.shell.patientRecord;
    return () => {
      openPatient.value = null;
      whose.value = null;
    };
  }, [patient, refused]);

  if (patient) return <>{children(patient)}</>;
  return (
    <Page title={t.shell.patientRecord}>
      {loaded.loading && <Loading lines={6} />}
      {refused && <Refusal pid={pid} />}
      {loaded.error !== null && !refused && <ErrorPanel error={loaded.error} retry={loaded.reload} />}
    </Page>
  );
}
