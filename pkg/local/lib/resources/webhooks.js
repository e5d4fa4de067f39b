import { given, success } from "../answer.js";
import { invalid } from "../refusal.js";
import { EVENT_TYPES } from "../words.js";

export default {
  GetWebHooks: ({ store }) => success({ webhooks: store.webhooks.all() }),

  CreateWebHook({ store, body }) {
    checkTypes(body);
    if (!/^https?:\/\/./.test(body.endpoint) || !URL.canParse(body.endpoint))
      throw invalid("endpoint has to be a URL", "INVALID_ENDPOINT");
    const { id, endpoint } = store.webhooks.add({
      id: `webhook_${store.random.hex(32)}`,
      description: null,
      ...given(body, ["endpoint", "event_types", "name", "description"]),
      created_on: store.now(),
    });
    return success({ webhook: { id, endpoint } }, "Webhook successfully created", "WEBHOOK_CREATED");
  },

  UpdateWebHook: update,
  // The path of version 1 has no place for an id: it means the only one, or the one that the query names.
  UpdateLatestWebHook: update,

  DeleteWebHook({ store, path }) {
    store.webhooks.delete(store.webhooks.get(path.webhook_id).id);
    return success({}, "Webhook successfully deleted", "WEBHOOK_DELETED");
  },

  GetEvent({ store, path }) {
    const { event_id, type, source, event_timestamp, data } = store.events.get(path.event_id);
    const timestamp = Math.floor(Date.parse(event_timestamp) / 1000);
    return success({ event: { type, source, event_id, timestamp, data } });
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

function update({ store, path, body, url }) {
  checkTypes(body);
  const all = store.webhooks.all();
  const id = path.webhook_id ?? url.searchParams.get("webhook_id") ?? (all.length > 1 ? undefined : all[0]?.id);
  if (id === undefined && all.length > 1)
    throw invalid("There is more than one webhook: say which by its id", "AMBIGUOUS_WEBHOOK");
  const webhook = store.webhooks.get(id);
  Object.assign(webhook, given(body, ["event_types", "name", "description"]));
  return success({ webhook: { id: webhook.id } }, "Webhook successfully updated", "WEBHOOK_UPDATED");
}

function checkTypes({ event_types = [] }) {
  const unknown = event_types.find((type) => !EVENT_TYPES.includes(type));
  if (unknown) throw invalid(`There is no event type ${JSON.stringify(unknown)}`, "INVALID_EVENT_TYPE");
}
