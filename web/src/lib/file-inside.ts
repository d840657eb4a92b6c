/** A file taken out of the clinical document that holds it, where one answer could not give it. */
import { bytesOf, sha256 } from "./file-facts";

const HELD = /representation\s*=\s*["']B64["'][^<>]*>([A-Za-z0-9+/=\s]*)</g;

/**
 * The file whose hash is given, or null. Nothing is read as markup: what is in base64 is tried until
 * one has that hash, which the server gave of the file that it looked into.
 */
export async function fileInside(document: ArrayBuffer, hash: string): Promise<ArrayBuffer | null> {
  // Whatever encoding it declares, of those accepted, base64 and what is around it are ASCII.
  const text = new TextDecoder("latin1").decode(document);
  for (const [, held] of text.matchAll(HELD)) {
    const bytes = bytesOf(held ?? "");
    if (bytes && (await sha256(bytes)) === hash) return bytes;
  }
  return null;
}
