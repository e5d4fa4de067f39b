// What customers pay for: agreements with plans, what these entitle to, and what is used of it.
import { given, success } from "../answer.js";
import { customerData } from "../events.js";
import { pageById } from "../paging.js";
import { invalid, missing } from "../refusal.js";
import { newAgreement } from "../seed.js";
import { PLANS } from "../words.js";

const MONTH = 30 * 86_400_000;

export default {
  getBillingEntitlements({ store, query }) {
    checkCustomer(store, query.customer_id);
    const agreements = agreementsOf(store, query.customer_id);
    const all = agreements.flatMap(entitlementsOf).filter(({ entitlement_limit_max }) => {
      return !query.max_value || entitlement_limit_max <= Number(query.max_value);
    });
    const { page, more } = pageById(all, query, placeIn(all));
    const plans = agreements.map(({ plan_code, subscribed_on }) => ({ code: plan_code, subscribed_on }));
    return success({ has_more: more, entitlements: page, plans: query.expand === "plans" ? plans : null });
  },

  getBillingAgreements({ store, query }) {
    checkCustomer(store, query.customer_id);
    const found = agreementsOf(store, query.customer_id).filter((agreement) => {
      return !query.feature_code || entitlementsOf(agreement).some((one) => one.feature_code === query.feature_code);
    });
    const { page, more } = pageById(found, query, store.agreements.placeOf);
    return success({ has_more: more, agreements: page.map(show) });
  },

  createBillingAgreement({ store, body, emit }) {
    const { customer_id, plan_code, is_invoice_now } = body;
    checkCustomer(store, customer_id);
    checkPlan(plan_code);
    agree({ store, emit }, { customer_id, plan_code, is_invoice_now });
    return success({}, "Agreement created", "BILLING_AGREEMENT_CREATED");
  },

  createMeterUsageRecord({ store, body, emit }) {
    const { customer_agreement_id, billing_feature_code, meter_value, meter_type_code = "absolute" } = body;
    const agreement = store.agreements.get(customer_agreement_id);
    if (!entitlementsOf(agreement).some(({ feature_code }) => feature_code === billing_feature_code))
      throw missing("feature", billing_feature_code);
    const value = Number(meter_value);
    if (!Number.isFinite(value)) throw invalid(`meter_value has to be a number, not ${JSON.stringify(meter_value)}`);
    const before = agreement.usage[billing_feature_code] ?? 0;
    const usage = meter_type_code === "delta" ? before + value : value;
    agreement.usage[billing_feature_code] = usage;
    const meter = { feature_code: billing_feature_code, usage, updated_on: body.meter_usage_timestamp ?? store.now() };
    emit("customer.meter_usage_updated", customerData(store, agreement, { meter_usage: meter }));
    return success({}, "Meter usage recorded", "METER_USAGE_CREATED");
  },
};

/**
 * A customer takes a plan, in place of the one before. What is to be paid is paid, or is not where the plan costs
 * something and the customer's name asks for it: see `charge`.
 */
export function agree({ store, emit }, { customer_id, plan_code, is_invoice_now = true }) {
  const before = agreementsOf(store, customer_id);
  const start = store.clock.now();
  const agreement = store.agreements.add(
    newAgreement(store.random, {
      customer_id,
      plan_code,
      subscribed_on: store.now(),
      current_period_start: store.now(),
      current_period_end: store.clock.text(start + MONTH),
    }),
  );
  for (const old of before) {
    store.agreements.delete(old.id);
    emit("customer.agreement_cancelled", customerData(store, old));
  }
  emit("customer.agreement_created", customerData(store, agreement));
  const from = before.at(-1);
  if (!from) emit("customer.plan_assigned", customerData(store, agreement));
  else if (from.plan_code !== plan_code)
    emit("customer.plan_changed", customerData(store, agreement, { previous_plan: { code: from.plan_code } }));
  if (is_invoice_now) charge({ store, emit }, agreement);
  return agreement;
}

/** A customer is charged for a plan that costs something; whether that works is decided with `outcome`. */
export function charge({ store, emit }, agreement, outcome = "payment_succeeded") {
  const { unit_amount } = planOf(agreement.plan_code);
  if (!unit_amount) return;
  const invoice = { amount: unit_amount, currency: "usd", due_on: store.now() };
  emit(`customer.${outcome}`, customerData(store, agreement, { invoice }));
}

/** What an organization or a person has agreed to. */
export const agreementsOf = (store, id) =>
  id ? store.agreements.all().filter(({ customer_id }) => customer_id === id) : [];

/** @returns {any} */
const planOf = (code) => PLANS.find((plan) => plan.code === code);

export function checkPlan(code) {
  if (code !== undefined && !planOf(code)) throw missing("plan", code);
}

function checkCustomer(store, id) {
  if (!store.organizations.by("customer_id", id) && !store.users.by("customer_id", id)) throw missing("customer", id);
}

/** What an agreement entitles to, feature by feature. */
export function entitlementsOf({ id: agreement, plan_code }) {
  const { name, unit_amount, features } = planOf(plan_code);
  return features.map(([feature_code, feature_name, entitlement_limit_min, entitlement_limit_max]) => ({
    id: `entitlement_${agreement.slice(-24)}_${feature_code}`,
    fixed_charge: unit_amount,
    price_name: name,
    unit_amount,
    feature_code,
    feature_name,
    entitlement_limit_max,
    entitlement_limit_min,
  }));
}

const show = (agreement) => ({
  ...given(agreement, [
    "id",
    "plan_code",
    "expires_on",
    "billing_group_id",
    "current_period_start",
    "current_period_end",
  ]),
  entitlements: entitlementsOf(agreement).map(({ id, feature_code }) => ({ feature_code, entitlement_id: id })),
});

/** Places in a list that is made anew each time. */
export function placeIn(list) {
  const places = new Map(list.map(({ id }, index) => [id, index]));
  return (id) => places.get(id);
}
