/** Patients opened since the page was loaded; never written anywhere. */
import { signal } from "@preact/signals";
import type { News, Patient } from "../api/types";

const KEPT = 8;

export const recentPatients = signal<Patient[]>([]);

/** Whose name this page knows, by record: opened, or asked for. */
export const namedPatients = signal<ReadonlyMap<string, Patient>>(new Map());

/** What is new in records, as it was when asked. */
export const newsOf = signal<ReadonlyMap<string, News>>(new Map());

const withOne = <T>(map: ReadonlyMap<string, T>, pid: string, value: T | null) => {
  const next = new Map(map);
  if (value === null) next.delete(pid);
  else next.set(pid, value);
  return next;
};

export function keepNews(news: News) {
  const pid = news.patient.patient_id;
  namedPatients.value = withOne(namedPatients.value, pid, news.patient);
  newsOf.value = withOne(newsOf.value, pid, news);
}

/** Documents were shown: what was new no longer is. */
export const forgetNews = (pid: string) => void (newsOf.value = withOne(newsOf.value, pid, null));

const opened = new Set<string>();

/** Says whether a record was open to this page at some time. */
export const wasOpen = (pid: string) => opened.has(pid);

/** Puts a patient first in the list. */
export function remember(patient: Patient) {
  opened.add(patient.patient_id);
  namedPatients.value = withOne(namedPatients.value, patient.patient_id, patient);
  const others = recentPatients.value.filter((p) => p.patient_id !== patient.patient_id);
  recentPatients.value = [patient, ...others].slice(0, KEPT);
}

/** Drops a patient whose record is no longer open to the professional. */
export function forget(pid: string) {
  recentPatients.value = recentPatients.value.filter((p) => p.patient_id !== pid);
  namedPatients.value = withOne(namedPatients.value, pid, null);
  forgetNews(pid);
}
