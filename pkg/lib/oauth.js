// Sign-in flows: what `kinde.oauth` has beside its operations.

import { logout_url, oauth } from "kinde-edge-wasm";
import { traced } from "kinde-edge-error";
import { promised } from "./promised.js";

/** @import { MethodsOf, Settings } from "./internal.js" */
/** @import { OauthFlows } from "../types/oauth.js" */

/** What the wasm is asked for. */
const AUTHORIZE = 0;
const EXCHANGE = 1;
const REFRESH = 2;
const DISCOVER = 3;

/**
 * Methods that resources have beside those of the API document.
 * @type {{ oauth: MethodsOf<OauthFlows> }}
 */
export const methods = {
  oauth: {
    authorizationUrl: (settings, [params]) => start(settings, AUTHORIZE, params),
    exchangeCode: (settings, [params, options]) => start(settings, EXCHANGE, params, options),
    refresh: (settings, [params, options]) => start(settings, REFRESH, params, options),
    discovery: (settings, [options]) => start(settings, DISCOVER, undefined, options),
    logoutUrl(settings, [params]) {
      try {
        return logout_url(settings, params);
      } catch (error) {
        throw traced(error, methods.oauth.logoutUrl);
      }
    },
  },
};

/**
 * @param {Settings} settings
 * @param {number} flow
 * @param {unknown} params
 * @param {unknown} [options]
 */
function start(settings, flow, params, options) {
  return promised((sink) => oauth(settings, flow, params, options, sink));
}
