/** Patients opened since the page was loaded; never written anywhere. */
import { signal } from "@preact/signals";
import type { Patient } from "../api/types";

const KEPT = 8;

export const recentPatients = signal<Patient[]>([]);

const opened = new Set<string>();

/** Says whether a record was open to this page at some time. */
export const wasOpen = (pid: string) => opened.has(pid);

/** Puts a patient first in the list. */
export function remember(patient: Patient) {
  opened.add(patient.patient_id);
  const others = recentPatients.value.filter((p) => p.patient_id !== patient.patient_id);
  recentPatients.value = [patient, ...others].slice(0, KEPT);
}

/** Drops a patient whose record is no longer open to the professional. */
export function forget(pid: string) {
  recentPatients.value = recentPatients.value.filter((p) => p.patient_id !== pid);
}
