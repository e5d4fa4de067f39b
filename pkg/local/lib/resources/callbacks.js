// Where an application's users come back to after signing in and out.
import { success, words } from "../answer.js";
import { missing } from "../refusal.js";

const of = (store, { app_id }) => store.applications.get(app_id);

/** The four operations on one of the two lists. */
function operationsOf(field) {
  return {
    add({ store, path, body: { urls = [] } }) {
      const application = of(store, path);
      application[field] = [...new Set([...application[field], ...urls])];
      return success();
    },
    replace({ store, path, body: { urls = [] } }) {
      of(store, path)[field] = [...new Set(urls)];
      return success();
    },
    remove({ store, path, query }) {
      const application = of(store, path);
      const urls = words(query.urls);
      const unknown = urls.find((url) => !application[field].includes(url));
      if (unknown) throw missing("url", unknown);
      application[field] = application[field].filter((url) => !urls.includes(url));
      return success();
    },
  };
}

const redirects = operationsOf("redirect_urls");
const logouts = operationsOf("logout_urls");

export default {
  // Without an envelope; the other one has it.
  getCallbackURLs: ({ store, path }) => ({ redirect_urls: of(store, path).redirect_urls }),
  addRedirectCallbackURLs: redirects.add,
  replaceRedirectCallbackURLs: redirects.replace,
  deleteCallbackURLs: redirects.remove,

  getLogoutURLs: ({ store, path }) => success({ logout_urls: of(store, path).logout_urls }),
  addLogoutRedirectURLs: logouts.add,
  replaceLogoutRedirectURLs: logouts.replace,
  deleteLogoutURLs: logouts.remove,
};
