// What the service answers, in the shape that a peer's API has.

export const ORIGIN = "https://acme.kinde.com";

/** One user and a page of them as Kinde's API gives them. */
export const kindeAnswers = {
  user: (user) => user,
  page: (users) => ({ code: "OK", message: "Success", users, next_token: null }),
};
