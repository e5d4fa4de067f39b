import { given, success } from "../answer.js";
import { pageByToken } from "../paging.js";
import { subscriberData } from "../events.js";
import { conflict } from "../refusal.js";

const fullName = ({ first_name, last_name }) => [first_name, last_name].filter(Boolean).join(" ");

export default {
  GetSubscribers({ store, query }) {
    const { page, next } = pageByToken(store.subscribers.all(), query, { name: fullName, email: ({ email }) => email });
    const subscribers = page.map((subscriber) => ({
      ...given(subscriber, ["id", "email", "first_name", "last_name"]),
      full_name: fullName(subscriber),
    }));
    return success({ subscribers, next_token: next ?? null });
  },

  // A list of one, with another name for the address.
  GetSubscriber({ store, path }) {
    const { id, email, first_name, last_name } = store.subscribers.get(path.subscriber_id);
    return success({ subscribers: [{ id, preferred_email: email, first_name, last_name }] });
  },

  CreateSubscriber({ store, query, emit }) {
    if (store.subscribers.by("email", query.email)) throw conflict("a subscriber", query.email);
    const subscriber = store.subscribers.add({
      id: `subscriber_${store.random.hex(32)}`,
      ...given(query, ["first_name", "last_name", "email"]),
    });
    emit("subscriber.created", subscriberData(subscriber));
    return { subscriber: { subscriber_id: subscriber.id } };
  },
};
