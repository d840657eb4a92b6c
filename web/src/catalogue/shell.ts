/** Words of the frame of every screen: navigation, errors, session. */
import { brand } from "../brand.ts";
import { plural } from "../lib/format.ts";

export const common = {
  retry: "Réessayer",
  cancel: "Annuler",
  close: "Fermer",
  more: "Afficher plus",
  search: "Rechercher",
  loading: "Chargement…",
  slow: "Le chargement prend plus de temps que d'habitude. Merci de patienter.",
  optional: "facultatif",
  none: "Non renseigné",
  reloadPage: "Recharger la page",
};

export const shell = {
  skip: "Aller au contenu",
  recordOf: "Dossier de",
  age: (age: number) => plural(age, "an", "ans"),
  navigation: "Navigation principale",
  home: "Accueil",
  documents: "Documents",
  agenda: "Agenda",
  access: "Accès",
  professionals: "Professionnels",
  more: "Plus",
  findPatient: "Rechercher",
  deposit: "Déposer",
  help: "Aide",
  callHelp: `Appeler le ${brand.helpPhone}`,
  logout: "Me déconnecter",
  title: (screen: string, whose: string) => `${screen} – ${whose} – ${brand.name}`,
  mine: "Mon dossier",
  patientRecord: "Dossier patient",
  professionalSpace: "Espace professionnel",
  publicSpace: "Espace de santé",
  offline: "Vous êtes hors connexion. Ce qui est affiché reste lisible. Rien ne sera envoyé.",
  online: "La connexion est revenue.",
  printedOn: (date: string) => `Imprimé le ${date}`,
  born: (date: string) => `Naissance : ${date}`,
};

export const errors = {
  offlineTitle: "Connexion interrompue",
  offline: "Le réseau ne répond pas. Vérifiez votre connexion, puis réessayez.",
  kept: "Ce que vous avez saisi est gardé sur cette page.",
  unavailableTitle: "Le service ne répond pas pour le moment",
  unavailable: "Rien n'a été perdu ni modifié. Réessayez dans quelques instants.",
  retryIn: (seconds: number) => `Réessayez dans ${plural(seconds, "seconde", "secondes")}.`,
  absentTitle: "Cette page n'est pas accessible",
  absent: "Elle n'existe pas, ou elle ne vous est pas ouverte. Vérifiez l'adresse ou revenez à l'accueil.",
  toHome: "Revenir à l'accueil",
  code: (id: string) => `Code à donner à l'assistance : ${id}`,
  staleTitle: "Cette information a changé entre-temps",
  stale: "Rechargez-la pour voir sa dernière version, puis recommencez.",
  tamperedTitle: "Ce fichier n'est pas celui qui a été déposé",
  tampered: "Son empreinte ne correspond pas. Il n'est donc pas affiché. Signalez-le à l'assistance.",
  screenTitle: "Cet écran ne s'est pas chargé",
  screen: "Une nouvelle version est peut-être disponible. Rechargez la page.",
  summaryTitle: "Vérifiez votre saisie",
  summary: (count: number) => `${plural(count, "champ est à corriger", "champs sont à corriger")} :`,
};

export const session = {
  expiredTitle: "Votre session est terminée",
  expired: "Pour votre sécurité, il faut vous identifier de nouveau. Ce que vous avez saisi est gardé sur cette page.",
  lockedTitle: "Écran verrouillé",
  locked: "L'écran est resté longtemps sans action. Identifiez-vous pour reprendre là où vous étiez.",
  reconnect: "M'identifier de nouveau",
  reconnectHint: "L'identification s'ouvre dans un nouvel onglet. Cette page reprendra toute seule.",
  check: "J'ai fini de m'identifier",
  notYet: "La session n'est pas encore ouverte. Terminez l'identification dans l'autre onglet.",
  quit: "Quitter sans garder",
  idleTitle: "Êtes-vous toujours là ?",
  idle: (seconds: number) =>
    `Sans action de votre part, cet écran sera verrouillé dans ${plural(seconds, "seconde", "secondes")}.`,
  stay: "Rester sur cette page",
  back: "Votre session a repris.",
  resumeTitle: "Votre session est ouverte",
  resume: "Vous pouvez fermer cet onglet. Votre page a repris dans l'autre onglet.",
  resumeHere: "Ouvrir mon espace ici",
};
