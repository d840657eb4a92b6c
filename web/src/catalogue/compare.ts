/** Words of the comparison of two results. */
import { plural } from "../lib/format.ts";
import { typeset } from "../lib/typo.ts";

export const compareWords = typeset({
  open: "Comparer à un autre résultat",
  title: "Comparer deux résultats",
  intro: "Les valeurs sont celles écrites par les laboratoires. Seules les analyses de même nom et de même unité sont comparées.",
  back: "Revenir au document",
  first: "Ancien résultat",
  second: "Nouveau résultat",
  choose: "Choisir un document",
  option: (day: string, title: string, author: string) => [`${day}, ${title}`, author].filter(Boolean).join(", "),
  moreChoices: "Proposer des documents plus anciens",
  alone: "Il n'y a pas d'autre document structuré de ce type dans ce dossier.",
  notResult: "Ce document ne contient pas de résultats présentés en tableau. Ouvrez-le pour le lire.",
  caption: "Analyses des deux documents",
  analysis: "Analyse",
  change: "Évolution",
  reference: "Valeurs de référence",
  count: (n: number) => plural(n, "analyse", "analyses"),
  absent: "Absente de ce document",
  up: (by: string, unit: string) => `En hausse de ${[by, unit].filter(Boolean).join(" ")}`,
  down: (by: string, unit: string) => `En baisse de ${[by, unit].filter(Boolean).join(" ")}`,
  same: "Identique",
  other: "Différent",
  unknown: "Écart non calculable",
  oneOnly: "Dans un seul document",
  referencesDiffer: (before: string, after: string) => `${before || "aucune"}, puis ${after || "aucune"}`,
});
