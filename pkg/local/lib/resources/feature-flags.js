// Feature flags, and what the environment, organizations and users have in place of their defaults.
import { given, success } from "../answer.js";
import { invalid, missing } from "../refusal.js";
import { checkKey } from "./keys.js";

/** Who may override a flag, from the outside to the inside. */
const LEVELS = ["env", "org", "usr"];

export default {
  CreateFeatureFlag({ store, body }) {
    checkKey(store.feature_flags, "a feature flag", body.key);
    checkValue(body, body.default_value);
    store.feature_flags.add({ description: null, allow_override_level: "usr", ...given(body, FIELDS), key: body.key });
    return success({}, "Feature flag successfully created");
  },

  UpdateFeatureFlag({ store, path, query }) {
    const flag = store.feature_flags.get(path.feature_flag_key);
    checkValue(query, query.default_value);
    Object.assign(flag, given(query, FIELDS));
    return success({}, "Feature flag successfully updated");
  },

  DeleteFeatureFlag({ store, path }) {
    const { key } = store.feature_flags.get(path.feature_flag_key);
    const holders = [store.environment, ...store.organizations.all(), ...store.users.all()];
    for (const { feature_flags } of holders) delete feature_flags[key];
    store.feature_flags.delete(key);
    return success({}, "Feature flag successfully deleted");
  },

  /** Every flag, with the value that counts for the environment. */
  GetEnvironementFeatureFlags({ store }) {
    const { feature_flags } = store.environment;
    const flags = store.feature_flags
      .all()
      .map((flag) => [flag.key, show(flag, feature_flags[flag.key] ?? flag.default_value)]);
    return success({ feature_flags: Object.fromEntries(flags), next_token: null });
  },

  UpdateEnvironementFeatureFlagOverride({ store, path, body }) {
    override(store, store.environment, "env", path.feature_flag_key, body.value);
    return success({}, "Feature flag override successfully updated");
  },

  DeleteEnvironementFeatureFlagOverride({ store, path }) {
    return withdraw(store.environment, path.feature_flag_key);
  },

  DeleteEnvironementFeatureFlagOverrides({ store }) {
    store.environment.feature_flags = {};
    return success({}, "Feature flag overrides successfully deleted");
  },

  /** Only what the organization overrides. */
  GetOrganizationFeatureFlags({ store, path }) {
    const { feature_flags } = store.organizations.get(path.org_code);
    const flags = Object.entries(feature_flags).map(([key, value]) => [key, show(store.feature_flags.get(key), value)]);
    return success({ feature_flags: Object.fromEntries(flags) });
  },

  UpdateOrganizationFeatureFlagOverride({ store, path, query }) {
    override(store, store.organizations.get(path.org_code), "org", path.feature_flag_key, query.value);
    return success({}, "Feature flag override successfully updated");
  },

  DeleteOrganizationFeatureFlagOverride({ store, path }) {
    return withdraw(store.organizations.get(path.org_code), path.feature_flag_key);
  },

  DeleteOrganizationFeatureFlagOverrides({ store, path }) {
    store.organizations.get(path.org_code).feature_flags = {};
    return success({}, "Feature flag overrides successfully deleted");
  },

  UpdateUserFeatureFlagOverride({ store, path, query }) {
    override(store, store.users.get(path.user_id), "usr", path.feature_flag_key, query.value);
    return success({}, "Feature flag override successfully updated");
  },
};

const FIELDS = ["name", "description", "type", "allow_override_level", "default_value"];

const show = ({ type, name }, value) => ({ type, value, name });

function override(store, { feature_flags }, level, key, value) {
  const flag = store.feature_flags.get(key);
  const { allow_override_level: innermost } = flag;
  if (LEVELS.indexOf(level) > LEVELS.indexOf(innermost)) {
    throw invalid(`${key} can be overridden down to the level ${innermost}, not ${level}`, "OVERRIDE_NOT_ALLOWED");
  }
  checkValue(flag, value);
  feature_flags[key] = value;
}

function withdraw({ feature_flags }, key) {
  if (!Object.hasOwn(feature_flags, key)) throw missing("feature flag override", key);
  delete feature_flags[key];
  return success({}, "Feature flag override successfully deleted");
}

const FORMS = { str: /^/, int: /^-?\d+$/, bool: /^(true|false)$/ };

function checkValue({ type }, value) {
  if (!FORMS[type].test(value))
    throw invalid(`${JSON.stringify(value)} is no value of the type ${type}`, "INVALID_VALUE");
}
