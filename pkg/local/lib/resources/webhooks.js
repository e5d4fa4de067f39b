import { given, now, success } from "../answer.js";
import { invalid } from "../refusal.js";
import { EVENT_TYPES } from "../words.js";

export default {
  GetWebHooks: ({ store }) => success({ webhooks: store.webhooks.all() }),

  CreateWebHook({ store, body }) {
    checkTypes(body);
    if (!/^https?:\/\/./.test(body.endpoint)) throw invalid("endpoint has to be a URL", "INVALID_ENDPOINT");
    const { id, endpoint } = store.webhooks.add({
      id: `webhook_${store.random.hex(32)}`,
      description: null,
      ...given(body, ["endpoint", "event_types", "name", "description"]),
      created_on: now(),
    });
    return success({ webhook: { id, endpoint } }, "Webhook successfully created", "WEBHOOK_CREATED");
  },

  // The document's path has no place for an id: without one in the query, the latest is meant.
  UpdateWebHook({ store, body, url }) {
    checkTypes(body);
    const id = url.searchParams.get("webhook_id") ?? store.webhooks.all().at(-1)?.id;
    const webhook = store.webhooks.get(id);
    Object.assign(webhook, given(body, ["event_types", "name", "description"]));
    return success({ webhook: { id: webhook.id } }, "Webhook successfully updated", "WEBHOOK_UPDATED");
  },

  DeleteWebHook({ store, path }) {
    store.webhooks.delete(store.webhooks.get(path.webhook_id).id);
    return success({}, "Webhook successfully deleted", "WEBHOOK_DELETED");
  },

  GetEventTypes() {
    const event_types = EVENT_TYPES.map((code, index) => {
      const [subject, happened] = code.split(".");
      return {
        id: `event_type_${String(index).padStart(32, "0")}`,
        code,
        name: `${subject} ${happened}`.replaceAll("_", " "),
        origin: subject,
        schema: { type: "object", properties: { [subject]: { type: "object" } } },
      };
    });
    return success({ event_types });
  },
};

function checkTypes({ event_types = [] }) {
  const unknown = event_types.find((type) => !EVENT_TYPES.includes(type));
  if (unknown) throw invalid(`There is no event type ${JSON.stringify(unknown)}`, "INVALID_EVENT_TYPE");
}
