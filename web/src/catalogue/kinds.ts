/** Words of names of categories and types of documents, by their code. */

export const categories = {
  CPT_REND: "Comptes rendus",
  BIOLOGIE: "Résultats de biologie",
  RADIO_SC: "Radios, scanners, imagerie",
  ORD_SOIN: "Ordonnances et soins",
  SYNTHESE: "Synthèses",
  CAR_VAC: "Carnet de vaccination",
  DEPISTAG: "Dépistages et prévention",
  CERT_MED: "Certificats",
  DOC_ADM: "Documents administratifs",
  DIR_ANT: "Directives anticipées",
  VDP: "Volontés et droits de la personne",
  QUEST_SANTE: "Questionnaires de santé",
  REMB: "Données de remboursement",
  SYNTH_PML: "Synthèse du profil médical",
  AUTR_DOC: "Autres documents",
};

export const personTypes = {
  DOCPAT03: "Compte rendu",
  DOCPAT05: "Résultats d'analyses",
  DOCPAT04: "Radio, scanner, IRM, échographie",
  DOCPAT02: "Ordonnance, traitement ou soins",
  DOCPAT06: "Prévention, vaccination",
  DOCPAT07: "Certificat",
  DOCPAT01: "Synthèse",
  DOCPAT09: "Document administratif",
  EXPPAT_3: "Directives anticipées",
  EXPPAT_1: "Volontés et droits",
  EXPPAT_2: "Autre document",
};

/** What professionals deposit, as the person reads it; the official name is for professionals. */
export const plainTypes = {
  "11488-4": "Compte rendu de consultation",
  "11502-2": "Résultats d'analyses",
  "18748-4": "Compte rendu de radio, scanner ou IRM",
  "34112-3": "Compte rendu d'hospitalisation",
  "11490-0": "Lettre de sortie d'hospitalisation",
  "51969-4": "Résultats d'analyses génétiques",
  "60568-3": "Résultats d'analyses de tissus ou de cellules",
  "57833-6": "Ordonnance de médicaments",
  "57832-8": "Ordonnance de soins",
  "PRESC-BIO": "Ordonnance d'analyses",
  "55115-0": "Ordonnance d'imagerie",
};

export const professionalTypes = {
  "11488-4": "Compte rendu de consultation",
  "11502-2": "Compte rendu d'examens biologiques",
  "18748-4": "Compte rendu d'imagerie médicale",
  "34112-3": "Compte rendu hospitalier (séjour)",
  "34874-8": "Compte rendu opératoire",
  "15507-7": "Compte rendu de passage aux urgences",
  "11490-0": "Lettre de liaison à la sortie",
  "96349-6": "Lettre d'adressage",
  "60591-5": "Synthèse médicale",
  "57833-6": "Prescription de produits de santé",
  "57832-8": "Prescription de soins",
  "PRESC-BIO": "Prescription de biologie médicale",
  "55115-0": "Demande d'imagerie",
  "18776-5": "Plan personnalisé de soins",
  "87273-9": "Note de vaccination",
  "89601-9": "Certificat médical",
  "47420-5": "Bilan fonctionnel",
};
