/** Words of choosing several documents, and of what is done with them. */
import { plural } from "../lib/format.ts";
import { typeset } from "../lib/typo.ts";

export const pickWords = typeset({
  start: "Choisir plusieurs documents",
  bar: "Documents choisis",
  picked: (count: number) => (count === 0 ? "Cochez les documents à télécharger" : plural(count, "document choisi", "documents choisis")),
  all: (count: number) => `Tous (${count})`,
  allShown: (count: number) => `Tous : choisir les ${count} affichés`,
  limit: (count: number) => `${count} documents au plus à la fois.`,
  cancel: "Annuler",
  reading: (done: number, count: number) => `${done} sur ${count}`,
  readingLabel: "Téléchargement en cours",
  stop: "Arrêter",
  done: (count: number) => (count === 1 ? "Le document est téléchargé." : `Les ${count} documents sont téléchargés dans un seul fichier.`),
  failedTitle: (count: number) =>
    count === 1 ? "Un document n'a pas pu être téléchargé" : `${count} documents n'ont pas pu être téléchargés`,
  failedText: "Rien n'est encore enregistré sur cet appareil.",
  retry: (count: number) => (count === 1 ? "Réessayer ce document" : `Réessayer ces ${count} documents`),
  keep: (count: number) => (count === 1 ? "Enregistrer l'autre document" : `Enregistrer les ${count} autres`),
  because: (name: string, why: string) => `${name} : ${why}`,
  archive: (count: number) => `${count} documents`,
});
