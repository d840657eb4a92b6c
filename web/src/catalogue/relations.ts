/** Words of a professional's own patients: who authorises, until when, what is new. */
import { plural } from "../lib/format.ts";
import { typeset } from "../lib/typo.ts";

export const relationWords = typeset({
  soon: "Autorisations qui se terminent bientôt",
  soonHint: "Dans les 30 jours. Seul le patient peut renouveler son autorisation, depuis son espace.",
  all: "Mes patients",
  allHint: "Les personnes qui vous autorisent en ce moment, de la plus récente à la plus ancienne.",
  none: "Personne ne vous autorise pour l'instant. Un patient le fait depuis son espace, dans « Mes professionnels ».",
  list: "Liste des patients",
  count: (n: number, complete: boolean) =>
    complete ? plural(n, "patient", "patients") : `${plural(n, "patient affiché", "patients affichés")}, il y en a d'autres`,
  unnamed: (day: string) => `Patient, autorisation du ${day}`,
  until: (day: string) => `Jusqu'au ${day}`,
  untilAway: (day: string, away: string) => `Jusqu'au ${day} (${away})`,
  never: "Dossier jamais ouvert",
  news: (count: number, more: boolean) =>
    `${more ? `Plus de ${count}` : count} ${count > 1 ? "nouveaux documents" : "nouveau document"}`,
  toRead: (count: number, more: boolean) =>
    `${more ? `Plus de ${count}` : count} ${count > 1 ? "documents à découvrir" : "document à découvrir"}`,
  nothing: "Rien de nouveau",
  show: "Afficher les noms et les nouveautés",
  showHint: "Chaque patient affiché le verra dans son historique.",
  reading: (done: number, count: number) => `${done} sur ${count}`,
  readingLabel: "Lecture des dossiers",
  shown: "Les noms et les nouveautés sont affichés.",
});
