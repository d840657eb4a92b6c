/** Words of settings, help and what surrounds them. */
import { brand } from "../brand.ts";

export const settings = {
  title: "Plus",
  account: "Mon compte",
  professionals: "Mes professionnels",
  relatives: "Mes proches",
  relativesText: "Gérer l'espace d'un enfant",
  measures: "Mes mesures",
  measuresText: "Poids et tension : noter, voir la courbe, imprimer",
  access: "Accès",
  accessText: "Qui a consulté le dossier, et quand",
  notices: "Avis et rappels",
  noticesText: "E-mails, heures de silence, fuseau horaire",
  professionalsText: "Autoriser un médecin, retirer un accès",
  catalogue: "Catalogue d'applications",
  catalogueText: "Ce qu'elles font, ce qu'elles demandent",
  applications: "Mes applications",
  applicationsText: "Ce qu'elles peuvent faire, retirer un accès",
  identity: {
    title: "Mon identité",
    why: "Pour ouvrir votre dossier, un professionnel doit écrire votre matricule INS et vos traits d'identité.",
    show: "Afficher mon matricule INS",
    hide: "Masquer",
    shown: "Le matricule INS est affiché.",
    ins: "Matricule INS",
    familyName: "Nom de naissance",
    givenNames: "Prénoms de naissance",
    birthDate: "Date de naissance",
    sex: "Sexe",
    sexes: { female: "Féminin", male: "Masculin", unknown: "Non renseigné" },
    copy: "Copier le matricule",
    copied: "Le matricule INS est copié.",
  },
  display: "Affichage",
  theme: "Apparence",
  themes: { system: "Comme l'appareil", light: "Claire", dark: "Sombre" },
  size: "Taille du texte",
  sizes: { normal: "Normale", large: "Grande", larger: "Très grande" },
  keyboard: "Clavier",
  shortcuts: "Utiliser les raccourcis d'une seule touche",
  shortcutsHint: "À désactiver si vous dictez vos textes à la voix.",
  showShortcuts: "Voir les raccourcis",
  device: "Cet appareil",
  erase: "Effacer cet appareil",
  eraseHint: "Retire tout ce que l'application a gardé ici et ferme la session.",
  eraseKeeps: "Vos documents restent dans votre espace.",
  eraseTitle: "Effacer cet appareil ?",
  eraseText: "Les réglages et l'application gardée hors connexion seront retirés. Votre session sera fermée.",
  /** In place of the words above, in the space of a child. */
  child: {
    professionals: "Professionnels",
    applications: "Applications",
    measures: "Mesures",
    identity: {
      title: "Identité de l'enfant",
      why: "Pour ouvrir ce dossier, un professionnel doit écrire le matricule INS et les traits d'identité de l'enfant.",
      show: "Afficher le matricule INS",
    },
  },
};

export const shortcuts = {
  title: "Raccourcis clavier",
  list: [
    ["/", "Chercher"],
    ["?", "Afficher cette aide"],
    ["j / k", "Document ou rendez-vous suivant, précédent"],
    ["Entrée", "Ouvrir le document choisi"],
    ["Échap", "Revenir à la liste ou fermer"],
  ],
  off: "Vous pouvez désactiver ces raccourcis dans « Plus ».",
};

export const help = {
  title: "Aide",
  phoneTitle: "Être aidé par une personne",
  phone: `Appelez le ${brand.helpPhone}, ${brand.helpHours}. L'appel n'est pas surtaxé.`,
  urgent: "En cas d'urgence vitale, appelez le 15 ou le 112.",
  carerTitle: "Vous aidez un proche",
  carer: "Ne vous connectez pas à sa place. Appelez l'assistance avec lui : elle vous dira comment l'aider.",
  questions: "Questions fréquentes",
  faq: [
    ["Qui peut lire mes documents ?", "Vous, et les professionnels que vous avez autorisés. Un laboratoire peut déposer un résultat, mais pas lire le reste."],
    ["Comment retirer un accès ?", "Ouvrez « Mes professionnels », puis « Retirer l'accès ». La demande suivante de ce professionnel est refusée."],
    ["Comment gérer l'espace de mon enfant ?", "Ouvrez « Plus », puis « Mes proches ». C'est possible jusqu'à ses 18 ans, si vous êtes son représentant légal."],
    ["Que contient l'e-mail que je reçois ?", "Il dit seulement qu'il y a du nouveau. Il ne cite ni document, ni nom, ni soin."],
    ["Mon document est refusé : pourquoi ?", "La raison est écrite sous le fichier. Le plus souvent, il est trop lourd ou d'un type non accepté."],
  ],
  accessibilityTitle: "Accessibilité",
  accessibility: "Le site est vérifié par des outils automatiques et au clavier. Il n'a pas encore été audité par des personnes.",
};

export const lost = {
  title: "Page introuvable",
  text: "Cette adresse ne mène à aucun écran. Le lien est peut-être incomplet.",
};
