/** Words of the list of documents, and one document. */
import { plural } from "../lib/format.ts";

export const documents = {
  title: "Documents",
  add: "Ajouter un document",
  search: "Chercher dans la liste",
  searchHint: "Titre, type, auteur ou spécialité",
  category: "Catégorie",
  allCategories: "Toutes",
  period: "Période",
  periods: { all: "Toutes", m3: "3 derniers mois", y1: "12 derniers mois", y3: "3 dernières années" },
  byAuthor: "Filtrer par auteur ou spécialité",
  specialty: "Spécialité ou métier de l'auteur",
  author: "Auteur",
  allAuthors: "Tous",
  someAuthor: "L'auteur choisi",
  clear: "Effacer les filtres",
  count: (n: number, complete: boolean) =>
    complete
      ? plural(n, "document", "documents")
      : `${plural(n, "document affiché", "documents affichés")}, il y en a d'autres`,
  order: "Du plus récemment ajouté au plus ancien. La date affichée est celle du soin.",
  found: (n: number, of: number, complete: boolean) =>
    `${plural(n, "document trouvé", "documents trouvés")} sur ${plural(of, "document", "documents")}` +
    (complete ? "" : " déjà affichés"),
  searchMore: "La recherche porte sur les documents affichés. Affichez-en plus pour chercher plus loin.",
  emptyTitle: "Aucun document pour l'instant",
  empty: "Les laboratoires et les médecins déposeront ici vos résultats. Vous pouvez aussi ajouter les vôtres.",
  emptyPro: "Rien n'a encore été déposé que vous puissiez lire.",
  noneTitle: "Aucun document ne correspond",
  none: "Essayez un autre mot, ou effacez les filtres.",
  added: (date: string) => `ajouté le ${date}`,
  secret: "Invisible aux représentants légaux",
  secretText: "À la demande de la personne mineure. Ses représentants légaux ne savent pas que ce document existe : ne leur en parlez pas.",
  by: (who: string) => `Déposé par ${who}`,
  yourself: "vous",
  thePatient: "le patient",
  listLabel: "Liste des documents",
  /** In place of the words above, in the space of a child. */
  child: {
    yourself: "une personne qui gère cet espace",
    empty: "Les laboratoires et les médecins déposeront ici les résultats. Vous pouvez aussi ajouter ceux que vous avez.",
  },
};

export const document = {
  back: "Documents",
  facts: "À propos de ce document",
  type: "Type",
  category: "Catégorie",
  depositedAt: "Déposé le",
  depositedBy: "Déposé par",
  author: "Auteur",
  size: "Taille",
  antivirus: "Antivirus",
  notScanned: "Non analysé : aucun antivirus n'était branché à son arrivée",
  clean: "Analysé : aucun virus connu",
  cleanBy: (engine: string) => `Analysé : aucun virus connu (${engine.replace("/", ", signatures ")})`,
  arriving: "Ouverture du document",
  arrived: (read: string, size: string) => `Ouverture : ${read} sur ${size}`,
  verified: "Fichier intact : identique à ce qui a été déposé",
  verify: "Vérifier que le fichier est intact",
  download: "Télécharger",
  print: "Imprimer",
  whoCan: "Qui peut le lire ?",
  whoCanTitle: "Qui peut lire ce document ?",
  readers: {
    you: "Vous.",
    depositor: (name: string) => `${name}, à l'origine de ce dépôt.`,
    professionals: "Les professionnels que vous avez autorisés, si leur profession permet ce type de document.",
    link: "Voir mes professionnels autorisés",
  },
  whoDid: "Qui l'a vu ?",
  warnings: "À savoir",
  delete: "Supprimer ce document",
  deleteTitle: "Supprimer ce document ?",
  deleteText: (title: string) => `« ${title} » disparaîtra pour toutes les personnes qui le lisaient.`,
  deleteFinal:
    "Cette suppression est définitive ; la copie de sécurité du fichier est effacée sous 30 jours. La liste des accès, elle, reste consultable.",
  deleteKept:
    "Vous ne pourrez pas l'annuler. Le document est gardé à part comme incident, que l'exploitant peut examiner ; la personne voit ce retrait dans son historique.",
  deleteReason: "Pourquoi le supprimer ?",
  reasons: {
    wrong_document: "Ce n'est pas le bon document",
    wrong_patient: "Il concerne une autre personne",
    duplicate: "Il est en double",
    other: "Autre raison",
  },
  deleted: "Le document est supprimé.",
  unknownFormat: "Ce type de fichier ne s'affiche pas ici. Vous pouvez le télécharger.",
  notShown: {
    "image/heic":
      "Cette photo est au format HEIC, que les navigateurs n'affichent pas. Téléchargez-la pour la voir.",
    "image/tiff":
      "Cette image est au format TIFF, que les navigateurs n'affichent pas. Téléchargez-la pour la voir.",
    "text/rtf":
      "Ce document est au format RTF. Téléchargez-le pour l'ouvrir avec un traitement de texte.",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
      "Ce document est au format Word. Téléchargez-le pour l'ouvrir avec un traitement de texte.",
  } as Record<string, string>,
  turned: "Des caractères invisibles, qui changent l'ordre des mots à l'écran, ne sont pas affichés. Ils restent dans le fichier téléchargé.",
  textTitle: "Texte du document",
  imageAlt: (title: string) => `Image du document « ${title} »`,
  zoomIn: "Agrandir",
  zoomOut: "Réduire",
  rotate: "Tourner",
  zoom: (percent: number) => `${percent} %`,
  previous: "Page précédente",
  previousWord: "Précédente",
  next: "Page suivante",
  nextWord: "Suivante",
  page: (n: number, of: number) => `Page ${n} sur ${of}`,
  pageText: "Lire le texte de cette page",
  noPageText: "Cette page est une image : elle ne contient pas de texte.",
  viewer: "Aperçu du document",
  viewerHint: "Flèches : changer de page. Plus et moins : taille. R : tourner.",
  unreadable: "Ce fichier ne peut pas être affiché ici. Téléchargez-le pour l'ouvrir.",
  narrative: "Contenu du document",
  wideTable: (caption: string) => `Tableau à faire défiler${caption && ` : ${caption}`}`,
  note: (n: number) => `Note ${n}`,
  attachments: "Fichiers joints",
  attachment: (n: number) => `Fichier joint ${n}`,
  show: "Afficher",
  hide: "Masquer",
  showNamed: (name: string, size: string) => `${name}, ${size}`,
  refusedFile: "Ce fichier joint n'est pas affiché : il n'a pas passé les vérifications.",
  illustration: "Image du document",
  shownAbove: "Ce fichier est déjà affiché plus haut dans le document.",
  oddity: "Une information de ce document est inhabituelle.",
  oddities: {
    other_ins_key: "Un numéro d'identité (INS) écrit dans ce document semble erroné.",
    before_birth: "Une date de ce document est antérieure à la naissance.",
    other_type: "Le type indiqué au dépôt n'était pas celui du document, qui fait foi.",
    other_date: "La date indiquée au dépôt n'était pas celle du document, qui fait foi.",
    not_replaced:
      "Ce document dit en remplacer un autre, qui n'est pas parmi ceux déposés ici par le même établissement.",
    confidentiality:
      "Ce document donne une consigne de confidentialité que l'espace de santé n'applique pas.",
    birth_place: "Le lieu de naissance du document n'est pas celui du dossier.",
  } as Record<string, string>,
  /** In place of the words above, in the space of a child. */
  child: {
    readers: {
      you: "Vous, et les autres personnes qui gèrent cet espace.",
      professionals: "Les professionnels autorisés ici, si leur profession permet ce type de document.",
      link: "Voir les professionnels autorisés",
    },
  },
};
