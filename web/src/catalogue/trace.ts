/** Words of the history of accesses. */
import { brand } from "../brand.ts";
import { plural } from "../lib/format.ts";

export const trace = {
  title: "Qui a consulté mon dossier ?",
  intro: "Chaque accès et chaque refus sont notés ici, avec le droit qui l'a permis.",
  outcome: "Afficher",
  outcomes: {
    others: "Les accès des autres",
    all: "Tous, les miens compris",
    allowed: "Les accès permis",
    refused: "Les demandes refusées",
  },
  onlyDocument: "Accès à un seul document",
  allDocuments: "Voir les accès à tout le dossier",
  times: (n: number) => `${n} fois`,
  between: (from: string, to: string) => `de ${from} à ${to}`,
  refused: "Refusé",
  unreadable: "Ligne modifiée",
  count: (n: number, complete: boolean) =>
    complete
      ? plural(n, "ligne", "lignes")
      : `${plural(n, "ligne affichée", "lignes affichées")}, il y en a d'autres`,
  emptyTitle: "Aucun accès pour l'instant",
  empty: "Dès que quelqu'un ouvrira votre dossier, vous le verrez ici.",
  noneTitle: "Aucun accès ne correspond",
  none: "Aucune des lignes affichées ne correspond à ce choix.",
  worried: "Un accès vous surprend ?",
  worriedText: `Retirez l'accès de ce professionnel, ou appelez le ${brand.helpPhone}.`,
};
