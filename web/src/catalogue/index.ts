/**
 * Every word a user sees, one file per domain. Written with plain spaces and straight apostrophes:
 * `typeset` puts the no-break spaces and the French apostrophes. Sentences stay under 20 words
 * (a test counts them). A new domain adds its file, its import and its line, in alphabetical order.
 */
import { typeset } from "../lib/typo.ts";
import { add } from "./add.ts";
import { document, documents } from "./documents.ts";
import { home } from "./home.ts";
import { categories, personTypes, plainTypes, professionalTypes } from "./kinds.ts";
import { pro } from "./pro.ts";
import { professionals } from "./professionals.ts";
import { login, publicPage } from "./public.ts";
import { help, lost, settings, shortcuts } from "./settings.ts";
import { common, errors, session, shell } from "./shell.ts";
import { trace } from "./trace.ts";

export const catalogue = typeset({
  add,
  categories,
  common,
  document,
  documents,
  errors,
  help,
  home,
  login,
  lost,
  personTypes,
  plainTypes,
  pro,
  professionals,
  professionalTypes,
  public: publicPage,
  session,
  settings,
  shell,
  shortcuts,
  trace,
});
