/** Words of the first screen of a person. */
import { plural } from "../lib/format.ts";

export const home = {
  hello: (name: string) => `Bonjour ${name}`,
  titles: {
    first_steps: "Premiers pas",
    next_appointment: "Prochain rendez-vous",
    documents: "Nouveaux documents",
    to_do: "À faire",
    accesses: "Derniers accès",
    messages: "Messages",
    authorisations: "Qui peut voir mon dossier ?",
  },
  hide: "Masquer",
  hideNamed: (card: string) => `Masquer « ${card} »`,
  showNamed: (card: string) => `Afficher de nouveau « ${card} »`,
  putAway: (card: string) => `« ${card} » est masqué.`,
  putBack: (card: string) => `« ${card} » est de nouveau affiché.`,
  hiddenTitle: "Masqué sur cet accueil",
  noDocuments: "Vos prochains résultats et comptes rendus arriveront ici.",
  allDocuments: "Voir tous les documents",
  noAccesses: "Personne d'autre que vous n'a consulté votre dossier récemment.",
  allAccesses: "Voir tous les accès",
  noNext: "Aucun rendez-vous noté.",
  unreadable: "Cette partie ne peut pas être affichée : ses données ont été altérées. Nos équipes sont prévenues.",
  addNext: "Ajouter un rendez-vous",
  allNext: "Voir l'agenda",
  nothingToDo: "Rien à prévoir pour le moment.",
  plan: "Planifier",
  planNamed: (what: string) => `Planifier un rendez-vous : ${what}`,
  allToDo: (more: number, late: number) => {
    const others = more ? ` (${plural(more, "autre", "autres")}${late ? `, dont ${late} en retard` : ""})` : "";
    return `Voir vaccins et prévention${others}`;
  },
  unreadMessages: (n: number) => plural(n, "conversation avec du nouveau", "conversations avec du nouveau"),
  noMessages: "Aucun nouveau message.",
  allMessages: "Voir les messages",
  newTerms: (n: number) =>
    `${plural(n, "application a changé ses conditions", "applications ont changé leurs conditions")} : votre réponse est attendue.`,
  stopped: (n: number) =>
    `${plural(n, "application est suspendue ou retirée", "applications sont suspendues ou retirées")} : voyez ce que cela change.`,
  toApplications: "Voir mes applications",
  whoCount: (n: number) =>
    n === 0
      ? "Aucun professionnel pour l'instant."
      : plural(n, "professionnel autorisé par vous", "professionnels autorisés par vous"),
  who: "Vous pouvez changer d'avis à tout moment.",
  whoLink: "Gérer mes professionnels",
  addDocument: "Ajouter un document",
  measures: "Mes mesures",
  firstIntro: "Votre dossier est ouvert. Pour commencer :",
  steps: {
    authorise_doctor: {
      title: "Autoriser votre médecin",
      text: "Il pourra lire votre dossier avant de vous soigner.",
    },
    add_document: {
      title: "Ajouter un premier document",
      text: "Une ordonnance, un résultat, une photo : depuis votre téléphone.",
    },
    see_trace: {
      title: "Voir qui consulte votre dossier",
      text: "Chaque accès est noté : qui, quand et de quel droit.",
    },
  },
  /** In place of the words above, in the space of a child. */
  child: {
    titles: { authorisations: "Qui peut voir ce dossier ?" },
    measures: "Mesures",
    noDocuments: "Les prochains résultats et comptes rendus arriveront ici.",
    noAccesses: "Personne d'autre que vous n'a consulté ce dossier récemment.",
    whoCount: (n: number) =>
      n === 0 ? "Aucun professionnel pour l'instant." : plural(n, "professionnel autorisé", "professionnels autorisés"),
    whoLink: "Gérer les professionnels",
    firstIntro: "Ce dossier est ouvert. Pour commencer :",
    steps: {
      authorise_doctor: {
        title: "Autoriser le médecin de l'enfant",
        text: "Il pourra lire ce dossier avant de le soigner.",
      },
      see_trace: { title: "Voir qui consulte ce dossier" },
    },
  },
};
