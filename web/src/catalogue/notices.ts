/** Words of the notices, and of the choices about them. */
import { plural } from "../lib/format.ts";
import { typeset } from "../lib/typo.ts";

export const noticeWords = typeset({
  title: "Avis",
  intro: "Ce qui s'est passé dans votre dossier ces trois derniers mois.",
  isNew: "Nouveau",
  open: "Ouvrir",
  delete: "Supprimer",
  deleteNamed: (text: string) => `Supprimer l'avis : ${text}`,
  deleted: "Avis supprimé.",
  undone: "L'avis est remis.",
  deleteAll: "Tout supprimer",
  deleteAllTitle: "Supprimer tous les avis ?",
  deleteAllText: "Votre dossier et la liste des accès restent intacts. Seuls les avis disparaissent.",
  deletedAll: "Tous les avis sont supprimés.",
  emptyTitle: "Aucun avis",
  empty: "Vous verrez ici les nouveaux documents, les accès et les rappels.",
  toHome: "Revenir à l'accueil",
  settings: "Choisir mes avis et mes rappels",
  count: (n: number, complete: boolean) =>
    complete ? plural(n, "avis", "avis") : `${plural(n, "avis affiché", "avis affichés")}, il y en a d'autres`,

  choices: {
    title: "Avis et rappels",
    remind: "Me rappeler",
    remindHint: "Décochez pour ne plus rien recevoir : ni avis, ni e-mail. La page « Vaccins et prévention » reste complète.",
    reminders: {
      vaccination: "Les vaccins et les examens de l'enfant",
      screening: "Les dépistages",
    },
    mail: "Recevoir un e-mail",
    mailHint: "L'avis s'affiche aussi ici. L'e-mail ne dit jamais de quoi il s'agit.",
    kinds: {
      document: "Quand un document arrive",
      appointment: "Pour mes rendez-vous et leurs rappels",
      prevention: "Quand un vaccin ou un dépistage est à prévoir",
      message: "Quand un professionnel m'écrit",
    },
    access: "Quand quelqu'un accède à mon dossier, ou qu'un lien de calendrier est créé",
    accessWhy: "Cet e-mail est obligatoire : il vous protège d'un accès que vous n'avez pas voulu.",
    quiet: "Heures de silence",
    quietHint: "Un rappel prévu pendant ces heures part juste avant. Exemple : de 21 h à 8 h, celui de 6 h part la veille avant 21 h. Les e-mails sur un document ou un accès partent à toute heure.",
    noQuiet: "Pas d'heures de silence : me prévenir à toute heure",
    from: "À partir de",
    until: "Jusqu'à",
    zone: "Fuseau horaire",
    zoneLabel: "Mes heures sont celles de",
    zoneOffer: (of: string) => `Votre appareil est à l'heure ${of}. Utiliser cette heure ?`,
    zoneUse: (of: string) => `Utiliser l'heure ${of}`,
    save: "Enregistrer",
    saved: "Vos choix sont enregistrés.",
    errors: { from: "Choisissez l'heure où commence le silence.", until: "Choisissez l'heure où finit le silence.", same: "Choisissez deux heures différentes." },
  },
  /** In place of the words above, in the space of a child. */
  child: {
    intro: "Ce qui s'est passé dans ce dossier ces trois derniers mois.",
    deleteAllText: "Le dossier et la liste des accès restent intacts. Seuls les avis disparaissent.",
    settings: "Choisir les avis et les rappels",
    choices: {
      kinds: { appointment: "Pour ses rendez-vous et leurs rappels", message: "Quand un professionnel écrit" },
      access: "Quand quelqu'un accède à ce dossier, ou qu'un lien de calendrier est créé",
      accessWhy: "Cet e-mail est obligatoire : il protège l'enfant d'un accès que vous n'avez pas voulu.",
    },
  },
});
