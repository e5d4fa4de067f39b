import { given, success } from "../answer.js";
import { checkKey } from "./keys.js";

const FIELDS = ["key", "value", "is_secret"];

export default {
  getEnvironmentVariables: ({ store }) =>
    success({ environment_variables: store.environment_variables.all().map(show), has_more: false }),

  getEnvironmentVariable: ({ store, path }) =>
    success({ environment_variable: show(store.environment_variables.get(path.variable_id)) }),

  createEnvironmentVariable({ store, body }) {
    checkKey(store.environment_variables, "an environment variable", body.key);
    const { id } = store.environment_variables.add({
      id: `env_var_${store.random.hex(32)}`,
      is_secret: false,
      ...given(body, FIELDS),
      created_on: store.now(),
    });
    return success({ environment_variable: { id } }, "Environment variable created", "VARIABLE_CREATED");
  },

  updateEnvironmentVariable({ store, path, body }) {
    const variable = store.environment_variables.get(path.variable_id);
    if (body.key !== undefined) checkKey(store.environment_variables, "an environment variable", body.key, variable);
    Object.assign(variable, given(body, FIELDS));
    return success({}, "Environment variable updated", "ENVIRONMENT_VARIABLE_UPDATED");
  },

  deleteEnvironmentVariable({ store, path }) {
    store.environment_variables.delete(store.environment_variables.get(path.variable_id).id);
    return success({}, "Environment variable deleted", "ENVIRONMENT_VARIABLE_DELETED");
  },
};

/** A secret goes in and does not come out. */
const show = (variable) => ({ ...variable, value: variable.is_secret ? null : variable.value });
