/** Words of photos that become one document. */
import { plural } from "../lib/format.ts";
import { typeset } from "../lib/typo.ts";

export const photos = typeset({
  title: "Vos photos",
  intro: "Elles formeront un seul document, dans cet ordre.",
  empty: "Aucune photo.",
  page: (n: number) => `Page ${n}`,
  alt: (n: number) => `Photo de la page ${n}`,
  enlarge: (n: number) => `Voir la page ${n} en grand`,
  turnNamed: (n: number) => `Tourner la page ${n}`,
  cropNamed: (n: number) => `Rogner la page ${n}`,
  cropHint: "Faites glisser un bord ou un coin sur la photo, ou réglez chaque bord.",
  edges: { top: "En haut", bottom: "En bas", left: "À gauche", right: "À droite" },
  cutOff: (share: number) => (share ? `${share} % enlevés` : "rien d'enlevé"),
  share: (share: number) => `${share} %`,
  cropKeep: "Garder cette partie",
  restore: "Remettre l'image entière",
  cropped: (n: number) => `La page ${n} est rognée.`,
  madeWhole: (n: number) => `La page ${n} est entière.`,
  earlier: (n: number) => `Avancer la page ${n}`,
  later: (n: number) => `Reculer la page ${n}`,
  remove: (n: number) => `Retirer la page ${n}`,
  moved: (from: number, to: number) => `La page ${from} devient la page ${to}.`,
  turned: (n: number) => `La page ${n} est tournée.`,
  removed: (n: number) => `La page ${n} est retirée.`,
  more: "Photographier une autre page",
  preparing: (n: number) => `${plural(n, "photo en préparation", "photos en préparation")}…`,
  ready: (n: number) => (n === 1 ? "La page est prête." : `Les ${n} pages sont prêtes.`),
  unreadable: (n: number) =>
    n === 1
      ? "Une photo n'a pas pu être lue. Prenez-la de nouveau."
      : `${n} photos n'ont pas pu être lues. Prenez-les de nouveau.`,
  tooMany: (most: number) => `Un document a ${most} pages au plus. Les photos suivantes sont laissées de côté.`,
  private: "Le lieu et l'appareil ne sont pas gardés dans le document.",
  finish: (n: number) => (n > 1 ? `Réunir les ${n} pages` : "Utiliser cette photo"),
  finished: (n: number) => `${plural(n, "page réunie", "pages réunies")} en un document.`,
  fileName: "Photos.pdf",
});
