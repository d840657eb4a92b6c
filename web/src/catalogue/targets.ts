/** Words of a weight to reach: setting it, how far the last weight is, taking it away. No word judges. */
import { typeset } from "../lib/typo.ts";

export const targetWords = typeset({
  title: "Mon objectif",
  none: "Vous pouvez noter un poids que vous souhaitez atteindre. Il apparaît sur la courbe.",
  value: (weight: string) => `Objectif : ${weight}\u00a0kg`,
  by: (day: string) => `d'ici au ${day}`,
  past: "Cette date est passée. Vous pouvez la changer, ou retirer l'objectif.",
  above: (kilos: string) => `${kilos}\u00a0kg au-dessus de votre objectif`,
  under: (kilos: string) => `${kilos}\u00a0kg au-dessous de votre objectif`,
  reached: "À votre objectif",
  last: (distance: string) => `Dernier poids : ${distance}.`,
  advice: "Un objectif de poids se choisit avec un professionnel de santé. Carnet ne dit pas s'il vous convient.",
  seenBy: "Vous seul le voyez : ni professionnel, ni application.",
  set: "Fixer un objectif",
  change: "Modifier l'objectif",
  remove: "Retirer l'objectif",
  removed: "Objectif retiré.",
  saved: "Objectif enregistré.",
  line: (weight: string) => `Objectif ${weight}\u00a0kg`,
  legend: "Votre objectif",
  form: {
    weight: "Poids à atteindre, en kg",
    weightHint: "Par exemple 68,5",
    by: "Date souhaitée",
    save: "Enregistrer",
    errors: {
      missing: "Écrivez le poids à atteindre, en kilogrammes.",
      number: "Écrivez un nombre, par exemple 68,5.",
      bounds: "Écrivez un poids de 30 à 300 kg.",
      decimals: "Un seul chiffre après la virgule, par exemple 68,5.",
      past: "Choisissez une date à venir.",
    },
  },
});
