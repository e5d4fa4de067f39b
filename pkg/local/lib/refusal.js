// Answers that refuse a request, in the forms that the service has for them.

/** Thrown by whatever cannot go on; `body` is the answer's. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {any} body
   * @param {Record<string, string>} [headers]
   */
  constructor(status, body, headers = {}) {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** @type {(status: number, errors: object, headers?: Record<string, string>) => Refusal} */
const withErrors = (status, errors, headers) => new Refusal(status, { errors }, headers);

/** The request is not what the document asks for. */
export const invalid = (message, code = "INVALID_REQUEST") => withErrors(400, [{ code, message }]);

/** There is one already. The document has no 409: the service says 400 here too. */
export const conflict = (what, name) =>
  invalid(
    `There is already ${what} ${JSON.stringify(name)}`,
    `${what.toUpperCase().replaceAll(" ", "_").replace(/^AN?_/, "")}_ALREADY_EXISTS`,
  );

/** The thing is not there: a single object where other answers have a list. */
export const missing = (what, id) =>
  withErrors(404, {
    code: `${what.toUpperCase().replaceAll(" ", "_")}_NOT_FOUND`,
    message: `There is no ${what} ${JSON.stringify(id)}`,
  });

export const noRoute = () =>
  withErrors(404, { code: "ROUTE_NOT_FOUND", message: "The requested API route does not exist" });

export const wrongMethod = (methods) =>
  withErrors(405, [{ code: "METHOD_NOT_ALLOWED", message: `This path has ${methods.join(", ")}` }], {
    allow: methods.join(", "),
  });

/** RFC 6750, section 3.1. */
export const unauthorized = (message) =>
  withErrors(401, [{ code: "INVALID_CREDENTIALS", message }], {
    "www-authenticate": `Bearer error="invalid_token", error_description="${message}"`,
  });

/** Whoever sends no token is told of no error. */
export const noToken = () => {
  const message = "There is no access token: send Authorization: Bearer and one";
  return withErrors(401, [{ code: "INVALID_CREDENTIALS", message }], { "www-authenticate": "Bearer" });
};

export const forbidden = (scope) =>
  withErrors(403, [{ code: "ACCESS_DENIED", message: `The access token does not have the scope ${scope}` }], {
    "www-authenticate": `Bearer error="insufficient_scope", scope="${scope}"`,
  });

export const tooMany = (seconds) =>
  withErrors(429, [{ code: "TOO_MANY_REQUESTS", message: "Too many requests. Request was throttled." }], {
    "ratelimit-reset": String(seconds),
    "retry-after": String(seconds),
  });

/** An OAuth endpoint says no: RFC 6749, section 5.2. */
export const oauthError = (error, description, status = 400, headers = {}) =>
  new Refusal(status, { error, error_description: description }, headers);

/**
 * A refusal as the document of an operation has them: with a status that it names, and a list of errors. It is for those
 * who ask for documented answers only; the service itself says 404 where few operations have one.
 */
export function asDocumented(refusal, operation) {
  const { status, body, headers } = refusal;
  if (!operation || body?.errors === undefined) return refusal;
  const { statuses } = operation;
  const isNamed = statuses.includes(status) || status >= 500;
  const fitting = isNamed ? status : [400, 403].find((one) => statuses.includes(one));
  return new Refusal(fitting ?? status, { errors: [body.errors].flat() }, headers);
}
