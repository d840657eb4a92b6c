/** The answers of the API that the screens read. */

export interface Coded {
  code: string;
  label: string;
}

export interface Profile {
  patient_id: string;
  relation: string;
  given_name: string;
  family_name: string;
  birth_date: string | null;
  age: number | null;
}

export interface PersonMe {
  role: "patient";
  display_name: string;
  profiles: Profile[];
  session: { expires_at: string };
}

export interface ProfessionalMe {
  role: "professional";
  display_name: string;
  rpps: string;
  profession: Coded;
  organisation: { name: string; id: string } | null;
  session: { expires_at: string };
}

export type Me = PersonMe | ProfessionalMe;

export interface Patient {
  patient_id: string;
  family_name: string;
  given_name: string;
  birth_date: string | null;
  age: number | null;
  sex: "female" | "male";
}

export interface PatientSearch {
  ins: string;
  family_name: string;
  given_name: string;
  birth_date: string;
  sex: "female" | "male";
}

export interface ProfessionalCard {
  rpps: string;
  name: string;
  profession: Coded | null;
  place: string | null;
}

export interface Authorisation extends ProfessionalCard {
  status: "active" | "withdrawn" | "expired";
  since: string;
  valid_until: string;
  first_used_at: string | null;
  last_change_at: string;
  version: number;
}

export interface CarnetDocument {
  id: string;
  title: string;
  type: Coded;
  category: Coded;
  format: string;
  size_bytes: number;
  sha256: string;
  care_date: string;
  deposited_at: string;
  depositor: { kind: "person" | "organisation" | "professional"; name: string | null };
  author: { name: string | null; profession: string | null; organisation: string | null };
  antivirus: { verdict: "not_scanned" | "clean"; engine: string | null };
  warnings: string[];
  abilities: { read: boolean; withdraw: boolean };
  version: number;
}

export interface PendingDocument {
  id: string;
  status: "pending";
  upload: { href: string; expires_at: string };
}

export interface DepositBody {
  title: string | null;
  type_code: string | null;
  care_date: string | null;
  format: string;
  content: string | null;
  size_bytes?: number;
  sha256: string | null;
}

export interface Access {
  id: string;
  at: string;
  actor: {
    kind: "person" | "professional" | "organisation" | "system";
    name: string;
    profession: string | null;
    organisation: string | null;
  };
  action: string;
  label: string;
  document: { id: string; title: string } | null;
  outcome: "allowed" | "refused" | "unreadable";
  right: string | null;
  count: number;
  first_at: string;
  last_at: string;
}

export type FirstStep = "authorise_doctor" | "add_document" | "see_trace";

export interface Home {
  documents: CarnetDocument[];
  accesses: Access[];
  first_steps?: FirstStep[];
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** A piece of a clinical document; what is usual (one column, no style) is left out. */
export type Inline = { type: "text"; text: string; styles?: string[]; target?: string } | { type: "break" };

export interface NarrativeCell {
  header?: boolean;
  colspan?: number;
  rowspan?: number;
  blocks?: NarrativeBlock[];
}

type Rows = NarrativeCell[][];

export type NarrativeBlock =
  | { type: "paragraph"; runs: Inline[]; caption?: Inline[]; footnote?: number }
  | { type: "list"; items: NarrativeBlock[][]; ordered?: boolean; caption?: Inline[] }
  | { type: "table"; head?: Rows; body?: Rows; foot?: Rows; caption?: Inline[] }
  | { type: "media"; key: string; caption?: Inline[] };

export interface NarrativeSection {
  title: string;
  blocks?: NarrativeBlock[];
  sections?: NarrativeSection[];
}

/** A file inside a clinical document; `data` is base64, absent when the file is refused. */
export interface Attachment {
  key: string;
  media_type: string | null;
  size_bytes: number;
  sha256: string | null;
  refused: string | null;
  data: string | null;
}

export interface Narrative {
  sections: NarrativeSection[];
  /** The key of the file that is the whole document, when it has no text. */
  embedded: string | null;
  attachments: Attachment[];
}

export interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  reason?: string;
  document_id?: string;
  deposited_at?: string;
  errors?: { pointer: string; code: string; detail: string }[];
}
