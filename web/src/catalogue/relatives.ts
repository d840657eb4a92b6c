/** Words of the children whose profile one manages. */
import { ofName, plural } from "../lib/format.ts";
import { typeset } from "../lib/typo.ts";

export const relativesWords = typeset({
  title: "Mes proches",
  intro: "Les enfants de votre dossier d'Assurance maladie : vous pouvez gérer leur espace jusqu'à leurs 18 ans.",
  children: "Mes enfants",
  toActivate: "À activer",
  managed: "Géré par vous",
  openNow: "Ouvert en ce moment",
  notYet: (name: string) => `Vous pouvez gérer ses documents, ses rendez-vous et sa prévention. L'espace ${ofName(name)} n'est pas encore activé.`,
  until: (date: string) => `Vous gérez son espace jusqu'au ${date}, à ses 18 ans.`,
  left: (time: string) => `Encore ${time}.`,
  leftYears: (n: number) => plural(n, "an", "ans"),
  leftMonths: (n: number) => plural(n, "mois", "mois"),
  leftDays: (n: number) => plural(n, "jour", "jours"),
  after: "Ensuite, cet espace sera le sien et vous n'y aurez plus accès.",
  activateNamed: (name: string) => `Activer l'espace ${ofName(name)}`,
  openNamed: (name: string) => `Ouvrir l'espace ${ofName(name)}`,
  stop: "Ne plus gérer",
  stopNamed: (name: string) => `Ne plus gérer l'espace ${ofName(name)}`,
  who: (name: string) => `Qui gère l'espace ${ofName(name)} ?`,
  you: (since: string) => `Vous, depuis le ${since}`,
  other: (name: string, since: string) => `${name}, depuis le ${since}`,

  confirmTitle: (name: string) => `Activer l'espace ${ofName(name)} ?`,
  effects: [
    "Vous lirez et compléterez son dossier, et choisirez les professionnels qui peuvent le lire.",
    "Chaque action y sera notée à votre nom, dans « Accès ».",
  ],
  ends: (date: string) => `Cela s'arrêtera le ${date}, à ses 18 ans, ou avant si vous le voulez.`,
  certify: "Je certifie être son représentant légal",
  certifyHint: "Par exemple son père, sa mère ou son tuteur, avec l'autorité parentale.",
  uncertified: "Cochez cette case si c'est le cas, ou annulez.",
  activated: (name: string) => `L'espace ${ofName(name)} est activé.`,

  stopTitle: (name: string) => `Ne plus gérer l'espace ${ofName(name)} ?`,
  stopText: "Vous ne verrez plus ce dossier. Rien n'y est supprimé : documents, rendez-vous et autorisations restent.",
  stopAgain: "Vous pourrez l'activer de nouveau depuis cette page.",
  stopped: (name: string) => `Vous ne gérez plus l'espace ${ofName(name)}.`,
  undone: (name: string) => `Vous gérez de nouveau l'espace ${ofName(name)}.`,

  emptyTitle: "Aucun enfant sur votre dossier d'Assurance maladie",
  empty: "Demandez à votre caisse d'y rattacher votre enfant : son nom s'affichera ensuite ici.",
  emptyMore: "C'est déjà fait ? L'assistance peut vous aider.",
  toHelp: "Être aidé par une personne",
});
