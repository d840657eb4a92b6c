/** The routes of the conversations between a person and those who care for her. */
import { query } from "./carnet";
import { call, request } from "./client";
import type { Conversation, ConversationDraft, ConversationPage, Message, MessageFile, MessagePage, WaitingFile } from "./types";

type Signal = AbortSignal | undefined;

/** Those of a record, or those of a professional: her own, or her team's. */
export type Box = { patient_id: string } | { box: "own" | "team" };

const PAGE = 30;
const one = (id: string) => `/v1/conversations/${encodeURIComponent(id)}`;
const file = (id: string, of: string) => `${one(id)}/attachments/${encodeURIComponent(of)}`;

/** Where a file chosen on the device is sent. */
export const attachmentsPath = (id: string) => `${one(id)}/attachments`;

export interface Draft {
  body: string;
  attachments: Pick<MessageFile, "id" | "name">[];
}

export const messagesApi = {
  list: async (box: Box, cursor: string | null, signal?: Signal) =>
    (await call<ConversationPage>("GET", `/v1/conversations${query({ ...box, limit: PAGE, cursor })}`, { signal })).data,

  /** How many conversations of a professional's box have something new. */
  unread: async (box: "own" | "team") =>
    (await call<ConversationPage>("GET", `/v1/conversations${query({ box, limit: 1 })}`)).data.unread ?? 0,

  /** The newest messages, or those before the cursor; in order of time. */
  messages: async (id: string, cursor: string | null, signal?: Signal) =>
    (await call<MessagePage>("GET", `${one(id)}/messages${query({ cursor })}`, { signal })).data,

  open: async (draft: ConversationDraft, key: string) =>
    (
      await call<Conversation>("POST", "/v1/conversations", {
        body: draft,
        headers: { "Idempotency-Key": key },
      })
    ).data,

  send: async (id: string, draft: Draft, key: string) =>
    (
      await call<Message>("POST", `${one(id)}/messages`, {
        body: draft,
        headers: { "Idempotency-Key": key },
      })
    ).data,

  markRead: (id: string, upTo: string) => call<null>("POST", `${one(id)}/read`, { body: { up_to: upTo } }),

  close: async (id: string) => (await call<Conversation>("POST", `${one(id)}/close`)).data,

  reopen: async (id: string) => (await call<Conversation>("POST", `${one(id)}/reopen`)).data,

  block: async (id: string, blocked: boolean) =>
    (await call<Conversation>("PUT", `${one(id)}/blocked`, { body: { blocked } })).data,

  /** Joins a document of the record; its own name comes back. */
  fromRecord: async (id: string, documentId: string, key: string) =>
    (
      await call<WaitingFile>("POST", `${attachmentsPath(id)}/from-record`, {
        body: { document_id: documentId },
        headers: { "Idempotency-Key": key },
      })
    ).data,

  content: async (id: string, attachment: string, signal?: Signal) => {
    const response = await request("GET", `${file(id, attachment)}/content`, {
      signal,
      headers: { Accept: "*/*" },
    });
    return response.arrayBuffer();
  },

  /** Puts an attachment among the documents; `isNew` is false when it was there already. */
  save: async (id: string, attachment: string) => {
    const response = await request("PUT", `${file(id, attachment)}/saved`);
    const { document_id: documentId } = (await response.json()) as { document_id: string };
    return { documentId, isNew: response.status === 201 };
  },
};
