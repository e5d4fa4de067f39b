// Properties and their categories, and the values that users, organizations and applications have.
import { given, success } from "../answer.js";
import { pageById } from "../paging.js";
import { conflict, invalid, missing } from "../refusal.js";
import { checkKey } from "./keys.js";

const ofContext = (table, { context }) => table.all().filter((item) => !context || item.context === context);

export default {
  GetProperties({ store, query }) {
    const { page, more } = pageById(ofContext(store.properties, query), query, store.properties.placeOf);
    const fields = ["id", "key", "name", "is_private", "description", "is_kinde_property"];
    return success({ properties: page.map((property) => given(property, fields)), has_more: more });
  },

  CreateProperty({ store, body }) {
    checkKey(store.properties, "a property", body.key);
    checkCategory(store, body.category_id, body.context);
    const fields = ["name", "description", "key", "type", "context", "is_private", "category_id"];
    const { id } = store.properties.add({
      id: `prop_${store.random.hex(32)}`,
      description: null,
      ...given(body, fields),
      is_kinde_property: false,
    });
    return success({ property: { id } }, "Property successfully created");
  },

  UpdateProperty({ store, path, body }) {
    const property = ownProperty(store, path);
    checkCategory(store, body.category_id, property.context);
    Object.assign(property, given(body, ["name", "description", "is_private", "category_id"]));
    return success({}, "Property successfully updated");
  },

  DeleteProperty({ store, path }) {
    const { id, key, context } = ownProperty(store, path);
    for (const holder of holders(store, context)) delete holder.properties[key];
    store.properties.delete(id);
    return success({}, "Property successfully deleted");
  },

  GetCategories({ store, query }) {
    const { page, more } = pageById(
      ofContext(store.property_categories, query),
      query,
      store.property_categories.placeOf,
    );
    return success({ categories: page.map((category) => given(category, ["id", "name", "context"])), has_more: more });
  },

  CreateCategory({ store, body }) {
    if (ofContext(store.property_categories, body).some(({ name }) => name === body.name))
      throw conflict("a category", body.name);
    const { id } = store.property_categories.add({
      id: `cat_${store.random.hex(32)}`,
      ...given(body, ["name", "context"]),
    });
    return success({ category: { id } }, "Category successfully created");
  },

  UpdateCategory({ store, path, body }) {
    Object.assign(store.property_categories.get(path.category_id), given(body, ["name"]));
    return success({}, "Category successfully updated");
  },

  ...operationsOf("User", ({ store, path }) => store.users.get(path.user_id), "usr"),
  ...operationsOf("Organization", ({ store, path }) => store.organizations.get(path.org_code), "org"),
};

/** The three operations on the values of one kind of holder. */
function operationsOf(kind, holderOf, context) {
  return {
    [`Get${kind}PropertyValues`]: (call) =>
      success({ properties: valuesOf(call.store, holderOf(call), context), next_token: null }),

    [`Update${kind}Property`](call) {
      setValue(call.store, holderOf(call), context, call.path.property_key, call.query.value);
      return success({}, "Property successfully updated");
    },

    [`Update${kind}Properties`](call) {
      const holder = holderOf(call);
      const values = Object.entries(call.body.properties);
      // All or none.
      for (const [key] of values) find(call.store, key, context);
      for (const [key, value] of values) setValue(call.store, holder, context, key, String(value));
      return success({}, "Properties successfully updated");
    },
  };
}

/** Every property of a context, with the holder's value or null. */
export function valuesOf(store, holder, context) {
  return ofContext(store.properties, { context }).map((property) => ({
    ...given(property, ["id", "name", "description", "key"]),
    value: holder.properties[property.key] ?? null,
  }));
}

export function setValue(store, holder, context, key, value) {
  holder.properties[find(store, key, context).key] = value;
}

function find(store, key, context) {
  const property = ofContext(store.properties, { context }).find((one) => one.key === key);
  if (!property) throw missing("property", key);
  return property;
}

/** A property that is not Kinde's own. */
function ownProperty(store, { property_id }) {
  const property = store.properties.get(property_id);
  if (property.is_kinde_property) throw invalid(`${property.key} is Kinde's own property`, "KINDE_PROPERTY");
  return property;
}

function checkCategory(store, id, context) {
  const category = store.property_categories.has(id) && store.property_categories.get(id);
  if (category?.context !== context)
    throw invalid(`There is no category ${JSON.stringify(id)} for the context ${context}`);
}

const holders = (store, context) =>
  ({ usr: store.users, org: store.organizations, app: store.applications })[context].all();
