// Words that the seeded tenant is made of. People and companies are made up.

export const GIVEN_NAMES = `
Ada Aiko Alejandro Amara Amina Anders Anneke Aoife Arjun Astrid Beatriz Bilal Björn Camille Chidi Chloé
Daniela Dmitri Eilidh Elif Emeka Esperanza Farah Fatima Felix Freya Gabriel Giulia Grace Hana Hassan Helena
Hiro Ibrahim Ines Ingrid Ishaan Jamal Jana Jia Joaquín Johanna Jonas Kaia Karim Kenji Kwame Laila Lars Leila
Liam Linh Lucía Magnus Malik Marek Mei Mia Nadia Naveen Niamh Noor Olga Omar Paolo Priya Rafael Rosa Ravi
Saoirse Sara Sigrid Sofia Søren Tariq Thandiwe Tomás Uma Valentina Vera Wei Yara Yusuf Zainab Zoë
`
  .trim()
  .split(/\s+/);

export const FAMILY_NAMES = `
Abara Acosta Adeyemi Ahlberg Alvarez Andersen Aoki Bakker Banerjee Barros Becker Bergström Bianchi Brennan
Castillo Chen Cohen Contreras Dahl Delgado Demir Diallo Dubois Eriksson Farouk Fernández Fischer Fontaine
Gallagher García Haddad Hansen Hoffmann Horváth Ibáñez Ivanova Jansen Jensen Kapoor Kaya Kimura Kowalski
Kumar Larsen Lindqvist Lopez Mahmoud Martins Mbeki Moreau Müller Mwangi Nakamura Ndiaye Nguyen Novák Nyström
Okafor Oliveira Osei Park Patel Pereira Petrov Quispe Rahman Reyes Rossi Santos Schneider Silva Singh Sørensen
Takahashi Tran Ueda Van Dijk Varga Vasquez Virtanen Wang Weber Yamada Yılmaz Zhang Zielińska
`
  .trim()
  .replace("Van Dijk", "VanDijk")
  .split(/\s+/);

export const COMPANY_FIRST = `
Amberleaf Birchwood Bluewater Brightside Cedarline Clearbrook Copperfield Coralbay Deepwell Driftwood Eastgate
Evergreen Fernhill Firelight Foxglove Granite Greenway Harborview Highfield Ironbridge Juniper Kestrel Lakeshore
Lanternfish Meadowlark Millstone Moonrise Northpoint Oakridge Pinecrest Quarry Redstone Riverbend Saltmarsh
Silverbirch Stonegate Sunfield Thistle Westbrook Willowbank
`
  .trim()
  .split(/\s+/);

export const COMPANY_SECOND = [
  "Analytics",
  "Bakery",
  "Clinics",
  "Design",
  "Education",
  "Energy",
  "Foods",
  "Freight",
  "Garden Supply",
  "Insurance",
  "Labs",
  "Logistics",
  "Media",
  "Outdoors",
  "Robotics",
  "Software",
  "Studios",
  "Travel",
  "Veterinary",
  "Workshops",
];

export const INDUSTRIES = [
  "Administration & Office Support",
  "Advertising, Arts & Media",
  "Banking & Financial Services",
  "Construction",
  "Consulting & Strategy",
  "Design & Architecture",
  "Education & Training",
  "Engineering",
  "Farming & Conservation",
  "Government & Defence",
  "Healthcare & Medical",
  "Hospitality & Tourism",
  "Human Resources & Recruitment",
  "Information & Communication Technology",
  "Insurance & Superannuation",
  "Legal",
  "Manufacturing & Logistics",
  "Mining & Resources",
  "Real Estate & Property",
  "Retail & Consumer Products",
  "Science & Technology",
  "Sport & Recreation",
  "Trades & Services",
];

export const TIMEZONES = [
  "Adelaide [+09:30]",
  "Amsterdam [+01:00]",
  "Athens [+02:00]",
  "Auckland [+12:00]",
  "Bangkok [+07:00]",
  "Bogota [-05:00]",
  "Brisbane [+10:00]",
  "Cairo [+02:00]",
  "Chicago (Central Standard Time) [-06:00]",
  "Denver (Mountain Standard Time) [-07:00]",
  "Dubai [+04:00]",
  "Hong Kong [+08:00]",
  "Johannesburg [+02:00]",
  "Kathmandu [+05:45]",
  "Lagos [+01:00]",
  "London (Greenwich Mean Time) [+00:00]",
  "Los Angeles (Pacific Standard Time) [-08:00]",
  "Mumbai [+05:30]",
  "Nairobi [+03:00]",
  "New York (Eastern Standard Time) [-05:00]",
  "Sao Paulo [-03:00]",
  "Singapore [+08:00]",
  "Sydney [+10:00]",
  "Tokyo [+09:00]",
];

export const ROLES = [
  ["admin", "Administrator", "Full access to all resources."],
  ["manager", "Manager", "Runs a team and sees its reports."],
  ["member", "Member", "What everyone may do."],
  ["billing", "Billing", "Invoices and payment details."],
  ["support", "Support", "Answers customers and sees their accounts."],
  ["developer", "Developer", "API keys, webhooks and logs."],
  ["auditor", "Auditor", "Reads everything and changes nothing."],
  ["guest", "Guest", null],
];

export const RESOURCES = ["invoices", "orders", "products", "projects", "reports", "tickets"];

export const FLAGS = [
  ["theme", "Theme", "The colours of the application.", "str", "usr", "light"],
  ["is_dark_mode", "Dark mode", "Offer a dark mode.", "bool", "usr", "true"],
  ["max_projects", "Projects", "How many projects an organization may have.", "int", "org", "5"],
  ["new_checkout", "New checkout", "The checkout that comes next.", "bool", "org", "false"],
  ["support_level", "Support", null, "str", "org", "standard"],
  ["upload_limit_mb", "Upload limit", "The largest file, in megabytes.", "int", "env", "25"],
];

export const CONNECTIONS = [
  ["google", "Google", "oauth2:google"],
  ["github", "GitHub", "oauth2:github"],
  ["microsoft", "Microsoft", "oauth2:microsoft"],
  ["acme_saml", "Acme single sign-on", "saml:custom"],
];

export const EVENT_TYPES = [
  "access_request.created",
  "customer.agreement_cancelled",
  "customer.agreement_created",
  "customer.invoice_overdue",
  "customer.meter_usage_updated",
  "customer.payment_failed",
  "customer.payment_succeeded",
  "customer.plan_assigned",
  "customer.plan_changed",
  "organization.created",
  "organization.deleted",
  "organization.updated",
  "permission.created",
  "permission.deleted",
  "permission.updated",
  "role.created",
  "role.deleted",
  "role.updated",
  "subscriber.created",
  "user.authenticated",
  "user.authentication_failed",
  "user.created",
  "user.deleted",
  "user.updated",
];

/** What customers can have; prices in cents. */
export const PLANS = [
  {
    code: "free",
    name: "Free",
    unit_amount: 0,
    features: [
      ["projects", "Projects", 0, 3],
      ["api_calls", "API calls", 0, 1000],
    ],
  },
  {
    code: "team",
    name: "Team",
    unit_amount: 2900,
    features: [
      ["projects", "Projects", 0, 50],
      ["api_calls", "API calls", 0, 100_000],
      ["support", "Support", 1, 1],
    ],
  },
  {
    code: "business",
    name: "Business",
    unit_amount: 9900,
    features: [
      ["projects", "Projects", 0, 1000],
      ["api_calls", "API calls", 0, 5_000_000],
      ["support", "Support", 1, 1],
    ],
  },
];

/** What members of an organization may do in the pages of the service itself. */
export const SYSTEM_PERMISSIONS = [
  ["org:read:billing", "See billing", "See the plan and the invoices of the organization"],
  ["org:write:billing", "Change billing", "Choose a plan and pay for it"],
  ["org:read:members", "See members", "See who belongs to the organization"],
  ["org:write:members", "Change members", "Add, change and remove members"],
  ["org:read:profile", "See the profile", "See the name and the logo of the organization"],
  ["org:write:profile", "Change the profile", "Change the name and the logo of the organization"],
  ["org:write:api_keys", "Change API keys", "Make and revoke API keys of the organization"],
];
