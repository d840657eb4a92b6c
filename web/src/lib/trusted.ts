/**
 * The one Trusted Types policy of the client, named `carnet`.
 * It blesses only scripts of this origin, by path: the service worker and the pdf.js worker.
 */
interface Policy {
  createScriptURL(url: string): string;
}

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

const ALLOWED = /^\/(?:sw\.js|assets\/[\w.-]+\.js)$/;

function check(url: string): string {
  const { origin, pathname } = new URL(url, location.href);
  if (origin !== location.origin || !ALLOWED.test(pathname)) {
    throw new TypeError("This script is not one of ours.");
  }
  return pathname;
}

let policy: Policy | undefined;

/** Returns a script address a worker may be started from; raises TypeError for any other address. */
export function trustedScript(url: string): string {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  policy ??= factory?.createPolicy("carnet", { createScriptURL: check }) ?? { createScriptURL: check };
  return policy.createScriptURL(url);
}
