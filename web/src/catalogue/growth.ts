/** Words of growth: where a child's weight is among those of the reference, and what that says. */
import { plural } from "../lib/format.ts";
import { typeset } from "../lib/typo.ts";

const rank = (n: number) => (n === 1 ? "1ᵉʳ" : `${n}ᵉ`);
const years = (n: number) => plural(n, "an", "ans");

export const growthWords = typeset({
  title: "Par rapport aux enfants de son âge",
  rank,
  days: (n: number) => (n === 0 ? "le jour de la naissance" : plural(n, "jour", "jours")),
  /** Months alone until two years, as one says. */
  age: (y: number, m: number) => (y < 2 ? `${y * 12 + m}\u00a0mois` : m === 0 ? years(y) : `${years(y)} ${m}\u00a0mois`),
  birth: "naissance",
  under: (p: number) => `sous le ${rank(p)} percentile`,
  over: (p: number) => `au-dessus du ${rank(p)} percentile`,
  between: (low: number, high: number) => `entre le ${rank(low)} et le ${rank(high)} percentile`,
  present: (age: string, value: string, band: string) => `Dernier poids : ${value} à ${age}, ${band}.`,
  meaning: {
    under: (p: number) => `Sur 100 enfants de la référence, du même âge et du même sexe, moins de ${p} pèsent moins.`,
    over: (p: number) => `Sur 100 enfants de la référence, du même âge et du même sexe, plus de ${p} pèsent moins.`,
    between: (low: number, high: number) =>
      `Sur 100 enfants de la référence, du même âge et du même sexe, entre ${low} et ${high} pèsent moins.`,
  },
  little:
    "Un seul point dit peu : c'est le chemin de la courbe au fil des mois qui compte, avec la taille. Parlez-en au médecin de l'enfant ou à la PMI, surtout si la courbe s'écarte de son chemin.",
  source: (name: string) => `Référence : ${name}.`,
  booklet:
    "Ce ne sont pas les courbes du carnet de santé français, établies en 2018 sur des enfants suivis en France : les deux diffèrent. Pour la France, l'Inserm juge celles de l'OMS moins bien adaptées.",
  preterm: "L'âge n'est pas corrigé pour un enfant né avant terme.",
  ended:
    "La référence de l'OMS pour le poids s'arrête à 10 ans : ensuite, le poids seul dit peu. Le médecin de l'enfant le regarde avec la taille.",
  unknown: "Les courbes de référence ne sont pas tracées : le sexe ou la date de naissance n'est pas connu.",
  legend: (ranks: string) => `Percentiles ${ranks} de la référence OMS`,
  and: " et ",
  label: "avec les courbes de référence de l'OMS",
  column: "Âge et percentile",
  csv: { age: "Âge", band: "Percentile (OMS)" },
});
