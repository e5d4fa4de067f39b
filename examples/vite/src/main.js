// Shows whose access token it is. A client secret must never be in a browser: this page has none.
import { Kinde, KindeError } from "kinde-edge";

const form = document.querySelector("form");
const status = document.querySelector("[role=status]");

const kinde = new Kinde({
  domain: import.meta.env.VITE_KINDE_DOMAIN,
  accessToken: () => form.elements.token.value,
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  status.textContent = "…";
  try {
    const profile = await kinde.oauth.userProfile();
    status.textContent = `You are ${profile.name} (${profile.id})`;
  } catch (error) {
    if (!KindeError.is(error)) throw error;
    status.textContent = error.code === "authentication" ? "The token is not valid, or no longer" : error.message;
  }
});
