/**
 * The answers of the API that the screens read: names given to the types made from its contract
 * (`npm run types`). The narrative of a clinical document is a tree that OpenAPI leaves open.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Coded = Schemas["Coded"];
export type ProfessionalMe = Schemas["ProfessionalMe"];
export type PublisherMe = Schemas["PublisherMe"];
export type OperatorMe = Schemas["OperatorMe"];
export type Me = PersonMe | ProfessionalMe | PublisherMe | OperatorMe;
export type Role = Me["role"];
export type Patient = Schemas["PatientAnswer"];
export type OwnIdentity = Schemas["IdentityAnswer"];
export type OwnPatient = Schemas["RelationOut"];
export type News = Schemas["NewsOut"];
export type PatientSearch = Omit<Schemas["LookupBody"], "minor_secrecy">;
export type ProfessionalCard = Schemas["ProfessionalCard"];
export type Authorisation = Schemas["AuthorisationOut"];
export type CarnetDocument = Schemas["DocumentOut"];
export type PendingDocument = Schemas["PendingDocument"];
export type PartsTarget = Schemas["PartsTarget"];
export type PartsReceived = Schemas["PartsOut"];
export type SentDocument = Schemas["SentDocument"];
export type DocumentProgress = Schemas["DocumentProgress"];
export type DepositBody = Schemas["DocumentDraft"];
export type Access = Schemas["AccessOut"];
export type Checkpoint = Schemas["CheckpointOut"];
export type SealedTrace = Schemas["SealedTraceOut"];
export type Proof = Schemas["ProofOut"];
/** A public key as the contract leaves it open (RFC 7517); the check reads these parts only. */
export interface SealingKey {
  kid?: string;
  x?: string;
  y?: string;
}
export type Home = Schemas["Home"];
export type FirstStep = "authorise_doctor" | "add_document" | "see_trace";

export type Appointment = Schemas["AppointmentOut"];
/** What it is set for is left out where that is not the author's to say. */
export type AppointmentDraft = Omit<Schemas["AppointmentDraft"], "recommendation"> & { recommendation?: string };
export type CalendarFeed = Schemas["FeedOut"];
export type CalendarFeeds = Schemas["FeedList"];
export type Preferences = Schemas["PreferencesOut"];
export type CarnetNotice = Schemas["NoticeOut"];
export type NoticePage = Schemas["NoticeList"];
export type Recommendation = Schemas["RecommendationOut"];
export type PreventionState = Recommendation["state"];
export type Prevention = Schemas["FollowUpOut"];
export type ComingStep = Schemas["ComingOut"];

export type Measure = Schemas["MeasureOut"];
export type MeasureDraft = Schemas["MeasureDraft"];
export type MeasurePage = Schemas["MeasurePage"];
export type UsualRange = Schemas["UsualRange"];
export type Growth = Schemas["GrowthOut"];
export type GrowthPlace = Schemas["GrowthPlace"];
export type Target = Schemas["TargetShown"];
export type TargetBody = Schemas["TargetBody"];
/** With the version that was read: changing it names that one. */
export type TargetRead = Schemas["TargetOut"] & { etag: string };

export type Conversation = Schemas["ConversationOut"];
export type ConversationLine = Schemas["ConversationLine"];
export type ConversationPage = Schemas["ConversationList"];
export type ConversationDraft = Schemas["OpeningDraft"];
export type Message = Schemas["MessageOut"];
export type MessagePage = Schemas["MessagePage"];
export type Antivirus = Schemas["AntivirusOut"];
export type MessageFile = Schemas["AttachmentOut"];
export type WaitingFile = Schemas["NamedAttachment"];

export type Profile = Schemas["Profile"];
export type PersonMe = Schemas["PersonMe"];
export type Child = Schemas["ChildOut"];
export type Representative = Schemas["RepresentativeOut"];
export type Invitation = Schemas["InvitationOut"];
export type ReceivedInvitation = Schemas["ReceivedOut"];
export type Invitee = Schemas["InvitationBody"];

export type Permission = Schemas["Permission"];
/** An application of the catalogue, as everybody reads it. */
export type Card = Schemas["Card"];
export type ConsentRequest = Schemas["ConsentRequestOut"];
export type Consent = Schemas["ConsentOut"];
export type ConsentGiven = Schemas["ConsentGiven"];
export type ApplicationState = Card["state"];
export type Criterion = Card["checked"][number]["criteria"];
export type ApplicationLine = Schemas["ApplicationLine"];
export type ApplicationFile = Schemas["ApplicationFile"];
export type ApplicationEvent = Schemas["EventOut"];
export type ApplicationBody = Required<Schemas["ApplicationDraft"]>;

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

/** A problem as the contract says it, every part optional: anything may answer on a bad day. */
export type ProblemBody = Partial<Schemas["Problem"]> & {
  /** The document that already holds the same content. */
  document_id?: string;
};
