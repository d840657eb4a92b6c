/** Words of measures: noting them, their curve, its table, what is taken away. */
import { plural } from "../lib/format.ts";
import { typeset } from "../lib/typo.ts";

export const measureWords = typeset({
  title: "Mes mesures",
  place: "Mesures",
  add: "Ajouter une mesure",
  kindsLabel: "Mesure affichée",
  kinds: { weight: "Poids", blood_pressure: "Tension" },
  components: { weight: "Poids", systolic: "Maximale", diastolic: "Minimale" },
  rangesLabel: "Période affichée",
  ranges: { "1m": "1 mois", "3m": "3 mois", "1a": "1 an", tout: "Tout" },
  moment: (day: string, time: string, elsewhere: string | null) =>
    `${day} à ${time}${elsewhere ? ` (${elsewhere} là où elle a été prise)` : ""}`,
  last: "Dernière mesure",
  span: (name: string | null, low: string, high: string, unit: string) => {
    const said = low === high ? `${low} ${unit}` : `de ${low} à ${high} ${unit}`;
    return name ? `${name.toLowerCase()} ${said}` : said;
  },
  spanJoin: ", ",
  counted: (n: number) => plural(n, "mesure", "mesures"),
  cut: "Il y a plus de mesures que cet écran n'en montre. Choisissez une période plus courte.",
  seenBy: "Aucun professionnel ne voit ces mesures. Une application ne les voit que si vous l'avez accepté.",
  seenLink: "Voir qui les a consultées",

  emptyTitle: { weight: "Aucun poids noté", blood_pressure: "Aucune tension notée" },
  empty: "Notez une première mesure : la courbe se dessine à partir de la deuxième.",
  emptyRange: "Aucune mesure sur cette période.",
  seeAll: "Voir toutes les mesures",

  curve: {
    title: "Courbe",
    label: (kind: string, n: string, from: string, to: string, span: string) =>
      `Courbe, ${kind.toLowerCase()} : ${n}, du ${from} au ${to}, ${span}`,
    gaps: (n: number) => plural(n, "interruption", "interruptions"),
    reading: "Lire les points de la courbe",
    hint: "Flèches : passer d'un point à l'autre. Début et Fin : premier et dernier point.",
    point: (n: number, all: number) => `Point ${n} sur ${all}`,
    said: (moment: string, value: string) => `${moment} : ${value}`,
    doubtful: "Point à vérifier",
    gap: "Ligne coupée : jours sans mesure",
    zone: "Repère",
    below: (name: string, limit: number) => `${name} sous ${limit}`,
  },
  reference: {
    text: "Repère de l'adulte qui se mesure chez lui : moins de 135 pour la maximale, moins de 85 pour la minimale.",
    doctor: "Votre médecin peut vous en fixer un autre.",
    source: "Source : HAS et Société française d'hypertension artérielle, septembre 2016.",
  },

  table: {
    title: "Tableau",
    caption: (kind: string, n: string) => `${kind} : ${n}, la plus récente d'abord`,
    when: "Date et heure",
    value: "Valeur",
    note: "À savoir",
    act: "Action",
    missing: (n: number) => plural(n, "jour sans mesure", "jours sans mesure"),
    device: (name: string) => `Appareil : ${name}`,
    more: "Afficher les mesures plus anciennes",
  },
  doubt: {
    unusual: "À vérifier : valeur inhabituelle à cet âge",
    far: "À vérifier : loin des autres mesures",
  },
  source: {
    you: "Ajouté par vous",
    youFor: (child: string) => `Ajouté par vous pour ${child}`,
    yourself: "vous",
    person: "Ajouté par la personne elle-même",
    parent: (name: string, whom: string) => `Ajouté par ${name} pour ${whom}`,
    application: (name: string) => `Ajouté par l'application ${name}`,
  },

  delete: "Supprimer",
  deleteNamed: (value: string, moment: string) => `Supprimer ${value}, ${moment}`,
  deleted: "Mesure supprimée.",
  restored: "La mesure est de nouveau dans la liste.",
  deleteTitle: "Supprimer cette mesure ?",
  deleteText: (value: string, source: string) =>
    `${value}. ${source}. La suppression est définitive : vous pourriez seulement la noter vous-même.`,
  deleteThis: "Supprimer cette mesure",

  exportTitle: "Garder une copie",
  csvButton: "Télécharger le tableau (CSV)",
  print: "Imprimer",
  fileName: { weight: "Mesures - poids.csv", blood_pressure: "Mesures - tension.csv" },
  csv: {
    day: "Date",
    time: "Heure",
    offset: "Décalage",
    comment: "Commentaire",
    source: "Origine",
    device: "Appareil",
  },

  form: {
    title: "Ajouter une mesure",
    back: "Mes mesures",
    kind: "Que notez-vous ?",
    weight: "Poids",
    systolic: "Maximale",
    diastolic: "Minimale",
    inUnit: (name: string, unit: string) => `${name}, en ${unit}`,
    hints: {
      weight: "Par exemple 72,4",
      systolic: "Le plus grand nombre, la systolique : par exemple 128",
      diastolic: "Le plus petit, la diastolique : par exemple 79",
    },
    date: "Date",
    time: "Heure",
    comment: "Commentaire",
    commentHint: "150 caractères au plus",
    save: "Enregistrer",
    last: (value: string, moment: string) => `Dernière mesure : ${value}, ${moment}.`,
    unusual: (low: string, high: string, unit: string) =>
      `À vérifier : d'ordinaire entre ${low} et ${high} ${unit} à cet âge. Vous pouvez enregistrer quand même.`,
    centimetres: (value: string) => `À vérifier : en mmHg, cela s'écrit sans doute ${value}.`,
    added: "Mesure ajoutée.",
    addedUnusual: (value: string) => `${value} : ajouté. Cette valeur est inhabituelle, vérifiez-la.`,
    remove: "Retirer",
    removed: "La mesure est retirée.",
    errors: {
      weight: "Écrivez votre poids, en kilogrammes.",
      systolic: "Écrivez la maximale, le plus grand des deux nombres.",
      diastolic: "Écrivez la minimale, le plus petit des deux nombres.",
      number: "Écrivez un nombre, par exemple 72,4.",
      zero: "La valeur doit être plus grande que zéro.",
      order: "La minimale doit être plus basse que la maximale.",
      date: "Choisissez le jour de la mesure.",
      time: "Indiquez l'heure de la mesure.",
      skipped: "Cette heure n'existe pas ce jour-là : l'heure d'été commence. Choisissez-en une autre.",
      future: "Ce moment n'est pas encore venu.",
      comment: "Le commentaire dépasse 150 caractères.",
    },
  },

  /** In place of the words above, in the space of a child. */
  child: {
    title: "Mesures",
    seenBy: "Aucun professionnel ne voit ces mesures. Une application ne les voit que si vous l'avez accepté pour cet enfant.",
    source: { person: "Ajouté par l'enfant" },
    form: { back: "Mesures", errors: { weight: "Écrivez le poids, en kilogrammes." } },
  },
});
