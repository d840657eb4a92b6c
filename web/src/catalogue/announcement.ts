/** Words of a document that waits to be announced, and of the versions of one. */
import { typeset } from "../lib/typo.ts";

export const announcementWords = typeset({
  when: "Quand la personne voit-elle ce document ?",
  choices: {
    now: "Tout de suite",
    later: "Après la consultation d'annonce",
    laterMinor: "Après la consultation d'annonce : ni elle, ni ses représentants légaux avant",
  },
  reason: "Pourquoi attendre ?",
  reasonHint: "Lu par les professionnels seulement. Par exemple : résultat à annoncer le 3 décembre.",
  reasonMissing: "Dites pourquoi la personne ne doit pas encore voir ce document.",
  later:
    "Pour elle, ce document n'existe pas tant qu'il n'est pas rendu visible. Revoyez ce choix sous 30 jours : aucun rappel n'est envoyé.",
  badge: "À annoncer",
  badgeLate: "À annoncer : à revoir",
  alertTitle: "Pas encore annoncé à la personne",
  alert: "La personne ne sait pas que ce document existe. Ne lui en parlez qu'en consultation.",
  deposited: (date: string) => `La personne ne le voit pas encore. À revoir avant le ${date}.`,
  why: (reason: string) => `Motif : ${reason}`,
  noReason: "Motif : non précisé par le logiciel qui l'a déposé.",
  review: (date: string) => `À revoir avant le ${date}.`,
  reviewLate: (date: string) => `À revoir depuis le ${date} : ce résultat ne doit pas rester caché.`,
  open: "Ouvrir le document",
  reveal: "L'annonce a été faite : rendre visible",
  revealTitle: "Rendre ce document visible ?",
  revealText: (title: string) => `La personne verra « ${title} » et sera prévenue, comme d'un nouveau document.`,
  revealFinal: "Vous ne pourrez pas revenir en arrière.",
  confirm: "Rendre visible",
  done: "Le document est visible. La personne est prévenue.",
  replaced: "Une version plus récente remplace ce document.",
  newer: "Voir la version qui le remplace",
  older: "Voir la version précédente",
  corrected: (received: string) => `Version corrigée, reçue le ${received}. Elle remplace la précédente.`,
});
