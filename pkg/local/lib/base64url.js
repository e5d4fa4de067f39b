// Base64url (RFC 4648, section 5), in every runtime.

const utf8 = new TextEncoder();

/** Bytes, or a text in UTF-8. */
export function toBase64url(value) {
  const bytes = typeof value === "string" ? utf8.encode(value) : new Uint8Array(value);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The bytes; throws where it is not base64url. Base64 is taken too. */
export function fromBase64url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** The text that these bytes are, in UTF-8. */
export const textOf = (bytes) => new TextDecoder().decode(bytes);

/** SHA-256 of a text. */
export const sha256 = async (text) => new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(text)));
