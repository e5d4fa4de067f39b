import { given, success } from "../answer.js";
import { invalid } from "../refusal.js";
import { INDUSTRIES, TIMEZONES } from "../words.js";

const keyed = (names) =>
  names.map((name) => ({
    key: name.replace(/ \[.*/, "").toLowerCase().replaceAll(/\W+/g, "_").replace(/_$/, ""),
    name,
  }));
const industries = keyed(INDUSTRIES);
const timezones = keyed(TIMEZONES);

export default {
  getBusiness: ({ store }) => success({ business: store.business }),

  updateBusiness({ store, body }) {
    Object.assign(store.business, given(body, ["email", "phone", "privacy_url", "terms_url"]), renamed(body));
    return success({}, "Business updated");
  },

  getIndustries: () => success({ industries }),

  getTimezones: () => success({ timezones }),
};

/** What an update calls otherwise than the business does. */
function renamed({ business_name, industry_key, timezone_key, is_click_wrap, is_show_kinde_branding }) {
  const fields = {
    name: business_name,
    industry: named(industries, "industry", industry_key),
    timezone: named(timezones, "timezone", timezone_key),
    has_clickwrap: is_click_wrap,
    has_kinde_branding: is_show_kinde_branding,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function named(list, what, key) {
  if (key === undefined || key === null) return key;
  const found = list.find((one) => one.key === key);
  if (!found) throw invalid(`There is no ${what} ${JSON.stringify(key)}`, `INVALID_${what.toUpperCase()}`);
  return found.name;
}
